//! Codebooks as the files they came from, by hash.

use lacuna_domain::Codebook;

use crate::error::StoreError;
use crate::store::Store;
use crate::value::{Row, args};

impl Store {
    /// Keeps the file of a codebook; a file that is kept already stays as it is.
    pub async fn put_codebook(&self, source: &str, codebook: &Codebook) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let sql = "INSERT INTO codebooks (hash, id, version, added_at, source) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (hash) DO NOTHING";
        let args =
            args![codebook.hash.as_str(), &codebook.id, codebook.version.as_str(), self.clock.now(), source];
        if tx.execute(sql, args).await? > 0 {
            tx.touch().await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// The codebook whose file has this SHA-256.
    pub async fn codebook(&self, hash: &str) -> Result<Option<Codebook>, StoreError> {
        let row =
            self.db.fetch_optional("SELECT hash, source FROM codebooks WHERE hash = $1", args![hash]).await?;
        row.map(|row| codebook(&row)).transpose()
    }

    /// The file of the codebook with this SHA-256, as it was given.
    pub async fn codebook_source(&self, hash: &str) -> Result<Option<String>, StoreError> {
        let row =
            self.db.fetch_optional("SELECT hash, source FROM codebooks WHERE hash = $1", args![hash]).await?;
        row.map(|row| row.text(1).map(str::to_owned)).transpose()
    }

    /// Every codebook kept, by name and then in the order of arrival.
    pub async fn codebooks(&self) -> Result<Vec<Codebook>, StoreError> {
        let sql = "SELECT hash, source FROM codebooks WHERE added_at <= $1 ORDER BY id, added_at, hash";
        self.db.fetch(sql, args![self.until()]).await?.iter().map(codebook).collect()
    }
}

fn codebook(row: &Row) -> Result<Codebook, StoreError> {
    Codebook::parse(row.text(1)?).map_err(|error| row.unreadable(1, error.to_string()))
}
