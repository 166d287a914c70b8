//! Files, folders and patterns → items.

pub(super) mod meta;
pub(super) mod zip;

use std::path::{Component, Path, PathBuf};

use lacuna_domain::{Document, DocumentId, Metadata};

use super::formats::Format;
use super::plan::{Item, Origin, Plan};
use super::{IngestError, Noted, Options};

/// A single file; its id is its name.
pub(super) fn file(path: &Path, options: &Options) -> Plan {
    let mut plan = Plan::default();
    let base = path.parent().unwrap_or_else(|| Path::new(""));
    if Format::of_path(path).is_none() {
        let reason =
            "not a format that can be read; use .txt, .md, .html, .docx or .pdf, or an AGORA release as .zip";
        plan.failed.push(Noted::new(path.display().to_string(), reason));
        return plan;
    }
    add(path, base, options, &mut plan);
    plan
}

/// Everything below a folder; ids are paths relative to it.
pub(super) fn folder(folder: &Path, options: &Options) -> Result<Plan, IngestError> {
    let mut plan = Plan::default();
    let mut open = vec![folder.to_path_buf()];
    let mut paths = Vec::new();
    while let Some(next) = open.pop() {
        let entries = match std::fs::read_dir(&next) {
            Ok(entries) => entries,
            Err(why) if next == folder => return Err(IngestError::Read { path: next, why }),
            Err(why) => {
                plan.failed.push(Noted::new(next.display().to_string(), format!("cannot be opened: {why}")));
                continue;
            }
        };
        for entry in entries.flatten() {
            let path = entry.path();
            // A link to a folder is not followed: it may lead in a circle or out of the folder given.
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => open.push(path),
                Ok(kind) if kind.is_symlink() && path.is_dir() => {
                    plan.skipped.push(Noted::new(
                        relative(&path, folder),
                        "a link to a folder; give the folder itself",
                    ));
                }
                _ => paths.push(path),
            }
        }
    }
    paths.sort();
    for path in &paths {
        add(path, folder, options, &mut plan);
    }
    Ok(plan)
}

/// Every file that fits a pattern; ids are paths relative to the part of it before the first wildcard.
pub(super) fn pattern(pattern: &str, options: &Options) -> Result<Plan, IngestError> {
    let paths = glob::glob(pattern)
        .map_err(|error| IngestError::Pattern { pattern: pattern.to_owned(), why: error.msg.to_owned() })?;
    let fixed = pattern.split(['*', '?', '[']).next().unwrap_or_default();
    let base = PathBuf::from(fixed.rfind('/').map_or("", |slash| &fixed[..=slash]));
    let mut plan = Plan::default();
    let mut any = false;
    for path in paths {
        any = true;
        match path {
            Ok(path) if path.is_dir() => {}
            Ok(path) => add(&path, &base, options, &mut plan),
            Err(error) => {
                plan.failed.push(Noted::new(error.path().display().to_string(), error.error().to_string()));
            }
        }
    }
    if any { Ok(plan) } else { Err(IngestError::NotFound(pattern.into())) }
}

fn add(path: &Path, base: &Path, options: &Options, plan: &mut Plan) {
    let name = relative(path, base);
    let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if file_name.starts_with('.') || file_name.starts_with("~$") {
        plan.skipped.push(Noted::new(name, "a hidden or temporary file"));
        return;
    }
    let Some(format) = Format::of_path(path) else {
        let ending = path.extension().map_or_else(|| "no ending".to_owned(), |e| format!(".{}", e.display()));
        plan.skipped.push(Noted::new(name, format!("not a format that can be read ({ending})")));
        return;
    };
    if options.meta.as_deref().is_some_and(|meta| meta == path) {
        return;
    }
    match DocumentId::new(options.source_name.as_deref().unwrap_or("file"), &name) {
        Ok(id) => {
            let official_name =
                path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let metadata = Metadata { official_name, ..Metadata::default() };
            plan.items.push(Item {
                document: Document { id, metadata },
                origin: Origin::File(path.to_path_buf(), format),
                named_by_hand: false,
            });
        }
        Err(error) => plan.failed.push(Noted::new(name, format!("{error}; rename the file"))),
    }
}

/// The path of a file within `base`, with `/` on every system.
fn relative(path: &Path, base: &Path) -> String {
    let inner = path.strip_prefix(base).unwrap_or(path);
    let parts = inner.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Reads a file of at most `limit` bytes.
pub(super) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    let size = std::fs::metadata(path).map_err(|error| format!("cannot be read: {error}"))?.len();
    if size > limit {
        return Err(too_large(size, limit));
    }
    std::fs::read(path).map_err(|error| format!("cannot be read: {error}"))
}

/// The reason given for a file over a limit.
pub(super) fn too_large(size: u64, limit: u64) -> String {
    let megabytes = |bytes: u64| bytes.div_ceil(1 << 20);
    format!("{} MB, over the limit of {} MB; split the file", megabytes(size), megabytes(limit))
}
