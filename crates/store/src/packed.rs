//! Long texts as bytes: one format byte, then the text, plain or compressed. PostgreSQL text cannot hold U+0000, bytes can.

const PLAIN: u8 = 0;

/// The bytes kept for `text`.
pub(crate) fn pack(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() + 1);
    bytes.push(PLAIN);
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

/// The text kept in `bytes`, or why there is none.
pub(crate) fn unpack(bytes: &[u8]) -> Result<String, String> {
    match bytes.split_first() {
        Some((&PLAIN, text)) => String::from_utf8(text.to_vec()).map_err(|error| error.to_string()),
        Some((format, _)) => Err(format!("unknown packing {format}")),
        None => Err("no bytes".to_owned()),
    }
}
