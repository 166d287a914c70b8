//! Which document a citation means.

use std::collections::{BTreeMap, BTreeSet};

use lacuna_domain::{Document, DocumentId};

use super::citations::numbers;

/// Names and numbers of the documents of a corpus.
#[derive(Clone, Debug, Default)]
pub struct Names {
    by_key: BTreeMap<String, BTreeSet<DocumentId>>,
}

/// How much of a text's head may give its own number.
const HEAD: usize = 400;

impl Names {
    /// Notes the names of a document; `text` is its text, whose head may bear its memorandum number.
    pub fn add(&mut self, document: &Document, text: &str) {
        let metadata = &document.metadata;
        let names = [Some(metadata.official_name.as_str()), metadata.casual_name.as_deref()];
        for name in names.into_iter().flatten() {
            let even = even(name);
            if even.split(' ').count() >= 2 {
                self.put(format!("act:{even}"), document);
            }
            for key in numbers(name) {
                self.put(key, document);
            }
        }
        let head: String = text.chars().take(HEAD).collect();
        if let Some(own) = numbers(&head).into_iter().find(|key| key.starts_with("omb:")) {
            self.put(own, document);
        }
    }

    fn put(&mut self, key: String, document: &Document) {
        self.by_key.entry(key).or_default().insert(document.id.clone());
    }

    /// The only document that bears the key, other than the one that cites; `None` when there is none or are several.
    pub fn resolve(&self, key: &str, citing: &DocumentId) -> Option<&DocumentId> {
        let found = self.by_key.get(key)?;
        let mut others = found.iter().filter(|id| *id != citing);
        let first = others.next()?;
        (others.next().is_none() && !found.contains(citing)).then_some(first)
    }
}

/// A name without what stands in parentheses, without "the" before it, in small letters and single spaces.
pub(super) fn even(name: &str) -> String {
    let mut depth = 0_i32;
    let kept: String = name
        .chars()
        .filter(|c| {
            depth += i32::from(*c == '(') - i32::from(*c == ')');
            depth <= 0 && *c != ')'
        })
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let kept = kept.to_lowercase();
    let words: Vec<&str> = kept.split_whitespace().skip_while(|word| *word == "the").collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use lacuna_domain::Metadata;

    use super::*;

    fn document(id: &str, official: &str, casual: &str) -> Document {
        let casual_name = Some(casual.to_owned());
        let metadata = Metadata { official_name: official.to_owned(), casual_name, ..Metadata::default() };
        Document { id: id.parse().unwrap(), metadata }
    }

    #[test]
    fn a_citation_is_joined_only_when_one_document_is_meant() {
        let mut names = Names::default();
        names.add(&document("sample:1", "The Harbour Lights Act", "Lights (EO 90210)"), "");
        names.add(&document("sample:2", "Tally Act", "Tally Act"), "");
        names.add(&document("sample:3", "Tally Act", "Second tally"), "M-77-10 MEMORANDUM");
        names.add(&document("sample:4", "Executive Order 31, Harbour Lights", "Order 31"), "");
        names.add(&document("sample:5", "Executive Order 44, Revoking Executive Order 31", "Lights out"), "");
        names.add(&document("sample:6", "Executive Order 24-05", "A numbered year"), "");
        let citing: DocumentId = "sample:9".parse().unwrap();
        let resolve = |key: &str| names.resolve(key, &citing).map(DocumentId::as_str);
        assert_eq!(resolve("eo:90210"), Some("sample:1"));
        let revoking: DocumentId = "sample:5".parse().unwrap();
        let revoked = names.resolve("eo:31", &revoking).map(DocumentId::as_str);
        assert_eq!(revoked, Some("sample:4"), "an order that revokes another does not bear its number");
        assert_eq!(resolve("eo:44"), Some("sample:5"));
        assert_eq!((resolve("eo:24-05"), resolve("eo:24")), (Some("sample:6"), None));
        assert_eq!(resolve("act:harbour lights act"), Some("sample:1"));
        assert_eq!(resolve("omb:77-10"), Some("sample:3"));
        assert_eq!(resolve("act:tally act"), None, "two documents bear the name");
        assert_eq!(names.resolve("eo:90210", &"sample:1".parse().unwrap()), None, "no document cites itself");
    }
}
