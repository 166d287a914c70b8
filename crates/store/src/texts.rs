//! Texts, addressed by their content.

use std::collections::BTreeMap;

use lacuna_domain::{Text, TextId};

use crate::db::Tx;
use crate::error::StoreError;
use crate::packed::press;
use crate::store::Store;
use crate::value::{LIST, Row, Value, args, json, list, places};

impl Store {
    /// The text with this address.
    pub async fn text(&self, id: &TextId) -> Result<Option<Text>, StoreError> {
        let sql = "SELECT id, language, quality, content FROM texts WHERE id = $1";
        self.db.fetch_optional(sql, args![id]).await?.as_ref().map(text).transpose()
    }

    /// The texts with these addresses, in their order, each once; those that are not there are left out.
    pub async fn texts(&self, ids: &[TextId]) -> Result<Vec<Text>, StoreError> {
        let mut texts = Vec::with_capacity(ids.len());
        for ids in ids.chunks(LIST) {
            let sql = concat!("SELECT id, language, quality, content FROM texts WHERE id IN ", places!());
            let rows = self.db.fetch(sql, list(ids.iter().map(Value::from))).await?;
            let mut found: BTreeMap<TextId, Text> = rows
                .iter()
                .map(|row| text(row).map(|text| (text.id.clone(), text)))
                .collect::<Result<_, _>>()?;
            texts.extend(ids.iter().filter_map(|id| found.remove(id)));
        }
        Ok(texts)
    }

    /// The text whose address begins with `prefix`, of at least twelve hexadecimal digits.
    pub async fn text_starting(&self, prefix: &str) -> Result<Option<TextId>, StoreError> {
        if prefix.len() < 12 || !prefix.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(None);
        }
        let sql = "SELECT id FROM texts WHERE id >= $1 AND id <= $2 ORDER BY id LIMIT 1";
        let row = self.db.fetch_optional(sql, args![prefix, format!("{prefix}g")]).await?;
        row.map(|row| row.parse(0)).transpose()
    }
}

/// Adds a text; one with the same content is there already.
pub(crate) async fn insert(tx: &mut Tx, text: &Text) -> Result<(), StoreError> {
    let sql = "INSERT INTO texts (id, language, quality, content) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (id) DO NOTHING";
    let args = args![&text.id, text.language.clone(), json(&text.quality), press(&text.content)];
    tx.execute(sql, args).await.map(|_| ())
}

fn text(row: &Row) -> Result<Text, StoreError> {
    Ok(Text {
        id: row.parse(0)?,
        language: row.optional_text(1)?.map(str::to_owned),
        quality: row.json(2)?,
        content: row.unpacked(3)?,
    })
}
