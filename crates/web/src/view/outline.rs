//! The headings of a text as a tree flattened in reading order.

use lacuna_domain::Passage;
use lacuna_domain::passage::Kind;
use serde::Serialize;

use super::label::cut;

/// A heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutlineEntry {
    /// Index of its passage: anchor `#p-12`, part `p-12`.
    pub passage: u32,
    /// Its words, cut to a line.
    pub title: String,
    /// Depth in the tree, from 0.
    pub depth: usize,
    /// Passages with marked evidence from here to the next heading at the same depth or above.
    pub marks: usize,
}

/// The heading tree of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outline {
    /// Headings in reading order.
    pub entries: Vec<OutlineEntry>,
    /// How many more headings the text has than are listed.
    pub left_out: usize,
}

/// More headings than this make no outline anybody reads; deeper levels are left out first.
const MOST: usize = 150;

impl Outline {
    /// The headings of `passages`; `marked` tells which passages carry evidence.
    pub fn of(passages: &[Passage], text: &str, marked: impl Fn(u32) -> usize) -> Self {
        let mut found: Vec<(&Passage, usize)> = Vec::new();
        let mut depths: Vec<(u32, usize)> = Vec::new();
        for heading in passages.iter().filter(|p| p.kind == Kind::Heading) {
            let depth = heading
                .parent
                .and_then(|parent| depths.iter().rev().find(|(index, _)| *index == parent))
                .map_or(0, |(_, depth)| depth + 1);
            depths.push((heading.index, depth));
            found.push((heading, depth));
        }
        let all = found.len();
        let mut deepest = found.iter().map(|(_, depth)| *depth).max().unwrap_or(0);
        while found.len() > MOST && deepest > 0 {
            found.retain(|(_, depth)| *depth < deepest);
            deepest -= 1;
        }
        found.truncate(MOST);
        let entry = |(heading, depth): (&Passage, usize)| OutlineEntry {
            passage: heading.index,
            title: cut(heading.trimmed(text), 90),
            depth,
            marks: (heading.index..part_end(passages, heading.index)).map(&marked).sum(),
        };
        Self { left_out: all - found.len(), entries: found.into_iter().map(entry).collect() }
    }
}

/// One past the last passage that lies under `index`: up to the next passage that does not descend from it.
pub(crate) fn part_end(passages: &[Passage], index: u32) -> u32 {
    let start = index as usize + 1;
    let under = |mut at: usize| {
        for _ in 0..32 {
            match passages.get(at).and_then(|p| p.parent) {
                Some(parent) if parent == index => return true,
                Some(parent) if (parent as usize) < at => at = parent as usize,
                _ => return false,
            }
        }
        false
    };
    let mut end = start;
    while end < passages.len() && under(end) {
        end += 1;
    }
    u32::try_from(end).unwrap_or(u32::MAX)
}
