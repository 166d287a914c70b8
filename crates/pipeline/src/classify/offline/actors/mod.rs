//! Who drafts, who must act, who can compel and who watches, as a text names them.
//!
//! In reading order: [`tokens`] cuts words; [`phrases`] and [`formulas`] find noun phrases that may be names;
//! [`frames`] says what each is made to do; [`candidates`] gathers the mentions of each name and resolves defined
//! short forms; [`features`] and [`wording`] turn a name into numbers, [`overview`] a text; [`linear`] and [`trees`]
//! score them; [`chooser`] decides; [`describe`] writes quotes and reasons. [`train()`] learns the weights and
//! [`quality`] measures them. Roles and languages without trained weights go through [`generic`], by cue terms alone.

mod candidates;
mod chooser;
mod cues;
mod describe;
mod evidence;
mod features;
mod finding;
mod formulas;
mod frames;
mod generic;
mod hashing;
mod lexicon;
mod linear;
mod overview;
mod phrases;
pub mod quality;
mod signatories;
#[cfg(test)]
mod tests;
mod tokens;
mod train;
pub(crate) mod trees;
mod weights;
mod wording;

use lacuna_domain::codebook::{Code, Kind};
use lacuna_domain::judgement::{ActorDraft, Confidence};
use lacuna_domain::{CodeId, Codebook, DimensionId, Passage};

use candidates::Reading;
use cues::CueFinder;
use finding::Finding;
pub use train::{CodedRole, Example, train};
use weights::Weights;

/// The weights trained for the built-in codebook; made by [`train()`].
pub const WEIGHTS: &[u8] = include_bytes!("../../../../models/actors-1.bin");

/// The language the shipped weights were trained on.
const TRAINED_LANGUAGE: &str = "en";

/// Finds actors for every actor dimension of a codebook.
#[derive(Clone, Debug)]
pub struct ActorModel {
    dimensions: Vec<RoleDimension>,
    weights: Option<Weights>,
}

#[derive(Clone, Debug)]
struct RoleDimension {
    id: DimensionId,
    roles: Vec<Code>,
    type_ids: Vec<CodeId>,
    role_cues: CueFinder,
    type_cues: CueFinder,
}

impl ActorModel {
    /// A model for the actor dimensions of `codebook` with the shipped weights, which serve the roles that bear the
    /// ids they were trained for; other roles are found by their cue terms.
    pub fn new(codebook: &Codebook) -> Self {
        Self::with_weights(codebook, WEIGHTS)
    }

    /// A model with weights made by [`train()`]; bytes that are none leave every role to its cue terms.
    pub fn with_weights(codebook: &Codebook, weights: &[u8]) -> Self {
        let dimensions = codebook
            .dimensions
            .iter()
            .filter_map(|dimension| {
                let Kind::Actor { types } = &dimension.kind else { return None };
                Some(RoleDimension {
                    id: dimension.id.clone(),
                    roles: dimension.codes.clone(),
                    type_ids: types.iter().map(|t| t.id.clone()).collect(),
                    role_cues: CueFinder::new(&dimension.codes),
                    type_cues: CueFinder::new(types),
                })
            })
            .collect();
        Self { dimensions, weights: Weights::from_bytes(weights) }
    }

    /// One draft per role of every actor dimension, in codebook order. `passages` are those of the text; `language`
    /// is its main language as ISO 639-1, English where not known. Linear in the length of the text.
    pub fn extract(&self, text: &str, passages: &[Passage], language: Option<&str>) -> Vec<ActorDraft> {
        if self.dimensions.is_empty() {
            return vec![];
        }
        let language = language.unwrap_or(TRAINED_LANGUAGE);
        let reading = Reading::new(text, passages);
        let weights = self.weights.as_ref().filter(|_| language == TRAINED_LANGUAGE);
        let trained = weights.map_or_else(Vec::new, |weights| trained_findings(weights, &reading));
        let mut drafts = Vec::new();
        for dimension in &self.dimensions {
            let mut findings = dimension.by_cues(&reading, language, &trained);
            for (role, finding) in dimension.roles.iter().zip(&mut findings) {
                let of_role = trained.iter().find(|(id, _, _)| id == role.id.as_str());
                if let Some((_, found, types)) = of_role {
                    *finding = found.clone();
                    finding.types = types
                        .iter()
                        .filter_map(|t| dimension.type_ids.iter().find(|id| id.as_str() == t).cloned())
                        .collect();
                }
                drafts.push(dimension.draft(role, std::mem::take(finding), language));
            }
        }
        drafts
    }
}

/// Role id, finding and type ids of every trained role.
fn trained_findings(weights: &Weights, reading: &Reading<'_>) -> Vec<(String, Finding, Vec<String>)> {
    let signed = signatories::signatories(reading.words.text);
    let choices = chooser::choose(weights, reading);
    let roles = weights.roles.iter().zip(&choices);
    roles
        .map(|(role, choice)| {
            let finding = describe::finding(reading, &role.role, choice, &signed);
            let types = choice.types.iter().map(|t| weights.types[*t].clone()).collect();
            (role.role.clone(), finding, types)
        })
        .collect()
}

impl RoleDimension {
    /// Findings by cue terms; left empty when every role is trained.
    fn by_cues(
        &self,
        reading: &Reading<'_>,
        language: &str,
        trained: &[(String, Finding, Vec<String>)],
    ) -> Vec<Finding> {
        let covered = self.roles.iter().all(|r| trained.iter().any(|(id, _, _)| id == r.id.as_str()));
        if covered {
            return vec![Finding::default(); self.roles.len()];
        }
        let (roles, types) = (&self.role_cues, &self.type_cues);
        generic::findings(reading, roles, types, &self.type_ids, self.roles.len(), language)
    }

    fn draft(&self, role: &Code, finding: Finding, language: &str) -> ActorDraft {
        let Finding { entities, types, probability, quotes, reasoning } = finding;
        let empty = entities.is_empty() || quotes.is_empty();
        let reasoning = reasoning
            .filter(|_| !empty || entities.is_empty())
            .unwrap_or_else(|| if empty { self.looked_for(role, language) } else { by_cue(role, &entities) });
        let probability = probability.map(|p| if empty { 1.0 - p } else { p });
        ActorDraft {
            dimension: self.id.clone(),
            role: role.id.clone(),
            entities: if empty { vec![] } else { entities },
            types: if empty { vec![] } else { types },
            confidence: probability.map_or(Confidence::Low, Confidence::of),
            probability,
            reasoning,
            quotes: if empty { vec![] } else { quotes },
        }
    }

    /// The reason of an empty role that was looked for by cue terms.
    fn looked_for(&self, role: &Code, language: &str) -> String {
        let cues = role.cues.get(language).filter(|_| self.role_cues.speaks(language));
        let terms: Vec<&str> =
            cues.iter().flat_map(|c| &c.strong).take(6).map(|t| t.trim_end_matches('*')).collect();
        let name = role.name.to_lowercase();
        if terms.is_empty() {
            return format!(
                "Not looked for: the codebook has no cue terms for {name} in the text's language, {language}."
            );
        }
        format!("No passage names anyone in the role {name}; looked for {}.", terms.join(", "))
    }
}

fn by_cue(role: &Code, entities: &[String]) -> String {
    format!("Named in a sentence that holds a cue of {}: {}.", role.name.to_lowercase(), entities.join("; "))
}
