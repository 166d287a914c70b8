//! The built-in samples, unpacked for the ingest stage.

use std::fs;
use std::path::Path;

use anyhow::Context;

/// Fictional instruments in the layout of two AGORA releases, the second holding a later version of one bill.
#[derive(rust_embed::RustEmbed)]
#[folder = "../../samples"]
struct Files;

/// The releases in the order in which they arrive.
pub(crate) const RELEASES: [&str; 2] = ["release-1", "release-2"];

/// Answers in the form of a language model's, written by hand for the samples.
pub(crate) const ANSWERS: &str = "replay";

/// Writes the samples below `folder`.
pub(crate) fn unpack(folder: &Path) -> anyhow::Result<()> {
    for name in Files::iter() {
        let file = Files::get(&name).context("read a built-in sample")?;
        let path = folder.join(name.as_ref());
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(|| format!("make the folder {}", parent.display()))?;
        }
        fs::write(&path, &file.data).with_context(|| format!("write {}", path.display()))?;
    }
    Ok(())
}
