//! Charts as SVG made on the server: every mark is a link with words of its own, and a table stands behind each picture.
//!
//! Colours are given twice: as attributes, so that a downloaded file looks the same anywhere, and as classes, by which
//! the style sheet of the site follows light and dark.

mod bars;
mod coverage;
mod file;
mod flow;
mod heat;
mod shares;
mod timeline;
mod words;

use std::fmt::Write as _;

use lacuna_pipeline::analyze::corrected::Corrected;

pub use bars::{Room, bars};
pub(crate) use coverage::{absence_note, corrected_note, coverage_file};
pub use file::{Key, PictureFile};
pub use flow::{Flow, Node, flow};
pub use heat::heat;
pub use shares::{ShareGroup, ShareLine, shares};
pub use timeline::timeline;
pub(crate) use words::{cut, cut_counted, wrapped};

/// Width above which a picture is not made smaller to fit a page, but scrolls in its frame: words stay readable.
const WIDE: usize = 1000;
/// Width below which a picture is not made as wide as its frame.
const SMALL: usize = 500;

/// A cell of a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mark {
    /// Documents, or texts.
    pub count: u64,
    /// Those of them that the denominator of the share counts.
    pub part: u64,
    /// The denominator of the share; 0 where there is none.
    pub of: u64,
    /// Whether the share is of fewer documents than can be compared; it is then not shown as a depth of colour.
    pub few: bool,
    /// Whether it counts a document as often as it has a value of its series.
    pub repeated: bool,
    /// Where it leads; empty where no list has just these documents.
    pub href: String,
    /// The share with the machine's errors taken out, where people read a sample.
    pub corrected: Option<Corrected>,
}

impl Mark {
    /// The share, 0 to 1, where there is a denominator.
    fn share(&self) -> Option<f64> {
        (self.of > 0).then(|| self.part as f64 / self.of as f64)
    }
}

/// Rows, columns and marks of one picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    /// Names of the rows.
    pub rows: Vec<String>,
    /// Names of the columns; empty where each row has one mark.
    pub columns: Vec<String>,
    /// By row and column; in a stacked picture the last may stand for all further columns together.
    pub marks: Vec<Vec<Mark>>,
    /// What each row counts, whatever the columns say; without it rows count what their marks count together.
    pub totals: Vec<u64>,
    /// What is counted, in the plural, such as "documents".
    pub unit: String,
}

/// A drawn picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// Width in user units.
    pub width: usize,
    /// Height in user units.
    pub height: usize,
    /// The elements.
    pub body: String,
    /// Whether time goes from left to right: a screen that is too narrow shows the newest first.
    pub time: bool,
}

impl Picture {
    /// The picture as an element of a page; `label` says what it shows.
    pub fn inline(&self, label: &str) -> String {
        format!(
            "<svg class=\"chart{}{}\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" role=\"group\" aria-label=\"{}\" font-size=\"12\">{}</svg>",
            match self.width {
                ..SMALL => " small",
                SMALL..=WIDE => "",
                _ => " wide",
            },
            if self.time { " time" } else { "" },
            escape(label),
            self.body,
            w = self.width,
            h = self.height,
        )
    }
}

impl Grid {
    /// What the row at this place counts; `drawn` is what its marks count together.
    fn total(&self, row: usize, drawn: u64) -> u64 {
        self.totals.get(row).copied().unwrap_or(drawn)
    }
}

/// Series that are told apart; further ones are drawn together, as one more.
pub const SERIES: usize = 8;

/// Colour of a series in files.
pub fn colour(series: usize) -> &'static str {
    const COLOURS: [&str; SERIES] =
        ["#14485a", "#5f98ab", "#d98b5f", "#c2b25a", "#b48ac9", "#7fb58a", "#d98aa3", "#a3a9b0"];
    COLOURS.get(series % SERIES).copied().unwrap_or("#a3a9b0")
}

/// Colour in files of a series of a stacked picture; neutral for that of all further ones together.
fn fill(series: usize) -> &'static str {
    if series < SERIES { colour(series) } else { "#d5d4cf" }
}

/// Colour of the words on a series.
const fn ink_on(series: usize) -> &'static str {
    if series == 0 { "#fbfaf6" } else { "#14181b" }
}

/// `text` for an element or an attribute.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // XML has no place for these, however they are written.
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// `34 %`, honest at its ends.
fn share_words(share: f64) -> String {
    match share {
        0.0 => "0 %".to_owned(),
        s if s < 0.005 => "<1 %".to_owned(),
        s if (0.995..1.0).contains(&s) => ">99 %".to_owned(),
        s => format!("{:.0} %", s * 100.0),
    }
}

/// What a mark says to who cannot see it.
fn said(parts: &[&str], mark: &Mark, unit: &str) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|p| !p.is_empty()).collect();
    let share = mark.share().map(|share| format!(", {} of {}, {}", mark.part, mark.of, share_words(share)));
    let share = share.unwrap_or_default();
    let count = if mark.repeated {
        format!("{} in all, what is in several counted more than once", mark.count)
    } else {
        counted(mark.count, unit)
    };
    let corrected = mark.corrected.as_ref().map(|c| format!(", corrected {}", c.words())).unwrap_or_default();
    format!("{}: {count}{share}{corrected}", parts.join(", "))
}

/// `1 document`, `3 documents`; `unit` is the regular plural.
fn counted(count: u64, unit: &str) -> String {
    let unit = if count == 1 { unit.strip_suffix('s').unwrap_or(unit) } else { unit };
    format!("{count} {unit}")
}

/// Opens the link of a mark; closed by `</a>`.
pub(crate) fn open_link(out: &mut String, mark: &Mark, label: &str) {
    let label = escape(label);
    let _ = write!(out, "<a href=\"{}\" aria-label=\"{label}\"><title>{label}</title>", escape(&mark.href));
}

/// Opens a mark with its words, as a link where it leads somewhere; answers what closes it.
fn open_mark(out: &mut String, mark: &Mark, label: &str) -> &'static str {
    if !mark.href.is_empty() {
        open_link(out, mark, label);
        return "</a>";
    }
    let label = escape(label);
    let _ = write!(out, "<g role=\"img\" aria-label=\"{label}\"><title>{label}</title>");
    "</g>"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        let mark = |count, of| Mark {
            count,
            part: count,
            of,
            href: format!("/documents?n={count}&x=1"),
            ..Mark::default()
        };
        Grid {
            rows: vec!["Privacy <b>".to_owned(), "Security".to_owned()],
            columns: vec!["Norvale".to_owned(), "Ostmark".to_owned()],
            marks: vec![vec![mark(0, 10), mark(3, 12)], vec![mark(10, 41), mark(1, 0)]],
            totals: vec![3, 11],
            unit: "documents".to_owned(),
        }
    }

    #[test]
    fn every_mark_is_a_link_that_says_what_it_counts() {
        for picture in [heat(&grid()), bars(&grid(), Room::Whole), timeline(&grid())] {
            assert!(
                picture.body.contains("aria-label=\"Security, Norvale: 10 documents, 10 of 41, 24 %\""),
                "{}",
                picture.body
            );
            assert!(picture.body.contains("Ostmark: 1 document\""), "{}", picture.body);
            assert!(picture.body.contains("/documents?n=10&amp;x=1"));
            assert!(!picture.body.contains("<b>"), "names are escaped");
            assert_eq!(picture.body.matches("<a ").count(), picture.body.matches("</a>").count());
        }
    }

    #[test]
    fn what_stands_for_several_series_says_so_and_leads_nowhere() {
        let mut grid = grid();
        grid.columns = (1..=SERIES).map(|n| format!("Place {n}")).chain(["17 others".to_owned()]).collect();
        let one = Mark { count: 1, href: "/documents?n=1".to_owned(), ..Mark::default() };
        let others = Mark { count: 5, repeated: true, ..Mark::default() };
        let row: Vec<Mark> = std::iter::repeat_n(one, SERIES).chain([others]).collect();
        (grid.marks, grid.totals) = (vec![row.clone(), row], vec![12, 12]);
        for picture in [bars(&grid, Room::Shared), timeline(&grid)] {
            let (_, last) = picture.body.split_once("Security, 17 others: 5 in all, ").unwrap();
            assert!(last.contains("class=\"s s8\"") && last.contains("fill=\"#d5d4cf\""), "{last}");
            assert_eq!(picture.body.matches("<a ").count(), 2 * SERIES, "the others have no list");
            assert_eq!(picture.body.matches(">12</text>").count(), 2, "a row has its own count, not 13");
        }
    }

    #[test]
    fn bars_beside_others_are_small_and_a_long_name_stays_inside_its_room() {
        let name = "Department of Public Harbour";
        assert_eq!(name.chars().count(), 28);
        let grid = Grid { rows: vec![name.to_owned(), "Security".to_owned()], ..grid() };
        for (room, small) in [(Room::Whole, false), (Room::Shared, true)] {
            let picture = bars(&grid, room);
            assert_eq!(picture.width < SMALL, small, "{room:?} is {} wide", picture.width);
            assert_eq!(picture.inline("x").contains("class=\"chart small\""), small, "{room:?}");
            let (_, first) = picture.body.split_once("<text class=\"t\" x=\"").unwrap();
            let (end, _) = first.split_once('"').unwrap();
            let (shown, whole) = first.split_once('>').unwrap().1.split_once("<title>").unwrap();
            assert!(whole.starts_with(&format!("{name}</title>")), "{whole}");
            // Words end at `end`; a letter of this size is seven units wide at most on average.
            let room_left = end.parse::<usize>().unwrap();
            assert!(shown.chars().count() * 7 <= room_left, "{room:?}: {shown:?} in {room_left}");
        }
    }

    #[test]
    fn a_heat_map_of_24_by_50_keeps_its_words_apart_and_readable() {
        let mark =
            |count| Mark { count, part: 1, of: 2, href: format!("/documents?n={count}"), ..Mark::default() };
        let grid = Grid {
            rows: (1..=24)
                .map(|n| format!("{n} A code with a name that is far too long for its place"))
                .collect(),
            columns: (1..=50)
                .map(|n| format!("Department of Long Names and Longer Titles {n} ({n})"))
                .collect(),
            marks: (0..24).map(|row| (0..50).map(|column| mark(row * 50 + column)).collect()).collect(),
            totals: vec![],
            unit: "documents".to_owned(),
        };
        let picture = heat(&grid);
        assert_eq!(picture.body.matches("<a ").count(), 24 * 50, "every cell is a link");
        let svg = picture.inline("x");
        assert!(svg.contains("class=\"chart wide\""), "it scrolls instead of shrinking");
        let number = |text: &str, name: &str| -> f64 {
            let (_, rest) = text.split_once(&format!("{name}=\"")).unwrap();
            rest.split('"').next().unwrap().parse().unwrap()
        };
        let places: Vec<(f64, f64)> =
            svg.split("<rect").skip(1).map(|rect| (number(rect, " x"), number(rect, " width"))).collect();
        assert!(
            places.iter().all(|(x, wide)| *wide >= 28.0 && x + wide <= picture.width as f64),
            "{places:?}"
        );
        assert!(picture.width < 2_000 && picture.height < 700, "{} x {}", picture.width, picture.height);
        let few = Mark { few: true, ..mark(3) };
        let pale = heat(&Grid {
            rows: vec!["a".into()],
            columns: vec!["b".into()],
            marks: vec![vec![few]],
            totals: vec![],
            unit: "x".into(),
        });
        assert!(
            pale.body.contains("class=\"h h0\"") && pale.body.contains(">3</text>"),
            "counted and not shaded"
        );
    }
}
