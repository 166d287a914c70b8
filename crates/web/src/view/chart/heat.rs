//! A heat-map: rows by columns, the share as depth of colour, the count as a number.

use std::fmt::Write as _;

use super::{Grid, Mark, Picture, cut_counted, escape, open_link, said};

const LABEL: usize = 208;
const ROW: usize = 22;
const HEAD: usize = 104;

/// Depths of colour in files, lightest first.
const DEPTHS: [(&str, &str); 6] = [
    ("#f6f5ef", "#575b5f"),
    ("#e3eef2", "#1c1f22"),
    ("#c3dbe3", "#1c1f22"),
    ("#94bccb", "#1c1f22"),
    ("#3f7d93", "#ffffff"),
    ("#14485a", "#ffffff"),
];

/// The heat-map of `grid`.
pub fn heat(grid: &Grid) -> Picture {
    let columns = grid.columns.len().max(1);
    let wide = (560 / columns).clamp(30, 84);
    let most = grid.marks.iter().flatten().filter(|m| !m.few).filter_map(Mark::share).fold(0.0, f64::max);
    let most_count = grid.marks.iter().flatten().map(|m| m.count).max().unwrap_or(0).max(1);
    let mut body = String::new();
    for (at, name) in grid.columns.iter().enumerate() {
        let x = LABEL + at * wide + wide / 2;
        let _ = write!(
            body,
            "<text class=\"t\" transform=\"translate({} {}) rotate(-38)\" font-size=\"11\" fill=\"#1c1f22\">{}<title>{}</title></text>",
            x,
            HEAD - 8,
            escape(&cut_counted(name, 24)),
            escape(name)
        );
    }
    for (at, name) in grid.rows.iter().enumerate() {
        let y = HEAD + at * ROW;
        let _ = write!(
            body,
            "<text class=\"t\" x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"#1c1f22\">{}<title>{}</title></text>",
            LABEL - 8,
            y + 15,
            escape(&cut_counted(name, 28)),
            escape(name)
        );
        for (column, mark) in grid.marks.get(at).into_iter().flatten().enumerate() {
            let column_name = grid.columns.get(column).map_or("", String::as_str);
            let depth = match mark.share() {
                _ if mark.count == 0 || mark.few => 0,
                Some(share) if most > 0.0 => 1 + ((share / most) * 4.0).round() as usize,
                _ => 1 + ((mark.count as f64 / most_count as f64) * 4.0).round() as usize,
            }
            .min(5);
            let (fill, ink) = DEPTHS[depth];
            let x = LABEL + column * wide;
            open_link(&mut body, mark, &said(&[name, column_name], mark, &grid.unit));
            let _ = write!(
                body,
                "<rect class=\"h h{depth}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\" stroke=\"#ffffff\"/>\
                 <text class=\"ht{depth}\" x=\"{}\" y=\"{}\" text-anchor=\"middle\" font-size=\"11\" fill=\"{ink}\">{}</text></a>",
                x + 1,
                y + 1,
                wide - 2,
                ROW - 2,
                x + wide / 2,
                y + 15,
                if mark.count == 0 { "·".to_owned() } else { mark.count.to_string() }
            );
        }
    }
    Picture {
        width: LABEL + columns * wide + 108,
        height: HEAD + grid.rows.len() * ROW + 4,
        body,
        time: false,
    }
}
