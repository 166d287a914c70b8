//! The address form of a filter: canonical pairs and percent encoding.

use std::fmt::Write;

use super::{CodeTest, Filter, NONE, Sort, Years, column_parameter};
use crate::ids::CodeId;

impl Filter {
    /// The decoded pairs of the canonical address: `q`, fields, own columns, `year`, dates, `on`, codes, options, `sort`, `page`, `per`; what
    /// holds anyway is left out.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = self.catalogue_pairs();
        self.label_pairs(&mut pairs);
        let mut push = |name: &str, value: String| pairs.push((name.to_owned(), value));
        if let Some(sort) = self.sort {
            push("sort", Sort::id(sort).to_owned());
        }
        if self.page != 1 {
            push("page", self.page.to_string());
        }
        if self.per_page != Self::PER_PAGE {
            push("per", self.per_page.to_string());
        }
        pairs
    }

    /// Words and what the catalogue knows.
    fn catalogue_pairs(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut push = |name: &str, value: String| pairs.push((name.to_owned(), value));
        if !self.words.is_empty() {
            push("q", self.words.clone());
        }
        for (field, values) in &self.fields {
            for value in values {
                push(field.id(), value.clone());
            }
        }
        for (name, values) in &self.columns {
            for value in values {
                push(&column_parameter(name), value.clone());
            }
        }
        for years in &self.years {
            push("year", years_value(*years));
        }
        for (test, on) in &self.states {
            push(test.id(), on.to_string());
        }
        for (kind, ranges) in &self.dates {
            for range in ranges {
                push(kind.id(), range.query());
            }
        }
        if let Some(date) = self.on {
            push("on", date.to_string());
        }
        pairs
    }

    /// What the labels say.
    fn label_pairs(&self, pairs: &mut Vec<(String, String)>) {
        let mut push = |name: &str, value: String| pairs.push((name.to_owned(), value));
        for (dimension, codes) in &self.codes {
            for (code, tests) in codes {
                for test in tests {
                    push(dimension.as_str(), code_value(code, test));
                }
            }
        }
        for (dimension, options) in &self.options {
            let name = if dimension.as_str() == "status" { "form" } else { dimension.as_str() };
            for option in options {
                push(name, option.to_string());
            }
        }
    }

    /// The canonical address query without `?`; empty for the open filter.
    pub fn query(&self) -> String {
        let pairs = self.pairs();
        pairs
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect::<Vec<_>>()
            .join("&")
    }
}

fn years_value(years: Years) -> String {
    let side = |year: Option<i16>| year.map(|y| y.to_string()).unwrap_or_default();
    match years {
        Years::Undated => NONE.to_owned(),
        Years::Range { from: Some(from), to: Some(to) } if from == to => from.to_string(),
        Years::Range { from, to } => format!("{}-{}", side(from), side(to)),
    }
}

fn code_value(code: &CodeId, test: &CodeTest) -> String {
    match test {
        CodeTest::Covered => code.to_string(),
        CodeTest::Absent => format!("{code}:0"),
        CodeTest::Levels { from, to } if from == to => format!("{code}:{from}"),
        CodeTest::Levels { from, to } => format!("{code}:{from}-{to}"),
        CodeTest::Type(id) => format!("{code}:{id}"),
    }
}

/// Percent-encodes a name or value for a query: letters, digits and `-._~:,()` stay, a space becomes `+`.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            _ if byte.is_ascii_alphanumeric() || b"-._~:,()".contains(&byte) => out.push(char::from(byte)),
            b' ' => out.push('+'),
            // Writing to a string cannot fail.
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
    out
}

/// Undoes [`encode`]; a `%` without two hexadecimal digits stands for itself, bytes that are no UTF-8 become U+FFFD.
pub fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let hex = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 2;
            }
            (b'+', ..) => out.push(b' '),
            _ => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}
