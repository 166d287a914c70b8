//! Markdown → text without markup: headings stay `# …`, lists keep their numbers, tables become lines of cells,
//! links keep their words. Front matter (`---`) gives title, date and language.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::blocks::Blocks;
use crate::ingest::{Extracted, dates, decode};

/// Extracts a Markdown file.
pub(super) fn extract(bytes: &[u8]) -> Extracted {
    let decoded = decode::decode(bytes, None);
    let mut extracted = Extracted { notes: decoded.note.into_iter().collect(), ..Extracted::default() };
    let body = front_matter(&decoded.text, &mut extracted);
    let mut writer = Writer::default();
    for event in Parser::new_ext(body, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES) {
        writer.event(event);
    }
    let (text, heading) = writer.blocks.finish();
    extracted.text = text;
    extracted.title = extracted.title.or(heading);
    extracted
}

/// Reads `key: value` lines between two `---` lines at the start; answers the rest.
fn front_matter<'t>(text: &'t str, extracted: &mut Extracted) -> &'t str {
    let Some((head, body)) = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")) else {
        return text;
    };
    if head.lines().any(|line| !line.trim().is_empty() && !line.contains(':')) {
        return text;
    }
    for (key, value) in head.lines().filter_map(|line| line.split_once(':')) {
        let value = value.trim().trim_matches(['"', '\'']);
        match key.trim().to_lowercase().as_str() {
            "title" if !value.is_empty() => extracted.title = Some(value.to_owned()),
            "date" => extracted.date = dates::parse(value),
            "lang" | "language" if !value.is_empty() => extracted.language = Some(value.to_owned()),
            _ => {}
        }
    }
    body
}

#[derive(Default)]
struct Writer {
    blocks: Blocks,
    /// The next number of each open list; `None` for bullets.
    lists: Vec<Option<u64>>,
    verbatim: bool,
    cells: usize,
}

impl Writer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.verbatim => self.blocks.push_verbatim(&text),
            Event::Text(text) | Event::Code(text) => self.blocks.push(&text),
            Event::SoftBreak => self.blocks.push(" "),
            Event::HardBreak => self.blocks.line_break(),
            Event::Rule => self.blocks.part(),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => self.blocks.begin_heading(*level as usize),
            Tag::CodeBlock(_) => {
                self.blocks.end_block();
                self.verbatim = true;
            }
            Tag::List(first) => {
                if self.lists.is_empty() {
                    self.blocks.end_block();
                } else {
                    self.blocks.end_line();
                }
                self.lists.push(*first);
            }
            Tag::Item => self.begin_item(),
            Tag::TableCell => {
                if self.cells > 0 {
                    self.blocks.push(" | ");
                }
                self.cells += 1;
            }
            _ => {}
        }
    }

    fn begin_item(&mut self) {
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "- ".to_owned(),
        };
        self.blocks.push_mark(&mark);
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph if !self.lists.is_empty() => self.blocks.end_line(),
            TagEnd::Paragraph | TagEnd::Heading(_) => self.blocks.end_block(),
            TagEnd::CodeBlock => {
                self.verbatim = false;
                self.blocks.end_block();
            }
            TagEnd::Item => self.blocks.end_item(),
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.blocks.part();
                }
            }
            TagEnd::TableHead | TagEnd::TableRow => {
                self.cells = 0;
                self.blocks.end_line();
            }
            TagEnd::Table => self.blocks.part(),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structure_stays_and_markup_goes() {
        let source = "---\ntitle: Lamp Act\ndate: 2024-05-01\nlang: en\n---\n# Lamp Act\n\nA *deployer* shall [test](x).\n\
                      \n3. first\n4. second\n   - inner\n\n| fine | EUR |\n|--|--|\n| minor | 35 |\n\nEnd.\n";
        let extracted = extract(source.as_bytes());
        insta::assert_snapshot!(extracted.text, @r"
        # Lamp Act

        A deployer shall test.

        3. first
        4. second
        - inner

        fine | EUR
        minor | 35

        End.
        ");
        assert_eq!(extracted.title.as_deref(), Some("Lamp Act"));
        assert_eq!(extracted.date.map(|d| d.to_string()).as_deref(), Some("2024-05-01"));
    }
}
