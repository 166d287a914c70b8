//! Backups of a folder store, taken while it is written to.

use std::path::Path;

use crate::error::StoreError;
use crate::store::Store;

impl Store {
    /// Writes a whole and consistent copy of the database to `file`, which must not exist; others may read and write
    /// meanwhile. A PostgreSQL store is backed up with the tools of PostgreSQL.
    pub async fn backup(&self, file: &Path) -> Result<(), StoreError> {
        self.db.copy_into(file).await
    }
}
