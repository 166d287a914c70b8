//! The labels in which two versions of a document differ, with the sentences responsible. Of actors: who is named in a
//! role in one of them alone, and of which types a role's actors are.

use std::collections::BTreeMap;

use lacuna_domain::codebook::{Code, Dimension, Kind};
use lacuna_domain::fold::{Mode, even, fold_str};
use lacuna_domain::judgement::{ActorJudgement, Entity};
use lacuna_domain::{Coding, Evidence};
use serde::Serialize;

use super::{Said, coding, language, name, trust_of};
use crate::pages::documents::Asked;
use crate::state::Snapshot;
use crate::view::{Glyph, Reliability, type_name};

/// A label that differs.
#[derive(Clone, Debug, Serialize)]
pub struct Moved {
    /// Dimension and code.
    pub name: String,
    /// How far labels of the code can be trusted, by the run of the newer version, or of the older for what was lost.
    pub trust: Reliability,
    /// `gained`, `lost` or `changed`.
    pub what: &'static str,
    /// In the older version.
    pub old: Said,
    /// In the newer version.
    pub new: Said,
}

/// The labels in which the versions differ, each given with its number, the older first.
pub(super) fn moved(snapshot: &Snapshot, old: (&Asked, u32), new: (&Asked, u32)) -> Vec<Moved> {
    let (Some(old), Some(new)) = (Side::of(old), Side::of(new)) else { return vec![] };
    let mut moved = Vec::new();
    for dimension in &snapshot.codebook.dimensions {
        for code in &dimension.codes {
            let both = Both { snapshot, dimension, code, old: &old, new: &new };
            if let Kind::Actor { .. } = dimension.kind {
                moved.extend(both.actors());
            } else {
                moved.extend(both.label());
            }
        }
    }
    moved
}

/// One code in both versions.
struct Both<'a> {
    snapshot: &'a Snapshot,
    dimension: &'a Dimension,
    code: &'a Code,
    old: &'a Side<'a>,
    new: &'a Side<'a>,
}

impl Both<'_> {
    fn label(&self) -> Option<Moved> {
        let said = |side: &Side<'_>| side.said(self.dimension, self.code);
        self.moved("", said(self.old), said(self.new))
    }

    /// Those who are named in the role in one version alone, and its types.
    fn actors(&self) -> Vec<Moved> {
        let (before, after) = (self.old.entities(self.code), self.new.entities(self.code));
        let lost = before.iter().filter(|(folded, _)| !after.contains_key(*folded));
        let lost = lost.filter_map(|(_, entity)| self.moved("", self.named(self.old, entity), nobody()));
        let gained = after.iter().filter(|(folded, _)| !before.contains_key(*folded));
        let gained = gained.filter_map(|(_, entity)| self.moved("", nobody(), self.named(self.new, entity)));
        let types = |side: &Side<'_>| side.types(self.dimension, self.code);
        let types = self.moved(", types", types(self.old), types(self.new));
        gained.chain(lost).chain(types).collect()
    }

    fn named(&self, side: &Side<'_>, entity: &Entity) -> Said {
        let quote = side.sentence(&entity.at);
        side.shown((self.dimension, self.code), entity.name.clone(), &entity.at, quote)
    }

    fn moved(&self, part: &str, old: Said, new: Said) -> Option<Moved> {
        let (what, side) = match (old.positive, new.positive) {
            (false, true) => ("gained", self.new),
            (true, false) => ("lost", self.old),
            (true, true) if old.level != new.level => ("changed", self.new),
            _ => return None,
        };
        Some(Moved {
            name: format!("{}: {}{part}", self.dimension.name, name(self.code)),
            trust: trust_of(self.snapshot, side.asked, self.dimension, self.code),
            what,
            old,
            new,
        })
    }
}

fn nobody() -> Said {
    Said { level: "not named".to_owned(), ..Said::nothing() }
}

/// One version.
struct Side<'a> {
    asked: &'a Asked,
    coding: &'a Coding,
    version: u32,
}

impl<'a> Side<'a> {
    fn of((asked, version): (&'a Asked, u32)) -> Option<Self> {
        Some(Self { asked, coding: coding(asked)?, version })
    }

    /// A link to a passage as one that opens this version, which holds the sentence.
    fn at_version(&self, href: &str) -> String {
        href.replacen('?', &format!("?v={}&", self.version), 1)
    }

    fn said(&self, dimension: &Dimension, code: &Code) -> Said {
        let mut said = Said::of(self.coding, dimension, code, &self.asked.document.id, language(self.asked));
        said.href = said.href.map(|href| self.at_version(&href));
        said
    }

    /// The role, where somebody is named in it.
    fn role(&self, code: &Code) -> Option<&'a ActorJudgement> {
        self.coding.actor(code.id.as_str()).filter(|actor| !actor.entities().is_empty())
    }

    /// Who is named in a role, by the folded name: how a name is written does not matter.
    fn entities(&self, code: &Code) -> BTreeMap<String, &'a Entity> {
        let named = self.role(code).map_or(&[][..], ActorJudgement::entities);
        named.iter().map(|entity| (fold_str(&entity.name, Mode::Search), entity)).collect()
    }

    /// The types of those in a role.
    fn types(&self, dimension: &Dimension, code: &Code) -> Said {
        let role = self.role(code).filter(|actor| !actor.types().is_empty());
        let Some((actor, evidence)) = role.and_then(|actor| Some((actor, actor.evidence().first()?))) else {
            return nobody();
        };
        let mut types: Vec<String> =
            actor.types().iter().map(|kind| type_name(dimension, kind.as_str())).collect();
        types.sort_unstable();
        self.shown((dimension, code), types.join(", "), evidence, even(evidence.quote()))
    }

    /// What stands at `at` of a code, with the words that say so.
    fn shown(&self, key: (&Dimension, &Code), level: String, at: &Evidence, quote: String) -> Said {
        let (dimension, code) = key;
        let key = (dimension.id.as_str(), code.id.as_str());
        let href = crate::address::passage(&self.asked.document.id, Some(key), at.passage());
        Said {
            level,
            glyph: Glyph::Full,
            positive: true,
            probability: self.role(code).and_then(ActorJudgement::probability),
            quote: Some(quote),
            language: language(self.asked).map(str::to_owned),
            href: Some(self.at_version(&href)),
        }
    }

    /// The sentence that holds `at`; its own words where sentences are not known.
    fn sentence(&self, at: &Evidence) -> String {
        let (start, _) = at.extent();
        let whole = self.asked.reading.as_deref().and_then(|reading| {
            let passage = reading.passages.get(at.passage() as usize)?;
            let sentence = passage.sentences.iter().find(|s| s.start() <= start && start < s.end())?;
            sentence.slice(&reading.text.content)
        });
        even(whole.unwrap_or_else(|| at.quote()))
    }
}
