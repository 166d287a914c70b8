//! Catalogues on disk: what was counted from a large store is kept beside its search index, so that a server that starts
//! again need not read every coding. Derived like the index: thrown away freely, and made again when the store moved.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use lacuna_domain::{Codebook, RunId, sha256_hex};

use super::load::Audience;
use super::{Catalogue, Columns};
use crate::error::StoreError;
use crate::store::Store;

/// Counts up whenever the columns are laid out differently; older files are then passed over.
const FORMAT: u32 = 5;
/// Stores of fewer documents are read in an instant.
pub(super) const FEWEST: i64 = 2_000;
const LEVEL: i32 = 1;
/// Bytes of the key at the beginning of a file.
const KEY: usize = 64;

/// The file of one catalogue, and what it must be of.
#[derive(Clone, Debug)]
pub(super) struct Place {
    file: PathBuf,
    folder: PathBuf,
    key: String,
}

impl Place {
    /// Where the catalogue of what the store holds now belongs; `None` for stores that are small or have no folder.
    pub(super) async fn of(
        store: &Store,
        run: Option<&RunId>,
        codebook: &Codebook,
        audience: Audience,
        fewest: i64,
    ) -> Result<Option<Self>, StoreError> {
        let Some(folder) = store.location().folder().map(|folder| folder.join("index")) else {
            return Ok(None);
        };
        let sql = "SELECT (SELECT value FROM revision WHERE id = 1), (SELECT count(*) FROM documents), \
                   (SELECT count(*) FROM versions), (SELECT count(*) FROM outcomes)";
        let Some(row) = store.db.fetch_optional(sql, vec![]).await? else { return Ok(None) };
        let counts = [row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?];
        if counts[1] < fewest {
            return Ok(None);
        }
        let of = format!("{FORMAT} {} {audience:?} {}", run.map_or("", RunId::as_str), codebook.hash);
        let today = store.clock.now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
        let key = sha256_hex(format!("{of} {counts:?} {today} {}", env!("CARGO_PKG_VERSION")).as_bytes());
        let name = format!("catalogue-{}", sha256_hex(of.as_bytes()).get(..16).unwrap_or_default());
        Ok(Some(Self { file: folder.join(name), folder, key }))
    }

    /// Whether both are of the same state of the store.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.key == other.key
    }

    /// The columns in the file; `None` when there is none, or one of another state or damaged.
    pub(super) fn read(&self) -> Option<Columns> {
        let mut file = fs::File::open(&self.file).ok()?;
        let mut key = [0; KEY];
        file.read_exact(&mut key).ok()?;
        if key != self.key.as_bytes() {
            return None;
        }
        let read = || -> std::io::Result<Vec<u8>> {
            let mut bytes = Vec::new();
            zstd::stream::Decoder::new(file)?.read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let columns = read()
            .map_err(|e| e.to_string())
            .and_then(|b| postcard::from_bytes(&b).map_err(|e| e.to_string()));
        columns
            .map_err(|error| tracing::warn!(error, file = %self.file.display(), "counting the store again"))
            .ok()
    }

    /// Writes the columns; a folder that cannot be written to is no fault, only slower the next time.
    pub(super) fn write(&self, columns: &Columns) {
        if let Err(error) = self.try_write(columns) {
            tracing::debug!(%error, file = %self.file.display(), "the catalogue is not kept");
        }
    }

    fn try_write(&self, columns: &Columns) -> std::io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let making = self.folder.join(format!("making-{}", std::process::id()));
        let mut file = fs::File::create(&making)?;
        file.write_all(self.key.as_bytes())?;
        let mut out = zstd::stream::Encoder::new(file, LEVEL)?;
        out.include_checksum(true)?;
        let out = postcard::to_io(columns, out).map_err(std::io::Error::other)?;
        out.finish()?.sync_all()?;
        fs::rename(&making, &self.file)?;
        clear(&self.folder, &self.file)
    }
}

/// Removes catalogues of other runs.
fn clear(folder: &Path, keep: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_one = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("catalogue-"));
        if is_one && path != keep {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

impl Catalogue {
    /// The catalogue over columns that were read from a file.
    pub(super) fn over(columns: Columns, codebook: &Codebook, run: Option<&RunId>) -> Self {
        Self { codebook: codebook.clone(), run: run.cloned(), columns }
    }

    pub(super) fn save(&self, place: &Place) {
        place.write(&self.columns);
    }
}

#[cfg(test)]
mod tests {
    use lacuna_domain::{Clock, Document, Filter, Metadata};

    use super::*;
    use crate::catalogue::TEST_CODEBOOK;
    use crate::{Incoming, Location};

    fn incoming(number: usize) -> Incoming {
        let metadata = Metadata {
            official_name: format!("Order {number}"),
            jurisdiction: Some(if number.is_multiple_of(2) { "Norvale" } else { "Osterfeld" }.to_owned()),
            extra: [("Validated?".to_owned(), number.is_multiple_of(4).to_string())].into(),
            ..Metadata::default()
        };
        let document = Document { id: format!("sample:{number}").parse().unwrap(), metadata };
        Incoming { document, version: None }
    }

    #[tokio::test]
    async fn what_was_counted_is_read_again_until_the_store_moves_or_the_file_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Location::Folder(folder.path().to_owned()), Clock::fixed()).await.unwrap();
        let codebook = Codebook::parse(TEST_CODEBOOK).unwrap();
        let some: Vec<Incoming> = (0..40).map(incoming).collect();
        store.put_documents(&some).await.unwrap();
        let load =
            async || Catalogue::load_within(&store, None, &codebook, Audience::Public, 10).await.unwrap();
        let place = Place::of(&store, None, &codebook, Audience::Public, 10).await.unwrap().unwrap();
        assert!(place.read().is_none());
        let made = load().await;
        let read = Catalogue::over(place.read().unwrap(), &codebook, None);
        let norvale = Filter::parse_query("jurisdiction=Norvale", &codebook).unwrap();
        let validated = Filter::parse_query("column.Validated?=true", &codebook).unwrap();
        assert_eq!((read.len(), read.count(&norvale), read.count(&validated)), (40, 20, 10));
        assert_eq!(format!("{:?}", read.columns), format!("{:?}", made.columns));
        assert_eq!(format!("{:?}", load().await.columns), format!("{:?}", made.columns));
        // Another document: the file is of another state, and a new one takes its place.
        store.put_documents(&[incoming(40)]).await.unwrap();
        assert_eq!(load().await.len(), 41);
        let moved = Place::of(&store, None, &codebook, Audience::Public, 10).await.unwrap().unwrap();
        assert!(!moved.is(&place) && moved.read().is_some() && place.read().is_none());
        // A damaged file is passed over.
        let mut bytes = fs::read(&moved.file).unwrap();
        let at = bytes.len() - 9;
        bytes[at] ^= 0xFF;
        fs::write(&moved.file, &bytes).unwrap();
        assert!(moved.read().is_none());
        assert_eq!(load().await.len(), 41);
        assert!(Place::of(&store, None, &codebook, Audience::Public, FEWEST).await.unwrap().is_none());
    }
}
