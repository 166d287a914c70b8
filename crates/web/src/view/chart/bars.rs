//! Horizontal bars, one for each row, stacked by column.

use std::fmt::Write as _;

use super::{Grid, Mark, Picture, cut_counted, escape, fill, ink_on, open_link, open_mark, said};

/// Letters of a name that find room beside a bar.
const LETTERS: usize = 28;
const ROW: usize = 24;
/// Beside the longest bar, for its number.
const NUMBER: usize = 44;

/// Where bars stand. A picture that shares a line with others is drawn narrower, not shrunk: its words stay readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// Alone on its line.
    Whole,
    /// Beside others.
    Shared,
}

impl Room {
    /// The scale of bars for these names, of which the longest bar counts `most`.
    fn scale(self, names: &[String], most: u64) -> Scale {
        let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
        match self {
            Self::Whole => Scale { label: 208, track: 500, most },
            // A letter is seven units wide at most on average.
            Self::Shared => Scale { label: longest.clamp(10, LETTERS) * 7 + 12, track: 190, most },
        }
    }
}

/// From counts to places, in user units.
#[derive(Clone, Copy)]
struct Scale {
    /// For the names of rows.
    label: usize,
    /// For the longest bar.
    track: usize,
    most: u64,
}

impl Scale {
    /// Where a bar of so many ends, parts of one included.
    fn place(self, count: f64) -> f64 {
        self.label as f64 + self.track as f64 * count / self.most as f64
    }
}

/// The bars of `grid`.
pub fn bars(grid: &Grid, room: Room) -> Picture {
    let drawn = |marks: &[Mark]| marks.iter().map(|m| m.count).sum::<u64>();
    let most = grid.marks.iter().map(|marks| drawn(marks)).max().unwrap_or(0).max(1);
    let scale = room.scale(&grid.rows, most);
    let mut body = String::new();
    for (at, name) in grid.rows.iter().enumerate() {
        let y = at * ROW + 4;
        let _ = write!(
            body,
            "<text class=\"t\" x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"#1c1f22\">{}<title>{}</title></text>",
            scale.label - 8,
            y + 14,
            escape(&cut_counted(name, LETTERS)),
            escape(name)
        );
        let marks = grid.marks.get(at).map(Vec::as_slice).unwrap_or_default();
        let mut done = 0;
        for (series, mark) in marks.iter().enumerate().filter(|(_, mark)| mark.count > 0) {
            let column = grid.columns.get(series).map_or("", String::as_str);
            let ends = (scale.place(done as f64), scale.place((done + mark.count) as f64));
            let close = open_mark(&mut body, mark, &said(&[name, column], mark, &grid.unit));
            segment(&mut body, (series, mark), ends, y, !grid.columns.is_empty());
            body.push_str(close);
            done += mark.count;
        }
        let total = grid.total(at, done);
        if done == 0 && total == 0 {
            empty(&mut body, marks, (name, &grid.unit), (scale.label, y));
            continue;
        }
        let whisker = marks.first().filter(|_| grid.columns.is_empty());
        let end = whisker.map_or(0.0, |mark| whisker_of(&mut body, mark, scale, y));
        let _ = write!(
            body,
            "<text class=\"q\" x=\"{:.1}\" y=\"{}\" font-size=\"11\" fill=\"#575b5f\">{total}</text>",
            scale.place(done as f64).max(end) + 6.0,
            y + 13
        );
    }
    Picture {
        width: scale.label + scale.track + NUMBER,
        height: grid.rows.len() * ROW + 8,
        body,
        time: false,
    }
}

/// A part of a bar from one place to another, with its number where it is `numbered` and wide enough.
fn segment(
    body: &mut String,
    (series, mark): (usize, &Mark),
    (from, to): (f64, f64),
    y: usize,
    numbered: bool,
) {
    let wide = to - from;
    let _ = write!(
        body,
        "<rect class=\"s s{series}\" x=\"{from:.1}\" y=\"{y}\" width=\"{wide:.1}\" height=\"{}\" fill=\"{}\"/>",
        ROW - 6,
        fill(series)
    );
    let digits = mark.count.to_string();
    if numbered && wide > digits.len() as f64 * 7.0 + 6.0 {
        let _ = write!(
            body,
            "<text class=\"st{series}\" x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\" font-size=\"11\" fill=\"{}\">{digits}</text>",
            from + wide / 2.0,
            y + 13,
            ink_on(series)
        );
    }
}

/// Draws the corrected share of a bar with its interval, on the scale of the counts; answers where it ends.
fn whisker_of(body: &mut String, mark: &Mark, scale: Scale, y: usize) -> f64 {
    let Some(corrected) = mark.corrected.as_ref().filter(|_| mark.part > 0) else {
        return 0.0;
    };
    let right = scale.place(scale.most as f64);
    let place = |share: f64| scale.place(share.max(0.0) * mark.of as f64).min(right);
    let found = corrected.design_based;
    let (low, value, high) = (place(found.low), place(found.value), place(found.high));
    let middle = y + (ROW - 6) / 2;
    let _ = write!(
        body,
        "<g class=\"whisker\" fill=\"#b3261e\" stroke=\"#ffffff\" stroke-width=\"0.8\">\
         <rect x=\"{low:.1}\" y=\"{}\" width=\"{:.1}\" height=\"3\"/>\
         <circle cx=\"{value:.1}\" cy=\"{middle}\" r=\"4.2\"/></g>",
        middle - 1,
        high - low
    );
    high
}

/// A row without any document still leads somewhere: to what was looked for.
fn empty(body: &mut String, marks: &[Mark], (name, unit): (&str, &str), (x, y): (usize, usize)) {
    let Some(mark) = marks.first() else { return };
    open_link(body, mark, &said(&[name], mark, unit));
    let _ = write!(
        body,
        "<rect class=\"none\" x=\"{x}\" y=\"{y}\" width=\"18\" height=\"{}\" fill=\"#ffffff\" stroke=\"#8a8778\" stroke-dasharray=\"3 2\"/>\
         <text class=\"q\" x=\"{}\" y=\"{}\" font-size=\"11\" fill=\"#575b5f\">0</text></a>",
        ROW - 6,
        x + 24,
        y + 13
    );
}
