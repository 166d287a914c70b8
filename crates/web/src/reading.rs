//! A text cut into passages, and a small cache of those that are read often.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use lacuna_domain::{Passage, Text, TextId};
use lacuna_pipeline::segment::{mark_languages, segment};

/// A text with its passages.
#[derive(Debug)]
pub struct Reading {
    /// The text.
    pub text: Text,
    /// Its passages, in order.
    pub passages: Vec<Passage>,
    /// Characters before each passage, counted when the first place is asked for.
    characters: OnceLock<Vec<usize>>,
}

impl Reading {
    /// Cuts `text` into passages.
    pub fn of(text: Text) -> Self {
        let mut passages = segment(&text.content);
        mark_languages(&text.content, &mut passages, text.language.as_deref());
        Self { text, passages, characters: OnceLock::new() }
    }

    /// Language of a passage: its own, or that of the text.
    pub fn language_of(&self, passage: u32) -> Option<&str> {
        let own = self.passages.get(passage as usize).and_then(|passage| passage.language.as_deref());
        own.or(self.text.language.as_deref())
    }

    /// Characters before byte `at` of the text; none where no character begins there.
    pub fn characters_before(&self, at: usize) -> usize {
        let content = self.text.content.as_str();
        let count = |from: usize, to: usize| content.get(from..to).map(|words| words.chars().count());
        let counted = self.characters.get_or_init(|| {
            let (mut last, mut before) = (0, 0);
            let start = |passage: &Passage| {
                let start = passage.span.start();
                before += count(last, start).unwrap_or(0);
                last = start;
                before
            };
            self.passages.iter().map(start).collect()
        });
        let place = self.passages.partition_point(|passage| passage.span.start() <= at).checked_sub(1);
        let near =
            place.and_then(|place| Some((self.passages.get(place)?.span.start(), counted.get(place)?)));
        let (from, before) = near.map_or((0, 0), |(from, before)| (from, *before));
        count(from, at).map_or(0, |more| before + more)
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
        Arc::new(Reading::of(text))
    }

    #[test]
    fn characters_are_counted_from_the_passage_before_as_from_the_start() {
        let held =
            reading("§ 1. Übung macht den Meister.\n\n(a) “Système” means a system; 系统是指。\n\n(b) x");
        let text = &held.text.content;
        assert!(held.passages.len() > 2);
        for at in 0..=text.len() + 1 {
            let counted = text.get(..at).map_or(0, |words| words.chars().count());
            assert_eq!(held.characters_before(at), counted, "byte {at}");
        }
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
