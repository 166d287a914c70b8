//! Finds Chromium for the browser tests, or installs it.

use crate::{packages, sh};

/// Path of a Chromium, installed when there is none.
pub(crate) fn ensure() -> anyhow::Result<String> {
    if let Some(path) = sh::env("CHROMIUM") {
        return Ok(path);
    }
    let known = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    if let Some(path) = known.iter().find(|path| std::path::Path::new(path).exists()) {
        return Ok((*path).to_owned());
    }
    packages::install(&["chromium", "fonts-noto-core", "fonts-noto-cjk"], "testing the pages in a browser")?;
    Ok("/usr/bin/chromium".to_owned())
}
