//! Quotes with something left out: "a deployer shall … keep a log".

/// The parts around the ellipses of `words`, at least two, or `None` when nothing is left out.
/// Known forms: `...`, `…`, `. . .`, `* * *`, each also in square or round brackets.
pub(super) fn parts(words: &str) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < words.len() {
        let width = ellipsis(&words[at..]);
        if width > 0 {
            parts.push(words[start..at].trim());
            at += width;
            start = at;
        } else {
            at += words[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    parts.push(words[start..].trim());
    let elided = parts.len() > 1;
    parts.retain(|part| !part.is_empty());
    (elided && !parts.is_empty()).then_some(parts)
}

/// Bytes of the ellipsis that begins `text`; 0 when none does.
fn ellipsis(text: &str) -> usize {
    let inner = text.trim_start_matches(['[', '(']);
    let opened = text.len() - inner.len();
    if opened > 1 {
        return 0;
    }
    let dots = dots(inner);
    if dots == 0 {
        return 0;
    }
    let rest = &inner[dots..];
    let closed = usize::from(opened == 1 && rest.starts_with([']', ')']));
    if opened == 1 && closed == 0 {
        return 0;
    }
    opened + dots + closed
}

fn dots(text: &str) -> usize {
    for mark in ['.', '…', '*'] {
        let wanted = if mark == '…' { 1 } else { 3 };
        let (mut seen, mut width) = (0, 0);
        for (at, c) in text.char_indices() {
            if c == mark {
                seen += 1;
                width = at + c.len_utf8();
            } else if c != ' ' || seen == 0 {
                break;
            }
        }
        if seen >= wanted {
            return width;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn every_form_of_ellipsis_parts_a_quote() {
        for quote in [
            "one two...three",
            "one two … three",
            "one two [...] three",
            "one two (…) three",
            "one two . . . three",
            "one two * * * three",
            "…one two… three…",
        ] {
            assert_eq!(parts(quote), Some(vec!["one two", "three"]), "{quote}");
        }
        assert_eq!(parts("no. 5, U.S.C. (see 3)"), None);
    }
}
