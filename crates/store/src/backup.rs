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

#[cfg(test)]
mod tests {
    use lacuna_domain::{Clock, Document, Metadata};

    use crate::{Incoming, Location, Store};

    fn incoming(number: usize) -> Incoming {
        let metadata = Metadata { official_name: format!("Order {number}"), ..Metadata::default() };
        let document = Document { id: format!("sample:{number}").parse().unwrap(), metadata };
        Incoming { document, version: None }
    }

    #[tokio::test]
    async fn a_backup_taken_while_writing_is_whole_and_as_of_one_moment() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Folder(folder.path().join("live"));
        let store = Store::open(&location, Clock::fixed()).await.unwrap();
        store.put_documents(&[incoming(0)]).await.unwrap();
        let writer = store.clone();
        let writing = tokio::spawn(async move {
            for batch in 0..40 {
                // Batches of ten: a backup between commits holds a multiple of ten and one.
                let batch: Vec<Incoming> = (1..=10).map(|n| incoming(batch * 10 + n)).collect();
                writer.put_documents(&batch).await.unwrap();
            }
        });
        let mut counts = Vec::new();
        for copy in 0..4 {
            let place = folder.path().join(format!("copy{copy}"));
            std::fs::create_dir(&place).unwrap();
            store.backup(&place.join("lacuna.db")).await.unwrap();
            let copy = Store::open_read_only(&Location::Folder(place), Clock::fixed()).await.unwrap();
            counts.push(copy.documents().await.unwrap().len());
        }
        writing.await.unwrap();
        assert!(counts.iter().all(|count| count % 10 == 1), "{counts:?}");
        assert!(counts.is_sorted(), "{counts:?}");
        assert_eq!(store.documents().await.unwrap().len(), 401);
        let taken = folder.path().join("copy0/lacuna.db");
        assert!(store.backup(&taken).await.is_err(), "an existing file is never written over");
    }
}
