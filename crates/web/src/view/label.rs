//! One label with its evidence, as pages and JSON show it.

use lacuna_domain::codebook::Dimension;
use lacuna_domain::coding::Label;
use lacuna_domain::fold::even;
use lacuna_domain::judgement::Rejection;
use lacuna_domain::passage::heading_path;
use lacuna_domain::{CodeId, Codebook, DocumentId, Evidence, Passage, Value, Version};
use serde::Serialize;

use crate::address;
use crate::reading::Reading;

/// How a level looks: a circle that is empty, half or full, so that levels read without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Glyph {
    /// The negative value.
    Empty,
    /// Between the lowest and the highest.
    Half,
    /// The highest.
    Full,
}

impl Glyph {
    /// The glyph of `value` on the scale of `dimension`.
    pub fn of(dimension: &Dimension, value: &Value) -> Self {
        if !value.is_positive(dimension.lowest()) {
            return Self::Empty;
        }
        match value {
            Value::Level(level) if *level < dimension.highest() => Self::Half,
            _ => Self::Full,
        }
    }

    /// The glyph as SVG; whoever shows it puts the name of the level beside it.
    pub const fn svg(self) -> &'static str {
        match self {
            Self::Empty => {
                r#"<svg class="glyph g0" viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="4.6"/></svg>"#
            }
            Self::Half => {
                r#"<svg class="glyph g1" viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="4.6"/><path d="M6 1.4a4.6 4.6 0 0 0 0 9.2z"/></svg>"#
            }
            Self::Full => {
                r#"<svg class="glyph g2" viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="4.6"/></svg>"#
            }
        }
    }

    /// Class of the style sheet.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Empty => "g0",
            Self::Half => "g1",
            Self::Full => "g2",
        }
    }
}

/// Where evidence stands and what is needed to link to it.
#[derive(Clone, Copy, Debug)]
pub struct Where<'a> {
    /// The document.
    pub document: &'a DocumentId,
    /// Its text with the passages.
    pub reading: &'a Reading,
    /// The version that is shown.
    pub version: Option<&'a Version>,
    /// Appended to the address of the text page, such as `v=2`; empty for the latest version.
    pub version_query: &'a str,
}

/// A quote with the way to its place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QuoteView {
    /// The words of the text.
    pub quote: String,
    /// How they were found: `exact`, `normalised`, `elided`.
    pub state: &'static str,
    /// Index of the passage.
    pub passage: u32,
    /// First code point of the quote in the text.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// Headings above, outermost first, such as `SEC. 3. Duties › (a)`.
    pub place: String,
    /// The page of the original on which it starts, where the format has pages.
    pub page: Option<usize>,
    /// Language of the quote, where known.
    pub language: Option<String>,
    /// Address of the passage with the quote marked.
    pub href: String,
}

impl QuoteView {
    /// The view of `evidence` for the label `(dimension, code)`.
    pub fn of(evidence: &Evidence, label: Option<(&str, &str)>, at: &Where<'_>) -> Self {
        let (first, last) = evidence.extent();
        let Reading { text, passages, .. } = at.reading;
        Self {
            quote: even(evidence.quote()),
            state: evidence.state().id(),
            passage: evidence.passage(),
            start: at.reading.characters_before(first),
            end: at.reading.characters_before(last),
            place: place_of(passages, &text.content, evidence.passage()),
            page: at.version.and_then(|v| v.page_at(first)),
            language: at.reading.language_of(evidence.passage()).map(str::to_owned),
            href: passage_href(at, label, evidence.passage()),
        }
    }

    /// Words for readers about how the quote was found; empty when it stands byte for byte.
    pub fn state_words(&self) -> &'static str {
        match self.state {
            "normalised" => "found after evening out spacing, hyphens and scanning faults",
            "elided" => "shortened: the parts stand in this order",
            _ => "",
        }
    }
}

fn passage_href(at: &Where<'_>, label: Option<(&str, &str)>, passage: u32) -> String {
    let href = address::passage(at.document, label, passage);
    if at.version_query.is_empty() {
        return href;
    }
    let (path, anchor) = href.split_once('#').unwrap_or((&href, ""));
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}{}#{anchor}", at.version_query)
}

/// Headings above passage `index` and its own enumerator, each cut to a readable length.
pub(crate) fn place_of(passages: &[Passage], text: &str, index: u32) -> String {
    let mut names: Vec<String> = heading_path(passages, index)
        .iter()
        .filter_map(|i| passages.get(*i as usize))
        .map(|heading| cut(heading.trimmed(text), 60))
        .collect();
    if let Some(label) = passages.get(index as usize).and_then(|p| p.label.as_deref()) {
        let own = label.trim();
        if !own.is_empty() && names.last().is_none_or(|last| !last.starts_with(own)) {
            names.push(cut(own, 30));
        }
    }
    names.retain(|name| !name.is_empty());
    let skip = names.len().saturating_sub(4);
    names.split_off(skip).join(" › ")
}

/// The first `limit` characters of `text` on one line, with an ellipsis where more follows.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    let line = even(text);
    if line.chars().count() <= limit {
        return line;
    }
    let mut short: String = line.chars().take(limit).collect();
    if let Some(space) = short.rfind(' ').filter(|at| *at > limit / 2) {
        short.truncate(space);
    }
    short.push('…');
    short
}

/// A claim that fell.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RejectionView {
    /// The dimension.
    pub dimension: String,
    /// The code.
    pub code: String,
    /// Name of the code.
    pub name: String,
    /// The value claimed, for readers.
    pub claimed: String,
    /// The words offered and how each fared.
    pub tried: Vec<Tried>,
}

/// Words offered as evidence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tried {
    /// The words.
    pub words: String,
    /// How they fared.
    pub state: &'static str,
}

impl RejectionView {
    /// The view of `rejection` under `codebook`.
    pub fn of(rejection: &Rejection, codebook: &Codebook) -> Self {
        let dimension = codebook.dimension(rejection.dimension.as_str());
        let code = dimension.and_then(|d| d.code(rejection.code.as_str()));
        let claimed = match (&rejection.claimed, dimension) {
            (Some(value), Some(dimension)) => dimension.value_name(value).to_owned(),
            _ => "named".to_owned(),
        };
        Self {
            dimension: rejection.dimension.to_string(),
            code: rejection.code.to_string(),
            name: code
                .map_or_else(|| dimension.map_or_else(String::new, |d| d.name.clone()), |c| c.name.clone()),
            claimed,
            tried: rejection
                .tried
                .iter()
                .map(|t| Tried { words: t.words.clone(), state: t.state.id() })
                .collect(),
        }
    }
}

/// One label, positive or not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabelView {
    /// The dimension.
    pub dimension: String,
    /// The code; for a choice dimension the dimension's own id.
    pub code: String,
    /// Name for readers.
    pub name: String,
    /// Name of at most 28 characters.
    pub short: String,
    /// Group of the code.
    pub group: Option<String>,
    /// The value.
    pub value: Value,
    /// Name of the value, such as "Good".
    pub level: String,
    /// Whether the value claims something.
    pub positive: bool,
    /// How the level looks.
    pub glyph: Glyph,
    /// `high`, `medium` or `low`.
    pub confidence: &'static str,
    /// Calibrated probability of the value.
    pub probability: Option<f32>,
    /// What decided.
    pub reasoning: String,
    /// Located quotes, strongest first.
    pub quotes: Vec<QuoteView>,
    /// Whether a positive claim fell for want of evidence.
    pub rejected: bool,
    /// Passages that speak to the code by themselves.
    pub passages: usize,
    /// Address of the code's page.
    pub code_href: String,
}

impl LabelView {
    /// The view of `label` of `dimension`.
    pub fn of(label: &Label<'_>, dimension: &Dimension, hits: usize, at: &Where<'_>) -> Self {
        let (name, short, group) = names(dimension, label.code, &label.value);
        let key = (label.dimension.as_str(), label.code.as_str());
        let positive = label.judgement.is_some();
        Self {
            dimension: label.dimension.to_string(),
            code: label.code.to_string(),
            name,
            short,
            group,
            level: dimension.value_name(&label.value).to_owned(),
            positive,
            glyph: Glyph::of(dimension, &label.value),
            confidence: label.confidence.id(),
            probability: label.probability,
            reasoning: label.judgement.map_or_else(String::new, |j| j.reasoning().to_owned()),
            quotes: label
                .judgement
                .map(|j| j.evidence().iter().map(|e| QuoteView::of(e, Some(key), at)).collect())
                .unwrap_or_default(),
            rejected: label.rejection.is_some() && !positive,
            passages: hits,
            code_href: code_href(dimension, label.code, &label.value),
            value: label.value.clone(),
        }
    }

    /// The anchor on the document's page.
    pub fn anchor(&self) -> String {
        address::label_anchor(&self.dimension, &self.code)
    }

    /// The probability for readers, such as `0.93`, or a dash.
    pub fn probability_words(&self) -> String {
        percent(self.probability)
    }

    /// `risk/2.2`, as the text page's `code` parameter takes it.
    pub fn key(&self) -> String {
        format!("{}/{}", self.dimension, self.code)
    }
}

fn names(dimension: &Dimension, code: &CodeId, value: &Value) -> (String, String, Option<String>) {
    let shown = match value {
        Value::Choice(Some(option)) => dimension.code(option.as_str()),
        _ => dimension.code(code.as_str()),
    };
    shown.map_or_else(
        || (dimension.name.clone(), dimension.name.clone(), None),
        |c| (c.name.clone(), c.short.clone(), c.group.clone()),
    )
}

/// The page of the code that a label is of; of a choice, that of what was chosen.
pub(crate) fn code_href(dimension: &Dimension, code: &CodeId, value: &Value) -> String {
    match value {
        Value::Choice(Some(option)) => address::code(dimension.id.as_str(), option.as_str()),
        Value::Choice(None) => address::dimension(dimension.id.as_str()),
        _ => address::code(dimension.id.as_str(), code.as_str()),
    }
}

/// A probability with two digits, never rounded up to certainty; a dash where there is none.
pub fn percent(probability: Option<f32>) -> String {
    match probability {
        None => "–".to_owned(),
        Some(p) if p >= 0.995 => ">0.99".to_owned(),
        Some(p) if p < 0.005 => "<0.01".to_owned(),
        Some(p) => format!("{p:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probability_is_never_shown_as_certain() {
        assert_eq!(percent(Some(0.999)), ">0.99");
        assert_eq!(percent(Some(0.001)), "<0.01");
        assert_eq!(percent(Some(0.931)), "0.93");
        assert_eq!(percent(None), "–");
    }

    #[test]
    fn long_headings_are_cut_at_a_word() {
        assert_eq!(cut("A  short\nheading", 60), "A short heading");
        assert_eq!(cut("Duties of deployers of automated systems", 22), "Duties of deployers…");
    }
}
