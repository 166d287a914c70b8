//! Cuts a long text into windows at headings; each carries the title, its heading path and the definitions.

use std::ops::Range;

use lacuna_domain::Passage;
use lacuna_domain::passage::{Kind, Part, heading_path};

use super::addressed::Addressed;
use super::view;

/// The share of the budget that carried definitions may take.
const CARRIED: u64 = 8;

/// A stretch of passages that is coded in one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Indices of the passages.
    pub(super) passages: Range<usize>,
    /// Title, heading path and definitions from elsewhere in the text; empty for a text in one window.
    pub(super) carried: String,
}

/// The windows of `text`, of at most `budget` tokens each as `tokens` counts them; one for a text that fits. A window
/// ends before the heading of the lowest depth in its second half, or at its end where there is none.
pub(super) fn windows(
    text: &str,
    passages: &[Passage],
    addressed: &Addressed,
    budget: u64,
    tokens: fn(&str) -> u64,
) -> Vec<Window> {
    let whole = || vec![Window { passages: 0..passages.len(), carried: String::new() }];
    // No token is shorter than a byte.
    if text.len() as u64 <= budget {
        return whole();
    }
    let sizes: Vec<u64> = passages.iter().map(|p| tokens(p.span.slice(text).unwrap_or_default())).collect();
    if sizes.iter().sum::<u64>() <= budget {
        return whole();
    }
    let room = budget.saturating_sub(budget / CARRIED).max(1);
    let ranges = cut(passages, &sizes, room);
    let carry = Carry { text, passages, addressed, sizes: &sizes, room: budget / CARRIED };
    ranges.into_iter().map(|passages| Window { carried: carry.carried(&passages), passages }).collect()
}

fn cut(passages: &[Passage], sizes: &[u64], room: u64) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut from = 0;
    while from < passages.len() {
        let mut to = from;
        let mut used = 0;
        while to < passages.len() && (used + sizes[to] <= room || to == from) {
            used += sizes[to];
            to += 1;
        }
        if to < passages.len() {
            let half = from + (to - from) / 2;
            let heading = (half.max(from + 1)..=to)
                .filter(|at| passages[*at].kind == Kind::Heading)
                .min_by_key(|at| (passages[*at].level, to - at));
            to = heading.unwrap_or(to);
        }
        ranges.push(from..to);
        from = to;
    }
    ranges
}

struct Carry<'t> {
    text: &'t str,
    passages: &'t [Passage],
    addressed: &'t Addressed,
    sizes: &'t [u64],
    room: u64,
}

impl Carry<'_> {
    fn carried(&self, range: &Range<usize>) -> String {
        let mut path = vec![0];
        path.extend(heading_path(self.passages, range.start as u32));
        path.dedup();
        let mut out =
            format!("Title and place: {}\n", view::headings(self.text, self.passages, &path, self.addressed));
        let mut used = 0;
        let outside = self.passages.iter().enumerate().filter(|(at, _)| !range.contains(at));
        let definitions: Vec<String> = outside
            .filter(|(_, passage)| passage.part == Part::Definitional)
            .take_while(|(at, _)| {
                used += self.sizes[*at];
                used <= self.room
            })
            .map(|(_, p)| {
                view::shown(self.text, p.span.start(), p.span.end(), self.addressed).trim().to_owned()
            })
            .collect();
        if !definitions.is_empty() {
            out += &format!("Definitions from other parts:\n{}\n", definitions.join("\n"));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment::segment;

    fn count(text: &str) -> u64 {
        text.len() as u64 / 4
    }

    #[test]
    fn windows_are_the_text_cut_at_headings_and_carry_the_definitions() {
        let mut text = "Act on Machines\n\nSEC. 1. DEFINITIONS.\n\n(1) The term \"machine\" means a thing that computes.\n\n"
            .to_owned();
        for section in 2..40 {
            text += &format!(
                "SEC. {section}. DUTIES.\n\n(a) A person shall test machine {section} each year.\n\n"
            );
        }
        let passages = segment(&text);
        let windows = windows(&text, &passages, &Addressed::default(), 300, count);
        assert!(windows.len() > 2);
        let joined: Vec<usize> = windows.iter().flat_map(|w| w.passages.clone()).collect();
        assert_eq!(joined, (0..passages.len()).collect::<Vec<_>>());
        for window in &windows[1..] {
            assert_eq!(passages[window.passages.start].kind, Kind::Heading);
            assert!(window.carried.starts_with("Title and place: Act on Machines"), "{}", window.carried);
            assert!(window.carried.contains("a thing that computes"), "{}", window.carried);
            let size: u64 =
                passages[window.passages.clone()].iter().map(|p| count(p.span.slice(&text).unwrap())).sum();
            assert!(size <= 300);
        }
        assert_eq!(super::windows(&text, &passages, &Addressed::default(), 100_000, count).len(), 1);
    }
}
