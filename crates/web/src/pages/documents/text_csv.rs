//! `GET /documents/{id}/text.csv`: the text, one row per passage.

use super::text::TextPage;
use crate::reply::csv_row;

/// One row per passage.
pub(super) fn csv(page: &TextPage) -> String {
    let mut out = String::new();
    csv_row(&mut out, ["document", "version", "passage", "kind", "part", "depth", "page", "text", "fiction"]);
    let version = page.version.number.to_string();
    let fiction = if page.document.fiction { "fiction" } else { "" };
    for block in &page.blocks {
        let numbers = [block.index.to_string(), block.depth.to_string()];
        let on_page = block.page.map_or_else(String::new, |p| p.to_string());
        let text: String = block.slices.iter().map(|s| s.text.as_str()).collect();
        let id = page.document.id.as_str();
        let cells =
            [id, &version, &numbers[0], block.kind, block.part, &numbers[1], &on_page, &text, fiction];
        csv_row(&mut out, cells);
    }
    out
}
