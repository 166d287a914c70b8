//! Long texts as bytes: one format byte, then the text, plain or compressed. PostgreSQL text cannot hold U+0000, bytes can.

use std::cell::RefCell;

use zstd::bulk::{Compressor, Decompressor};

const PLAIN: u8 = 0;
/// Zstandard, after the length of the text as four bytes, little-endian.
const ZSTD: u8 = 1;
/// Shorter texts are not worth compressing.
const SHORT: usize = 256;
const LEVEL: i32 = 3;

/// The bytes kept for `text`.
pub(crate) fn pack(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() + 1);
    bytes.push(PLAIN);
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

/// The bytes kept for a text that is read whole and of which a store holds very many, such as a coding: compressed
/// where that saves space.
pub(crate) fn press(text: &str) -> Vec<u8> {
    let Some(length) = u32::try_from(text.len()).ok().filter(|_| text.len() >= SHORT) else {
        return pack(text);
    };
    match squeezed(text) {
        Ok(pressed) if pressed.len() + 4 < text.len() => {
            let mut bytes = Vec::with_capacity(pressed.len() + 5);
            bytes.push(ZSTD);
            bytes.extend_from_slice(&length.to_le_bytes());
            bytes.extend_from_slice(&pressed);
            bytes
        }
        _ => pack(text),
    }
}

thread_local! {
    /// A thread that writes many texts makes the tables of its compressor once, …
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    /// … and one that reads many, those of its decompressor.
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

fn squeezed(text: &str) -> std::io::Result<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|own| {
        let compressor = match own.take() {
            Some(compressor) => compressor,
            None => Compressor::new(LEVEL)?,
        };
        own.insert(compressor).compress(text.as_bytes())
    })
}

fn released(pressed: &[u8], length: usize) -> std::io::Result<Vec<u8>> {
    DECOMPRESSOR.with_borrow_mut(|own| {
        let decompressor = match own.take() {
            Some(decompressor) => decompressor,
            None => Decompressor::new()?,
        };
        own.insert(decompressor).decompress(pressed, length)
    })
}

/// How many of the first bytes of what is kept tell the length of the text; statements name it as a number.
#[cfg(test)]
const HEAD: usize = 5;

/// Bytes of the text of which `head` is the beginning of what is kept, `kept` bytes in all.
pub(crate) fn length(head: &[u8], kept: usize) -> usize {
    match head.split_first() {
        Some((&ZSTD, rest)) => rest.first_chunk().map_or(0, |length| u32::from_le_bytes(*length) as usize),
        _ => kept.saturating_sub(1),
    }
}

/// The text kept in `bytes`, or why there is none.
pub(crate) fn unpack(bytes: &[u8]) -> Result<String, String> {
    match bytes.split_first() {
        Some((&PLAIN, text)) => String::from_utf8(text.to_vec()).map_err(|error| error.to_string()),
        Some((&ZSTD, rest)) => {
            let (length, pressed) = rest.split_first_chunk().ok_or_else(|| "no length".to_owned())?;
            let length = u32::from_le_bytes(*length) as usize;
            let text = released(pressed, length).map_err(|error| error.to_string())?;
            String::from_utf8(text).map_err(|error| error.to_string())
        }
        Some((format, _)) => Err(format!("unknown packing {format}")),
        None => Err("no bytes".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{HEAD, length, pack, press, unpack};

    #[test]
    fn a_text_comes_back_however_it_was_packed_and_a_long_one_is_shorter_meanwhile() {
        let long = "{\"code\":\"1.1\",\"value\":3}\u{0}".repeat(100);
        for text in ["", "short", &long] {
            assert_eq!(unpack(&pack(text)).as_deref(), Ok(text));
            assert_eq!(unpack(&press(text)).as_deref(), Ok(text));
            for kept in [pack(text), press(text)] {
                assert_eq!(length(&kept[..HEAD.min(kept.len())], kept.len()), text.len());
            }
        }
        assert!(press(&long).len() * 5 < long.len());
        let mut cut = press(&long);
        cut.truncate(cut.len() / 2);
        assert!(unpack(&cut).is_err());
    }
}
