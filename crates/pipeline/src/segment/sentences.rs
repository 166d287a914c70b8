//! Sentences: legal abbreviations respected, Chinese and Japanese stops known, overlong ones cut at clauses.

use lacuna_domain::Span;

/// Sentences longer than this many bytes are cut at a semicolon, comma or space.
const LONGEST: usize = 1_500;

/// Abbreviations after which a full stop never ends a sentence.
const ALWAYS: &[&str] = &[
    "abs", "al", "amend", "ann", "approx", "art", "arts", "bzw", "cf", "cl", "co", "const", "corp", "dept",
    "dr", "e.g", "eds", "fed", "fig", "figs", "gov", "hon", "i.e", "inc", "incl", "jr", "lit", "ltd", "mr",
    "mrs", "ms", "núm", "nos", "nr", "op", "para", "paras", "pp", "prof", "pub", "reg", "regs", "rep", "rev",
    "sec", "secs", "sen", "ser", "st", "stat", "subch", "subd", "subds", "subpar", "subpt", "subsec",
    "subsecs", "subtit", "suppl", "usc", "vgl", "viz", "vol", "vols", "vs", "z.b", "d.h", "p.ej", "bros",
    "llc", "ch", "chap",
];

/// Abbreviations only before a number, a bracket or a lone letter: they are words too.
const BEFORE_NUMBER: &[&str] = &[
    "no", "app", "pt", "pts", "div", "tit", "exh", "ex", "n", "jan", "feb", "mar", "apr", "jun", "jul",
    "aug", "sep", "sept", "oct", "nov", "dec", "sched", "ed", "pg",
];

/// Words that open a new sentence after an abbreviation with inner stops, such as "U.S.".
const OPENERS: &[&str] = &[
    "The",
    "This",
    "These",
    "Those",
    "That",
    "In",
    "If",
    "It",
    "Its",
    "Any",
    "Each",
    "No",
    "Not",
    "A",
    "An",
    "As",
    "For",
    "All",
    "When",
    "Where",
    "Such",
    "We",
    "Our",
    "They",
    "There",
    "On",
    "At",
    "To",
    "Upon",
    "However",
    "Nothing",
    "Section",
    "Under",
    "With",
    "By",
    "Beginning",
];

/// The sentences of `text[from..to]`, without the white space between them. Linear in the length.
pub(super) fn sentences(text: &str, from: usize, to: usize) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut spans = Vec::new();
    let mut start = skip_space(text, from, to);
    let mut at = start;
    let mut clause = None;
    while at < to {
        let (end, width) = stop_at(text, start, at, to);
        if let Some(end) = end {
            push(text, &mut spans, start, end);
            start = skip_space(text, end, to);
            (at, clause) = (start, None);
            continue;
        }
        if matches!(bytes[at], b';' | b',' | b' ' | b'\n') {
            clause = better_cut(bytes, clause, at);
        }
        at += width;
        if at - start > LONGEST {
            let cut = clause.unwrap_or(at);
            push(text, &mut spans, start, cut);
            start = skip_space(text, cut, to);
            (at, clause) = (start.max(at), None);
        }
    }
    push(text, &mut spans, start, to);
    spans
}

/// The better of two places to cut an overlong sentence: after a semicolon, else after a comma, else after a space.
fn better_cut(bytes: &[u8], old: Option<usize>, at: usize) -> Option<usize> {
    let rank = |b: u8| match b {
        b';' => 2,
        b',' => 1,
        _ => 0,
    };
    match old {
        Some(cut) if rank(bytes[cut - 1]) > rank(bytes[at]) => old,
        _ => Some(at + 1),
    }
}

fn push(text: &str, spans: &mut Vec<Span>, start: usize, end: usize) {
    let Some(slice) = text.get(start..end) else { return };
    let trimmed = slice.trim_end();
    spans.extend(Span::new(text, start, start + trimmed.len()));
}

fn skip_space(text: &str, at: usize, to: usize) -> usize {
    let rest = text.get(at..to).unwrap_or_default();
    at + rest.len() - rest.trim_start().len()
}

/// The end of the sentence that began at `start`, when one stops at `at`; and the width of the character there.
fn stop_at(text: &str, start: usize, at: usize, to: usize) -> (Option<usize>, usize) {
    let byte = text.as_bytes()[at];
    if byte < 0x80 {
        let stops = match byte {
            b'.' => full_stop(text, start, at, to),
            b'!' | b'?' => {
                let next = after_closers(text, at + 1, to);
                next == to || text[next..to].starts_with(char::is_whitespace)
            }
            b';' => clause_stop(text, start, at, to),
            _ => false,
        };
        return (stops.then(|| after_closers(text, at + 1, to)), 1);
    }
    let Some(c) = text[at..to].chars().next() else { return (None, 1) };
    let width = c.len_utf8();
    let stops = matches!(c, '。' | '！' | '？' | '；' | '｡' | '؟' | '۔' | '।' | '։');
    (stops.then(|| after_closers(text, at + width, to)), width)
}

/// Past closing quote marks and brackets.
fn after_closers(text: &str, at: usize, to: usize) -> usize {
    let rest = &text[at..to];
    let close =
        |c: char| matches!(c, '"' | '\'' | ')' | ']' | '”' | '’' | '»' | '」' | '』' | '）' | '】' | '。');
    at + rest.find(|c| !close(c)).unwrap_or(rest.len())
}

/// A semicolon ends a sentence at a line's end, before an enumerator, and in Chinese text.
fn clause_stop(text: &str, start: usize, at: usize, to: usize) -> bool {
    let rest = &text[at + 1..to];
    let next = rest.trim_start_matches([' ', '\t']);
    let before = text[start..at].chars().next_back();
    before.is_some_and(lacuna_domain::fold::is_cjk)
        || next.starts_with(['\n', '\r', '\u{2028}'])
        || (next.len() < rest.len() && next.starts_with('(') && at - start > 40)
}

fn full_stop(text: &str, start: usize, at: usize, to: usize) -> bool {
    let after = after_closers(text, at + 1, to);
    let rest = &text[after..to];
    let next = rest.trim_start();
    let Some(first) = next.trim_start_matches(['"', '\'', '“', '‘', '(', '[', '`', '«']).chars().next()
    else {
        return true;
    };
    let spaced = next.len() < rest.len();
    if !(spaced || after == at + 1 && glued(text, at)) {
        return false;
    }
    if first.is_lowercase() && !next.starts_with('(') {
        return false;
    }
    let word = word_before(text, start, at);
    if is_label(text, start, at, word) {
        return false;
    }
    !abbreviates(word, next, first)
}

/// Two sentences glued together: "rights.Deployers", not "U.S.C" or "Node.JS".
fn glued(text: &str, at: usize) -> bool {
    let before = &text.as_bytes()[..at];
    let after = &text.as_bytes()[at + 1..];
    let lower_before = before.len() > 3 && before[before.len() - 3..].iter().all(u8::is_ascii_lowercase);
    let word_after = after.first().is_some_and(u8::is_ascii_uppercase)
        && after.get(1).is_none_or(|b| b.is_ascii_lowercase() || *b == b' ');
    (lower_before && word_after) || glued_number(before, after)
}

/// "A NATURAL PERSON.2. Any person": the next provision's number glued to a word.
fn glued_number(before: &[u8], after: &[u8]) -> bool {
    let word = before.len() > 3 && before[before.len() - 3..].iter().all(u8::is_ascii_alphabetic);
    let digits = after.iter().take_while(|b| b.is_ascii_digit()).count();
    let next = &after[digits.min(after.len())..];
    word && (1..=2).contains(&digits)
        && next.starts_with(b". ")
        && next.get(2).is_some_and(u8::is_ascii_uppercase)
}

/// The word that ends at `at`, inner stops included, at most 16 bytes.
fn word_before(text: &str, start: usize, at: usize) -> &str {
    let mut low = at.saturating_sub(16).max(start);
    while !text.is_char_boundary(low) {
        low += 1;
    }
    let window = &text[low..at];
    let cut = window.rfind(|c: char| {
        c.is_whitespace() || matches!(c, '(' | '[' | '“' | '"' | '\'' | '—' | '-' | '/' | '‘')
    });
    cut.map_or(window, |cut| window[cut..].trim_start_matches(|c: char| !c.is_alphanumeric()))
}

/// Whether all of the sentence so far is a label such as "1.", "A.", "SEC. 3." or "Art. 5.".
fn is_label(text: &str, start: usize, at: usize, word: &str) -> bool {
    let so_far = &text[start..at];
    if so_far.len() > 32 {
        return false;
    }
    let short = word.len() <= 4
        && word.chars().all(|c| c.is_ascii_digit() || matches!(c, 'i' | 'v' | 'x' | 'I' | 'V' | 'X' | '.'))
        || word.chars().count() == 1
        || word.chars().all(|c| c.is_ascii_digit() || c == '.');
    if so_far.trim_start_matches(|c: char| !c.is_alphanumeric()).len() == word.len() {
        return short;
    }
    let opens_section =
        ["sec", "art", "§", "cap", "kap", "tit", "rule"].iter().any(|p| starts_with_fold(so_far, p));
    opens_section && word.chars().any(|c| c.is_ascii_digit()) && so_far.split_whitespace().count() <= 3
}

fn starts_with_fold(text: &str, prefix: &str) -> bool {
    let text = text.trim_start_matches(['"', '“', '‘', '`', '\'']);
    text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

fn abbreviates(word: &str, next: &str, first: char) -> bool {
    let lower = word.to_lowercase();
    if word != "Al" && word != "AL" && ALWAYS.contains(&lower.as_str()) {
        return true;
    }
    let numbered = first.is_ascii_digit() || next.starts_with('(');
    if numbered && BEFORE_NUMBER.contains(&lower.as_str()) {
        return true;
    }
    let single = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    let dotted = word.contains('.')
        && word.split('.').all(|p| p.chars().count() <= 2 && p.chars().all(char::is_alphabetic));
    if single || dotted {
        let opener = next.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let opens = OPENERS.contains(&opener) || next.starts_with('(');
        return !opens;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text, 0, text.len()).iter().map(|s| s.slice(text).unwrap()).collect()
    }

    #[test]
    fn legal_abbreviations_do_not_end_a_sentence() {
        for whole in [
            "Under 15 U.S.C. 9401 and Sec. 3 of Pub. L. 117 the Board (see Art. 5, para. 2) acts.",
            "Mr. Ames of Tessel Inc. and Corvid Co. Ltd. shall comply with No. 12, e.g. by filing.",
            "SEC. 3. DUTIES OF DEPLOYERS.",
            "1. The provider shall keep a log.",
            "Regulation (EU) No. 12/2031 et al. applies from Jan. 1 2031.",
        ] {
            assert_eq!(split(whole), [whole]);
        }
    }

    #[test]
    fn sentences_end_where_a_reader_ends_them() {
        assert_eq!(
            split(
                "It applies in the U.S. The Board acts. \"Log\" means a file.) Does it? Yes! rights.Deployers act under section 5. None."
            ),
            [
                "It applies in the U.S.",
                "The Board acts.",
                "\"Log\" means a file.)",
                "Does it?",
                "Yes!",
                "rights.",
                "Deployers act under section 5.",
                "None."
            ]
        );
        assert_eq!(
            split("第三条 提供者应当记录。违反者处罚；情节严重的，停业！"),
            ["第三条 提供者应当记录。", "违反者处罚；", "情节严重的，停业！"]
        );
        assert_eq!(
            split("One thing;\nanother thing; and a third."),
            ["One thing;", "another thing; and a third."]
        );
    }

    #[test]
    fn endless_sentences_are_cut_at_clauses() {
        let long = "word word, ".repeat(2_000);
        let parts = split(&long);
        assert!(parts.len() > 10 && parts.iter().all(|p| p.len() <= LONGEST + 1 && p.ends_with(',')));
        let solid = "字".repeat(5_000);
        assert_eq!(split(&solid).concat(), solid);
    }
}
