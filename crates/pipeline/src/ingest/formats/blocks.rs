//! Builds the plain text that all structured formats share: blocks parted by a blank line; headings as `# …`; list
//! items on lines of their own; table rows as lines of cells parted by ` | `.

/// Collects blocks.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    text: String,
    line: String,
    /// The heading level that the block begun has; 0 for none.
    level: usize,
    first_heading: Option<String>,
    /// Length of `line` when it holds nothing but the mark of a list item.
    mark: Option<usize>,
}

impl Blocks {
    /// Adds running text to the present block; white space is evened out.
    pub(super) fn push(&mut self, piece: &str) {
        for c in piece.chars() {
            if c == '\u{a0}' || (c.is_whitespace() && c != '\u{3000}') {
                if !self.line.is_empty() && !self.line.ends_with([' ', '\n']) {
                    self.line.push(' ');
                }
            } else if c != '\0' {
                self.line.push(c);
            }
        }
    }

    /// Adds text as it is, line breaks and indentation included.
    pub(super) fn push_verbatim(&mut self, piece: &str) {
        self.line.push_str(piece);
    }

    /// A line break inside the present block.
    pub(super) fn line_break(&mut self) {
        let kept = self.line.trim_end_matches(' ').len();
        self.line.truncate(kept);
        if !self.line.is_empty() {
            self.line.push('\n');
        }
    }

    /// Begins a list item with its mark, which stays on the line of what follows even when that is a block.
    pub(super) fn push_mark(&mut self, mark: &str) {
        self.end_line();
        self.push(mark);
        self.mark = Some(self.line.len());
    }

    /// Ends a list item; a mark without text goes.
    pub(super) fn end_item(&mut self) {
        if self.mark.take() == Some(self.line.len()) {
            self.line.clear();
        }
        self.end_line();
    }

    /// Ends the present block, if one was begun, with a blank line.
    pub(super) fn end_block(&mut self) {
        self.end_with("\n\n");
    }

    /// Ends the present block as one line of a list or a table.
    pub(super) fn end_line(&mut self) {
        self.end_with("\n");
    }

    /// Parts what follows from a list or table by a blank line.
    pub(super) fn part(&mut self) {
        self.end_block();
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Begins a heading of `level` 1 to 6.
    pub(super) fn begin_heading(&mut self, level: usize) {
        self.part();
        self.level = level.clamp(1, 6);
    }

    fn end_with(&mut self, ending: &str) {
        if self.mark.is_some_and(|mark| mark == self.line.len()) {
            return;
        }
        self.mark = None;
        let line = self.line.trim_end();
        let line = if line.trim().is_empty() { "" } else { line };
        let level = std::mem::take(&mut self.level);
        if !line.is_empty() {
            if level > 0 {
                let heading = line.replace('\n', " ");
                self.text.extend(std::iter::repeat_n('#', level));
                self.text.push(' ');
                self.text.push_str(&heading);
                self.text.push_str("\n\n");
                self.first_heading.get_or_insert(heading);
            } else {
                self.text.push_str(line);
                self.text.push_str(ending);
            }
        }
        self.line.clear();
    }

    /// The text, and the first heading in it.
    pub(super) fn finish(mut self) -> (String, Option<String>) {
        self.end_block();
        let kept = self.text.trim_end().len();
        self.text.truncate(kept);
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        (self.text, self.first_heading)
    }
}
