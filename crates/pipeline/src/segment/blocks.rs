//! Joins lines into blocks: a block is a paragraph, a provision or a heading, however its lines were broken.

use super::heading::{looks_like_heading, shouts};
use super::label::{self, Label, Shape};
use super::lines::Line;

/// Lines looked at on both sides to tell the width at which a text was wrapped.
const NEIGHBOURS: usize = 6;
/// A neighbourhood with a wider line than this was not wrapped.
const WIDEST_WRAP: usize = 150;

/// A block of the text: `start..end`, white space and blank lines after it included.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Start of the first line that is not blank, without its indentation.
    pub(super) first: usize,
    pub(super) label: Option<Label>,
    /// Whether the block looks like a heading without a label.
    pub(super) heading: bool,
    /// Whether it is a row of a table.
    pub(super) table: bool,
}

/// The blocks of `text`, which together are the text.
pub(super) fn blocks(text: &str, lines: &[Line]) -> Vec<Block> {
    let mut joiner = Joiner { text, lines, blocks: Vec::new(), last: None };
    let mut blank = 0;
    for (index, line) in lines.iter().enumerate() {
        if line.width == 0 {
            blank += 1;
            continue;
        }
        joiner.take(index, blank);
        blank = 0;
    }
    joiner.finish()
}

struct Joiner<'t> {
    text: &'t str,
    lines: &'t [Line],
    blocks: Vec<Block>,
    /// The last line that was not blank.
    last: Option<usize>,
}

impl Joiner<'_> {
    /// Adds line `index`, which follows `blank` blank lines.
    fn take(&mut self, index: usize, blank: usize) {
        let line = self.lines[index];
        let words = line.trimmed(self.text);
        let mut label = label::parse(words);
        if let (Some(last), Some(found)) = (self.last, &label)
            && blank == 0
            && self.refers(last, index, found)
        {
            label = None;
        }
        let continues = self.last.is_some_and(|last| self.continues(last, index, blank, label.as_ref()));
        self.last = Some(index);
        if continues {
            if let Some(block) = self.blocks.last_mut() {
                block.heading = block.heading && looks_like_heading(self.text[block.first..line.end].trim());
            }
            return;
        }
        let start = if self.blocks.is_empty() { 0 } else { line.start };
        if let Some(block) = self.blocks.last_mut() {
            block.end = start;
        }
        self.blocks.push(Block {
            start,
            end: self.text.len(),
            first: line.first(self.text),
            heading: label.is_none() && looks_like_heading(words),
            table: label.is_none() && is_table_row(words),
            label,
        });
    }

    fn finish(mut self) -> Vec<Block> {
        if self.blocks.is_empty() && !self.text.is_empty() {
            self.blocks.push(Block {
                start: 0,
                end: self.text.len(),
                first: 0,
                label: None,
                heading: false,
                table: false,
            });
        }
        self.blocks
    }

    /// Whether line `index` goes on with the sentence of line `last`.
    fn continues(&self, last: usize, index: usize, blank: usize, label: Option<&Label>) -> bool {
        if label.is_some() || blank > 1 {
            return false;
        }
        let (before, here) = (self.lines[last], self.lines[index]);
        let (old, new) = (before.trimmed(self.text), here.trimmed(self.text));
        if is_table_row(old) != is_table_row(new) || is_table_row(new) {
            return false;
        }
        let open = !ends_sentence(old);
        let lower = starts_lower(new);
        if blank == 1 {
            return open && lower && old.len() > 30 && !self.block_is_heading();
        }
        if lower && (open || !old.ends_with([':', '—'])) && !self.block_is_heading() {
            return open || self.full(last, index);
        }
        let shouting = shouts(old) && shouts(new);
        if shouting
            && open
            && old.len() >= 40
            && !new.split_whitespace().next().is_some_and(|w| w.ends_with(':'))
        {
            return true;
        }
        if self.block_is_heading() && !shouting {
            return false;
        }
        let widest = self.widest(last);
        if open
            && (30..=WIDEST_WRAP).contains(&widest)
            && before.reach() * 2 >= widest
            && !looks_like_heading(new)
        {
            return true;
        }
        let indented = here.indent >= before.indent + 2 && here.indent >= 3;
        self.full(last, index) && (open || (!indented && widest >= 60))
    }

    fn block_is_heading(&self) -> bool {
        self.blocks.last().is_some_and(|block| block.heading)
    }

    /// Whether the first word of line `index` would not have fitted on line `last`.
    fn full(&self, last: usize, index: usize) -> bool {
        let widest = self.widest(last);
        if !(30..=WIDEST_WRAP).contains(&widest) {
            return false;
        }
        let new = self.lines[index].trimmed(self.text);
        let word = new.find(char::is_whitespace).unwrap_or(new.len()).min(20);
        self.lines[last].reach() + 1 + word + widest / 16 > widest
    }

    /// The column that the lines around line `at` reach, one outlier (two lines glued together) aside.
    fn widest(&self, at: usize) -> usize {
        let low = at.saturating_sub(NEIGHBOURS);
        let high = (at + NEIGHBOURS).min(self.lines.len() - 1);
        let (mut first, mut second) = (0, 0);
        for reach in self.lines[low..=high].iter().map(Line::reach) {
            if reach > first {
                (first, second) = (reach, first);
            } else {
                second = second.max(reach);
            }
        }
        second
    }

    /// Whether the label at the start of a wrapped line belongs to a reference that began on the line before, as in
    /// "under paragraph / (1) of section 5".
    fn refers(&self, last: usize, index: usize, label: &Label) -> bool {
        let old = self.lines[last].trimmed(self.text);
        let word = old.rsplit(|c: char| c.is_whitespace()).next().unwrap_or_default();
        let bare = word.to_ascii_lowercase();
        let refers = REFERRING.contains(&bare.trim_start_matches(['(', '"']));
        let new = self.lines[index].trimmed(self.text);
        let after = new[label.end.min(new.len())..].trim_start();
        let named = label.named().is_some();
        let goes_on = after.starts_with(|c: char| c.is_lowercase() || matches!(c, ',' | ';' | ')'));
        if matches!(label.marks[0].shape, Shape::Bullet('-' | '–' | '—' | '*')) {
            return self.full(last, index) && !ends_sentence(old) && !old.ends_with([':', ';']);
        }
        if matches!(bare.as_str(), "and" | "or") {
            let before = old[..old.len() - word.len()].trim_end();
            return !before.ends_with([';', ',', ':', '.']) && self.full(last, index) && (goes_on || named);
        }
        (refers && (goes_on || self.full(last, index)))
            || (named && !ends_sentence(old) && self.full(last, index) && !shouts(old))
    }
}

/// Words before a number that is no enumerator.
const REFERRING: &[&str] = &[
    "section",
    "sections",
    "subsection",
    "subsections",
    "paragraph",
    "paragraphs",
    "subparagraph",
    "subparagraphs",
    "clause",
    "clauses",
    "subclause",
    "subdivision",
    "subdivisions",
    "article",
    "articles",
    "chapter",
    "title",
    "part",
    "item",
    "items",
    "§",
    "§§",
    "under",
    "of",
    "in",
    "by",
    "with",
    "to",
    "sec.",
    "art.",
    "no.",
    "u.s.c.",
    "than",
    "the",
    "least",
    "within",
    "from",
    "for",
    "at",
    "code",
    "act",
    "through",
    "see",
];

fn starts_lower(line: &str) -> bool {
    line.trim_start_matches(['(', '"', '“', '\'', '[']).starts_with(char::is_lowercase)
}

/// Whether a line ends where a sentence, a list item or a lead-in ends.
fn ends_sentence(line: &str) -> bool {
    let bare = line.trim_end_matches(['"', '\'', '”', '’', ')', ']', '」', '）', '*']);
    bare.ends_with(['.', ';', ':', '!', '?', '。', '；', '：', '！', '？'])
        || line.ends_with("--")
        || line.ends_with('—')
}

/// A row of a Markdown or extracted table: cells between bars or tabs.
fn is_table_row(line: &str) -> bool {
    let bars = line.bytes().filter(|b| *b == b'|').count();
    (bars >= 2 && (line.starts_with('|') || bars >= 3)) || line.bytes().filter(|b| *b == b'\t').count() >= 2
}
