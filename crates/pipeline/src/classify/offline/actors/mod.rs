//! Who drafts, who must act, who can compel and who watches, as a text names them.
//!
//! In reading order: [`tokens`] cuts words; [`phrases`] and [`formulas`] find noun phrases that may be names;
//! [`frames`] says what each is made to do; [`candidates`] gathers the mentions of each name and resolves defined
//! short forms; [`features`] turns a name into numbers; [`trees`] scores it for each role. Codebooks and languages
//! without trained weights go through [`generic`], by cue terms alone.

mod candidates;
mod cues;
mod evidence;
mod features;
mod finding;
mod formulas;
mod frames;
mod generic;
mod hashing;
mod lexicon;
mod phrases;
mod tokens;
mod trees;

use lacuna_domain::codebook::{Code, Kind};
use lacuna_domain::judgement::{ActorDraft, Confidence};
use lacuna_domain::{CodeId, Codebook, DimensionId, Passage};

use candidates::Reading;
use cues::CueFinder;
use finding::Finding;

/// Finds actors for every actor dimension of a codebook.
#[derive(Clone, Debug)]
pub struct ActorModel {
    dimensions: Vec<RoleDimension>,
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
    /// A model for the actor dimensions of `codebook`.
    pub fn new(codebook: &Codebook) -> Self {
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
        Self { dimensions }
    }

    /// One draft per role of every actor dimension, in codebook order. `passages` are those of the text; `language`
    /// is its main language as ISO 639-1, English where not known. Linear in the length of the text.
    pub fn extract(&self, text: &str, passages: &[Passage], language: Option<&str>) -> Vec<ActorDraft> {
        if self.dimensions.is_empty() {
            return vec![];
        }
        let language = language.unwrap_or("en");
        let reading = Reading::new(text, passages);
        let mut drafts = Vec::new();
        for dimension in &self.dimensions {
            let findings = generic::findings(
                &reading,
                &dimension.role_cues,
                &dimension.type_cues,
                &dimension.type_ids,
                dimension.roles.len(),
                language,
            );
            for (role, finding) in dimension.roles.iter().zip(findings) {
                drafts.push(dimension.draft(role, finding, language));
            }
        }
        drafts
    }
}

impl RoleDimension {
    fn draft(&self, role: &Code, finding: Finding, language: &str) -> ActorDraft {
        let Finding { entities, types, probability, quotes } = finding;
        let empty = entities.is_empty() || quotes.is_empty();
        let reasoning = if empty {
            self.looked_for(role, language)
        } else {
            format!(
                "Named in a sentence that holds a cue of {}: {}.",
                role.name.to_lowercase(),
                entities.join("; ")
            )
        };
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

    /// The reason of an empty role.
    fn looked_for(&self, role: &Code, language: &str) -> String {
        let speaks = self.role_cues.speaks(language);
        let cues = role.cues.get(language);
        let terms: Vec<&str> =
            cues.iter().flat_map(|c| &c.strong).take(6).map(|t| t.trim_end_matches('*')).collect();
        if !speaks || terms.is_empty() {
            return format!(
                "No cue terms in this text's language ({language}) for {}; not looked for.",
                role.name
            );
        }
        format!(
            "No passage names anyone in the role {}; looked for {}.",
            role.name.to_lowercase(),
            terms.join(", ")
        )
    }
}
