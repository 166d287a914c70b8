//! Horizontal bars, one for each row, stacked by column.

use std::fmt::Write as _;

use super::{Grid, Mark, Picture, SERIES, colour, cut, escape, ink_on, open_link, said};

const LABEL: usize = 208;
const TRACK: usize = 500;
const ROW: usize = 24;

/// The bars of `grid`.
pub fn bars(grid: &Grid) -> Picture {
    let total = |marks: &[Mark]| marks.iter().take(SERIES).map(|m| m.count).sum::<u64>();
    let most = grid.marks.iter().map(|marks| total(marks)).max().unwrap_or(0).max(1);
    let mut body = String::new();
    for (at, name) in grid.rows.iter().enumerate() {
        let y = at * ROW + 4;
        let _ = write!(
            body,
            "<text class=\"t\" x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"#1c1f22\">{}<title>{}</title></text>",
            LABEL - 8,
            y + 14,
            escape(&cut(name, 28)),
            escape(name)
        );
        let marks = grid.marks.get(at).map(Vec::as_slice).unwrap_or_default();
        let mut done = 0;
        for (series, mark) in marks.iter().take(SERIES).enumerate() {
            if mark.count == 0 {
                continue;
            }
            let edge = |n: u64| LABEL as f64 + TRACK as f64 * n as f64 / most as f64;
            let (x, wide) = (edge(done), edge(done + mark.count) - edge(done));
            done += mark.count;
            let column = grid.columns.get(series).map_or("", String::as_str);
            open_link(&mut body, mark, &said(&[name, column], mark, &grid.unit));
            let _ = write!(
                body,
                "<rect class=\"s s{series}\" x=\"{x:.1}\" y=\"{y}\" width=\"{wide:.1}\" height=\"{}\" fill=\"{}\"/>",
                ROW - 6,
                colour(series)
            );
            let digits = mark.count.to_string();
            if !grid.columns.is_empty() && wide > digits.len() as f64 * 7.0 + 6.0 {
                let _ = write!(
                    body,
                    "<text class=\"st{series}\" x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\" font-size=\"11\" fill=\"{}\">{digits}</text>",
                    x + wide / 2.0,
                    y + 13,
                    ink_on(series)
                );
            }
            body.push_str("</a>");
        }
        let x = LABEL as f64 + TRACK as f64 * done as f64 / most as f64;
        if done == 0 {
            empty(&mut body, marks, name, &grid.unit, y);
        } else if grid.columns.is_empty() {
            let x = marks.first().map_or(x, |mark| x.max(whisker(&mut body, mark, most, y)));
            let _ = write!(
                body,
                "<text class=\"q\" x=\"{:.1}\" y=\"{}\" font-size=\"11\" fill=\"#575b5f\">{done}</text>",
                x + 6.0,
                y + 13
            );
        }
    }
    Picture { width: LABEL + TRACK + 44, height: grid.rows.len() * ROW + 8, body, time: false }
}

/// Draws the corrected share of a bar with its interval, on the scale of the counts; answers where it ends.
fn whisker(body: &mut String, mark: &Mark, most: u64, y: usize) -> f64 {
    let Some((corrected, share)) = mark.corrected.as_ref().zip(mark.share).filter(|(_, share)| *share > 0.0)
    else {
        return 0.0;
    };
    let of = mark.count as f64 / share;
    let right = (LABEL + TRACK) as f64;
    let place = |share: f64| (LABEL as f64 + TRACK as f64 * share.max(0.0) * of / most as f64).min(right);
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
fn empty(body: &mut String, marks: &[Mark], name: &str, unit: &str, y: usize) {
    let Some(mark) = marks.first() else { return };
    open_link(body, mark, &said(&[name], mark, unit));
    let _ = write!(
        body,
        "<rect class=\"none\" x=\"{LABEL}\" y=\"{y}\" width=\"18\" height=\"{}\" fill=\"#ffffff\" stroke=\"#8a8778\" stroke-dasharray=\"3 2\"/>\
         <text class=\"q\" x=\"{}\" y=\"{}\" font-size=\"11\" fill=\"#575b5f\">0</text></a>",
        ROW - 6,
        LABEL + 24,
        y + 13
    );
}
