//! Plain text: kept as it is but for its encoding, line ends and NULs.

use crate::ingest::{Extracted, decode};

/// Never a title: a first line may be a heading, a page number or a sentence.
pub(super) fn extract(bytes: &[u8]) -> Extracted {
    let decoded = decode::decode(bytes, None);
    Extracted { text: decoded.text, notes: decoded.note.into_iter().collect(), ..Extracted::default() }
}
