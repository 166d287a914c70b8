//! Bars, each over a denominator of its own with its numbers beside it: as the tables of pages show them.

use std::fmt::Write as _;

use super::words::{cut, room};
use super::{Picture, colour, escape};
use crate::view::Bar;

const LABEL: usize = 300;
const TRACK: usize = 300;
const ROW: usize = 24;
const TALL: usize = ROW - 8;

/// A name, and what is counted of what.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareLine {
    /// Name.
    pub name: String,
    /// The counts.
    pub bar: Bar,
    /// The share with the machine's errors taken out, in words; empty where people read no sample.
    pub corrected: String,
}

impl ShareLine {
    /// A line of counts that nobody corrected.
    pub fn new(name: impl Into<String>, bar: &Bar) -> Self {
        Self { name: name.into(), bar: bar.clone(), corrected: String::new() }
    }

    /// The numbers, with both parts of the bar where `graded`.
    fn words(&self, graded: bool) -> String {
        let Bar { full, half, of } = self.bar;
        let parts = if graded { format!("{full} + {half} = ") } else { String::new() };
        let corrected =
            if self.corrected.is_empty() { String::new() } else { format!("; corrected {}", self.corrected) };
        format!("{parts}{} of {of} ({}){corrected}", self.bar.any(), self.bar.share())
    }
}

/// Lines under one heading.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareGroup {
    /// The heading; empty for none.
    pub name: String,
    /// The lines.
    pub lines: Vec<ShareLine>,
}

/// The bars of `groups`: counts at the highest level as full bars, those between as bars of half the height.
pub fn shares(groups: &[ShareGroup]) -> Picture {
    let lines = || groups.iter().flat_map(|group| &group.lines);
    let graded = lines().any(|line| line.bar.half > 0);
    let widest = lines().map(|line| room(&line.words(graded))).max().unwrap_or(0);
    let mut body = String::new();
    let mut y = 0;
    for group in groups {
        if !group.name.is_empty() {
            let _ = write!(
                body,
                "<text class=\"t\" x=\"0\" y=\"{}\" font-weight=\"600\" fill=\"#1c1f22\">{}</text>",
                y + 18,
                escape(&cut(&group.name, 90))
            );
            y += ROW + 2;
        }
        for line in &group.lines {
            draw(&mut body, line, graded, y);
            y += ROW;
        }
    }
    Picture { width: LABEL + TRACK + 16 + widest * 7, height: y + 4, body, time: false }
}

fn draw(body: &mut String, line: &ShareLine, graded: bool, y: usize) {
    let Bar { full, half, of } = line.bar;
    let place = |n: usize| if of == 0 { 0.0 } else { TRACK as f64 * n as f64 / of as f64 };
    let words = escape(&line.words(graded));
    let name = escape(&line.name);
    let _ = write!(
        body,
        "<g><title>{name}: {words}</title>\
         <text class=\"t\" x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"#1c1f22\">{}</text>\
         <rect x=\"{LABEL}\" y=\"{}\" width=\"{TRACK}\" height=\"{TALL}\" fill=\"#f1efe8\"/>\
         <rect x=\"{LABEL}\" y=\"{}\" width=\"{:.1}\" height=\"{TALL}\" fill=\"{}\"/>\
         <rect x=\"{:.1}\" y=\"{}\" width=\"{:.1}\" height=\"{}\" fill=\"{}\"/>\
         <text class=\"q\" x=\"{}\" y=\"{}\" fill=\"#575b5f\">{words}</text></g>",
        LABEL - 8,
        y + 16,
        escape(&cut(&line.name, 44)),
        y + 4,
        y + 4,
        place(full),
        colour(0),
        LABEL as f64 + place(full),
        y + 4 + TALL / 4,
        place(half),
        TALL / 2,
        colour(1),
        LABEL + TRACK + 8,
        y + 16,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bar_says_its_numbers_with_their_denominator_and_stays_in_its_track() {
        let line = |name: &str, full, half, of| ShareLine::new(name, &Bar { full, half, of });
        let groups = [ShareGroup {
            name: "Privacy & security".to_owned(),
            lines: vec![line("2.1 <Privacy>", 2, 1, 12), line("2.2 Security", 0, 0, 0), line("3", 12, 0, 12)],
        }];
        let picture = shares(&groups);
        for part in
            ["Privacy &amp; security", "&lt;Privacy&gt;: 2 + 1 = 3 of 12 (25 %)", "0 of 0 (–)", "(100 %)"]
        {
            assert!(picture.body.contains(part), "no {part} in {}", picture.body);
        }
        assert!(!picture.body.contains("NaN") && picture.body.contains("width=\"300.0\""));
        let plain = shares(&[ShareGroup { name: String::new(), lines: vec![line("a", 1, 0, 3)] }]);
        assert!(plain.body.contains("a: 1 of 3 (33 %)"), "{}", plain.body);
    }
}
