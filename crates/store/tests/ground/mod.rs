//! Where store tests stand: a folder of their own, or a PostgreSQL schema of their own.

use std::sync::atomic::{AtomicU32, Ordering};

use lacuna_domain::{Clock, Document, DocumentId, Metadata, Text};
use lacuna_store::{Incoming, Location, NewVersion, Store};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// A place for one store, gone when dropped or given up.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) location: Location,
    _folder: Option<tempfile::TempDir>,
    schema: Option<(String, String)>,
}

impl Ground {
    /// A new folder.
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let location = Location::Folder(folder.path().join("data"));
        Self { location, _folder: Some(folder), schema: None }
    }

    /// A new schema in the database that `DATABASE_URL` names; without it nothing, said aloud, and under `CI=true`
    /// a failure.
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told where PostgreSQL is through the environment"
    )]
    pub(crate) async fn postgres() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Ok(url) = std::env::var("DATABASE_URL") else {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "DATABASE_URL must be set under CI=true");
            println!("skipped: DATABASE_URL names no PostgreSQL database");
            return None;
        };
        let schema = format!("lacuna_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        run_on_postgres(&url, format!("CREATE SCHEMA {schema}")).await;
        let join = if url.contains('?') { '&' } else { '?' };
        let location = Location::Postgres(format!("{url}{join}options=-c%20search_path%3D{schema}"));
        Some(Self { location, _folder: None, schema: Some((url, schema)) })
    }

    /// Opens the store with a clock that stands still.
    pub(crate) async fn store(&self) -> Store {
        Store::open(&self.location, Clock::fixed()).await.expect("the store opens")
    }

    /// Leaves nothing behind in a shared database.
    pub(crate) async fn give_up(self) {
        if let Some((url, schema)) = self.schema {
            run_on_postgres(&url, format!("DROP SCHEMA {schema} CASCADE")).await;
            run_on_postgres(&url, format!("DROP SCHEMA IF EXISTS {schema}_queue CASCADE")).await;
        }
    }
}

async fn run_on_postgres(url: &str, sql: String) {
    let mut connection = PgConnection::connect(url).await.expect("PostgreSQL answers");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.expect("the statement runs");
    connection.close().await.expect("the connection closes");
}

/// An id written as `source:id`.
pub(crate) fn id(text: &str) -> DocumentId {
    text.parse().expect("a document id")
}

/// A document with a text.
pub(crate) fn incoming(document: &str, name: &str, content: &str) -> Incoming {
    let metadata = Metadata { official_name: name.to_owned(), ..Metadata::default() };
    Incoming {
        document: Document { id: id(document), metadata },
        version: Some(NewVersion {
            bytes_hash: lacuna_domain::sha256_hex(content.as_bytes()),
            media_type: "text/plain".to_owned(),
            text: text(content),
            page_starts: vec![0],
            notes: vec!["made for a test".to_owned()],
        }),
    }
}

/// A text as ingest would make it.
pub(crate) fn text(content: &str) -> Text {
    Text::new(content.to_owned(), Some("en".to_owned()), lacuna_domain::text::Quality::default())
}
