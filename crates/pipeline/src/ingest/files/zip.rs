//! Zip files that hold an AGORA release.

use std::path::Path;

use crate::ingest::plan::Plan;
use crate::ingest::{IngestError, Options};

/// Unpacks the zip file in the child process and reads the release in it.
pub(in crate::ingest) fn plan(path: &Path, _options: &Options) -> Result<Plan, IngestError> {
    Err(IngestError::Zip {
        path: path.display().to_string(),
        why: "unpack it and give the folder".to_owned(),
    })
}
