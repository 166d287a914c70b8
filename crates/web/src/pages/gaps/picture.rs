//! The gaps of a set as files: its codes with their bars and verdicts, and the codes by jurisdiction. Both are drawn from
//! the struct of the page.

use std::fmt::Write as _;

use lacuna_pipeline::analyze::gaps::Verdict;

use super::matrix::{Matrix, MatrixCell, Place};
use super::row::GapRow;
use super::set::GapsPage;
use crate::state::App;
use crate::view::chart::{Key, Picture, PictureFile, colour, cut, escape, wrapped};
use crate::view::{VerdictView, capital, s, verb};

/// Width of the names of codes.
const LABEL: usize = 300;
/// Width of the bars.
const TRACK: usize = 260;
/// Width of a column of numbers.
const NUMBER: usize = 92;
/// Height of a row.
const ROW: usize = 24;
/// Height of a bar.
const TALL: usize = ROW - 8;
/// Height of the heads of the columns.
const HEAD: usize = 30;
/// Width of a jurisdiction.
const PLACE: usize = 92;
/// Lines of a jurisdiction's name.
const NAME_LINES: usize = 4;
/// Height of the heads of the jurisdictions: name, documents, binding ones, open codes.
const PLACE_HEAD: usize = 14 * (NAME_LINES + 3) + 10;
/// What counts any document, also those that bind nobody.
const PALE: &str = "#dbe7eb";

/// The file of the codes of the page.
pub(super) fn codes(app: &App, page: &GapsPage) -> String {
    let counted = page.classified > 0 && !page.rows.is_empty();
    let full = &page.full_name;
    let keys = [
        Key { name: format!("binding, {full}"), fill: colour(0) },
        Key { name: "binding, at all (half height)".to_owned(), fill: colour(1) },
        Key { name: "any document, also drafts, dead and non-binding ones".to_owned(), fill: PALE },
    ];
    let notes = beside(page).into_iter().chain(notes(page)).chain([
        "Full width: the code found most often. “Missed?” is how many documents without the label the engine expects to \
         speak to the code after all."
            .to_owned(),
    ]);
    let file = PictureFile {
        title: format!("Gaps: {}", page.dimension_name),
        about: about(page),
        legend: if counted { keys.into() } else { vec![] },
        pictures: counted.then(|| (String::new(), draw_codes(page))).into_iter().collect(),
        empty: empty(page),
        notes: if counted { notes.collect() } else { vec![] },
    };
    file.svg(app.config(), &page.chrome, &page.path)
}

/// The file of the codes of the page by jurisdiction.
pub(super) fn places(app: &App, page: &GapsPage) -> String {
    let drawn = !page.matrix.places.is_empty();
    let left_out = page.matrix.left_out;
    let more = (left_out > 0).then(|| {
        let are = verb(left_out, "is", "are");
        format!("{left_out} further jurisdiction{} {are} not drawn.", s(left_out))
    });
    let count = format!(
        "The number counts binding documents at “{}”. Grey columns have fewer than 10 documents: no ranking, no conclusion.",
        page.full_name
    );
    let empty = if page.classified == 0 {
        empty(page)
    } else {
        "Fewer than two jurisdictions are in this set, so there is nothing to put side by side.".to_owned()
    };
    let file = PictureFile {
        title: format!("Gaps: {}, by jurisdiction", page.dimension_name),
        about: about(page),
        pictures: drawn.then(|| (String::new(), draw_places(&page.matrix))).into_iter().collect(),
        empty,
        notes: if drawn { [count].into_iter().chain(more).chain(notes(page)).collect() } else { vec![] },
        ..PictureFile::default()
    };
    file.svg(app.config(), &page.chrome, &page.path)
}

/// The set in words, with every denominator.
fn about(page: &GapsPage) -> String {
    let GapsPage { on, classified, there, standing, binding, .. } = page;
    format!(
        "{}. {classified} classified document{}, {there} of them there on {on}, {standing} not defunct, {binding} binding: \
         hard law in force on {on}.",
        capital(page.set.words_of()),
        s(classified)
    )
}

fn empty(page: &GapsPage) -> String {
    let none = if page.documents == 0 {
        "No document is in this set."
    } else {
        "No document of this set is classified."
    };
    format!("{none} Nothing can be said of what it leaves open.")
}

fn notes(page: &GapsPage) -> Vec<String> {
    let few = (!page.ranked).then(|| {
        let there = page.there;
        format!("{there} classified document{}: too few to rank. Below 10 nothing is concluded.", s(there))
    });
    let form = (!page.knows_form).then(|| {
        "This codebook does not ask for the form of a text, so no document can be told to bind.".to_owned()
    });
    let absence = format!("An absence means: {}.", page.absence);
    [few, form, Some(absence)].into_iter().flatten().collect()
}

/// What the column of the other set says; only the picture of codes has it.
fn beside(page: &GapsPage) -> Option<String> {
    page.versus.as_ref().map(|other| {
        format!(
            "Beside: {}, {} classified, {} of them binding; its binding documents at “{}” / all that speak to the code.",
            other.name, other.classified, other.binding, page.full_name
        )
    })
}

fn draw_codes(page: &GapsPage) -> Picture {
    let binding_full = format!("binding, {}", page.full_name);
    let beside = page.versus.is_some().then_some("beside");
    let heads = ["any", "not defunct", "binding", binding_full.as_str(), "missed?"].into_iter().chain(beside);
    let heads: Vec<&str> = heads.collect();
    let mut body = String::new();
    for (at, head) in heads.iter().enumerate() {
        let (x, head) = (number_place(at), escape(&cut(head, 15)));
        let _ = write!(
            body,
            "<text x=\"{x}\" y=\"18\" text-anchor=\"end\" font-size=\"11\" fill=\"#575b5f\">{head}</text>"
        );
    }
    let mut y = HEAD;
    if page.ranked {
        for group in page.groups() {
            let name = group.verdict.name();
            let count = format!("{} of {}", group.rows.len(), page.rows.len());
            verdict(&mut body, group.verdict, (0, y + 7));
            let _ =
                write!(body, "<text x=\"20\" y=\"{}\" font-weight=\"600\">{name}: {count}</text>", y + 17);
            y += ROW + 2;
            for row in group.rows {
                draw_code(&mut body, row, y);
                y += ROW;
            }
        }
    } else {
        for row in &page.rows {
            draw_code(&mut body, row, y);
            y += ROW;
        }
    }
    Picture { width: number_place(heads.len().saturating_sub(1)) + 8, height: y + 6, body, time: false }
}

/// Right edge of a column of numbers.
const fn number_place(at: usize) -> usize {
    LABEL + TRACK + (at + 1) * NUMBER
}

fn draw_code(body: &mut String, row: &GapRow, y: usize) {
    let gap = &row.gap;
    let name = if gap.group.is_some() { format!("{} {}", gap.code, gap.name) } else { gap.name.clone() };
    let place = |n: u64| if row.of == 0 { 0.0 } else { TRACK as f64 * n as f64 / row.of as f64 };
    let top = y + 4;
    let _ = write!(
        body,
        "<g><title>{}: {}</title><text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\
         <rect x=\"{LABEL}\" y=\"{top}\" width=\"{TRACK}\" height=\"{TALL}\" fill=\"#f6f5ef\"/>\
         <rect x=\"{LABEL}\" y=\"{top}\" width=\"{:.1}\" height=\"{TALL}\" fill=\"{PALE}\"/>\
         <rect x=\"{LABEL}\" y=\"{}\" width=\"{:.1}\" height=\"{}\" fill=\"{}\"/>\
         <rect x=\"{LABEL}\" y=\"{top}\" width=\"{:.1}\" height=\"{TALL}\" fill=\"{}\"/>",
        escape(&name),
        VerdictView(gap.verdict).name(),
        LABEL - 8,
        y + 16,
        escape(&cut(&name, 44)),
        place(gap.any),
        top + TALL / 4,
        place(gap.binding_any),
        TALL / 2,
        colour(1),
        place(gap.binding_full),
        colour(0),
    );
    let counts = [gap.any, gap.standing_any, gap.binding_any, gap.binding_full].map(|n| n.to_string());
    let beside = row.versus.as_ref().map(|other| format!("{} / {}", other.binding_full, other.any));
    for (at, number) in counts.into_iter().chain([row.sure()]).chain(beside).enumerate() {
        let (x, number) = (number_place(at), escape(&number));
        let _ = write!(body, "<text x=\"{x}\" y=\"{}\" text-anchor=\"end\">{number}</text>", y + 16);
    }
    body.push_str("</g>");
}

fn draw_places(matrix: &Matrix) -> Picture {
    let mut body = String::new();
    for (at, place) in matrix.places.iter().enumerate() {
        head(&mut body, place, matrix.rows.len(), LABEL + at * PLACE);
    }
    for (at, row) in matrix.rows.iter().enumerate() {
        let y = PLACE_HEAD + at * ROW;
        let name = format!("{} {}", row.code, row.short);
        let _ = write!(
            body,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}<title>{}</title></text>",
            LABEL - 12,
            y + 16,
            escape(&cut(&name, 44)),
            escape(&name)
        );
        for (at, cell) in row.cells.iter().enumerate() {
            draw_cell(&mut body, cell, (LABEL + at * PLACE, y));
        }
    }
    let keys = PLACE_HEAD + matrix.rows.len() * ROW + 14;
    for (at, one) in Verdict::ALL.into_iter().enumerate() {
        let y = keys + at * 20;
        verdict(&mut body, VerdictView(one), (LABEL, y));
        let _ = write!(
            body,
            "<text x=\"{}\" y=\"{}\" font-size=\"11\">{}: {}</text>",
            LABEL + 20,
            y + 10,
            one.name(),
            one.meaning()
        );
    }
    // The longest line of the key is wider than two jurisdictions.
    let width = (LABEL + matrix.places.len() * PLACE).max(LABEL + 700);
    Picture { width, height: keys + Verdict::ALL.len() * 20, body, time: false }
}

/// The head of a jurisdiction: its name, and what is counted of what.
fn head(body: &mut String, place: &Place, codes: usize, x: usize) {
    let open =
        place.open.map_or_else(|| "too few to rank".to_owned(), |open| format!("{open} of {codes} open"));
    let counts = [format!("n = {}", place.classified), format!("{} binding", place.binding), open];
    let mut name = wrapped(&place.name, 13);
    if name.len() > NAME_LINES {
        name.truncate(NAME_LINES);
        if let Some(last) = name.last_mut() {
            *last = cut(&format!("{last} …"), 13);
        }
    }
    let first = NAME_LINES - name.len();
    let _ = write!(body, "<g><title>{}</title>", escape(&place.name));
    for (at, line) in name.iter().chain(&counts).enumerate() {
        let (size, ink) = if at < name.len() { (11, "#1c1f22") } else { (10, "#575b5f") };
        let _ = write!(
            body,
            "<text x=\"{x}\" y=\"{}\" font-size=\"{size}\" fill=\"{ink}\">{}</text>",
            14 * (first + at + 1),
            escape(line)
        );
    }
    body.push_str("</g>");
}

fn draw_cell(body: &mut String, cell: &MatrixCell, (x, y): (usize, usize)) {
    let ink = if cell.few { "#575b5f" } else { "#1c1f22" };
    let ground = if cell.few { "#f1efe8" } else { "#ffffff" };
    let _ = write!(
        body,
        "<g><title>{}, {} binding of {}</title><rect x=\"{}\" y=\"{y}\" width=\"{}\" height=\"{}\" fill=\"{ground}\"/>",
        cell.verdict.name(),
        cell.binding_full,
        cell.any,
        x - 4,
        PLACE - 4,
        ROW - 1
    );
    verdict(body, cell.verdict, (x, y + 6));
    let _ = write!(
        body,
        "<text x=\"{}\" y=\"{}\" fill=\"{ink}\">{}</text></g>",
        x + 20,
        y + 16,
        cell.binding_full
    );
}

/// The mark of a verdict, which reads without colour; twelve units wide and high.
fn verdict(body: &mut String, verdict: VerdictView, (x, y): (usize, usize)) {
    const CIRCLE: &str = "<circle cx=\"6\" cy=\"6\" r=\"4.6\"";
    let mark = match verdict.0 {
        Verdict::NoDocument => format!("{CIRCLE} stroke=\"#9a3b12\" stroke-dasharray=\"2.2 1.6\"/>"),
        Verdict::OnlyDefunct => {
            "<path d=\"M2.2 2.2 9.8 9.8M9.8 2.2 2.2 9.8\" stroke=\"#9a3b12\" stroke-width=\"1.7\"/>"
                .to_owned()
        }
        Verdict::OnlyNonBinding => {
            format!("{CIRCLE} stroke=\"#9a3b12\"/><circle cx=\"6\" cy=\"6\" r=\"1.7\" fill=\"#9a3b12\"/>")
        }
        Verdict::OnlyMinimal => {
            let (full, half) = (colour(0), colour(1));
            format!("{CIRCLE} stroke=\"{full}\"/><path d=\"M6 1.4a4.6 4.6 0 0 0 0 9.2z\" fill=\"{half}\"/>")
        }
        Verdict::Covered => format!("{CIRCLE} fill=\"{}\"/>", colour(0)),
    };
    let _ = write!(body, "<g transform=\"translate({x} {y})\" fill=\"none\">{mark}</g>");
}
