//! Words of a text, folded for matching: lower case, "Al" read as "AI", soft hyphens and line-break hyphens joined;
//! one token per character in scripts without spaces.

/// One word of a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    /// First byte in the text.
    pub(crate) start: u32,
    /// One past the last byte in the text.
    pub(crate) end: u32,
    from: u32,
    to: u32,
    /// FNV-1a of the folded word.
    pub(crate) hash: u64,
}

/// The words of a text in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tokens {
    folded: String,
    items: Vec<Token>,
}

/// FNV-1a over bytes.
pub(crate) const fn fnv(bytes: &[u8]) -> u64 {
    fnv_on(0xcbf2_9ce4_8422_2325, bytes)
}

/// FNV-1a over bytes that follow those whose hash is `hash`.
pub(crate) const fn fnv_on(mut hash: u64, bytes: &[u8]) -> u64 {
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    hash
}

/// Scripts that put no space between words: each character is a token.
pub(crate) const fn is_spaceless(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

impl Tokens {
    /// Splits `text`.
    pub(crate) fn of(text: &str) -> Self {
        let mut tokens =
            Self { folded: String::with_capacity(text.len()), items: Vec::with_capacity(text.len() / 6) };
        let mut open: Option<(usize, usize)> = None;
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if is_spaceless(c) {
                tokens.close(text, &mut open, at);
                let from = tokens.folded.len();
                tokens.folded.push(c);
                tokens.push(at, at + c.len_utf8(), from);
            } else if c.is_alphanumeric() {
                open.get_or_insert((at, tokens.folded.len()));
                if c.is_ascii() {
                    tokens.folded.push(c.to_ascii_lowercase());
                } else {
                    tokens.folded.extend(c.to_lowercase());
                }
            } else if open.is_some() && joins(text, at, c) {
                while chars.peek().is_some_and(|&(_, next)| next.is_whitespace()) {
                    chars.next();
                }
            } else {
                tokens.close(text, &mut open, at);
            }
        }
        tokens.close(text, &mut open, text.len());
        tokens
    }

    fn close(&mut self, text: &str, open: &mut Option<(usize, usize)>, end: usize) {
        let Some((start, from)) = open.take() else { return };
        if text.get(start..end) == Some("Al") {
            self.folded.truncate(from);
            self.folded.push_str("ai");
        }
        self.push(start, end, from);
    }

    fn push(&mut self, start: usize, end: usize, from: usize) {
        let hash = fnv(&self.folded.as_bytes()[from..]);
        self.items.push(Token {
            start: start as u32,
            end: end as u32,
            from: from as u32,
            to: self.folded.len() as u32,
            hash,
        });
    }

    /// The tokens.
    pub(crate) fn items(&self) -> &[Token] {
        &self.items
    }

    /// The folded word of a token.
    pub(crate) fn word(&self, token: &Token) -> &str {
        &self.folded[token.from as usize..token.to as usize]
    }

    /// Index of the first token that starts at or after byte `at`.
    pub(crate) fn at_byte(&self, at: usize) -> usize {
        self.items.partition_point(|t| (t.start as usize) < at)
    }
}

/// Whether the character at `at` inside a word is no break: a soft hyphen, or a hyphen at the end of a line whose
/// word goes on in lower case.
fn joins(text: &str, at: usize, c: char) -> bool {
    if c == '\u{ad}' {
        return true;
    }
    if c != '-' && c != '\u{2010}' {
        return false;
    }
    let rest = &text[at + c.len_utf8()..];
    let trimmed = rest.trim_start_matches([' ', '\r', '\t']);
    trimmed.strip_prefix('\n').is_some_and(|next| next.starts_with(|n: char| n.is_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let tokens = Tokens::of(text);
        tokens.items().iter().map(|t| tokens.word(t).to_owned()).collect()
    }

    #[test]
    fn words_are_folded_and_keep_their_place() {
        assert_eq!(
            words("The Al system's trans-\nparency, co\u{ad}operation"),
            ["the", "ai", "system", "s", "transparency", "cooperation"]
        );
        assert_eq!(words("生成式 AI 规定"), ["生", "成", "式", "ai", "规", "定"]);
        let text = "Ärzte dürfen KI nutzen";
        let tokens = Tokens::of(text);
        let t = tokens.items()[1];
        assert_eq!(&text[t.start as usize..t.end as usize], "dürfen");
        assert_eq!(tokens.at_byte(t.start as usize), 1);
    }
}
