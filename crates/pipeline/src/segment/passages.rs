//! From blocks to passages: headings cut from the text that follows them, long paragraphs cut at sentences.

use lacuna_domain::passage::{Kind, Part};
use lacuna_domain::{Passage, Span};

use super::blocks::Block;
use super::heading::{caption, shouts};
use super::label::{self, Label, Set, Shape, Word};
use super::outline::{Outline, Place};
use super::sentences::sentences;

/// Paragraphs longer than this many bytes are cut at sentences.
const LONG: usize = 2_400;
/// Bytes that a piece of a long paragraph aims at.
const PIECE: usize = 1_600;
/// Consecutive unlabelled headings beyond which they are a list of names.
const LISTED: usize = 4;

/// The passages of `blocks`; their parts are still to be told.
pub(super) fn passages(text: &str, blocks: &[Block]) -> Vec<Passage> {
    let mut cutter = Cutter { text, out: Vec::new(), outline: Outline::default() };
    for (at, block) in blocks.iter().enumerate() {
        let next = Next {
            label: blocks[at + 1..].iter().take(3).find_map(|b| b.label.as_ref()),
            opens: blocks.get(at + 1).is_some_and(opens_below),
        };
        cutter.block(block, next, is_listed(blocks, at));
    }
    cutter.out
}

/// What comes after a block.
#[derive(Clone, Copy)]
struct Next<'b> {
    /// The next label.
    label: Option<&'b Label>,
    /// Whether the next block can be the text under a heading.
    opens: bool,
}

/// Running text, or the first entry of a list.
fn opens_below(block: &Block) -> bool {
    match &block.label {
        None => !block.heading,
        Some(label) => label.marks.first().is_some_and(|m| m.readings.iter().flatten().any(|r| r.1 == 1)),
    }
}

/// Whether an unlabelled heading stands in a run of them, or at the very end: names in a list, not headings.
fn is_listed(blocks: &[Block], at: usize) -> bool {
    let plain = |b: &Block| b.heading && b.label.is_none();
    if !plain(&blocks[at]) || at < 2 {
        return false;
    }
    let before = blocks[..at].iter().rev().take(LISTED).take_while(|b| plain(b)).count();
    let after = blocks[at + 1..].iter().take(LISTED).take_while(|b| plain(b)).count();
    before + after + 1 >= LISTED || at + 1 + after == blocks.len()
}

struct Cutter<'t> {
    text: &'t str,
    out: Vec<Passage>,
    outline: Outline,
}

impl Cutter<'_> {
    fn block(&mut self, block: &Block, next: Next<'_>, listed: bool) {
        match &block.label {
            Some(label) => self.labelled(block.start, block.first, block.end, label, next),
            None if block.table => {
                let place = self.outline.paragraph();
                self.push(block.start, block.end, Kind::Table, place, None);
            }
            None if self.completes_heading(block) => {
                let widened = self.out.last().and_then(|p| Span::new(self.text, p.span.start(), block.end));
                if let (Some(last), Some(span)) = (self.out.last_mut(), widened) {
                    last.span = span;
                    last.sentences = sentences(self.text, span.start(), span.end());
                }
            }
            None if block.heading && !listed => {
                let capitals = shouts(self.text[block.first..block.end].trim());
                let place = self.outline.plain_heading(capitals, self.next_index());
                self.push(block.start, block.end, Kind::Heading, place, None);
            }
            None => self.body(block.start, block.end, Kind::Paragraph, None, None),
        }
    }

    /// Whether a block is the caption of the bare label before it: "§ 12.4" on one line, "Definitions." on the next.
    fn completes_heading(&self, block: &Block) -> bool {
        let words = self.text[block.first..block.end].trim();
        let bare = self.out.last().is_some_and(|last| {
            last.kind == Kind::Heading
                && last.label.as_deref().is_some_and(|label| last.trimmed(self.text).len() <= label.len() + 4)
                && last
                    .label
                    .as_deref()
                    .is_some_and(|label| label.starts_with(|c: char| c == '§' || c.is_alphabetic()))
        });
        bare && words.len() <= 110 && !words.ends_with([':', ';']) && caption(words, words) == words.len()
    }

    fn next_index(&self) -> u32 {
        self.out.len() as u32
    }

    /// A block `start..end` whose words begin at `first` with `label`.
    fn labelled(&mut self, start: usize, first: usize, end: usize, label: &Label, next: Next<'_>) {
        let text = self.text;
        let written = text[first + label.start..first + label.end].trim().to_owned();
        let after = first + label.end;
        let rest = &text[after..end];
        let lead = rest.len() - rest.trim_start().len();
        let stop = floor(text, (after + lead + 400).min(end)).max(after + lead);
        let sentence = sentences(text, after + lead, stop);
        let sentence = sentence.first().and_then(|s| s.slice(text)).unwrap_or_default();
        let caption = caption(&rest[lead..], sentence);
        let whole = caption == rest.len() - lead;
        let heads = match label.marks.last().map(|m| m.shape) {
            Some(Shape::Named(_) | Shape::Markdown(_)) => true,
            Some(Shape::Bullet(_)) | None => false,
            Some(_) => whole && caption > 0 && next.opens && heads_alone(rest.trim()),
        };
        if !heads {
            let place = self.outline.labelled(label, next.label, None);
            return self.body(start, end, Kind::Item, Some(place), Some(written));
        }
        let place = self.outline.labelled(label, next.label, Some(self.next_index()));
        let markdown = matches!(label.marks.first().map(|m| m.shape), Some(Shape::Markdown(_)));
        let cut = if markdown || whole { end } else { after + lead + caption };
        self.push(start, cut, Kind::Heading, place, Some(written));
        if cut < end {
            self.rest(cut, end, next);
        }
    }

    /// What follows a heading in its own block: perhaps again a labelled provision.
    fn rest(&mut self, start: usize, end: usize, next: Next<'_>) {
        let label =
            label::parse(&self.text[start..end]).filter(|l| l.named().is_none_or(|w| w == Word::Commitment));
        match label {
            Some(label) => self.labelled(start, start, end, &label, next),
            None => self.body(start, end, Kind::Paragraph, None, None),
        }
    }

    /// Running text, cut at sentences when it is long.
    fn body(&mut self, start: usize, end: usize, kind: Kind, place: Option<Place>, label: Option<String>) {
        let place = place.unwrap_or_else(|| self.outline.paragraph());
        let whole = sentences(self.text, start, end);
        let long = end - start > LONG;
        let (mut from, mut label, mut kind, mut place) = (start, label, kind, place);
        for sentence in whole.iter().skip(1) {
            let at = sentence.start();
            let opens =
                label::parse(sentence.slice(self.text).unwrap_or_default()).filter(|l| opens_inside(l, long));
            if opens.is_some() || (long && sentence.end() - from > PIECE) {
                self.push(from, at, kind, place, label.take());
                (from, kind) = (at, Kind::Paragraph);
            }
            if let Some(opened) = opens {
                place = self.outline.labelled(&opened, None, None);
                label = self.text.get(at + opened.start..at + opened.end).map(|l| l.trim().to_owned());
                kind = Kind::Item;
            }
        }
        // Nearly always nothing was cut off, and the sentences are those found above.
        let rest = if from == start { whole } else { sentences(self.text, from, end) };
        self.push_read((from, end), kind, place, label, rest);
    }

    fn push(&mut self, start: usize, end: usize, kind: Kind, place: Place, label: Option<String>) {
        self.push_read((start, end), kind, place, label, sentences(self.text, start, end));
    }

    fn push_read(
        &mut self,
        (start, end): (usize, usize),
        kind: Kind,
        place: Place,
        label: Option<String>,
        sentences: Vec<Span>,
    ) {
        let Some(span) = Span::new(self.text, start, end) else { return };
        self.out.push(Passage {
            index: self.out.len() as u32,
            span,
            kind,
            part: Part::Operative,
            level: place.level,
            parent: place.parent,
            label,
            language: None,
            sentences,
        });
    }
}

/// Whether the words after an enumerator can be a heading by themselves: a subject, no list entry and no lead-in.
fn heads_alone(words: &str) -> bool {
    let lead_in = words.ends_with([';', ',', ':']) || (words.ends_with(['-', '—']) && !words.contains('.'));
    let capital = words.starts_with(|c: char| {
        c.is_uppercase() || matches!(c, '—' | '“' | '"') || lacuna_domain::fold::is_cjk(c)
    });
    words.len() <= 90 && capital && !lead_in && !words.starts_with("Section ")
}

/// Whether a label at the start of a sentence opens a provision inside a block.
fn opens_inside(label: &Label, long: bool) -> bool {
    label.marks.iter().all(|mark| match mark.shape {
        Shape::Paren => true,
        Shape::Dot => mark.readings[0].is_some_and(|r| r.0 == Set::Digit),
        Shape::Named(_) => long || label.named().is_some_and(|w| w == Word::HanArticle),
        _ => false,
    })
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
