//! What a heading looks like when it carries no label, and how much of a labelled line is its caption.

/// Longest heading, in bytes.
const LONGEST: usize = 220;

/// Words that stay small in a title.
const SMALL: &[&str] = &[
    "a", "an", "and", "as", "at", "au", "aux", "by", "da", "das", "de", "del", "der", "des", "di", "die",
    "do", "du", "e", "el", "en", "et", "for", "from", "für", "im", "in", "into", "l", "la", "las", "le",
    "les", "los", "of", "on", "or", "para", "per", "por", "the", "through", "to", "und", "und", "upon",
    "via", "vs", "with", "within", "without", "y", "zu", "zum", "zur",
];

/// Words that make a line a sentence.
const VERBS: &[&str] = &[
    "are", "be", "been", "can", "cannot", "commit", "did", "does", "has", "have", "is", "may", "means",
    "must", "shall", "should", "was", "were", "will", "would", "amended", "includes", "doit", "doivent",
    "debe", "deben", "muss", "sont",
];

/// Whether a line of its own, without a label, is a heading: all capitals, or in title case and short.
pub(super) fn looks_like_heading(line: &str) -> bool {
    if line.len() > LONGEST || line.ends_with(['.', ';', ',', '—', '。', '；', '，']) || line.ends_with("--")
    {
        return false;
    }
    if line.contains("....") || line.starts_with("http") || line.contains('|') || line.contains('@') {
        return false;
    }
    (shouts(line) || title_case(line)) && !is_one_odd_word(line) && !is_enacting(line)
}

/// A document number or page mark such as "HB2325".
fn is_one_odd_word(line: &str) -> bool {
    !line.contains(' ') && line.chars().any(|c| c.is_ascii_digit())
}

/// "Be it enacted …": opens an act, heads nothing.
fn is_enacting(line: &str) -> bool {
    let lower = line.to_lowercase();
    lower.contains("be it enacted") || lower.contains("be it resolved") || lower.contains("enact as follows")
}

/// Whether the letters are capitals.
pub(super) fn shouts(line: &str) -> bool {
    if line.len() > 3 * LONGEST {
        return false;
    }
    let (mut upper, mut lower) = (0, 0);
    for c in line.chars() {
        upper += usize::from(c.is_uppercase());
        lower += usize::from(c.is_lowercase());
    }
    upper >= 4 && upper >= 9 * lower
}

fn title_case(line: &str) -> bool {
    let leads_in = line.ends_with(':');
    let line = line.trim_end_matches([':', '*']).trim_start_matches('*');
    if line.len() > 90 || !line.starts_with(|c: char| c.is_uppercase()) {
        return false;
    }
    let (mut words, mut big) = (0, 0);
    for word in line.split(|c: char| c.is_whitespace() || c == '-' || c == '/').filter(|w| !w.is_empty()) {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let lower = bare.to_lowercase();
        if VERBS.contains(&lower.as_str()) {
            return false;
        }
        if bare.is_empty() || SMALL.contains(&lower.as_str()) {
            continue;
        }
        words += 1;
        big += usize::from(bare.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()));
    }
    // Sentence case is a heading only when it is as short as "Risk management".
    words > 0
        && words <= 12
        && (big == words || (!leads_in && words <= 4 && line.len() <= 45 && !line.contains(',')))
}

/// Bytes of `text` (what follows a label on its line) that are its caption: 0 when the provision begins at once,
/// all of it when there is nothing but a caption.
pub(super) fn caption(text: &str, first_sentence: &str) -> usize {
    let whole = text.trim_end();
    if whole.len() <= LONGEST
        && !whole.contains(". ")
        && is_caption(whole.trim_end_matches(['.', ':', '—', '-']))
    {
        return text.len();
    }
    let dash = [".—", ".--", ".–", ". —"].iter().filter_map(|d| text.find(d).map(|at| at + d.len())).min();
    if let Some(end) = dash.filter(|end| *end <= 120)
        && is_caption(text[..end].trim_end_matches(['.', '—', '–', '-', ' ']))
    {
        return end;
    }
    let sentence = first_sentence.trim_end();
    let ended = sentence.ends_with('.') && sentence.len() <= 100;
    if ended && text.starts_with(sentence) && is_caption(sentence.trim_end_matches('.')) {
        let rest = &text[sentence.len()..];
        return sentence.len() + rest.len() - rest.trim_start().len();
    }
    0
}

/// Whether words name a subject and say nothing: short, with a capital in front and without a verb.
fn is_caption(words: &str) -> bool {
    let words = words.trim().trim_start_matches(['—', '–', '-', ':', ' ', '"', '“', '[', '*']);
    if words.is_empty() {
        return true;
    }
    if shouts(words) && words.len() <= LONGEST {
        return true;
    }
    let cjk = words.starts_with(lacuna_domain::fold::is_cjk);
    if cjk {
        return words.chars().count() <= 20 && !words.contains(['，', '。', '；', '：']);
    }
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    words.len() <= 110
        && words.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
        && words.split_whitespace().count() <= 14
        && !words.split_whitespace().any(|word| VERBS.contains(&bare(word).as_str()))
        && !words.contains(['"', '“', ';'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_name_and_sentences_say() {
        for line in [
            "INTRODUCTION",
            "Duties of Deployers and Providers",
            "Risk management",
            "Obligations des Fournisseurs",
        ] {
            assert!(looks_like_heading(line), "{line}");
        }
        for line in [
            "The provider shall keep a log",
            "We commit to safety",
            "a small thing",
            "Sentence with a stop.",
            "Deployers, who act under the rules set out above and below",
        ] {
            assert!(!looks_like_heading(line), "{line}");
        }
        assert_eq!(caption("Definitions. As used in this part", "Definitions."), 13);
        assert_eq!(caption("In General.--The Board shall", "In General.--The Board shall"), 13);
        assert_eq!(caption("This act is known as X.", "This act is known as X."), 0);
    }
}
