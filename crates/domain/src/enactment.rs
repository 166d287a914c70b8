//! Where an instrument stands and stood: states, dated steps, and the answer for any day.
//!
//! Everything here is metadata or follows from what other instruments say of this one. That an instrument was adopted is
//! never asserted from its own text, which only sets days for one that was; and the form (hard law, soft law) is another
//! matter altogether.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::document::Metadata;
use crate::ids::DocumentId;
use crate::terms::Terms;

/// Where an instrument stands. That it was adopted is metadata, never asserted from the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enactment {
    /// Introduced, not yet decided.
    Proposed,
    /// Passed or adopted; when it entered into force is not recorded.
    #[serde(alias = "enacted")]
    Adopted,
    /// Adopted, to enter into force on a later day.
    NotYetInForce,
    /// In force.
    InForce,
    /// Replaced by a later instrument.
    Superseded,
    /// Repealed or revoked.
    Revoked,
    /// Lapsed, failed, withdrawn, or ended in a way that the source does not tell.
    Defunct,
    /// The source does not say.
    #[default]
    Unknown,
}

impl Enactment {
    /// Every state, in the order a list shows them.
    pub const ALL: [Self; 8] = [
        Self::Proposed,
        Self::Adopted,
        Self::NotYetInForce,
        Self::InForce,
        Self::Superseded,
        Self::Revoked,
        Self::Defunct,
        Self::Unknown,
    ];

    /// Stable identifier in addresses and exports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Adopted => "adopted",
            Self::NotYetInForce => "not_yet_in_force",
            Self::InForce => "in_force",
            Self::Superseded => "superseded",
            Self::Revoked => "revoked",
            Self::Defunct => "defunct",
            Self::Unknown => "unknown",
        }
    }

    /// Name for readers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "Proposed",
            Self::Adopted => "Adopted",
            Self::NotYetInForce => "Not yet in force",
            Self::InForce => "In force",
            Self::Superseded => "Superseded",
            Self::Revoked => "Revoked",
            Self::Defunct => "Defunct",
            Self::Unknown => "Not recorded",
        }
    }

    /// The state with this identifier; `enacted` is taken for `adopted`.
    pub fn from_id(id: &str) -> Option<Self> {
        let id = if id == "enacted" { Self::Adopted.id() } else { id };
        Self::ALL.into_iter().find(|state| state.id() == id)
    }

    /// Whether an instrument in this state is no more.
    pub const fn is_dead(self) -> bool {
        matches!(self, Self::Superseded | Self::Revoked | Self::Defunct)
    }

    /// Whether an instrument in this state is in force: adoption without a recorded entry into force counts, since
    /// catalogues seldom say from which day an instrument applies; [`Enactment::presumed`] tells the two apart.
    pub const fn in_force(self) -> bool {
        matches!(self, Self::InForce | Self::Adopted)
    }

    /// Whether being in force is presumed only.
    pub const fn presumed(self) -> bool {
        matches!(self, Self::Adopted)
    }
}

/// One dated step in the life of an instrument, as its catalogue tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusEvent {
    /// The state entered.
    pub state: Enactment,
    /// When, where the source says so.
    pub date: Option<Date>,
    /// The source's own word, such as "Enacted".
    pub source_word: String,
}

/// Dates that are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateKind {
    /// Introduced or proposed.
    Introduced,
    /// Passed or adopted.
    Adopted,
    /// Entered into force.
    InForce,
    /// The duties apply from then on, where that differs from entry into force.
    AppliesFrom,
    /// Superseded, revoked or defunct.
    Ended,
    /// Ends by itself.
    Sunset,
    /// The text was taken from its source.
    Retrieved,
}

impl DateKind {
    /// Every kind, in the order of a life.
    pub const ALL: [Self; 7] = [
        Self::Introduced,
        Self::Adopted,
        Self::InForce,
        Self::AppliesFrom,
        Self::Ended,
        Self::Sunset,
        Self::Retrieved,
    ];

    /// Stable identifier in addresses and exports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Introduced => "introduced",
            Self::Adopted => "adopted",
            Self::InForce => "in_force",
            Self::AppliesFrom => "applies_from",
            Self::Ended => "ended",
            Self::Sunset => "sunset",
            Self::Retrieved => "retrieved",
        }
    }

    /// Name for readers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Introduced => "Introduced",
            Self::Adopted => "Adopted",
            Self::InForce => "In force",
            Self::AppliesFrom => "Applies from",
            Self::Ended => "Ended",
            Self::Sunset => "Sunset",
            Self::Retrieved => "Text retrieved",
        }
    }

    /// The kind with this identifier.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }
}

/// What another instrument did to this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// [`Enactment::Revoked`] or [`Enactment::Superseded`].
    pub state: Enactment,
    /// The instrument that did it.
    pub by: DocumentId,
    /// When it took effect, where known.
    pub on: Option<Date>,
}

/// Who says that a state was entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateSource {
    /// The catalogue, with its own word.
    Catalogue(String),
    /// Another instrument, by what it says of this one.
    Document(DocumentId),
    /// The instrument's own text, by the day that it sets.
    Text,
    /// Nobody.
    Nobody,
}

/// One step of a [`Life`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The state entered.
    pub state: Enactment,
    /// When, where known.
    pub date: Option<Date>,
    /// Who says so.
    pub source: StateSource,
}

/// The life of an instrument: dated steps, oldest first, then those without a date; an adoption without a date stands
/// before what it must have come before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    steps: Vec<Step>,
}

/// Where an instrument stands on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The state.
    pub state: Enactment,
    /// Since when, where known; for [`Enactment::NotYetInForce`] the day of adoption.
    pub since: Option<Date>,
    /// Who says so.
    pub source: StateSource,
}

impl Life {
    /// The life that a catalogue and other instruments tell. An ending by another instrument explains an end that the
    /// catalogue only calls defunct, names who brought about the one that it calls otherwise, and implies that the
    /// instrument had been adopted: before that nobody revokes it. Of several, that counts which did what the catalogue
    /// says was done, else the first: `endings` come in the order in which they count.
    pub fn of(metadata: &Metadata, endings: &[Ending]) -> Self {
        let told =
            |state, date, word: &str| Step { state, date, source: StateSource::Catalogue(word.to_owned()) };
        let mut steps: Vec<Step> =
            metadata.history.iter().map(|e| told(e.state, e.date, &e.source_word)).collect();
        let state = metadata.enactment;
        let news = state != Enactment::Unknown && !steps.iter().any(|step| step.state == state);
        if steps.is_empty() || news {
            steps.push(told(state, None, state.name()));
        }
        if metadata.sunset.is_some() && !steps.iter().any(|step| step.state.is_dead()) {
            steps.push(told(Enactment::Defunct, metadata.sunset, "Sunset"));
        }
        let end = steps.iter_mut().find(|step| step.state.is_dead());
        let word = end.as_ref().map(|step| step.state);
        let ending = endings.iter().find(|ending| word == Some(ending.state)).or(endings.first());
        if let Some(ending) = ending {
            let source = StateSource::Document(ending.by.clone());
            match end {
                Some(step) => {
                    // The catalogue's word for the end stands, unless it only says that there was one.
                    if step.state == Enactment::Defunct {
                        step.state = ending.state;
                    }
                    step.date = step.date.or(ending.on);
                    step.source = source;
                }
                None => steps.push(Step { state: ending.state, date: ending.on, source }),
            }
        }
        // What nobody recorded, nor when, comes before an end that somebody did.
        let ended = steps.iter().any(|step| step.state.is_dead());
        steps.retain(|step| !ended || step.date.is_some() || step.state != Enactment::Unknown);
        let adopted = steps.iter().any(|s| matches!(s.state, Enactment::Adopted | Enactment::InForce));
        let first = steps.iter().filter(|s| !s.state.is_dead()).filter_map(|s| s.date).min();
        if let (Some(ending), Some(date), false) = (ending, first, adopted) {
            let source = StateSource::Document(ending.by.clone());
            steps.push(Step { state: Enactment::Adopted, date: Some(date), source });
        }
        steps.sort_by_key(|step| (step.date.is_none(), step.date, step.state));
        let mut life = Self { steps };
        life.place_undated_adoption();
        life
    }

    /// An adoption whose day nobody recorded came before the entry into force and the end that are dated.
    fn place_undated_adoption(&mut self) {
        let undated = |step: &Step| {
            let adopted =
                matches!(step.state, Enactment::Adopted | Enactment::NotYetInForce | Enactment::InForce);
            step.date.is_none() && adopted
        };
        let (adoptions, mut steps): (Vec<Step>, Vec<Step>) =
            std::mem::take(&mut self.steps).into_iter().partition(undated);
        for adoption in adoptions {
            let precedes = |step: &Step| match step.state {
                Enactment::Unknown => true,
                state => !state.is_dead() && state <= adoption.state,
            };
            let at = steps.iter().rposition(precedes).map_or(0, |last| last + 1);
            steps.insert(at, adoption);
        }
        self.steps = steps;
    }

    /// The life with the days that the instrument's own text sets for the whole of it. They count only for what was
    /// adopted, never before its adoption or after its end, and where the catalogue has no such day of its own.
    #[must_use]
    pub fn by_its_text(mut self, terms: Terms) -> Self {
        let Some(last) = self.steps.iter().rposition(|step| !step.state.is_dead()) else { return self };
        let state = self.steps[last].state;
        let waits = matches!(state, Enactment::Adopted | Enactment::NotYetInForce)
            && !self.steps.iter().any(|step| step.state == Enactment::InForce);
        let told = |state, day| Step { state, date: Some(day), source: StateSource::Text };
        let latest = |steps: &[Step]| steps.iter().filter_map(|step| step.date).max();
        let ended = last + 1 < self.steps.len();
        if let Some(day) = terms.in_force.filter(|_| waits) {
            let day = latest(&self.steps[..=last]).map_or(day, |lived| lived.max(day));
            let ends = self.steps.get(last + 1);
            if ends.is_none_or(|end| end.date.is_some_and(|end| day < end)) {
                self.steps.insert(last + 1, told(Enactment::InForce, day));
            }
        }
        if let Some(day) = terms.sunset
            && !ended
            && (waits || state == Enactment::InForce)
            && latest(&self.steps).is_none_or(|lived| lived < day)
        {
            self.steps.push(told(Enactment::Defunct, day));
        }
        self
    }

    /// The steps, oldest first.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Where the instrument stood on `date`.
    pub fn on(&self, date: Date) -> Position {
        let Some((at, state)) = place_on(self.steps.iter().map(|step| (step.date, step.state)), date) else {
            return Position { state: Enactment::Unknown, since: None, source: StateSource::Nobody };
        };
        let step = &self.steps[at];
        // Who says that it is awaited is who dates the entry into force, not who recorded the adoption.
        let awaits = state == Enactment::NotYetInForce && step.state != state;
        let coming = |later: &&Step| {
            awaits && later.state == Enactment::InForce && later.date.is_some_and(|day| day > date)
        };
        let says = self.steps.iter().find(coming).unwrap_or(step);
        Position { state, since: step.date, source: says.source.clone() }
    }

    /// The day of a kind of step, where recorded; the dates that are no steps stand in the metadata.
    pub fn date(&self, kind: DateKind, metadata: &Metadata) -> Option<Date> {
        let first = |wanted: &dyn Fn(Enactment) -> bool| {
            self.steps.iter().filter(|step| wanted(step.state)).find_map(|step| step.date)
        };
        match kind {
            DateKind::Introduced => first(&|state| state == Enactment::Proposed),
            DateKind::Adopted => {
                first(&|state| matches!(state, Enactment::Adopted | Enactment::NotYetInForce))
            }
            DateKind::InForce => first(&|state| state == Enactment::InForce),
            DateKind::Ended => first(&Enactment::is_dead),
            DateKind::AppliesFrom => metadata.applies_from,
            DateKind::Sunset => metadata.sunset,
            DateKind::Retrieved => metadata.retrieved,
        }
    }
}

/// Where an instrument stood on the day `on`, by a history in order; `None` when it was not there yet.
///
/// The last step dated on or before the day decides; one that was adopted and enters into force later is not yet in
/// force. A step without a date is taken to follow the steps before it, except that one into a dead state holds on
/// every day: what cannot be shown to have been alive counts as dead.
pub fn state_on(history: impl IntoIterator<Item = (Option<Date>, Enactment)>, on: Date) -> Option<Enactment> {
    place_on(history, on).map(|(_, state)| state)
}

/// The place of the step that decides, and the state.
fn place_on(
    history: impl IntoIterator<Item = (Option<Date>, Enactment)>,
    on: Date,
) -> Option<(usize, Enactment)> {
    let (mut found, mut waiting, mut awaited) = (None, false, false);
    for (at, (date, entered)) in history.into_iter().enumerate() {
        match date {
            Some(date) if date > on => {
                waiting = true;
                awaited |= entered == Enactment::InForce;
            }
            Some(_) => found = Some((at, entered)),
            None if entered.is_dead() => return Some((at, entered)),
            None if !waiting => found = Some((at, entered)),
            None => {}
        }
    }
    match found {
        Some((at, Enactment::Adopted)) if awaited => Some((at, Enactment::NotYetInForce)),
        found => found,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn event(state: Enactment, date: Option<Date>) -> StatusEvent {
        StatusEvent { state, date, source_word: state.name().to_owned() }
    }

    fn metadata(enactment: Enactment, history: Vec<StatusEvent>) -> Metadata {
        Metadata { enactment, history, ..Metadata::default() }
    }

    #[test]
    fn an_act_is_proposed_adopted_awaited_and_ends_by_its_own_terms() {
        use Enactment as E;
        let mut act = metadata(
            E::InForce,
            vec![
                event(E::Proposed, Some(date(2023, 2, 1))),
                event(E::Adopted, Some(date(2024, 3, 1))),
                event(E::InForce, Some(date(2025, 1, 1))),
            ],
        );
        act.sunset = Some(date(2030, 1, 1));
        let life = Life::of(&act, &[]);
        let states: Vec<E> = [
            date(2022, 12, 31),
            date(2023, 2, 1),
            date(2024, 2, 29),
            date(2024, 3, 1),
            date(2025, 1, 1),
            date(2029, 12, 31),
            date(2030, 1, 1),
        ]
        .into_iter()
        .map(|day| life.on(day).state)
        .collect();
        assert_eq!(
            states,
            [E::Unknown, E::Proposed, E::Proposed, E::NotYetInForce, E::InForce, E::InForce, E::Defunct]
        );
        assert_eq!(life.on(date(2026, 1, 1)).source, StateSource::Catalogue("In force".to_owned()));
        assert_eq!(life.date(DateKind::Adopted, &act), Some(date(2024, 3, 1)));
        assert_eq!(life.date(DateKind::Ended, &act), Some(date(2030, 1, 1)));
    }

    #[test]
    fn an_order_that_another_revoked_had_been_adopted_and_is_not_merely_defunct() {
        use Enactment as E;
        let order = metadata(
            E::Defunct,
            vec![event(E::Proposed, Some(date(2023, 10, 30))), event(E::Defunct, Some(date(2025, 1, 20)))],
        );
        assert_eq!(Life::of(&order, &[]).on(date(2024, 6, 1)).state, E::Proposed);
        let by: DocumentId = "sample:2".parse().unwrap();
        let ending = Ending { state: E::Revoked, by: by.clone(), on: Some(date(2025, 1, 23)) };
        let life = Life::of(&order, &[ending]);
        assert!(life.on(date(2024, 6, 1)).state.in_force() && life.on(date(2024, 6, 1)).state.presumed());
        let now = life.on(date(2025, 6, 1));
        assert_eq!((now.state, now.since), (E::Revoked, Some(date(2025, 1, 20))));
        assert_eq!(now.source, StateSource::Document(by));
    }

    #[test]
    fn who_ended_what_the_catalogue_calls_dead_is_named_and_the_catalogue_keeps_its_word() {
        use Enactment as E;
        let dead = |state| metadata(state, vec![event(E::Adopted, Some(date(2023, 10, 30)))]);
        let ending = |state, by: &str| Ending { state, by: by.parse().unwrap(), on: Some(date(2025, 1, 23)) };
        let by = |catalogue, endings: &[Ending]| {
            let now = Life::of(&dead(catalogue), endings).on(date(2026, 1, 1));
            (now.state, now.source, now.since)
        };
        let document = |id: &str| StateSource::Document(id.parse().unwrap());
        let since = Some(date(2025, 1, 23));
        let superseded = ending(E::Superseded, "sample:1");
        let told = by(E::Revoked, std::slice::from_ref(&superseded));
        assert_eq!(told, (E::Revoked, document("sample:1"), since));
        // Who did what the catalogue says did it, whatever else somebody did, and in whatever order they are told.
        let revoked = ending(E::Revoked, "sample:2");
        for both in [[superseded.clone(), revoked.clone()], [revoked, superseded]] {
            assert_eq!(by(E::Revoked, &both), (E::Revoked, document("sample:2"), since));
        }
    }

    #[test]
    fn an_instrument_of_which_the_catalogue_says_nothing_ends_when_another_or_its_sunset_ends_it() {
        use Enactment as E;
        let mut silent = metadata(E::Unknown, vec![]);
        let ending =
            Ending { state: E::Revoked, by: "sample:2".parse().unwrap(), on: Some(date(2025, 1, 23)) };
        let revoked = Life::of(&silent, std::slice::from_ref(&ending));
        silent.sunset = Some(date(2025, 1, 23));
        let lapsed = Life::of(&silent, &[]);
        for (life, end) in [(revoked, E::Revoked), (lapsed, E::Defunct)] {
            assert_eq!(life.on(date(2025, 1, 22)).state, E::Unknown);
            assert_eq!(life.on(date(2025, 1, 23)).state, end);
            assert_eq!(life.on(date(2026, 1, 1)).state, end);
        }
    }

    #[test]
    fn a_bill_that_failed_never_binds_and_an_undated_end_holds_on_every_day() {
        use Enactment as E;
        let bill = metadata(
            E::Defunct,
            vec![event(E::Proposed, Some(date(2023, 1, 5))), event(E::Defunct, Some(date(2025, 1, 3)))],
        );
        let life = Life::of(&bill, &[]);
        for day in [date(2023, 6, 1), date(2025, 1, 2), date(2025, 1, 3), date(2026, 1, 1)] {
            assert!(!life.on(day).state.in_force(), "{day}");
        }
        let undated = metadata(E::Revoked, vec![event(E::InForce, Some(date(2020, 1, 1)))]);
        assert_eq!(Life::of(&undated, &[]).on(date(2021, 1, 1)).state, E::Revoked);
        let nothing = metadata(E::Unknown, vec![event(E::Unknown, Some(date(2020, 1, 1)))]);
        assert_eq!(Life::of(&nothing, &[]).on(date(2021, 1, 1)).state, E::Unknown);
    }

    #[test]
    fn ids_are_read_back_and_the_older_word_is_taken() {
        for state in Enactment::ALL {
            assert_eq!(Enactment::from_id(state.id()), Some(state));
        }
        assert_eq!(Enactment::from_id("enacted"), Some(Enactment::Adopted));
        assert_eq!(serde_json::from_str::<Enactment>("\"enacted\"").unwrap(), Enactment::Adopted);
        for kind in DateKind::ALL {
            assert_eq!(DateKind::from_id(kind.id()), Some(kind));
        }
    }

    #[test]
    fn the_state_on_a_day_follows_the_dates_and_a_dead_bill_stays_dead() {
        let bill = [
            (Some(date(2023, 1, 10)), Enactment::Proposed),
            (Some(date(2023, 6, 1)), Enactment::Adopted),
            (Some(date(2025, 2, 1)), Enactment::Defunct),
        ];
        let on = |y, m, d| state_on(bill, date(y, m, d));
        assert_eq!(on(2022, 12, 31), None);
        assert_eq!(on(2023, 5, 31), Some(Enactment::Proposed));
        assert_eq!(on(2023, 6, 1), Some(Enactment::Adopted));
        assert_eq!(on(2026, 1, 1), Some(Enactment::Defunct));
        let undated = [(Some(date(2023, 1, 10)), Enactment::Proposed), (None, Enactment::Defunct)];
        assert_eq!(state_on(undated, date(2023, 2, 1)), Some(Enactment::Defunct));
        let adopted = [(Some(date(2024, 1, 10)), Enactment::Proposed), (None, Enactment::Adopted)];
        assert_eq!(state_on(adopted, date(2023, 2, 1)), None);
        assert_eq!(state_on(adopted, date(2024, 2, 1)), Some(Enactment::Adopted));
    }
}
