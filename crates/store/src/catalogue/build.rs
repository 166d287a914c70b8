//! Builds a catalogue document by document, so that a store can be streamed into it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use lacuna_domain::document::{Document, Metadata, Version};
use lacuna_domain::enactment::{DateKind, Enactment, Ending, Life};
use lacuna_domain::filter::Field;
use lacuna_domain::{Codebook, RunId, Terms, TextId};
use roaring::RoaringBitmap;

use super::column::{FieldBuilder, FieldColumn, TextColumn, natural_order};
use super::labels::{LabelTable, Labelled};
use super::own::{OwnBuilder, is_tags};
use super::record::{Arrival, Standing};
use super::states::StateColumn;
use super::{Catalogue, Columns};

/// What the catalogue takes of one document.
#[derive(Clone, Debug)]
pub struct CatalogueInput {
    /// The document.
    pub document: Document,
    /// Its latest version, where it has one.
    pub version: Option<Version>,
    /// Bytes of the text of that version.
    pub text_len: usize,
    /// Main language of that text.
    pub language: Option<String>,
    /// What became of that text in the run; `None` when the run has not come to it.
    pub outcome: Option<Labelled>,
    /// Whether a person decided on any label of the document.
    pub reviewed: bool,
    /// What other instruments did to it.
    pub endings: Vec<Ending>,
    /// Dates that passages of its text state; they may be about a part of it only.
    pub stated: BTreeSet<(DateKind, Date)>,
    /// Days that its text sets for the whole of it.
    pub terms: Terms,
}

#[cfg(test)]
impl CatalogueInput {
    /// A document of which nothing but its catalogue data is known.
    pub(crate) fn bare(document: Document) -> Self {
        Self {
            document,
            version: None,
            text_len: 0,
            language: None,
            outcome: None,
            reviewed: false,
            endings: vec![],
            stated: BTreeSet::new(),
            terms: Terms::default(),
        }
    }
}

/// Collects a [`Catalogue`].
#[derive(Debug)]
pub struct Builder {
    columns: Columns,
    codebook: Codebook,
    run: Option<RunId>,
    state_sources: FieldBuilder,
    fields: BTreeMap<Field, FieldBuilder>,
    own: OwnBuilder,
    texts: HashMap<TextId, u32>,
    text_documents: Vec<Vec<u32>>,
}

impl Catalogue {
    /// The catalogue of these documents, in any order.
    pub fn build(mut inputs: Vec<CatalogueInput>, codebook: &Codebook, run: Option<RunId>) -> Self {
        inputs.sort_by(|a, b| natural_order(a.document.id.as_str(), b.document.id.as_str()));
        let mut builder = Builder::new(codebook, run);
        for input in &inputs {
            builder.push(input);
        }
        builder.finish()
    }
}

impl Builder {
    /// An empty catalogue.
    pub fn new(codebook: &Codebook, run: Option<RunId>) -> Self {
        let columns = Columns {
            ids: TextColumn::default(),
            by_id: Vec::new(),
            titles: TextColumn::default(),
            official_names: TextColumn::default(),
            text_bytes: Vec::new(),
            text_numbers: Vec::new(),
            shared_texts: BTreeMap::new(),
            repeated: RoaringBitmap::new(),
            textless: 0,
            day: Date::MAX,
            enactments: Vec::new(),
            state_sources: FieldColumn::default(),
            days: BTreeMap::new(),
            dates: Vec::new(),
            years: BTreeMap::new(),
            states: StateColumn::default(),
            fields: BTreeMap::new(),
            own: BTreeMap::new(),
            labels: LabelTable::new(codebook),
            standings: Vec::new(),
            arrivals: Vec::new(),
            fiction: RoaringBitmap::new(),
            private: RoaringBitmap::new(),
            title_ranks: Vec::new(),
            all: RoaringBitmap::new(),
        };
        let fields = Field::ALL.into_iter().map(|field| (field, FieldBuilder::default())).collect();
        Self {
            columns,
            codebook: codebook.clone(),
            run,
            state_sources: FieldBuilder::default(),
            fields,
            own: OwnBuilder::default(),
            texts: HashMap::new(),
            text_documents: Vec::new(),
        }
    }

    /// With the day on which the present states are those of the catalogue; without it, steps to come count as taken.
    #[must_use]
    pub const fn as_of(mut self, today: Date) -> Self {
        self.columns.day = today;
        self
    }

    /// Adds a document; documents come in the order that the order `id` shows, each once.
    pub fn push(&mut self, input: &CatalogueInput) {
        let row = self.columns.ids.len();
        let Document { id, metadata } = &input.document;
        let catalogue = &mut self.columns;
        catalogue.all.insert(row);
        catalogue.ids.push(id.as_str());
        catalogue.titles.push(metadata.title());
        catalogue.official_names.push(&metadata.official_name);
        catalogue.text_bytes.push(input.text_len as u32);
        let life = Life::of(metadata, &input.endings).by_its_text(input.terms);
        let position = life.on(catalogue.day);
        let present = position.state;
        catalogue.enactments.push(present);
        self.state_sources.push([position.told_by().as_str()]);
        catalogue.states.push(&life);
        for kind in DateKind::ALL {
            let found = life.days(kind, metadata, input.stated.iter().copied());
            let days = catalogue.days.entry(kind).or_default();
            if found.is_empty() {
                days.entry(None).or_default().insert(row);
            }
            for day in found {
                days.entry(Some(day)).or_default().insert(row);
            }
        }
        catalogue.dates.push(metadata.history.iter().filter_map(|event| event.date).max());
        catalogue.years.entry(metadata.year()).or_default().insert(row);
        if metadata.fiction {
            catalogue.fiction.insert(row);
        }
        if metadata.private {
            catalogue.private.insert(row);
        }
        let standing = Standing::of(input);
        catalogue.standings.push(standing);
        catalogue.arrivals.push(input.version.as_ref().map(Arrival::of));
        let labels = match &input.outcome {
            Some(Labelled::Coded(labels)) if standing == Standing::Coded => Some(labels),
            _ => None,
        };
        catalogue.labels.push(row, labels);
        self.own.push(row, &metadata.extra);
        self.push_text(row, input.version.as_ref());
        self.push_fields(input, standing, present);
    }

    fn push_text(&mut self, row: u32, version: Option<&Version>) {
        let Some(version) = version else {
            self.columns.textless += 1;
            return self.columns.text_numbers.push(u32::MAX);
        };
        let next = self.text_documents.len() as u32;
        let number = *self.texts.entry(version.text.clone()).or_insert(next);
        if number == next {
            self.text_documents.push(vec![]);
        }
        self.text_documents[number as usize].push(row);
        self.columns.text_numbers.push(number);
    }

    fn push_fields(&mut self, input: &CatalogueInput, standing: Standing, present: Enactment) {
        let metadata = &input.document.metadata;
        let yes_no = |yes: bool| if yes { "yes" } else { "no" };
        for (field, column) in &mut self.fields {
            match field {
                Field::Authority => column.push(metadata.authority.as_deref()),
                Field::ParentAuthority => {
                    column.push(metadata.parent_authorities.iter().map(String::as_str));
                }
                Field::Jurisdiction => column.push(metadata.jurisdiction.as_deref()),
                Field::Collection => column.push(metadata.collections.iter().map(String::as_str)),
                Field::Enactment => column.push([present.id()]),
                Field::Language => column.push(input.language.as_deref()),
                Field::AppliesTo => column.push(metadata.applies_to.iter().map(String::as_str)),
                Field::Source => column.push([input.document.id.source()]),
                Field::Tag => column.push(tags(metadata)),
                Field::Licence => column.push(metadata.licence.as_deref()),
                Field::UnreviewedOutput => column.push([yes_no(metadata.unreviewed_machine_output)]),
                Field::Fiction => column.push([yes_no(metadata.fiction)]),
                Field::Reviewed => column.push([yes_no(input.reviewed)]),
                Field::Coded => column.push([yes_no(standing == Standing::Coded)]),
            }
        }
    }

    /// The finished catalogue.
    pub fn finish(self) -> Catalogue {
        let mut columns = self.columns;
        columns.states.finish();
        columns.state_sources = self.state_sources.finish();
        columns.fields = self.fields.into_iter().map(|(field, column)| (field, column.finish())).collect();
        columns.own = self.own.finish(&columns.all);
        let repeated = self.text_documents.iter().filter(|documents| documents.len() > 1);
        columns.repeated = repeated.flatten().copied().collect();
        // Files without a text layer all have the empty text; that makes no two of them the same instrument.
        let has_words = |documents: &[u32]| documents.iter().all(|row| columns.text_bytes[*row as usize] > 0);
        let shared = self.text_documents.into_iter().enumerate();
        let shared: Vec<_> = shared.filter(|(_, d)| d.len() > 1 && has_words(d)).collect();
        let shared = shared.into_iter();
        columns.shared_texts = shared.map(|(text, documents)| (text as u32, documents)).collect();
        let mut by_title: Vec<(String, u32)> =
            columns.all.iter().map(|row| (columns.titles.get(row).to_lowercase(), row)).collect();
        by_title.sort_unstable();
        let mut by_id: Vec<u32> = columns.all.iter().collect();
        by_id.sort_unstable_by_key(|row| columns.ids.get(*row));
        columns.by_id = by_id;
        columns.title_ranks = vec![0; by_title.len()];
        for (rank, (_, row)) in by_title.iter().enumerate() {
            columns.title_ranks[*row as usize] = rank as u32;
        }
        Catalogue { codebook: self.codebook, run: self.run, columns }
    }
}

/// Tags as the source gives them: one column, parts between semicolons.
fn tags(metadata: &Metadata) -> impl Iterator<Item = &str> {
    let column = metadata.extra.iter().find(|(name, _)| is_tags(name));
    column.into_iter().flat_map(|(_, tags)| tags.split(';'))
}
