//! A text cut into passages, and a small cache of those that are read often.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use lacuna_domain::{Passage, Text, TextId};
use lacuna_pipeline::analyze::drafting::{self, Definition, Threshold, Wording};
use lacuna_pipeline::segment::{mark_languages, segment};

/// A text with its passages.
#[derive(Debug)]
pub struct Reading {
    /// The text.
    pub text: Text,
    /// Its passages, in order.
    pub passages: Vec<Passage>,
    /// What comparisons read of it, read once.
    pub drafting: Drafting,
}

/// What a drafter looks for in a text, each read when the first comparison asks for it and kept with the reading.
#[derive(Debug, Default)]
pub struct Drafting {
    definitions: OnceLock<Vec<Definition>>,
    thresholds: OnceLock<Vec<Threshold>>,
    wording: OnceLock<Wording>,
}

impl Reading {
    /// Cuts `text` into passages.
    pub fn of(text: Text) -> Self {
        let mut passages = segment(&text.content);
        mark_languages(&text.content, &mut passages, text.language.as_deref());
        Self { text, passages, drafting: Drafting::default() }
    }

    /// The definitions of the text.
    pub fn definitions(&self) -> &[Definition] {
        self.drafting.definitions.get_or_init(|| drafting::definitions(&self.text.content, &self.passages))
    }

    /// The numeric thresholds of the text.
    pub fn thresholds(&self) -> &[Threshold] {
        self.drafting.thresholds.get_or_init(|| drafting::thresholds(&self.text.content, &self.passages))
    }

    /// The words of the text.
    pub fn wording(&self) -> &Wording {
        self.drafting.wording.get_or_init(|| Wording::of(&self.text.content))
    }
}

/// The texts read last, at most `limit` bytes of them.
#[derive(Debug)]
pub struct Readings {
    limit: usize,
    held: Mutex<VecDeque<Arc<Reading>>>,
}

impl Readings {
    /// A cache that holds at most `limit` bytes of text.
    pub const fn new(limit: usize) -> Self {
        Self { limit, held: Mutex::new(VecDeque::new()) }
    }

    /// The reading of a text, if it is held; it becomes the last to be dropped.
    pub fn get(&self, id: &TextId) -> Option<Arc<Reading>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let place = held.iter().position(|r| &r.text.id == id)?;
        let reading = held.remove(place)?;
        held.push_front(Arc::clone(&reading));
        Some(reading)
    }

    /// Keeps a reading; the ones read longest ago make room.
    pub fn keep(&self, reading: &Arc<Reading>) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|r| r.text.id != reading.text.id);
        held.push_front(Arc::clone(reading));
        let mut bytes = 0;
        let fit = held
            .iter()
            .take_while(|r| {
                bytes += r.text.content.len();
                bytes <= self.limit
            })
            .count();
        held.truncate(fit.max(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(content: &str) -> Arc<Reading> {
        let text = Text::new(content.to_owned(), None, lacuna_domain::text::Quality::default());
        Arc::new(Reading { text, passages: vec![], drafting: Drafting::default() })
    }

    #[test]
    fn the_text_read_longest_ago_makes_room() {
        let cache = Readings::new(10);
        let (a, b, c) = (reading("aaaa"), reading("bbbb"), reading("cccc"));
        cache.keep(&a);
        cache.keep(&b);
        assert!(cache.get(&a.text.id).is_some());
        cache.keep(&c);
        assert!(cache.get(&b.text.id).is_none(), "b was read longest ago");
        assert!(cache.get(&a.text.id).is_some());
    }
}
