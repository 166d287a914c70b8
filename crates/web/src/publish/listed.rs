//! What the page of data of a published site says of its files: how long they are, and how many there are of a kind.

use std::collections::BTreeMap;

use super::annotated;
use super::links::file_of;
use crate::pages::take::data::{Contents, Kind};

/// How to tell files of a kind, with what they are.
type Told = (&'static str, fn(&str) -> bool);

/// Kinds of files of which there are many.
const KINDS: [Told; 7] = [
    ("Pages, besides this one", |name| name.strip_suffix(".html").is_some()),
    ("Evidence of a document as W3C Web Annotations, linked from its page", annotated::is_of_document),
    ("Citation of a document as BibTeX, linked from its page", |name| name.strip_suffix(".bib").is_some()),
    ("Citation of a document as RIS, linked from its page", |name| name.strip_suffix(".ris").is_some()),
    ("Texts without labels and claims that fell of a run as CSV, linked from its page", is_of_run),
    ("Pictures of charts as SVG, linked from the pages that show them", is_picture),
    ("What pages are made of: style, and what the search reads", |name| name.starts_with("assets/")),
];

fn is_of_run(name: &str) -> bool {
    name.starts_with("runs/") && name.strip_suffix(".csv").is_some()
}

fn is_picture(name: &str) -> bool {
    name.strip_suffix(".svg").is_some() && !name.starts_with("assets/")
}

/// What there is to say of files.
pub(super) fn files(files: &BTreeMap<String, Vec<u8>>) -> Contents<'_> {
    let kinds = KINDS.into_iter().filter_map(|(about, is)| {
        let lengths: Vec<usize> =
            files.iter().filter(|(name, _)| is(name)).map(|(_, body)| body.len()).collect();
        let bytes = lengths.iter().sum();
        (!lengths.is_empty()).then_some(Kind { about, count: lengths.len(), bytes })
    });
    Contents {
        kinds: kinds.collect(),
        bytes: Box::new(move |address: &str| files.get(&file_of(address)).map(Vec::len)),
    }
}
