//! How the provider counts tokens: the same text always has the same number. Counted on its own terms, not with the client's
//! guess: pieces of up to six letters or three digits, each mark alone, blanks with the word that follows.

/// Characters of English legal prose in one token, as a provider would publish it: measured over the acts in `samples/`.
pub const CHARS_PER_TOKEN: f64 = 3.9;

/// The tokens of a text.
pub fn count(text: &str) -> u64 {
    let (mut tokens, mut run) = (0, 0);
    let mut last = ' ';
    for c in text.chars() {
        if c.is_alphabetic() && (c as u32) < 0x2E80 {
            if !last.is_alphabetic() || run == 6 {
                tokens += 1;
                run = 0;
            }
            run += 1;
        } else if c.is_ascii_digit() {
            if !last.is_ascii_digit() || run == 3 {
                tokens += 1;
                run = 0;
            }
            run += 1;
        } else if !c.is_whitespace() || (c == '\n' && last == '\n') {
            tokens += 1;
        }
        last = c;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::{CHARS_PER_TOKEN, count};

    #[test]
    fn what_is_published_is_true_of_the_samples() {
        let folder = "../samples/release-1/fulltext";
        let (mut characters, mut tokens) = (0, 0);
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            characters += text.chars().count();
            tokens += count(&text);
        }
        let measured = characters as f64 / tokens as f64;
        assert!((measured / CHARS_PER_TOKEN - 1.0).abs() < 0.03, "{measured}");
    }

    #[test]
    fn pieces_are_counted() {
        assert_eq!(count("The transparency of 12345 systems."), 9);
        assert_eq!(count(""), 0);
        assert_eq!(count("人工"), 2);
    }
}
