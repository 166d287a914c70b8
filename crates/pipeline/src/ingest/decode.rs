//! Bytes of a text file → text: byte order marks, UTF-8, UTF-16 and legacy encodings.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

/// A decoded text and what the decoding must confess.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decoded {
    /// The text: no byte order mark, line ends as `\n`, no NUL (U+FFFD stands in its place, as neither database
    /// nor reader can use it).
    pub(super) text: String,
    /// A note for the reader when the encoding had to be guessed or bytes did not fit it.
    pub(super) note: Option<String>,
}

/// Decodes `bytes` by byte order mark, else as UTF-8, else as the `declared` encoding, else by guess.
pub(super) fn decode(bytes: &[u8], declared: Option<&str>) -> Decoded {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decoded(encoding, &bytes[mark..], false);
    }
    // Before UTF-8: NUL is sound UTF-8, so English in UTF-16 would pass for it.
    if let Some(encoding) = utf16_without_mark(bytes) {
        return decoded(encoding, bytes, true);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded { text: even_out(text), note: None };
    }
    if let Some(encoding) = declared.and_then(|label| Encoding::for_label(label.trim().as_bytes()))
        && encoding != UTF_8
    {
        return decoded(encoding, bytes, false);
    }
    if mostly_utf8(bytes) {
        return decoded(UTF_8, bytes, false);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    decoded(detector.guess(None, Utf8Detection::Allow), bytes, true)
}

fn decoded(encoding: &'static Encoding, bytes: &[u8], guessed: bool) -> Decoded {
    let (text, damaged) = encoding.decode_without_bom_handling(bytes);
    let note = match (guessed, damaged) {
        (_, true) => Some(format!("some bytes are no {} and read as \u{fffd}", encoding.name())),
        (true, false) => Some(format!("encoding guessed as {}", encoding.name())),
        (false, false) => None,
    };
    Decoded { text: even_out(&text), note }
}

/// Whether a text that is no valid UTF-8 is UTF-8 all the same, with a few broken places: at least nine in ten of
/// its multi-byte sequences are sound. A legacy text has nearly none.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut sound, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    sound > 0 && sound >= 9 * broken
}

/// UTF-16 without a mark shows by its NUL bytes: nearly all at odd offsets (little-endian) or even ones.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(4096)];
    let nuls = |parity: usize| sample.iter().skip(parity).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (nuls(0), nuls(1));
    let many = sample.len() / 5;
    match (even > many, odd > many) {
        (false, true) => Some(encoding_rs::UTF_16LE),
        (true, false) => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

/// `\r\n` and `\r` become `\n`, NUL becomes U+FFFD.
pub(super) fn even_out(text: &str) -> String {
    if !text.bytes().any(|b| b == b'\r' || b == 0) {
        return text.to_owned();
    }
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_legacy_encodings_and_broken_bytes_are_read() {
        assert_eq!(decode("\u{feff}Sec. 1\r\nA".as_bytes(), None).text, "Sec. 1\nA");
        let le: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("Büro".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(decode(&le, None).text, "Büro");
        let bare: Vec<u8> = "An act on AI".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&bare, None).text, "An act on AI");

        let french = "L'autorité vérifie les systèmes d'intelligence artificielle déployés à l'étranger.";
        let (latin, _, _) = encoding_rs::WINDOWS_1252.encode(french);
        let read = decode(&latin, None);
        assert_eq!(read.text, french);
        assert_eq!(read.note.as_deref(), Some("encoding guessed as windows-1252"));

        let mut broken =
            "Das Büro prüft Systeme für künstliche Intelligenz, die größer sind.".repeat(5).into_bytes();
        broken.push(0xff);
        let read = decode(&broken, None);
        assert!(read.text.ends_with('\u{fffd}') && read.text.contains("Büro"));
        assert!(read.note.unwrap().contains("no UTF-8"));
    }

    #[test]
    fn chinese_in_gb18030_is_read_as_declared() {
        let (bytes, _, _) = encoding_rs::GB18030.encode("第三条 人工智能");
        assert_eq!(decode(&bytes, Some("gb2312")).text, "第三条 人工智能");
    }
}
