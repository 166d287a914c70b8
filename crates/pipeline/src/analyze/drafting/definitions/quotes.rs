//! Words between quotation marks, as the languages write them.

/// Words between quotation marks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quoted<'t> {
    /// The words without the marks.
    pub(super) words: &'t str,
    /// First byte of the opening mark.
    pub(super) start: usize,
    /// One past the last byte of the closing mark.
    pub(super) end: usize,
}

/// Longest term, in characters.
const LONGEST: usize = 100;
/// Marks that wait for their closing ones at most; what an act inserts elsewhere opens a mark with each paragraph.
const OPEN: usize = 8;

#[derive(Clone, Copy)]
struct Open {
    mark: char,
    start: usize,
    end: usize,
}

/// All words between marks that may be a term, in the order in which they close: those within others come first.
pub(super) fn quoted(text: &str) -> Vec<Quoted<'_>> {
    let (mut open, mut found): (Vec<Open>, Vec<Quoted<'_>>) = (Vec::new(), Vec::new());
    for (start, sign) in text.match_indices(is_mark) {
        let Some(mark) = sign.chars().next() else { continue };
        let end = start + sign.len();
        let before = text.get(..start).and_then(|before| before.chars().next_back());
        let after = text.get(end..).and_then(|after| after.chars().next());
        let closed = open.iter().enumerate().rev().find_map(|(at, open)| {
            let inside = text.get(open.end..start)?;
            closes(open.mark, mark, inside, after).then_some((at, open.start, inside))
        });
        if let Some((at, from, inside)) = closed {
            open.truncate(at);
            let words = bare(inside);
            if is_term(words) {
                found.push(Quoted { words, start: from, end });
            }
        } else if opens(mark, before, after) {
            if open.len() == OPEN {
                open.remove(0);
            }
            open.push(Open { mark, start, end });
        }
    }
    found
}

/// Whether it is a quotation mark.
pub(super) const fn is_mark(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '“' | '”' | '„' | '‘' | '’' | '‚' | '«' | '»' | '「' | '」' | '『' | '』')
}

/// The marks that close what this one opens; none where it opens nothing.
const fn closing(mark: char) -> &'static [char] {
    match mark {
        '"' => &['"', '”'],
        '“' => &['”', '"'],
        '„' => &['“', '”', '"'],
        '\'' | '‘' | '`' => &['’', '\''],
        '‚' => &['‘', '’'],
        '«' => &['»'],
        '»' => &['«'],
        '「' => &['」'],
        '『' => &['』'],
        _ => &[],
    }
}

/// Whether `mark` closes what `open` opened before the words `inside`.
fn closes(open: char, mark: char, inside: &str, after: Option<char>) -> bool {
    // An apostrophe stands before a letter, and what opens stands after a space.
    let apostrophe = matches!(mark, '\'' | '’') && after.is_some_and(char::is_alphanumeric);
    let parted = !matches!(open, '«' | '»') && inside.ends_with(char::is_whitespace);
    closing(open).contains(&mark)
        && !apostrophe
        && !parted
        && !inside.is_empty()
        && inside.len() <= 4 * LONGEST
}

/// Whether `mark` opens a quotation; those that close too do so after a space and before a word.
fn opens(mark: char, before: Option<char>, after: Option<char>) -> bool {
    let both = matches!(mark, '"' | '\'' | '`' | '»');
    let fits = !before.is_some_and(char::is_alphanumeric) && !after.is_none_or(char::is_whitespace);
    !closing(mark).is_empty() && (!both || fits)
}

/// The words without marks that were set twice and the comma that American texts set inside.
fn bare(inside: &str) -> &str {
    inside.trim_matches(|c: char| is_mark(c) || c.is_whitespace()).trim_end_matches(',')
}

/// Whether words are no longer than a term, and more than a sign.
fn is_term(words: &str) -> bool {
    let length = words.chars().take(LONGEST + 1).count();
    (2..=LONGEST).contains(&length) && words.contains(char::is_alphabetic)
}
