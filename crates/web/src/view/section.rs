//! Everything that is said of one document along one dimension.

use lacuna_domain::codebook::{Dimension, Kind};
use lacuna_domain::{Codebook, Coding};
use lacuna_pipeline::publish::narrative::{Narratives, narrate};
use serde::Serialize;

use super::{LabelView, LevelKey, RoleView, Strip, Where, level_keys};

/// One dimension on a document's page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DimensionSection {
    /// The dimension's id.
    pub id: String,
    /// Name for readers.
    pub name: String,
    /// The question asked of the text.
    pub question: String,
    /// `ordinal`, `flag`, `choice` or `actor`.
    pub kind: &'static str,
    /// Sentences made from the labels below.
    pub narrative: Option<String>,
    /// Such as `6 subdomains (4 Good, 2 Minimal)`.
    pub tally: String,
    /// Codes in all.
    pub codes: usize,
    /// What one code is called and several are.
    pub units: String,
    /// Positive levels, highest first.
    pub levels: Vec<LevelKey>,
    /// All codes at a glance.
    pub strip: Strip,
    /// Positive labels: highest level first, then codebook order.
    pub found: Vec<LabelView>,
    /// Codes that were looked for and not found, in codebook order.
    pub missing: Vec<LabelView>,
    /// Roles of an actor dimension.
    pub roles: Vec<RoleView>,
}

impl DimensionSection {
    /// Claims along this dimension that fell.
    pub fn rejected(&self) -> usize {
        self.missing.iter().filter(|l| l.rejected).count() + self.roles.iter().filter(|r| r.rejected).count()
    }

    /// Whether any negative label carries a probability.
    pub fn has_probabilities(&self) -> bool {
        self.missing.iter().any(|l| l.probability.is_some())
    }
}

/// The sections of a coding in reading order: the form of the instrument first, then as the codebook orders them.
pub fn dimension_sections(coding: &Coding, codebook: &Codebook, at: &Where<'_>) -> Vec<DimensionSection> {
    let labels = coding.labels(codebook);
    let told = narrate(coding, codebook);
    let mut dimensions: Vec<&Dimension> = codebook.dimensions.iter().collect();
    dimensions.sort_by_key(|d| !matches!(d.kind, Kind::Choice));
    dimensions
        .into_iter()
        .map(|dimension| {
            let views: Vec<LabelView> = labels
                .iter()
                .filter(|label| label.dimension == &dimension.id)
                .map(|label| {
                    LabelView::of(label, dimension, hits(coding, dimension, label.code.as_str()), at)
                })
                .collect();
            section(coding, &told, dimension, views, at)
        })
        .collect()
}

fn hits(coding: &Coding, dimension: &Dimension, code: &str) -> usize {
    coding
        .parts
        .get(&dimension.id)
        .and_then(|codes| codes.iter().find(|(id, _)| id.as_str() == code))
        .map_or(0, |(_, hits)| hits.len())
}

fn section(
    coding: &Coding,
    told: &Narratives,
    dimension: &Dimension,
    views: Vec<LabelView>,
    at: &Where<'_>,
) -> DimensionSection {
    let group_name =
        |id: &str| dimension.groups.iter().find(|g| g.id == id).map_or_else(String::new, |g| g.name.clone());
    let strip = Strip::of(views.iter(), group_name);
    let (mut found, missing): (Vec<LabelView>, Vec<LabelView>) = views.into_iter().partition(|v| v.positive);
    found.sort_by(|a, b| b.value.cmp(&a.value));
    let roles = coding
        .actors
        .iter()
        .filter(|a| a.dimension() == &dimension.id)
        .map(|a| {
            let fell = coding.rejections.iter().any(|r| &r.dimension == a.dimension() && &r.code == a.role());
            RoleView::of(a, dimension, fell && a.entities().is_empty(), at)
        })
        .collect();
    DimensionSection {
        id: dimension.id.to_string(),
        name: dimension.name.clone(),
        question: dimension.question.clone(),
        kind: kind(dimension),
        narrative: told.get(dimension.id.as_str()).map(|s| s.text.clone()).filter(|t| !t.is_empty()),
        tally: told.get(dimension.id.as_str()).map_or_else(String::new, |s| s.tally.clone()),
        codes: dimension.codes.len(),
        units: dimension.units.many.clone(),
        levels: level_keys(dimension),
        strip,
        found,
        missing,
        roles,
    }
}

/// The kind's identifier in JSON and templates.
pub(crate) const fn kind(dimension: &Dimension) -> &'static str {
    match dimension.kind {
        Kind::Ordinal { .. } => "ordinal",
        Kind::Flag => "flag",
        Kind::Choice => "choice",
        Kind::Actor { .. } => "actor",
    }
}
