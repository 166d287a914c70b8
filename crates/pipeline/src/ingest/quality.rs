//! Whether a text is good enough to be coded. A function of the text alone, like everything that is stored with it.

use lacuna_domain::text::{Fault, Quality};

/// Share of missing glyphs from which a text says too little to be coded.
const GARBAGE_FATAL: f64 = 0.05;
/// Share of missing glyphs from which readers are told.
const GARBAGE_TOLD: f64 = 0.002;
/// Share of letters among non-space characters below which a text is no prose: page numbers, tables of figures,
/// glyphs mapped to punctuation. Statutes lie at 0.85 and above, dense tables at 0.6.
const LETTERS_FATAL: f64 = 0.4;

/// Measures `text`; see [`Quality`].
pub fn measure(text: &str) -> Quality {
    let count = Counts::of(text);
    if count.visible == 0 {
        return Quality { faults: vec![fatal("there is no text".to_owned())], ..Quality::default() };
    }
    let letter_share = count.letters as f64 / count.visible as f64;
    let garbage_share = (count.garbage as f64 / count.visible as f64).min(1.0);
    let mut faults = Vec::new();
    if garbage_share >= GARBAGE_FATAL {
        faults.push(fatal(format!("{} of the characters are missing glyphs", percent(garbage_share))));
    } else if garbage_share >= GARBAGE_TOLD {
        faults.push(told(format!("{} of the characters are missing glyphs", percent(garbage_share))));
    }
    if letter_share < LETTERS_FATAL {
        faults.push(fatal(format!("only {} of the characters are letters", percent(letter_share))));
    }
    if count.al >= 3 && count.al > count.ai {
        let what = format!(
            "\"Al\" with a small L stands for \"AI\" in {} places; search and matching read both alike",
            count.al
        );
        faults.push(told(what));
    }
    Quality { letter_share, garbage_share, faults }
}

fn fatal(what: String) -> Fault {
    Fault { what, fatal: true }
}

fn told(what: String) -> Fault {
    Fault { what, fatal: false }
}

fn percent(share: f64) -> String {
    if share < 0.1 { format!("{:.1} %", share * 100.0) } else { format!("{:.0} %", share * 100.0) }
}

struct Counts {
    visible: usize,
    letters: usize,
    garbage: usize,
    ai: usize,
    al: usize,
}

impl Counts {
    fn of(text: &str) -> Self {
        let (mut visible, mut letters, mut garbage) = (0, 0, 0);
        for c in text.chars() {
            if c.is_ascii() {
                visible += usize::from(c > ' ');
                letters += usize::from(c.is_ascii_alphabetic());
            } else if !c.is_whitespace() {
                visible += 1;
                letters += usize::from(c.is_alphabetic());
                garbage += usize::from(is_garbage(c));
            }
        }
        garbage += missing_glyph_marks(text);
        Self { visible, letters, garbage, ai: words(text, "AI"), al: words(text, "Al") }
    }
}

const fn is_garbage(c: char) -> bool {
    matches!(c, '\u{fffd}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10fffd}')
}

/// Characters inside marks such as `(cid:12)`, which PDF extractors write for glyphs they cannot name.
fn missing_glyph_marks(text: &str) -> usize {
    let marks = memchr::memmem::find_iter(text.as_bytes(), b"(cid:").filter_map(|at| {
        let digits = text[at + 5..].bytes().take_while(u8::is_ascii_digit).count();
        (digits > 0 && text.as_bytes().get(at + 5 + digits) == Some(&b')')).then_some(6 + digits)
    });
    marks.sum()
}

fn words(text: &str, word: &str) -> usize {
    let bytes = text.as_bytes();
    let in_word = |at: Option<&u8>| at.is_some_and(|b| b.is_ascii_alphanumeric() || *b >= 0x80);
    let found = memchr::memmem::find_iter(bytes, word.as_bytes());
    found
        .filter(|at| {
            !in_word(at.checked_sub(1).and_then(|i| bytes.get(i))) && !in_word(bytes.get(at + word.len()))
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_passes_in_any_script() {
        for text in
            ["A deployer shall test the system.", "第三条 提供者应当", "يجب على المزود", "उपयोगकर्ता की सुरक्षा"]
        {
            let quality = measure(text);
            assert!(quality.usable() && quality.letter_share > 0.7, "{text}: {quality:?}");
        }
    }

    #[test]
    fn glyph_garbage_figures_and_emptiness_do_not() {
        let cids = "(cid:12)(cid:7) shall (cid:31)(cid:4)";
        let lost = "The \u{fffd}\u{fffd} shall \u{e001}\u{e002} the log.";
        for text in [cids, lost, "12.5 34,100 (77) 1/2 … 99", " \n\t", ""] {
            assert!(!measure(text).usable(), "{text:?} was taken: {:?}", measure(text));
        }
    }

    #[test]
    fn a_small_l_for_a_capital_i_is_told_but_not_fatal() {
        let quality = measure("Al systems and Al models; Al agents. Alabama and Al-based tools.");
        assert!(quality.usable());
        assert!(quality.faults[0].what.contains("in 4 places"), "{:?}", quality.faults);
    }
}
