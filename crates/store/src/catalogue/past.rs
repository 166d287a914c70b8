//! The catalogue of documents as they were when a release was cut.

use std::collections::BTreeMap;

use jiff::civil::Date;
use lacuna_domain::{Codebook, RunId};

use super::Catalogue;
use super::build::{Builder, CatalogueInput};
use super::column::natural_order;
use super::labels::Labelled;
use super::load::{labelled, of_text, reviewed, text_len};
use crate::error::StoreError;
use crate::relations::{Stated, stated_of};
use crate::releases::{Inventory, Member};
use crate::store::Store;
use crate::value::{LIST, Row, Value, list, places};

impl Catalogue {
    /// The catalogue of an inventory, with the labels of `run`, as of the day `on`. What was labelled and reviewed up to then is
    /// for `store` to say: see [`Store::as_of`].
    pub async fn of_inventory(
        store: &Store,
        run: Option<&RunId>,
        codebook: &Codebook,
        inventory: &Inventory,
        on: Date,
    ) -> Result<Self, StoreError> {
        let reviewed = reviewed(store).await?;
        let stated = match &inventory.stated {
            Some(stated) => stated_of(stated.clone()),
            None => store.all_stated().await?,
        };
        let mut members: Vec<&Member> = inventory.documents.iter().collect();
        members.sort_by(|a, b| natural_order(a.document.id.as_str(), b.document.id.as_str()));
        let mut builder = Builder::new(codebook, run.cloned()).as_of(on);
        for members in members.chunks(LIST) {
            let texts = texts(store, run, members).await?;
            for member in members {
                let Member { document, version } = member;
                let text = version.as_ref().map(|version| version.text.as_str());
                let row = text.and_then(|text| texts.get(text));
                let told = text.and_then(|text| stated.get(text)).map(|stated| stated.of(&document.id));
                let Stated { days, terms } = told.cloned().unwrap_or_default();
                let coded = row.map_or(Ok(None), |row| labelled(row, 3))?;
                let failed = version.as_ref().and_then(|version| inventory.failed.get(&version.text));
                builder.push(&CatalogueInput {
                    reviewed: reviewed.contains(&document.id),
                    endings: inventory.relations.endings(&document.id, &document.metadata),
                    stated: days,
                    terms,
                    document: document.clone(),
                    version: version.clone(),
                    text_len: row.map_or(Ok(0), |row| text_len(row, 0))?,
                    language: row.map_or(Ok(None), |row| row.optional_text(2))?.map(str::to_owned),
                    outcome: coded.or_else(|| failed.map(|reason| Labelled::Failed(reason.clone()))),
                });
            }
        }
        Ok(builder.finish())
    }
}

/// What is known of the texts of at most [`LIST`] members, and what the run made of them, by text.
async fn texts(
    store: &Store,
    run: Option<&RunId>,
    members: &[&Member],
) -> Result<BTreeMap<String, Row>, StoreError> {
    let texts = members.iter().filter_map(|member| Some(Value::from(&member.version.as_ref()?.text)));
    let mut values = list(texts);
    values.push(Value::from(run.map_or("", RunId::as_str)));
    values.push(Value::from(store.until()));
    let sql = concat!(
        "SELECT ",
        of_text!(),
        ", t.id FROM texts t LEFT JOIN outcomes o ON o.run = $17 AND o.text = t.id AND o.at <= $18 WHERE t.id IN ",
        places!()
    );
    let rows = store.db.fetch(sql, values).await?;
    rows.into_iter().map(|row| Ok((row.text(6)?.to_owned(), row))).collect()
}
