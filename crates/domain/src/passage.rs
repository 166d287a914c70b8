//! Passages: the pieces a text is cut into, in order and without loss.

use serde::{Deserialize, Serialize};

use crate::span::Span;

/// A piece of a text. Passages in order concatenate to the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Position in the text, from 0; the anchor `#p-12` is passage 12.
    pub index: u32,
    /// Bytes covered, trailing white space included.
    pub span: Span,
    /// Heading or body.
    pub kind: Kind,
    /// What the passage does in the instrument.
    pub part: Part,
    /// Nesting depth of the passage's own heading or enumerator: 0 for the top.
    pub level: u8,
    /// Index of the nearest heading passage above it, if any; following these gives the heading path.
    pub parent: Option<u32>,
    /// The enumerator as written, such as `SEC. 3.`, `(a)`, `第三条`.
    pub label: Option<String>,
    /// ISO 639-1 code where it differs from the text's main language.
    pub language: Option<String>,
    /// Byte spans of the sentences inside, in order; white space between sentences belongs to none.
    pub sentences: Vec<Span>,
}

/// Shape of a passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A heading that opens a part of the text.
    Heading,
    /// An enumerated provision, such as `(a) …` or `1. …`.
    Item,
    /// A paragraph of running text.
    Paragraph,
    /// A row or block of a table.
    Table,
}

impl Kind {
    /// Its name in files and addresses.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Heading => "heading",
            Self::Item => "item",
            Self::Paragraph => "paragraph",
            Self::Table => "table",
        }
    }
}

/// What a passage does, told from its words and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Title, enacting formula, table of contents, page furniture.
    Front,
    /// Findings, purposes, recitals, whereas clauses.
    Recital,
    /// Definitions.
    Definitional,
    /// Duties, prohibitions, powers, rights, procedures.
    Operative,
    /// Signatures, dates, annex lists of signatories.
    Signature,
}

impl Part {
    /// Its name in files and addresses.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Front => "front",
            Self::Recital => "recital",
            Self::Definitional => "definitional",
            Self::Operative => "operative",
            Self::Signature => "signature",
        }
    }
}

impl Passage {
    /// The passage's own text, without the white space around it.
    pub fn trimmed<'t>(&self, text: &'t str) -> &'t str {
        self.span.slice(text).unwrap_or_default().trim()
    }
}

/// The indices of the headings above passage `index`, outermost first.
pub fn heading_path(passages: &[Passage], index: u32) -> Vec<u32> {
    let mut path = Vec::new();
    let mut next = passages.get(index as usize).and_then(|p| p.parent);
    while let Some(parent) = next {
        if path.contains(&parent) || path.len() > 32 {
            break;
        }
        path.push(parent);
        next = passages.get(parent as usize).and_then(|p| p.parent);
    }
    path.reverse();
    path
}
