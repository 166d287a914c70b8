//! Takes codings one by one, in any order, and settles at the end what only all of them tell.

use std::collections::{BTreeMap, BTreeSet};

use lacuna_domain::codebook::Kind;
use lacuna_domain::coding::PartHit;
use lacuna_domain::judgement::{ActorJudgement, Entity};
use lacuna_domain::{Codebook, Coding, DimensionId, Evidence, TextId};

use super::cues::Kinds;
use super::names::{self, ShortForms, followed, key};
use super::nobody::Nobody;
use super::told::{self, ENOUGH, Named, Sure, Teller, Told};
use super::{Actors, Duty, EntityEntry, Mention};

/// What was taken of codings so far.
#[derive(Debug)]
pub struct Gathering {
    /// The dimension of duties and that of actors.
    ordinal: Option<DimensionId>,
    roles: Option<DimensionId>,
    kinds: Kinds,
    nobody: Nobody,
    entities: BTreeMap<String, EntityEntry>,
    short_forms: ShortForms,
    sure: Sure,
    targets: BTreeMap<TextId, Target>,
}

/// The targets of one text of which some stand in one passage with a code.
#[derive(Debug)]
struct Target {
    named: Named,
    /// Codes, each with what is asked of whom; the type is told in the end.
    duties: Vec<(String, Duty)>,
}

impl Gathering {
    /// Nothing yet, of codings under this codebook.
    pub fn new(codebook: &Codebook) -> Self {
        let ordinal = codebook.dimensions.iter().find(|d| matches!(d.kind, Kind::Ordinal { .. }));
        let roles = codebook.dimensions.iter().find_map(|dimension| match &dimension.kind {
            Kind::Actor { types } => Some((&dimension.id, types.as_slice())),
            _ => None,
        });
        let kinds = Kinds::of(roles.map(|(_, types)| types).unwrap_or_default());
        Self {
            ordinal: ordinal.map(|d| d.id.clone()),
            roles: roles.map(|(id, _)| id.clone()),
            nobody: Nobody::of(codebook, &kinds),
            kinds,
            entities: BTreeMap::new(),
            short_forms: ShortForms::new(),
            sure: Sure::new(),
            targets: BTreeMap::new(),
        }
    }

    /// Takes what one coding says.
    pub fn take(&mut self, coding: &Coding) {
        for actor in &coding.actors {
            for entity in actor.entities() {
                if self.is_somebody(&entity.name) {
                    self.name(coding, actor, entity);
                }
            }
        }
        self.target(coding);
    }

    fn name(&mut self, coding: &Coding, actor: &ActorJudgement, entity: &Entity) {
        let key = key(&entity.name);
        let quotes = actor.evidence().iter().chain([&entity.at]).map(Evidence::quote);
        for quote in quotes.chain([entity.name.as_str()]) {
            for short in names::short_forms(&entity.name, quote) {
                self.short_forms.entry(short).or_default().insert(key.clone());
            }
        }
        let entry = self.entities.entry(key).or_default();
        *entry.variants.entry(one_line(&entity.name)).or_default() += 1;
        entry.mentions.insert(Mention {
            text: coding.text.clone(),
            role: actor.role().to_string(),
            passage: entity.at.passage(),
        });
    }

    fn is_somebody(&self, name: &str) -> bool {
        !key(name).is_empty() && !self.nobody.is(name)
    }

    fn target(&mut self, coding: &Coding) {
        let of_roles = |actor: &&ActorJudgement| Some(actor.dimension()) == self.roles.as_ref();
        let Some(target) = coding.actor("target").filter(of_roles) else { return };
        let named = self.named(coding, target);
        if let [only] = named.held.as_slice() {
            for name in &named.names {
                let kinds = self.sure.entry(key(name)).or_default();
                let texts = kinds.entry(only.clone()).or_default();
                texts.insert(coding.text.clone());
                if texts.len() > ENOUGH {
                    texts.pop_last();
                }
            }
        }
        let duties = self.ordinal.as_ref().map(|ordinal| duties(coding, ordinal, target, &named.names));
        if let Some(duties) = duties.filter(|duties| !duties.is_empty()) {
            self.targets.insert(coding.text.clone(), Target { named, duties });
        }
    }

    fn named(&self, coding: &Coding, target: &ActorJudgement) -> Named {
        let names = target.entities().iter().map(|entity| entity.name.clone());
        let mut beside = BTreeSet::new();
        for other in
            coding.actors.iter().filter(|a| a.dimension() == target.dimension() && a.role() != target.role())
        {
            if let [only] = self.kinds.known(other.types()).as_slice() {
                beside.extend(other.entities().iter().map(|entity| (key(&entity.name), only.clone())));
            }
        }
        Named {
            held: self.kinds.known(target.types()),
            names: names.filter(|name| self.is_somebody(name)).collect(),
            beside,
        }
    }

    /// Everything that was taken, with the names joined and the types told that only all codings tell.
    pub fn settled(self) -> Actors {
        let Self { kinds, mut entities, short_forms, sure, targets, .. } = self;
        let joined = names::settle(&mut entities, &short_forms);
        let sure = told::settled(sure, &joined);
        let teller = Teller { kinds: &kinds, sure: &sure, joined: &joined };
        let mut duties: BTreeMap<(String, String), BTreeSet<Duty>> = BTreeMap::new();
        for target in targets.into_values() {
            let types = teller.tell(&target.named);
            for (code, duty) in target.duties {
                let key = key(&duty.entity);
                let (kind, told) = types.get(followed(&joined, &key)).cloned().unwrap_or_default();
                duties.entry((kind, code)).or_default().insert(Duty { told, ..duty });
            }
        }
        let duties = duties.into_iter().map(|(cell, found)| (cell, found.into_iter().collect())).collect();
        Actors { entities, duties, joined }
    }
}

/// Targets and codes that stand in one passage.
fn duties(
    coding: &Coding,
    ordinal: &DimensionId,
    target: &ActorJudgement,
    names: &BTreeSet<String>,
) -> Vec<(String, Duty)> {
    let Some(hits) = coding.parts.get(ordinal) else { return vec![] };
    let places = places(target, names);
    let mut duties = Vec::new();
    for (code, hits) in hits {
        // A code that fell short of a label joins nothing.
        let Some(judgement) = coding.judgement(ordinal.as_str(), code.as_str()) else { continue };
        for (passage, name) in &places {
            let quoted = judgement.evidence().iter().find(|evidence| evidence.passage() == *passage);
            let hit = |hit: &PartHit| hit.passage == *passage;
            if quoted.is_none() && !hits.iter().any(hit) {
                continue;
            }
            let duty = Duty {
                text: coding.text.clone(),
                passage: *passage,
                entity: (*name).to_owned(),
                quote: quoted.map_or_else(String::new, |evidence| one_line(evidence.quote())),
                target_quote: target_quote(target, *passage, name),
                told: Told::Untold,
            };
            duties.push((code.to_string(), duty));
        }
    }
    duties
}

/// Where an entity is named, and every quoted passage that names it again.
fn places<'t>(target: &'t ActorJudgement, names: &BTreeSet<String>) -> BTreeSet<(u32, &'t str)> {
    let mut places = BTreeSet::new();
    for entity in target.entities().iter().filter(|entity| names.contains(&entity.name)) {
        places.insert((entity.at.passage(), entity.name.as_str()));
        let again = target.evidence().iter().filter(|evidence| names_again(evidence, &entity.name));
        places.extend(again.map(|e| (e.passage(), entity.name.as_str())));
    }
    places
}

/// The quote of the role in a passage that names an entity; empty where none does.
fn target_quote(target: &ActorJudgement, passage: u32, name: &str) -> String {
    let says = |evidence: &&Evidence| evidence.passage() == passage && names_again(evidence, name);
    let said = target.evidence().iter().find(says);
    said.map_or_else(String::new, |evidence| one_line(evidence.quote()))
}

fn names_again(evidence: &Evidence, name: &str) -> bool {
    evidence.quote().to_lowercase().contains(&name.to_lowercase())
}

fn one_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}
