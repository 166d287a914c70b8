//! Word documents → text: headings, numbering as Word shows it, tables, footnotes told of.
//!
//! An own walk of `word/document.xml` rather than a general office library: paragraph numbers ("Art. 3", "(a)") are
//! computed in `word/numbering.xml` and are what a statute is cited by, and no library tried renders them all.

mod numbers;
mod package;
mod styles;

use jiff::civil::Date;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use self::numbers::Numbers;
use self::package::Package;
use self::styles::Styles;
use super::blocks::Blocks;
use super::{ExtractError, damaged};
use crate::ingest::{Extracted, dates};

/// Extracts a Word document.
pub(super) fn extract(bytes: &[u8]) -> Result<Extracted, ExtractError> {
    let mut package = Package::open(bytes)?;
    let document = package.require("word/document.xml")?;
    let styles = package.part("word/styles.xml")?.map(|xml| Styles::read(&xml)).unwrap_or_default();
    let numbers = package.part("word/numbering.xml")?.map(|xml| Numbers::read(&xml)).unwrap_or_default();
    let core = package.part("docProps/core.xml")?.map(|xml| core(&xml)).unwrap_or_default();
    let mut walk = Walk::new(styles, numbers);
    walk.run(&document)?;
    let footnotes = walk.footnotes;
    let titled = walk.title.take();
    let (text, heading) = walk.blocks.finish();
    let notes = (footnotes > 0).then(|| format!("{footnotes} footnotes are not part of the text"));
    Ok(Extracted {
        text,
        title: titled.or(core.title).or(heading),
        date: core.date,
        language: core.language,
        page_starts: vec![],
        notes: notes.into_iter().collect(),
    })
}

#[derive(Default)]
struct Core {
    title: Option<String>,
    date: Option<Date>,
    language: Option<String>,
}

/// Title, date and language of `docProps/core.xml`.
fn core(xml: &str) -> Core {
    let mut core = Core::default();
    let mut text = String::new();
    let mut reader = Reader::from_str(xml);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(_) => text.clear(),
            Event::Text(piece) => text.push_str(&piece.xml10_content()),
            Event::GeneralRef(reference) => {
                text.push_str(&entity(&reference.xml10_content()).unwrap_or_default());
            }
            Event::End(end) => {
                let value = Some(text.trim().to_owned()).filter(|value| !value.is_empty());
                match end.local_name().as_ref() {
                    "title" => core.title = value,
                    "created" => core.date = value.as_deref().and_then(dates::parse),
                    "language" => core.language = value,
                    _ => {}
                }
                text.clear();
            }
            Event::Eof => break,
            _ => {}
        }
    }
    core
}

/// The value of an attribute by its local name.
fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found =
        start.attributes().with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == name)?;
    Some(
        found
            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
            .map_or_else(|_| found.value.to_string(), std::borrow::Cow::into_owned),
    )
}

/// The text that an entity stands for.
fn entity(name: &str) -> Option<String> {
    let known = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = number
                .strip_prefix('x')
                .map_or_else(|| number.parse(), |hex| u32::from_str_radix(hex, 16))
                .ok()?;
            char::from_u32(code)?
        }
    };
    Some(known.to_string())
}

struct Walk {
    blocks: Blocks,
    styles: Styles,
    numbers: Numbers,
    paragraph: Paragraph,
    /// Depth of open elements whose text is not the document's: field codes, deleted text, fallbacks.
    silent: usize,
    in_text: bool,
    tables: usize,
    cells: usize,
    footnotes: usize,
    title: Option<String>,
}

/// What is known of the present paragraph before its text.
#[derive(Default)]
struct Paragraph {
    style: Option<String>,
    outline: Option<usize>,
    list: Option<String>,
    level: Option<usize>,
    text: String,
}

impl Walk {
    fn new(styles: Styles, numbers: Numbers) -> Self {
        Self {
            blocks: Blocks::default(),
            styles,
            numbers,
            paragraph: Paragraph::default(),
            silent: 0,
            in_text: false,
            tables: 0,
            cells: 0,
            footnotes: 0,
            title: None,
        }
    }

    fn run(&mut self, xml: &str) -> Result<(), ExtractError> {
        let mut reader = Reader::from_str(xml);
        loop {
            match reader.read_event().map_err(|error| damaged("the Word document", error.to_string()))? {
                Event::Start(start) => self.start(&start),
                Event::Empty(start) => {
                    self.start(&start);
                    self.end(start.local_name().as_ref());
                }
                Event::End(end) => self.end(end.local_name().as_ref()),
                Event::Text(text) => self.text(&text.xml10_content()),
                Event::CData(text) => self.text(&text.xml10_content()),
                Event::GeneralRef(reference) => {
                    if let Some(text) = entity(&reference.xml10_content()) {
                        self.text(&text);
                    }
                }
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn start(&mut self, start: &BytesStart<'_>) {
        match start.local_name().as_ref() {
            "Fallback" | "del" | "moveFrom" | "instrText" | "delText" => self.silent += 1,
            _ if self.silent > 0 => {}
            "p" => self.paragraph = Paragraph::default(),
            "pStyle" => self.paragraph.style = attribute(start, "val"),
            "outlineLvl" => self.paragraph.outline = attribute(start, "val").and_then(|v| v.parse().ok()),
            "ilvl" => self.paragraph.level = attribute(start, "val").and_then(|v| v.parse().ok()),
            "numId" => self.paragraph.list = attribute(start, "val"),
            "t" => self.in_text = true,
            "tab" => self.text_piece(" "),
            "br" | "cr" => self.paragraph.text.push('\n'),
            "noBreakHyphen" => self.text_piece("-"),
            "footnoteReference" | "endnoteReference" => self.footnotes += 1,
            "tbl" => {
                if self.tables == 0 {
                    self.blocks.part();
                }
                self.tables += 1;
            }
            "tr" if self.tables == 1 => self.cells = 0,
            "tc" if self.tables == 1 => {
                if self.cells > 0 {
                    self.blocks.push(" | ");
                }
                self.cells += 1;
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "Fallback" | "del" | "moveFrom" | "instrText" | "delText" => {
                self.silent = self.silent.saturating_sub(1);
            }
            _ if self.silent > 0 => {}
            "t" => self.in_text = false,
            "p" => self.end_paragraph(),
            "tr" if self.tables == 1 => self.blocks.end_line(),
            "tbl" => {
                self.tables = self.tables.saturating_sub(1);
                if self.tables == 0 {
                    self.blocks.part();
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_text && self.silent == 0 {
            self.text_piece(text);
        }
    }

    fn text_piece(&mut self, text: &str) {
        self.paragraph.text.push_str(text);
    }

    fn end_paragraph(&mut self) {
        let paragraph = std::mem::take(&mut self.paragraph);
        let style = paragraph.style.as_deref().map(|id| self.styles.get(id));
        let number = self.number(&paragraph, style);
        let text = paragraph.text.trim();
        if text.is_empty() {
            return;
        }
        if self.tables > 0 {
            let joined = text.replace('\n', " ");
            self.blocks.push(&number.map_or_else(|| format!("{joined} "), |n| format!("{n} {joined} ")));
            return;
        }
        let heading = paragraph
            .outline
            .filter(|level| *level < 9)
            .map(|level| level + 1)
            .or(style.and_then(|s| s.heading));
        if style.is_some_and(|s| s.title) && self.title.is_none() {
            self.title = Some(text.replace('\n', " "));
        }
        if let Some(level) = heading.or_else(|| style.filter(|s| s.title).map(|_| 1)) {
            self.blocks.begin_heading(level);
        }
        if let Some(number) = number {
            self.blocks.push(&number);
            self.blocks.push(" ");
        }
        for (index, line) in text.lines().enumerate() {
            if index > 0 {
                self.blocks.line_break();
            }
            self.blocks.push(line);
        }
        self.blocks.end_block();
    }

    /// The number that Word shows before the paragraph. Empty paragraphs are not counted.
    fn number(&mut self, paragraph: &Paragraph, style: Option<styles::Style>) -> Option<String> {
        let list = paragraph.list.clone().or_else(|| style.and_then(|s| s.list.map(|n| n.to_string())))?;
        let level = paragraph.level.or(style.and_then(|s| s.level)).unwrap_or(0);
        if paragraph.text.trim().is_empty() {
            return None;
        }
        self.numbers.next(&list, level)
    }
}
