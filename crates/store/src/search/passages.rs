//! The best passages of a document for a search, cut around the words found.

use tantivy::TantivyDocument;
use tantivy::collector::TopDocs;
use tantivy::schema::Value;

use super::SearchError;
use super::damage::sound;
use super::find::{Found, Scores, Search};
use super::plan::{Wanted, apart};
use super::query::Query;
use super::tokens::{Stems, Token, parted, tokens};

/// A passage that speaks of what was searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Index of the passage in its text; the anchor `#p-12` is passage 12.
    pub passage: u32,
    /// Headings above it, outermost first, joined by " › ".
    pub heading: String,
    /// The words around what was found.
    pub snippet: Snippet,
}

/// Words around what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// A stretch of the passage, as it stands in the text.
    pub text: String,
    /// Byte ranges of `text` to be marked, in order, without overlap.
    pub marks: Vec<(usize, usize)>,
    /// Whether the passage begins before the stretch.
    pub cut_before: bool,
    /// Whether the passage goes on after it.
    pub cut_after: bool,
}

/// About so many bytes of a passage are shown.
const SNIPPET: usize = 320;

impl Search {
    /// The best passages of a document, at most `limit`, best first; none when the words are in its title only. Of a
    /// phrase, or of words near each other, that no passage holds whole, those with any of its words.
    pub fn passages(&self, found: &Found, number: u32, limit: usize) -> Result<Vec<Hit>, SearchError> {
        let Some(place) = self.place(number).filter(|_| limit > 0) else { return Ok(vec![]) };
        sound(|| {
            let hits = self.hits(&found.query, &found.wanted, place, limit)?;
            let apart = apart(&found.query);
            if !hits.is_empty() || apart == found.query || !self.runs_on(&found.query, place)? {
                return Ok(hits);
            }
            self.hits(&apart, &Wanted::of(&apart, &self.index.stems), place, limit)
        })
    }

    /// Whether the text as a whole holds what no passage of it does.
    fn runs_on(&self, query: &Query, place: u32) -> Result<bool, SearchError> {
        let Some(id) = self.index.ids.get(place as usize) else { return Ok(false) };
        let index = &self.index.documents;
        let Some(plan) = self.words().whole(index.fields, query, id.as_str())? else { return Ok(false) };
        let matching = index.reader.searcher().search(&plan, &Scores)?;
        Ok(matching.iter().any(|(at, _)| *at == place))
    }

    fn hits(
        &self,
        query: &Query,
        wanted: &Wanted,
        place: u32,
        limit: usize,
    ) -> Result<Vec<Hit>, SearchError> {
        let index = &self.index.passages;
        let plan = self.words().passages(index.fields, query, u64::from(place))?;
        let Some(plan) = plan else { return Ok(vec![]) };
        let searcher = index.reader.searcher();
        let top = searcher.search(&plan, &TopDocs::with_limit(limit).order_by_score())?;
        let mut hits = Vec::with_capacity(top.len());
        for (_, address) in top {
            let document: TantivyDocument = searcher.doc(address)?;
            let text =
                document.get_first(index.fields.text).and_then(|value| value.as_str()).unwrap_or_default();
            let heading =
                document.get_first(index.fields.heading).and_then(|value| value.as_str()).unwrap_or_default();
            let passage = document.get_first(index.fields.passage).and_then(|value| value.as_u64());
            let snippet = snippet(text, wanted, &self.index.stems);
            hits.push(Hit {
                passage: passage.unwrap_or_default() as u32,
                heading: heading.to_owned(),
                snippet,
            });
        }
        Ok(hits)
    }

    /// Marks the wanted words in any text, such as a title.
    pub fn marks(&self, found: &Found, text: &str) -> Vec<(usize, usize)> {
        marks(text, &found.wanted, &self.index.stems)
    }
}

fn snippet(text: &str, wanted: &Wanted, stems: &Stems) -> Snippet {
    let marks = marks(text, wanted, stems);
    let (start, end) = window(text, &marks);
    let inside = marks.into_iter().filter(|(from, to)| start <= *from && *to <= end);
    Snippet {
        text: text.get(start..end).unwrap_or_default().to_owned(),
        marks: inside.map(|(from, to)| (from - start, to - start)).collect(),
        cut_before: start > 0,
        cut_after: end < text.len(),
    }
}

/// The stretch with the most marks, widened to whole words.
fn window(text: &str, marks: &[(usize, usize)]) -> (usize, usize) {
    if text.len() <= SNIPPET + SNIPPET / 4 {
        return (0, text.len());
    }
    let inside =
        |first: usize| marks.iter().filter(|(from, to)| first <= *from && *to <= first + SNIPPET).count();
    let best = marks.iter().map(|(from, _)| *from).rev().max_by_key(|first| inside(*first)).unwrap_or(0);
    let start = word_start(text, best.saturating_sub(SNIPPET / 5));
    let furthest = marks.iter().map(|(_, to)| *to).filter(|to| *to <= best + SNIPPET).max().unwrap_or(0);
    (start, word_end(text, (start + SNIPPET).max(furthest)))
}

/// The first word start at or after `at`, if one is near.
fn word_start(text: &str, at: usize) -> usize {
    if at == 0 {
        return 0;
    }
    let at = (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    let space = text[at..].char_indices().take(40).find(|(_, c)| c.is_whitespace());
    space.map_or(at, |(offset, c)| at + offset + c.len_utf8())
}

/// The last word end at or after `at`, if one is near.
fn word_end(text: &str, at: usize) -> usize {
    let Some(at) = (at..text.len()).find(|at| text.is_char_boundary(*at)) else { return text.len() };
    let space = text[at..].char_indices().take(40).find(|(_, c)| c.is_whitespace());
    space.map_or(at, |(offset, _)| at + offset)
}

/// Byte ranges of wanted words and phrases, joined where they touch.
fn marks(text: &str, wanted: &Wanted, stems: &Stems) -> Vec<(usize, usize)> {
    let all = tokens(text);
    let words = all.iter().filter(|token| wanted.holds(&token.word, stems));
    let mut ranges: Vec<(usize, usize)> = words.map(|token| (token.start, token.end)).collect();
    ranges.extend(phrases(&all, wanted));
    ranges.sort_unstable();
    let mut joined: Vec<(usize, usize)> = Vec::with_capacity(ranges.len());
    for (from, to) in ranges {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

/// Byte ranges of wanted phrases, in either reading of what a line's end divides.
fn phrases(all: &[Token], wanted: &Wanted) -> Vec<(usize, usize)> {
    let mut ranges = Vec::new();
    if wanted.phrases.is_empty() {
        return ranges;
    }
    let apart: Vec<&Token> = all.iter().filter(|token| token.is_word()).collect();
    let parted = parted(all);
    for phrase in wanted.phrases.iter().filter(|phrase| !phrase.is_empty()) {
        for run in apart.windows(phrase.len()).chain(parted.windows(phrase.len())) {
            if run.iter().zip(phrase).all(|(token, word)| &token.word == word)
                && let (Some(first), Some(last)) = (run.first(), run.last())
            {
                ranges.push((first.start, last.end));
            }
        }
    }
    ranges
}
