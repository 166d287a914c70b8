//! A guess at how many tokens a text has, without any provider's tokenizer.
//!
//! Tokenizers of the large providers cut words at about the same places: a short word is one token with the blank
//! before it, a long one is cut every few letters, digits go by threes, marks stand alone. Texts in scripts without blanks
//! take about a token a character. The guess is scaled for each model: by what its calls in the ledger counted, or else by
//! the characters per token that its provider publishes, which the price file holds (`chars_per_token`).

/// Characters of English legal prose for which [`estimate`] guesses one token: 4.9 over eighty documents of the AGORA sample,
/// 4.4 over the short acts in `samples/`, with their many headings; both together by length.
pub const CHARS_PER_TOKEN: f64 = 4.8;

/// The longest run of letters that counts as one token.
const WHOLE_WORD: u64 = 9;
/// Letters of each further token of a longer word.
const FURTHER: u64 = 5;

/// About how many tokens `text` has.
pub fn estimate(text: &str) -> u64 {
    let (mut tokens, mut run, mut kind) = (0, 0, Kind::Blank);
    let mut take = |next: Kind| {
        if next != kind {
            tokens += kind.tokens(run);
            (run, kind) = (0, next);
        }
        run += 1;
    };
    if text.is_ascii() {
        text.bytes().for_each(|byte| take(OF_BYTE[usize::from(byte & 0x7f)]));
    } else {
        text.chars().for_each(|c| take(Kind::of(c)));
    }
    tokens + kind.tokens(run)
}

/// The kind of each ASCII character.
const OF_BYTE: [Kind; 128] = {
    let mut kinds = [Kind::Mark; 128];
    let mut byte = 0;
    while byte < 128 {
        kinds[byte as usize] = Kind::of(byte as char);
        byte += 1_u8;
    }
    kinds
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Latin,
    Digit,
    Blank,
    Mark,
    /// Letters of alphabets that tokenizers know less well.
    OtherAlphabet,
    /// Chinese, Japanese, Korean, Thai and their like.
    Unspaced,
}

impl Kind {
    const fn of(c: char) -> Self {
        match c {
            'a'..='z' | 'A'..='Z' | '\u{C0}'..='\u{24F}' => Self::Latin,
            '0'..='9' => Self::Digit,
            ' ' | '\t' | '\n' | '\r' | '\u{A0}' => Self::Blank,
            '\0'..='\u{BF}' | '\u{2000}'..='\u{2BFF}' => Self::Mark,
            '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{2E80}'.. => {
                Self::Unspaced
            }
            _ => Self::OtherAlphabet,
        }
    }

    const fn tokens(self, run: u64) -> u64 {
        match self {
            Self::Latin if run <= WHOLE_WORD => 1,
            Self::Latin => 1 + (run - WHOLE_WORD).div_ceil(FURTHER),
            Self::Digit | Self::OtherAlphabet => run.div_ceil(3),
            // One blank belongs to the word after it.
            Self::Blank => (run > 1) as u64,
            Self::Mark => run.div_ceil(2),
            Self::Unspaced => run,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guess_takes_as_many_characters_for_a_token_as_is_said() {
        let folder = "../../samples/release-1/fulltext";
        let (mut characters, mut tokens) = (0, 0);
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            characters += text.chars().count();
            tokens += estimate(&text);
        }
        let measured = characters as f64 / tokens as f64;
        assert!((0.88..1.02).contains(&(measured / CHARS_PER_TOKEN)), "{measured}");
    }

    #[test]
    fn words_numbers_and_marks_count() {
        assert_eq!(estimate(""), 0);
        assert_eq!(estimate("The law applies."), 4);
        assert_eq!(estimate("12345"), 2);
        assert_eq!(estimate("人工智能"), 4);
        let english =
            "A provider of a high-risk system shall keep records of every serious incident for ten years.";
        let per_token = english.len() as f64 / estimate(english) as f64;
        assert!((4.0..6.0).contains(&per_token), "{per_token}");
    }
}
