//! The catalogue of documents as they were when a release was cut.

use jiff::civil::Date;
use lacuna_domain::{Codebook, RunId};

use super::Catalogue;
use super::build::Builder;
use super::build::CatalogueInput;
use super::column::natural_order;
use super::load::{labelled, of_text, reviewed, text_len};
use crate::error::StoreError;
use crate::releases::Inventory;
use crate::store::Store;
use crate::value::args;

impl Catalogue {
    /// The catalogue of an inventory, with the labels of `run`, as of the day `on`. Labels of a run never change, so
    /// they are those of that day; which documents people reviewed is as it is now.
    pub async fn of_inventory(
        store: &Store,
        run: Option<&RunId>,
        codebook: &Codebook,
        inventory: &Inventory,
        on: Date,
    ) -> Result<Self, StoreError> {
        let (reviewed, stated) = (reviewed(store).await?, store.all_stated().await?);
        let mut members: Vec<_> = inventory.documents.iter().collect();
        members.sort_by(|a, b| natural_order(a.document.id.as_str(), b.document.id.as_str()));
        let mut builder = Builder::new(codebook, run.cloned()).as_of(on);
        for member in members {
            let mut input = CatalogueInput {
                reviewed: reviewed.contains(&member.document.id),
                endings: inventory.relations.endings(&member.document.id, &member.document.metadata),
                stated: member
                    .version
                    .as_ref()
                    .and_then(|v| stated.get(v.text.as_str()))
                    .cloned()
                    .unwrap_or_default(),
                document: member.document.clone(),
                version: member.version.clone(),
                text_len: 0,
                language: None,
                outcome: None,
            };
            fill(store, run, &mut input).await?;
            builder.push(&input);
        }
        Ok(builder.finish())
    }
}

/// Adds what is known of the text of a version and what the run made of it.
async fn fill(store: &Store, run: Option<&RunId>, input: &mut CatalogueInput) -> Result<(), StoreError> {
    let Some(version) = &input.version else { return Ok(()) };
    let sql = concat!(
        "SELECT ",
        of_text!(),
        " FROM texts t LEFT JOIN outcomes o ON o.run = $1 AND o.text = t.id WHERE t.id = $2"
    );
    let run = run.map_or("", RunId::as_str);
    let Some(row) = store.db.fetch_optional(sql, args![run, &version.text]).await? else { return Ok(()) };
    input.text_len = text_len(&row, 0)?;
    input.language = row.optional_text(2)?.map(str::to_owned);
    input.outcome = labelled(&row, 3)?;
    Ok(())
}
