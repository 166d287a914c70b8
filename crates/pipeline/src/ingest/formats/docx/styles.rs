//! Paragraph styles of a Word document: which are headings, and which number their paragraphs.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::attribute;

/// What a style says of its paragraphs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Style {
    /// Heading level from 1.
    pub(super) heading: Option<usize>,
    /// Whether it is the style of the title.
    pub(super) title: bool,
    /// Numbering list.
    pub(super) list: Option<u32>,
    /// Level within the list, from 0.
    pub(super) level: Option<usize>,
}

/// The styles by their id.
#[derive(Debug, Default)]
pub(super) struct Styles {
    by_id: HashMap<String, (Style, Option<String>)>,
}

impl Styles {
    /// Reads `word/styles.xml`; what cannot be read is left out.
    pub(super) fn read(xml: &str) -> Self {
        let mut styles = Self::default();
        let mut open: Option<String> = None;
        let mut reader = Reader::from_str(xml);
        while let Ok(event) = reader.read_event() {
            match event {
                Event::Start(start) | Event::Empty(start) if start.local_name().as_ref() == "style" => {
                    open = attribute(&start, "styleId");
                    if let Some(id) = &open {
                        styles.by_id.insert(id.clone(), (named(id), None));
                    }
                }
                Event::Start(start) | Event::Empty(start) => {
                    if let Some(entry) = open.as_ref().and_then(|id| styles.by_id.get_mut(id)) {
                        property(&start, entry);
                    }
                }
                Event::End(end) if end.local_name().as_ref() == "style" => open = None,
                Event::Eof => break,
                _ => {}
            }
        }
        styles
    }

    /// The style with this id, with what it takes from the styles it is based on.
    pub(super) fn get(&self, id: &str) -> Style {
        let (mut style, mut base) =
            self.by_id.get(id).map_or_else(|| (named(id), None), |(s, b)| (*s, b.clone()));
        for _ in 0..10 {
            let Some((below, next)) = base.as_ref().and_then(|id| self.by_id.get(id)) else { break };
            style.heading = style.heading.or(below.heading);
            style.list = style.list.or(below.list);
            style.level = style.level.or(below.level);
            base = next.clone();
        }
        style
    }
}

fn property(start: &BytesStart<'_>, (style, base): &mut (Style, Option<String>)) {
    let value = || attribute(start, "val");
    match start.local_name().as_ref() {
        "name" => {
            let by_name = named(&value().unwrap_or_default());
            style.heading = style.heading.or(by_name.heading);
            style.title |= by_name.title;
        }
        "basedOn" => *base = value(),
        "outlineLvl" => {
            style.heading = value().and_then(|v| v.parse::<usize>().ok()).filter(|v| *v < 9).map(|v| v + 1);
        }
        "numId" => style.list = value().and_then(|v| v.parse().ok()),
        "ilvl" => style.level = value().and_then(|v| v.parse().ok()),
        _ => {}
    }
}

/// What the built-in names say: "heading 2", "Heading2", "Title".
fn named(name: &str) -> Style {
    let name: String = name.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let heading =
        name.strip_prefix("heading").and_then(|level| level.parse().ok()).filter(|l| (1..=9).contains(l));
    Style { heading, title: name == "title", list: None, level: None }
}
