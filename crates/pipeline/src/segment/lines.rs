//! Lines of a text, whatever ends them.

/// A line: `start..end` without what ends it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Columns of white space in front.
    pub(super) indent: usize,
    /// Bytes of the trimmed line; 0 for a blank one.
    pub(super) width: usize,
}

impl Line {
    /// The line without white space around it.
    pub(super) fn trimmed<'t>(&self, text: &'t str) -> &'t str {
        text[self.start..self.end].trim()
    }

    /// Start of the trimmed line.
    pub(super) fn first(&self, text: &str) -> usize {
        let line = &text[self.start..self.end];
        self.start + line.len() - line.trim_start().len()
    }

    /// Column at which the trimmed line ends.
    pub(super) const fn reach(&self) -> usize {
        self.indent + self.width
    }
}

/// The lines of `text`: ended by LF, CR LF, CR, form feed, vertical tab, U+0085, U+2028 or U+2029.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let bytes = text.as_bytes();
    let mut lines = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < bytes.len() {
        let width = match bytes[at] {
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => 2,
            b'\n' | b'\r' | 0x0b | 0x0c => 1,
            0xc2 if bytes.get(at + 1) == Some(&0x85) => 2,
            0xe2 if bytes[at..].starts_with(b"\xe2\x80\xa8") || bytes[at..].starts_with(b"\xe2\x80\xa9") => 3,
            _ => 0,
        };
        at += width.max(1);
        if width > 0 {
            lines.push(line(text, start, at - width));
            start = at;
        }
    }
    if start < text.len() {
        lines.push(line(text, start, text.len()));
    }
    lines
}

fn line(text: &str, start: usize, end: usize) -> Line {
    let raw = &text[start..end];
    let unindented = raw.trim_start();
    let lead = &raw[..raw.len() - unindented.len()];
    let indent = lead.chars().map(|c| if c == '\t' { 4 } else { 1 }).sum();
    Line { start, end, indent, width: unindented.trim_end().len() }
}
