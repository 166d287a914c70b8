//! The coverage strip: one cell per code of a dimension, grouped as the codebook groups them; and bars for counts.

use serde::Serialize;

use super::{Glyph, LabelView};

/// One code in a strip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The code.
    pub code: String,
    /// Name for readers.
    pub name: String,
    /// Short name.
    pub short: String,
    /// Name of the level.
    pub level: String,
    /// How it looks.
    pub glyph: Glyph,
    /// Where the cell leads.
    pub href: String,
}

/// The cells of one group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StripGroup {
    /// Id of the group.
    pub id: String,
    /// Name of the group; empty where the dimension has no groups.
    pub name: String,
    /// Its codes.
    pub cells: Vec<Cell>,
}

/// All codes of one dimension at a glance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Strip {
    /// In codebook order.
    pub groups: Vec<StripGroup>,
}

impl Strip {
    /// The strip of `labels`, whose groups are named by `name_of`.
    pub fn of<'a>(labels: impl Iterator<Item = &'a LabelView>, name_of: impl Fn(&str) -> String) -> Self {
        let mut groups: Vec<StripGroup> = Vec::new();
        for label in labels {
            let id = label.group.clone().unwrap_or_default();
            let cell = Cell {
                code: label.code.clone(),
                name: label.name.clone(),
                short: label.short.clone(),
                level: label.level.clone(),
                glyph: label.glyph,
                href: if label.positive { format!("#{}", label.anchor()) } else { label.code_href.clone() },
            };
            match groups.last_mut().filter(|g| g.id == id) {
                Some(group) => group.cells.push(cell),
                None => groups.push(StripGroup { name: name_of(&id), id, cells: vec![cell] }),
            }
        }
        Self { groups }
    }
}

/// A stacked bar of counts over a denominator, drawn as SVG in a box of 100 by 10.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bar {
    /// Count at the highest level.
    pub full: usize,
    /// Count between the lowest and the highest level.
    pub half: usize,
    /// The denominator.
    pub of: usize,
}

impl Bar {
    /// Width of the highest level, 0 to 100.
    pub fn full_width(&self) -> String {
        width(self.full, self.of)
    }

    /// Width of the levels between, 0 to 100.
    pub fn half_width(&self) -> String {
        width(self.half, self.of)
    }

    /// Count at any positive level.
    pub const fn any(&self) -> usize {
        self.full + self.half
    }

    /// Share at any positive level.
    pub(crate) fn share(&self) -> String {
        share(self.any(), self.of)
    }

    /// Share at the highest level.
    pub fn full_share(&self) -> String {
        share(self.full, self.of)
    }
}

fn width(count: usize, of: usize) -> String {
    if of == 0 { "0".to_owned() } else { format!("{:.2}", 100.0 * count as f64 / of as f64) }
}

/// `34 %` of a count, or a dash without a denominator; never 0 % for something or 100 % for less than all.
pub(crate) fn share(count: usize, of: usize) -> String {
    if of == 0 {
        return "–".to_owned();
    }
    let percent = (100.0 * count as f64 / of as f64).round() as usize;
    match (count, percent) {
        (0, _) => "0 %".to_owned(),
        (_, 0) => "<1 %".to_owned(),
        (n, 100) if n < of => ">99 %".to_owned(),
        (_, percent) => format!("{percent} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_keep_their_ends_honest() {
        assert_eq!(share(0, 762), "0 %");
        assert_eq!(share(1, 762), "<1 %");
        assert_eq!(share(761, 762), ">99 %");
        assert_eq!(share(762, 762), "100 %");
        assert_eq!(share(3, 0), "–");
    }
}
