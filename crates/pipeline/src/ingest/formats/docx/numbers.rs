//! Automatic numbering of a Word document, counted as Word counts.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::attribute;
use crate::ingest::formats::numbering::word_style;

/// Levels of a list.
const LEVELS: usize = 9;

#[derive(Clone, Debug)]
struct Level {
    start: u64,
    style: String,
    /// Such as `%1.%2` or `Art. %1`.
    pattern: String,
}

impl Default for Level {
    fn default() -> Self {
        Self { start: 1, style: "decimal".to_owned(), pattern: String::new() }
    }
}

#[derive(Debug, Default)]
struct List {
    definition: String,
    /// Level → the number at which this list starts anew.
    restarts: HashMap<usize, u64>,
    begun: bool,
}

/// The numbering definitions with their counters.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    definitions: HashMap<String, Vec<Level>>,
    lists: HashMap<String, List>,
    /// Next number of each level, by definition: lists of one definition count on.
    counters: HashMap<String, [Option<u64>; LEVELS]>,
}

/// What is open while the numbering part is read.
#[derive(Default)]
struct Open {
    definition: Option<String>,
    list: Option<String>,
    level: usize,
}

impl Numbers {
    /// Reads `word/numbering.xml`; what cannot be read is left out.
    pub(super) fn read(xml: &str) -> Self {
        let mut numbers = Self::default();
        let mut open = Open::default();
        let mut reader = Reader::from_str(xml);
        while let Ok(event) = reader.read_event() {
            match event {
                Event::Start(start) | Event::Empty(start) => numbers.start(&start, &mut open),
                Event::End(end) => match end.local_name().as_ref() {
                    "abstractNum" => open.definition = None,
                    "num" => open.list = None,
                    _ => {}
                },
                Event::Eof => break,
                _ => {}
            }
        }
        numbers
    }

    fn start(&mut self, start: &BytesStart<'_>, open: &mut Open) {
        let value = || attribute(start, "val").unwrap_or_default();
        match start.local_name().as_ref() {
            "abstractNum" => {
                open.definition = attribute(start, "abstractNumId");
                if let Some(id) = &open.definition {
                    self.definitions.insert(id.clone(), vec![Level::default(); LEVELS]);
                }
            }
            "num" => open.list = attribute(start, "numId"),
            "abstractNumId" => {
                if let Some(list) = &open.list {
                    self.lists.entry(list.clone()).or_default().definition = value();
                }
            }
            "lvl" | "lvlOverride" => {
                open.level =
                    attribute(start, "ilvl").and_then(|v| v.parse().ok()).unwrap_or(0).min(LEVELS - 1);
            }
            "startOverride" => {
                if let (Some(list), Ok(number)) = (&open.list, value().parse()) {
                    self.lists.entry(list.clone()).or_default().restarts.insert(open.level, number);
                }
            }
            name => {
                let levels = open.definition.as_ref().and_then(|id| self.definitions.get_mut(id));
                let Some(level) = levels.and_then(|levels| levels.get_mut(open.level)) else { return };
                match name {
                    "start" => level.start = value().parse().unwrap_or(1),
                    "numFmt" => level.style = value(),
                    "lvlText" => level.pattern = value(),
                    _ => {}
                }
            }
        }
    }

    /// The number of the next paragraph at `level` of `list`, as shown: `Art. 3`, `(a)`, `-`.
    /// `None` for a list without numbers, such as list 0, which takes numbering away.
    pub(super) fn next(&mut self, list: &str, level: usize) -> Option<String> {
        let list = self.lists.get_mut(list)?;
        let levels = self.definitions.get(&list.definition)?;
        let level = level.min(LEVELS - 1);
        let counters = self.counters.entry(list.definition.clone()).or_default();
        if !list.begun {
            list.begun = true;
            for (level, number) in &list.restarts {
                counters[*level] = Some(number.saturating_sub(1));
            }
        }
        let definition = &levels[level];
        counters[level] = Some(counters[level].map_or(definition.start, |last| last + 1));
        counters[level + 1..].fill(None);
        if definition.style == "bullet" {
            return Some("-".to_owned());
        }
        if definition.style == "none" && definition.pattern.is_empty() {
            return None;
        }
        let mut shown = definition.pattern.clone();
        for (index, level) in levels.iter().enumerate() {
            let number = counters[index].unwrap_or(level.start);
            let written = word_style(&level.style, number).unwrap_or_default();
            shown = shown.replace(&format!("%{}", index + 1), &written);
        }
        Some(shown.trim().to_owned()).filter(|shown| !shown.is_empty())
    }
}
