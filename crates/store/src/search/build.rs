//! Makes an index document by document.

use std::collections::BTreeSet;
use std::path::Path;

use lacuna_domain::passage::heading_path;
use lacuna_domain::{Document, DocumentId, Passage};
use tantivy::tokenizer::{PreTokenizedString, Token as IndexToken};
use tantivy::{Index, IndexWriter, TantivyDocument};

use super::SearchError;
use super::index::{
    DocumentFields, LAYOUT, PassageFields, SearchIndex, Stamp, create, document_schema, passage_schema,
    write_stamp,
};
use super::tokens::{Reading, Stems, Token, parted, tokens};

/// One document to be indexed.
#[derive(Clone, Copy, Debug)]
pub struct IndexInput<'i> {
    /// Id and names.
    pub document: &'i Document,
    /// Text of the latest version; empty without one.
    pub text: &'i str,
    /// Its main language, ISO 639-1.
    pub language: Option<&'i str>,
    /// Its passages.
    pub passages: &'i [Passage],
}

/// Memory that one writer may fill before it writes a segment, in bytes.
const WRITER_BYTES: usize = 48 << 20;
/// Headings shown above a passage are cut to this many characters each.
const HEADING: usize = 80;

/// Collects a [`SearchIndex`].
pub struct IndexBuilder {
    indexes: (Index, Index),
    documents: IndexWriter,
    passages: IndexWriter,
    fields: (DocumentFields, PassageFields),
    stems: Stems,
    languages: BTreeSet<String>,
    ids: Vec<DocumentId>,
}

impl std::fmt::Debug for IndexBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IndexBuilder").field("documents", &self.ids.len()).finish_non_exhaustive()
    }
}

impl IndexBuilder {
    /// An empty index in `folder`, which is empty or missing, or in memory.
    pub fn new(folder: Option<&Path>) -> Result<Self, SearchError> {
        let indexes = create(folder)?;
        Ok(Self {
            // One thread each: documents keep the order in which they come.
            documents: indexes.0.writer_with_num_threads(1, WRITER_BYTES)?,
            passages: indexes.1.writer_with_num_threads(1, WRITER_BYTES)?,
            indexes,
            fields: (document_schema().1, passage_schema().1),
            stems: Stems::all(),
            languages: BTreeSet::new(),
            ids: vec![],
        })
    }

    /// Adds a document.
    pub fn push(&mut self, input: IndexInput<'_>) -> Result<(), SearchError> {
        let place = self.ids.len() as u64;
        let metadata = &input.document.metadata;
        self.ids.push(input.document.id.clone());
        let (fields, _) = self.fields;
        let mut document = TantivyDocument::new();
        document.add_u64(fields.place, place);
        document.add_text(fields.id, input.document.id.as_str().to_lowercase());
        let mut title = Words::default();
        for name in
            [metadata.casual_name.as_deref(), Some(metadata.official_name.as_str())].into_iter().flatten()
        {
            title.push(&tokens(name), &self.stems, input.language);
        }
        document.add_pre_tokenized_text(fields.title, title.finish());
        let mut body = Words::default();
        for passage in input.passages {
            let words = tokens(passage.span.slice(input.text).unwrap_or_default());
            let language = passage.language.as_deref().or(input.language);
            if let Some(language) = language {
                self.languages.insert(language.to_owned());
            }
            body.push(&words, &self.stems, language);
            if !words.is_empty() {
                self.push_passage(place, &input, passage, &words, language)?;
            }
        }
        document.add_pre_tokenized_text(fields.body, body.finish());
        self.documents.add_document(document)?;
        Ok(())
    }

    fn push_passage(
        &self,
        place: u64,
        input: &IndexInput<'_>,
        passage: &Passage,
        words: &[Token],
        language: Option<&str>,
    ) -> Result<(), SearchError> {
        let (_, fields) = self.fields;
        let mut all = Words::default();
        all.push(words, &self.stems, language);
        let mut document = TantivyDocument::new();
        document.add_u64(fields.place, place);
        document.add_u64(fields.passage, u64::from(passage.index));
        document.add_text(fields.heading, headings(input, passage));
        document.add_text(fields.text, passage.trimmed(input.text));
        document.add_pre_tokenized_text(fields.words, all.finish());
        self.passages.add_document(document)?;
        Ok(())
    }

    /// The finished index; `folder` is the one given at the start, `key` names what was indexed.
    pub fn finish(mut self, folder: Option<&Path>, key: &str) -> Result<SearchIndex, SearchError> {
        self.documents.commit()?;
        self.passages.commit()?;
        self.documents.wait_merging_threads()?;
        self.passages.wait_merging_threads()?;
        let languages =
            Stems::of(self.languages.iter().map(String::as_str)).languages().map(str::to_owned).collect();
        let stamp = Stamp { layout: LAYOUT, key: key.to_owned(), languages, ids: self.ids };
        if let Some(folder) = folder {
            write_stamp(folder, &stamp)?;
        }
        SearchIndex::over(&self.indexes.0, &self.indexes.1, stamp)
    }
}

/// The headings above a passage, outermost first.
fn headings(input: &IndexInput<'_>, passage: &Passage) -> String {
    let path = heading_path(input.passages, passage.index);
    let names = path.iter().filter_map(|at| input.passages.get(*at as usize)).map(|heading| {
        let line = heading.trimmed(input.text).lines().next().unwrap_or_default().trim();
        line.chars().take(HEADING).collect::<String>()
    });
    names.collect::<Vec<_>>().join(" › ")
}

/// Words and stems of one field, stems at the places of their words.
#[derive(Default)]
struct Words {
    tokens: Vec<IndexToken>,
    next: usize,
    /// What is read besides: runs of words side by side, each with its stem.
    besides: Vec<Vec<[String; 2]>>,
}

impl Words {
    /// Adds the words of another piece; a phrase may run from one piece into the next.
    fn push(&mut self, words: &[Token], stems: &Stems, language: Option<&str>) {
        let first = self.next;
        let both = |token: &Token| [token.word.clone(), stems.stem(language, &token.word)];
        for token in words {
            let position = first + token.position;
            self.next = self.next.max(position + 1);
            match token.reading {
                Reading::Word | Reading::Joined => self.put(position, both(token)),
                Reading::Letter => self.besides.push(vec![both(token)]),
                Reading::Part => {}
            }
        }
        let parted = parted(words);
        let runs = around_parts(&parted).map(|run| run.iter().map(|token| both(token)).collect());
        self.besides.extend(runs);
    }

    fn put(&mut self, position: usize, both: [String; 2]) {
        let tokens = both.map(|text| IndexToken { position, text, ..IndexToken::default() });
        self.tokens.extend(tokens);
    }

    /// What is read besides comes after all words, each run beside nothing else: `"a system"` is not in "an A.I. system",
    /// though `a` is.
    fn finish(mut self) -> PreTokenizedString {
        let mut position = self.next + 1;
        for run in std::mem::take(&mut self.besides) {
            for both in run {
                self.put(position, both);
                position += 1;
            }
            position += 1;
        }
        PreTokenizedString { text: String::new(), tokens: self.tokens }
    }
}

/// The parts at each line's end with the words on either side, so that phrases run on through them.
fn around_parts<'t>(parted: &'t [&'t Token]) -> impl Iterator<Item = &'t [&'t Token]> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let is_part = |token: &&Token| token.reading == Reading::Part;
        let start = from + parted.get(from..)?.iter().position(is_part)?;
        let rest = &parted[start..];
        let end = start + rest.iter().position(|token| !is_part(token)).unwrap_or(rest.len());
        from = end;
        Some(&parted[start.saturating_sub(1)..parted.len().min(end + 1)])
    })
}
