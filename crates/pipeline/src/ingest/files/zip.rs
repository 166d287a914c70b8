//! Zip files that hold an AGORA release.

use std::path::Path;

use crate::ingest::agora::{self, Bundle};
use crate::ingest::plan::Plan;
use crate::ingest::{IngestError, Options, child, files};

/// Unpacks the zip file in the child process and reads the release in it.
pub(in crate::ingest) fn plan(path: &Path, options: &Options) -> Result<Plan, IngestError> {
    let fault = |why: String| IngestError::Zip { path: path.display().to_string(), why };
    let bytes = files::read(path, options.limits.zip_bytes).map_err(fault)?;
    let unpacked = child::unpack(bytes, options).map_err(|error| fault(error.to_string()))?;
    let missing = || {
        fault(
            "there is no documents.csv in it, so it is no AGORA release; unpack other archives by hand"
                .to_owned(),
        )
    };
    let bundle = Bundle::of_unpacked(unpacked).ok_or_else(missing)?;
    agora::plan(bundle, options.source_name.as_deref())
}
