//! The most similar place for a quote that is not in the text: tells a reader what was meant, verifies nothing.
//!
//! Some piece of the quote must stand unchanged when at most a tenth of it was edited (pigeonhole principle), so
//! unchanged pieces are the seeds around which an edit distance is computed (Sellers 1980: the free-ends form of
//! Levenshtein's distance). Pieces, hits and windows are bounded.

use memchr::memmem::Finder;

/// Least similarity that counts as near.
const LEAST: f32 = 0.9;
/// Longest folded quote looked at, in characters.
const LONGEST: usize = 1_000;
/// Hits of one seed, and windows, that are looked at.
const HITS: usize = 16;
const WINDOWS: usize = 24;

/// A similar place, in folded bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Near {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) similarity: f32,
}

/// The most similar place for `needle`, when at least nine tenths of it stand there.
pub(super) fn nearest(haystack: &str, needle: &str) -> Option<Near> {
    let quote: Vec<char> = needle.chars().collect();
    if quote.len() < 8 || quote.len() > LONGEST {
        return None;
    }
    let edits = quote.len() / 10;
    let windows = windows(haystack, needle, edits);
    let best = windows.into_iter().filter_map(|(from, to)| align(haystack, from, to, &quote, edits));
    best.max_by(|a, b| a.similarity.total_cmp(&b.similarity).then(b.start.cmp(&a.start)))
}

/// Windows of the haystack in which a piece of the needle stands where it should, most hits first.
fn windows(haystack: &str, needle: &str, edits: usize) -> Vec<(usize, usize)> {
    let slack = 4 * edits + 4;
    let mut starts: Vec<usize> = Vec::new();
    for (at, piece) in pieces(needle, edits + 1) {
        let finder = Finder::new(piece);
        starts.extend(finder.find_iter(haystack.as_bytes()).take(HITS).map(|hit| hit.saturating_sub(at)));
    }
    starts.sort_unstable();
    let mut groups: Vec<(usize, usize)> = Vec::new();
    for start in starts {
        match groups.last_mut() {
            Some((first, hits)) if start - *first <= slack => *hits += 1,
            _ => groups.push((start, 1)),
        }
    }
    groups.sort_by_key(|(first, hits)| (std::cmp::Reverse(*hits), *first));
    groups.truncate(WINDOWS);
    let edge = |mut at: usize| {
        at = at.min(haystack.len());
        while !haystack.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    groups
        .iter()
        .map(|(first, _)| (edge(first.saturating_sub(slack)), edge(first + needle.len() + 2 * slack)))
        .collect()
}

/// `needle` cut into `count` pieces on character boundaries.
fn pieces(needle: &str, count: usize) -> Vec<(usize, &str)> {
    let bounds: Vec<usize> = (0..=count)
        .map(|i| {
            let mut at = needle.len() * i / count;
            while !needle.is_char_boundary(at) {
                at -= 1;
            }
            at
        })
        .collect();
    bounds.windows(2).filter(|b| b[0] < b[1]).map(|b| (b[0], &needle[b[0]..b[1]])).collect()
}

/// Aligns the whole quote with any stretch of `haystack[from..to]`.
fn align(haystack: &str, from: usize, to: usize, quote: &[char], edits: usize) -> Option<Near> {
    let window: Vec<(usize, char)> = haystack[from..to].char_indices().collect();
    // One column per character of the window: cost and start of the best alignment that ends here.
    let mut column: Vec<(usize, usize)> = (0..=quote.len()).map(|i| (i, 0)).collect();
    let mut best: Option<(usize, usize, usize)> = None;
    for (position, (_, c)) in window.iter().enumerate() {
        let mut diagonal = column[0];
        column[0] = (0, position + 1);
        for i in 1..=quote.len() {
            let up = column[i];
            let substituted = (diagonal.0 + usize::from(quote[i - 1] != *c), diagonal.1);
            let inserted = (up.0 + 1, up.1);
            let left_out = (column[i - 1].0 + 1, column[i - 1].1);
            diagonal = up;
            column[i] = substituted.min(inserted).min(left_out);
        }
        let (cost, start) = column[quote.len()];
        if cost <= edits && best.is_none_or(|(least, ..)| cost < least) {
            best = Some((cost, start, position + 1));
        }
    }
    let (cost, start, end) = best?;
    let length = end.checked_sub(start)?;
    let ratio = length as f32 / quote.len() as f32;
    let similarity = 1.0 - cost as f32 / quote.len().max(length) as f32;
    if similarity < LEAST || !(0.8..=1.25).contains(&ratio) {
        return None;
    }
    let byte = |index: usize| window.get(index).map_or(to, |(at, _)| from + at);
    Some(Near { start: byte(start), end: byte(end), similarity })
}
