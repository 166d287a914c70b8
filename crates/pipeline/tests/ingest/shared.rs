//! Where the shared test data lies.

use std::path::PathBuf;

/// The shared data folder: `LACUNA_SHARED`, else a sibling of the repository. `None` when it is absent, which is
/// only allowed outside continuous integration.
#[expect(clippy::disallowed_methods, reason = "tests find the shared data through the environment")]
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let repository = PathBuf::from("../..");
    let shared = std::env::var("LACUNA_SHARED").map_or_else(|_| repository.join("../shared"), PathBuf::from);
    let folder = shared.join(name);
    if folder.exists() {
        return Some(folder);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing under CI", folder.display());
    println!("skipped: {} is not there", folder.display());
    None
}
