//! What is known of the labels of some documents, read together.

use std::collections::{BTreeMap, BTreeSet};

use lacuna_domain::decision::{Mode, Sheet};
use lacuna_domain::run::Labeller;
use lacuna_domain::{
    CodeId, Codebook, Coding, DimensionId, Document, DocumentId, Run, Text, TextId, Version,
};
use lacuna_store::{Store, StoreError};

use super::decisions;
use super::judgement_row::{JudgementRow, Subject, coding_rows};
use super::trust::Known;

/// A document with the version whose text was coded.
pub(super) type Versioned = (Document, Option<Version>);

/// Whose labels rows are of.
#[derive(Clone, Copy)]
pub(super) struct Of<'o> {
    pub(super) run: &'o Run,
    pub(super) codebook: &'o Codebook,
    pub(super) known: &'o Known,
}

/// The rows of each of some documents, in their order. They are read together, so that there are few of them.
pub(super) async fn rows_of(
    store: &Store,
    of: Of<'_>,
    documents: &[Versioned],
) -> Result<Vec<Vec<JudgementRow>>, StoreError> {
    let labelled = Labelled::read(store, of.run, documents).await?;
    Ok(documents.iter().map(|one| labelled.rows(of, one)).collect())
}

/// What people and a run say of some documents, and the texts of those of which there are rows.
struct Labelled {
    sheets: BTreeMap<DocumentId, Vec<Sheet>>,
    codings: BTreeMap<TextId, Coding>,
    texts: BTreeMap<TextId, Text>,
}

impl Labelled {
    async fn read(store: &Store, run: &Run, documents: &[Versioned]) -> Result<Self, StoreError> {
        let ids: Vec<DocumentId> = documents.iter().map(|(document, _)| document.id.clone()).collect();
        let versions = documents.iter().filter_map(|(_, version)| version.as_ref());
        let texts: BTreeSet<TextId> = versions.map(|version| version.text.clone()).collect();
        let mut texts: Vec<TextId> = texts.into_iter().collect();
        let mut codings = BTreeMap::new();
        if run.labeller == Labeller::Machine {
            codings = store.codings_among(&run.id, &texts).await?;
            texts.retain(|text| codings.contains_key(text));
        }
        let texts = store.texts(&texts).await?.into_iter().map(|text| (text.id.clone(), text)).collect();
        Ok(Self { sheets: store.sheets_among(&ids).await?, codings, texts })
    }

    fn rows(&self, of: Of<'_>, (document, version): &Versioned) -> Vec<JudgementRow> {
        let Of { run, codebook, known } = of;
        let sheets = self.sheets.get(&document.id).map(Vec::as_slice).unwrap_or_default();
        let reviewed = reviewed(sheets, codebook);
        let version = version.as_ref();
        let subject = Subject { document, version, run, codebook, reviewed: &reviewed, known };
        let text = version.and_then(|version| self.texts.get(&version.text));
        if run.labeller != Labeller::Machine {
            let own: Vec<&Sheet> = sheets.iter().filter(|sheet| sheet.run == run.id).collect();
            return decisions::rows(&subject, &own, text);
        }
        let coding = version.and_then(|version| self.codings.get(&version.text));
        let coded = coding.zip(text);
        coded.map(|(coding, text)| coding_rows(&subject, coding, &text.content)).unwrap_or_default()
    }
}

/// The labels on which a person of this store decided.
fn reviewed(sheets: &[Sheet], codebook: &Codebook) -> BTreeSet<(DimensionId, CodeId)> {
    let own = sheets.iter().filter(|sheet| sheet.mode != Mode::Imported && sheet.codebook == codebook.id);
    own.flat_map(|sheet| &sheet.decisions).map(|d| (d.dimension.clone(), d.code.clone())).collect()
}
