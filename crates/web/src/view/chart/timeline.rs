//! Columns over time, stacked by series.

use std::fmt::Write as _;

use super::{Grid, Mark, Picture, cut, escape, fill, open_mark, said};

const HEIGHT: f64 = 190.0;
const FOOT: usize = 26;
/// Of few times, the picture is no narrower: it is drawn as wide as the page, and columns would become as wide as a hand.
const NARROWEST: usize = 720;

/// The timeline of `grid`, whose rows are times.
pub fn timeline(grid: &Grid) -> Picture {
    let times = grid.rows.len().max(1);
    let wide = (720 / times).clamp(16, 56);
    let total = |marks: &[Mark]| marks.iter().map(|m| m.count).sum::<u64>();
    let width = (times * wide + 16).max(NARROWEST);
    let left = (width - times * wide) / 2;
    let most = grid.marks.iter().map(|marks| total(marks)).max().unwrap_or(0).max(1);
    let letters = grid.rows.iter().map(|name| name.chars().count().min(8)).max().unwrap_or(1);
    let every = (letters * 7).div_ceil(wide).max(1);
    let mut body = String::new();
    for (at, name) in grid.rows.iter().enumerate() {
        let x = left + at * wide;
        let marks = grid.marks.get(at).map(Vec::as_slice).unwrap_or_default();
        let mut done = 0;
        for (series, mark) in marks.iter().enumerate().filter(|(_, m)| m.count > 0) {
            let height = HEIGHT * mark.count as f64 / most as f64;
            let top = 20.0 + HEIGHT - HEIGHT * (done + mark.count) as f64 / most as f64;
            done += mark.count;
            let column = grid.columns.get(series).map_or("", String::as_str);
            let close = open_mark(&mut body, mark, &said(&[name, column], mark, &grid.unit));
            let _ = write!(
                body,
                "<rect class=\"s s{series}\" x=\"{}\" y=\"{top:.1}\" width=\"{}\" height=\"{height:.1}\" fill=\"{}\"/>{close}",
                x + 2,
                wide - 4,
                fill(series)
            );
        }
        let middle = x + wide / 2;
        let top = 15.0 + HEIGHT - HEIGHT * done as f64 / most as f64;
        let total = grid.total(at, done);
        let _ = write!(
            body,
            "<text class=\"q\" x=\"{middle}\" y=\"{top:.1}\" text-anchor=\"middle\" font-size=\"10\" fill=\"#575b5f\">{total}</text>"
        );
        // Crowded times are written as often as their names have room.
        if at % every == 0 {
            let _ = write!(
                body,
                "<text class=\"t\" x=\"{middle}\" y=\"{}\" text-anchor=\"middle\" font-size=\"11\" fill=\"#1c1f22\">{}</text>",
                HEIGHT as usize + 20 + 16,
                escape(&cut(name, 8))
            );
        }
    }
    Picture { width, height: HEIGHT as usize + 20 + FOOT, body, time: true }
}
