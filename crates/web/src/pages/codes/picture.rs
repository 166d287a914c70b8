//! How often one code is found, as a file: drawn from the struct of its page.

use lacuna_pipeline::analyze::corrected::Corrected;

use super::show::CodePage;
use crate::view::chart::{Key, PictureFile, ShareGroup, ShareLine, absence_note, corrected_note, shares};
use crate::view::{s, verb};

/// The counts of all documents, with those by jurisdiction below them where there are any.
pub(super) fn file(page: &CodePage) -> PictureFile {
    let whole = ShareLine {
        corrected: page.corrected.first().map(Corrected::words).unwrap_or_default(),
        ..ShareLine::new("All documents", &page.bar)
    };
    let places = page.places.iter().map(|place| ShareLine::new(place.name.as_str(), &place.bar));
    let lines: Vec<ShareLine> = std::iter::once(whole).chain(places).collect();
    let drawn = page.counted && page.bar.of > 0;
    let graded = lines.iter().any(|line| line.bar.half > 0);
    let keys = [Key::series(0, "At the highest level"), Key::series(1, "Between (half height)")];
    let code = if page.numbered { format!("{} ", page.code) } else { String::new() };
    let (by, of_each) = if page.places.is_empty() {
        ("", "")
    } else {
        (", by jurisdiction", ", and of those of each jurisdiction")
    };
    PictureFile {
        title: format!("{code}{}{by}", page.name),
        about: format!(
            "All documents. Number of documents that speak to it and share of the {} classified document{}{of_each}.",
            page.bar.of,
            s(page.bar.of)
        ),
        legend: if drawn && graded { keys.into() } else { vec![] },
        notes: if drawn { notes(page, &lines) } else { vec![] },
        pictures: drawn
            .then(|| (String::new(), shares(&[ShareGroup { name: String::new(), lines }])))
            .into_iter()
            .collect(),
        empty: if page.counted {
            "No document is classified, so nothing is counted.".to_owned()
        } else {
            "Labels under this codebook are not counted on this site.".to_owned()
        },
    }
}

fn notes(page: &CodePage, lines: &[ShareLine]) -> Vec<String> {
    let corrected = page.corrected.first().map(corrected_note);
    let empty = lines.iter().find(|line| line.bar.any() == 0);
    let empty = empty.map(|line| absence_note(&line.name, line.bar.of as u64));
    let left_out = page.places_left_out;
    let more = (left_out > 0).then(|| {
        let are = verb(left_out, "is", "are");
        format!("{left_out} further jurisdiction{} {are} not drawn.", s(left_out))
    });
    corrected.into_iter().chain(empty).chain(more).collect()
}
