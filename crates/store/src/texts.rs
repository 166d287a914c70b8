//! Texts, addressed by their content.

use lacuna_domain::{Text, TextId};

use crate::db::Tx;
use crate::error::StoreError;
use crate::packed::press;
use crate::store::Store;
use crate::value::{args, json};

impl Store {
    /// The text with this address.
    pub async fn text(&self, id: &TextId) -> Result<Option<Text>, StoreError> {
        let sql = "SELECT id, language, quality, content FROM texts WHERE id = $1";
        let Some(row) = self.db.fetch_optional(sql, args![id]).await? else { return Ok(None) };
        Ok(Some(Text {
            id: row.parse(0)?,
            language: row.optional_text(1)?.map(str::to_owned),
            quality: row.json(2)?,
            content: row.unpacked(3)?,
        }))
    }
}

/// Adds a text; one with the same content is there already.
pub(crate) async fn insert(tx: &mut Tx, text: &Text) -> Result<(), StoreError> {
    let sql = "INSERT INTO texts (id, language, quality, content) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (id) DO NOTHING";
    let args = args![&text.id, text.language.clone(), json(&text.quality), press(&text.content)];
    tx.execute(sql, args).await.map(|_| ())
}
