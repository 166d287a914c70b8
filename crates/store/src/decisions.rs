//! Sheets of decisions, beside the codings and never over them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lacuna_domain::decision::{Mode, Sheet};
use lacuna_domain::{DocumentId, RunId};

use crate::db::Tx;
use crate::error::StoreError;
use crate::packed::press;
use crate::store::Store;
use crate::value::{Row, args, json, places};

/// Which sheets, by the name `s`, may be shown of those up to the moment in the first place: those of coders only where nobody
/// had an open blind assignment on the document then, nor has one that was given up to the moment in the second place, which
/// is ever for pages of today.
macro_rules! shown {
    ($until:literal, $blind:literal) => {
        concat!(
            "(s.at <= ",
            $until,
            " AND (s.mode NOT IN ('\"blind\"', '\"assisted\"') OR NOT EXISTS (SELECT 1 FROM assignments a \
               WHERE a.document = s.document AND a.mode = 'blind' AND ((a.done_at IS NULL AND a.assigned_at <= ",
            $blind,
            ") OR (a.assigned_at <= ",
            $until,
            " AND a.done_at > ",
            $until,
            ")))))"
        )
    };
}

/// The sheets on some documents that may be shown.
pub(crate) const SHEETS_AMONG: &str = concat!(
    "SELECT s.document, s.body FROM sheets s WHERE s.document IN ",
    places!(),
    " AND ",
    shown!("$17", "$18"),
    " ORDER BY s.document, s.number"
);

impl Store {
    /// Adds sheets in one transaction and answers how many were added. An imported sheet that repeats the newest one
    /// of its labeller on the document, time apart, is not added again.
    pub async fn put_sheets(&self, sheets: &[Sheet]) -> Result<usize, StoreError> {
        let mut tx = self.db.begin().await?;
        let mut added = 0;
        for sheet in sheets {
            if sheet.mode == Mode::Imported && repeats(&mut tx, sheet).await? {
                continue;
            }
            insert(&mut tx, sheet).await?;
            added += 1;
        }
        if added > 0 {
            tx.touch().await?;
            tx.commit().await?;
        }
        Ok(added)
    }

    /// Adds one sheet of somebody at work, without a step of [`Store::revision`]: pages show it once the document is
    /// finished, and a key press should not make every page anew.
    pub async fn put_working_sheet(&self, sheet: &Sheet) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        insert(&mut tx, sheet).await?;
        tx.commit().await
    }

    /// The sheets on a document that may be shown, in the order of arrival: those of coders only once nobody has an
    /// open blind assignment on it.
    pub async fn sheets_of(&self, document: &DocumentId) -> Result<Vec<Sheet>, StoreError> {
        let sql = concat!(
            "SELECT s.document, s.body FROM sheets s WHERE s.document = $1 AND ",
            shown!("$2", "$3"),
            " ORDER BY s.number"
        );
        self.db
            .fetch(sql, args![document, self.until(), self.blind_at()])
            .await?
            .iter()
            .map(|row| row.packed_json(1))
            .collect()
    }

    /// The same of each of some documents; one without sheets is left out.
    pub async fn sheets_among(
        &self,
        documents: &[DocumentId],
    ) -> Result<BTreeMap<DocumentId, Vec<Sheet>>, StoreError> {
        let mut found: BTreeMap<DocumentId, Vec<Sheet>> = BTreeMap::new();
        for row in self.rows_among(SHEETS_AMONG, documents, args![self.until(), self.blind_at()]).await? {
            found.entry(row.parse(0)?).or_default().push(row.packed_json(1)?);
        }
        Ok(found)
    }

    /// The sheets of one run on a document, in the order of arrival: what the coding screen of its labeller shows, and
    /// nothing of anybody else.
    pub async fn own_sheets(&self, document: &DocumentId, run: &RunId) -> Result<Vec<Sheet>, StoreError> {
        let sql = "SELECT document, body FROM sheets WHERE document = $1 AND run = $2 ORDER BY number";
        self.db.fetch(sql, args![document, run]).await?.iter().map(|row| row.packed_json(1)).collect()
    }

    /// The sheets filed under a run that may be shown, sorted by document as [`Store::documents`] is, then in the order
    /// of arrival; see [`Store::sheets_of`].
    pub async fn sheets_of_run(&self, run: &RunId) -> Result<Vec<Sheet>, StoreError> {
        let sql = concat!(
            "SELECT s.document, s.body FROM sheets s JOIN documents d ON d.id = s.document WHERE s.run = $1 AND ",
            shown!("$2", "$3"),
            " ORDER BY d.sort_key, d.id, s.number"
        );
        let args = args![run, self.until(), self.blind_at()];
        self.db.fetch(sql, args).await?.iter().map(|row| row.packed_json(1)).collect()
    }

    /// When people last decided on the labels of each document on which any did, as far as it may be shown; see
    /// [`Store::sheets_of`]. What was imported is no decision made here.
    pub async fn decided_at(&self) -> Result<BTreeMap<DocumentId, Timestamp>, StoreError> {
        let sql = concat!(
            "SELECT s.document, max(s.at) FROM sheets s WHERE s.mode <> '\"imported\"' AND ",
            shown!("$1", "$2"),
            " GROUP BY s.document ORDER BY s.document"
        );
        let one = |row: &Row| Ok((row.parse(0)?, row.parse(1)?));
        self.db.fetch(sql, args![self.until(), self.blind_at()]).await?.iter().map(one).collect()
    }
}

async fn repeats(tx: &mut Tx, sheet: &Sheet) -> Result<bool, StoreError> {
    let sql = "SELECT document, body FROM sheets WHERE document = $1 AND run = $2 AND labeller = $3 \
               ORDER BY number DESC LIMIT 1";
    let args = args![&sheet.document, &sheet.run, sheet.labeller.as_str()];
    let Some(row) = tx.fetch_optional(sql, args).await? else { return Ok(false) };
    let newest: Sheet = row.packed_json(1)?;
    Ok(Sheet { at: sheet.at, ..newest } == *sheet)
}

async fn insert(tx: &mut Tx, sheet: &Sheet) -> Result<(), StoreError> {
    let sql = "INSERT INTO sheets (document, number, run, labeller, mode, at, body) \
               SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6 FROM sheets WHERE document = $1";
    let args = args![
        &sheet.document,
        &sheet.run,
        sheet.labeller.as_str(),
        json(&sheet.mode),
        sheet.at,
        press(&json(sheet)),
    ];
    tx.execute(sql, args).await.map(|_| ())
}
