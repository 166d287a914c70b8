//! The zip file that a Word document is.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::ingest::decode;
use crate::ingest::formats::{ExtractError, damaged};

/// Largest part read, in bytes, counted while unpacking: a bomb may lie about its size.
const PART_LIMIT: u64 = 128 << 20;
/// First bytes of the format that Word used before 2007, and that it wraps encrypted documents in.
const OLD_OFFICE: [u8; 4] = [0xd0, 0xcf, 0x11, 0xe0];

/// An opened Word document.
pub(super) struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
}

impl<'b> Package<'b> {
    /// Opens the zip file.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, ExtractError> {
        if bytes.starts_with(&OLD_OFFICE) {
            return Err(fault(
                "it is encrypted or in the format of Word before 2007; save it as .docx without a password",
            ));
        }
        if !bytes.starts_with(b"PK") {
            return Err(fault("it is no zip file, so no Word document; check the name or export it again"));
        }
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| fault(error.to_string()))?;
        Ok(Self { archive })
    }

    /// The text of a part, `None` when there is no such part.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<String>, ExtractError> {
        let entry = match self.archive.by_name(name) {
            Ok(entry) => entry,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(fault(error.to_string())),
        };
        let mut bytes = Vec::new();
        let read =
            entry.take(PART_LIMIT + 1).read_to_end(&mut bytes).map_err(|error| fault(error.to_string()))?;
        if read as u64 > PART_LIMIT {
            let what = format!("{name} unpacks to more than {} MB; split the file", PART_LIMIT >> 20);
            return Err(ExtractError::TooLarge(what));
        }
        Ok(Some(decode::decode(&bytes, None).text))
    }

    /// The text of a part that every Word document has.
    pub(super) fn require(&mut self, name: &str) -> Result<String, ExtractError> {
        self.part(name)?.ok_or_else(|| fault(format!("it has no {name}; check that it is a Word document")))
    }
}

fn fault(why: impl Into<String>) -> ExtractError {
    damaged("the Word document", why)
}
