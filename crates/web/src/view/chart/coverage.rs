//! How often the codes of a dimension are found, as a file: drawn from the struct that pages show as a table.

use lacuna_pipeline::analyze::corrected::Corrected;
use lacuna_pipeline::analyze::gaps::absence;

use super::{Key, PictureFile, ShareGroup, ShareLine, shares};
use crate::view::coverage::CodeLine;
use crate::view::{Coverage, capital, s};

/// The file of `coverage` over the documents that `set` names in words.
pub(crate) fn coverage_file(coverage: &Coverage, set: &str) -> PictureFile {
    let line = |line: &CodeLine| ShareLine {
        name: if coverage.numbered() { format!("{} {}", line.code, line.name) } else { line.name.clone() },
        bar: line.bar.clone(),
        corrected: line.corrected.first().map(Corrected::words).unwrap_or_default(),
    };
    let groups: Vec<ShareGroup> = coverage
        .groups
        .iter()
        .map(|group| ShareGroup { name: group.name.clone(), lines: group.lines.iter().map(line).collect() })
        .collect();
    let drawn = coverage.of > 0 && coverage.lines().next().is_some();
    PictureFile {
        title: coverage.name.clone(),
        about: format!(
            "{}. Number of documents and share of {} classified document{}.",
            capital(set),
            coverage.of,
            s(coverage.of)
        ),
        legend: if drawn { legend(coverage) } else { vec![] },
        pictures: drawn.then(|| (String::new(), shares(&groups))).into_iter().collect(),
        empty: "No document of this set is classified, so nothing is counted.".to_owned(),
        notes: if drawn { notes(coverage) } else { vec![] },
    }
}

fn legend(coverage: &Coverage) -> Vec<Key> {
    let full = Key::series(0, &capital(&coverage.full_name));
    let half = (!coverage.half_name.is_empty())
        .then(|| Key::series(1, &format!("{} (half height)", coverage.half_name)));
    std::iter::once(full).chain(half).collect()
}

fn notes(coverage: &Coverage) -> Vec<String> {
    let corrected = coverage.lines().find_map(|line| line.corrected.first()).map(corrected_note);
    let empty = coverage.lines().find(|line| line.bar.any() == 0);
    corrected.into_iter().chain(empty.map(|line| absence_note(&line.name, coverage.of as u64))).collect()
}

/// What stands behind the corrected shares of a picture.
pub(crate) fn corrected_note(share: &Corrected) -> String {
    format!(
        "Corrected shares have the machine’s errors taken out, with 95 % intervals, from {} documents that people read \
         ({}).",
        share.read, share.sample
    )
}

/// What a bar of no length means, such as that of `name` over `of` classified documents.
pub(crate) fn absence_note(name: &str, of: u64) -> String {
    format!("Nothing counted, such as for “{name}”, means: {}.", absence(of))
}
