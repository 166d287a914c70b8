//! Which run an export or a page is about.

use lacuna_domain::{CodebookId, Run};
use lacuna_store::Store;

use super::ExportError;

/// The run asked for, by id, by at least six first digits of it, by engine or by name; without a wish the newest
/// finished run of `codebook`.
pub async fn choose_run(
    store: &Store,
    wish: Option<&str>,
    codebook: &CodebookId,
) -> Result<Run, ExportError> {
    let Some(wish) = wish else {
        let newest = store.newest_finished_run(codebook).await?;
        return newest.ok_or_else(|| ExportError::NoRun(codebook.clone()));
    };
    let runs = store.runs().await?;
    let by_id = |run: &&Run| wish.len() >= 6 && run.id.as_str().starts_with(wish);
    let by_word = |run: &&Run| run.config.engine == wish || run.name.eq_ignore_ascii_case(wish);
    let matching: Vec<&Run> = runs.iter().filter(by_id).collect();
    let found = match matching.as_slice() {
        [one] => Some(*one),
        [] => runs.iter().find(by_word),
        _ => None,
    };
    found.cloned().ok_or_else(|| ExportError::UnknownRun {
        given: wish.chars().take(80).collect(),
        known: runs.iter().map(|run| format!("{} ({})", run.id.short(), run.name)).collect(),
    })
}
