//! Backups hold every table whole and as of one moment, and come back into a store of either kind.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "steps of a test story")]

mod ground;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ground::{Ground, incoming};
use lacuna_domain::Clock;
use lacuna_store::{Location, Store, StoreError};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row as _, SqliteConnection};

/// How long a slow machine may take until a batch is in a copy.
const PATIENCE: Duration = Duration::from_mins(5);

/// A table with its columns: name, whether bytes, whether it may be empty, whether it counts by itself.
type Layout = Vec<(String, Vec<(String, bool, bool, bool)>)>;

/// A connection to either kind, for looking behind the store.
enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Raw {
    async fn to(location: &Location) -> Self {
        match location {
            Location::Folder(folder) => Self::file(&folder.join("lacuna.db")).await,
            Location::Postgres(url) => Self::Postgres(PgConnection::connect(url).await.unwrap()),
        }
    }

    async fn file(file: &Path) -> Self {
        Self::Sqlite(SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap())
    }

    async fn run(&mut self, sql: String) {
        match self {
            Self::Sqlite(c) => sqlx::raw_sql(AssertSqlSafe(sql)).execute(c).await.map(|_| ()),
            Self::Postgres(c) => sqlx::raw_sql(AssertSqlSafe(sql)).execute(c).await.map(|_| ()),
        }
        .unwrap();
    }

    async fn words(&mut self, sql: String) -> Vec<String> {
        match self {
            Self::Sqlite(c) => {
                let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(c).await.unwrap();
                rows.iter().map(|row| row.get(0)).collect()
            }
            Self::Postgres(c) => {
                let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(c).await.unwrap();
                rows.iter().map(|row| row.get(0)).collect()
            }
        }
    }

    /// Every row of every table as words that are the same on both kinds.
    async fn rows(&mut self, layout: &Layout) -> BTreeMap<String, Vec<String>> {
        let mut all = BTreeMap::new();
        for (table, columns) in layout {
            let words: Vec<String> = columns
                .iter()
                .map(|(name, bytes, ..)| {
                    let shown = match (bytes, &self) {
                        (true, Self::Sqlite(_)) => format!("lower(hex(\"{name}\"))"),
                        (true, Self::Postgres(_)) => format!("encode(\"{name}\", 'hex')"),
                        (false, _) => format!("CAST(\"{name}\" AS TEXT)"),
                    };
                    format!("'{name}=' || coalesce({shown}, 'nothing')")
                })
                .collect();
            let mut rows = self.words(format!("SELECT {} FROM \"{table}\"", words.join(" || ' ' || "))).await;
            rows.sort();
            all.insert(table.clone(), rows);
        }
        all
    }
}

/// The layout as the migrations of this build make it.
async fn layout() -> Layout {
    let ground = Ground::sqlite();
    ground.store().await.close().await;
    let Raw::Sqlite(mut raw) = Raw::to(&ground.location).await else { unreachable!("a folder") };
    let tables = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name <> 'sqlite_sequence' ORDER BY rowid";
    let mut found = Vec::new();
    for table in sqlx::query(tables).fetch_all(&mut raw).await.unwrap() {
        let (name, sql): (String, String) = (table.get(0), table.get(1));
        let columns = sqlx::query("SELECT name, type, \"notnull\", pk FROM pragma_table_info($1)")
            .bind(&name)
            .fetch_all(&mut raw)
            .await
            .unwrap();
        let columns = columns
            .iter()
            .map(|row| {
                let (kind, notnull, key): (String, i64, i64) = (row.get(1), row.get(2), row.get(3));
                let serial = key > 0 && sql.contains("AUTOINCREMENT");
                (row.get(0), kind == "BLOB", notnull == 0 && key == 0, serial)
            })
            .collect();
        found.push((name, columns));
    }
    found
}

/// Two rows in every table there is, the second with nothing where nothing may be. Every text is the same word, so that
/// all references hold.
async fn fill(location: &Location, layout: &Layout) {
    let mut raw = Raw::to(location).await;
    let postgres = matches!(raw, Raw::Postgres(_));
    for word in ["x", "ÿ 'quoted' \\ 語"] {
        for (table, columns) in layout.iter().filter(|(name, _)| name != "layout" && name != "revision") {
            let columns = columns.iter().filter(|(.., serial)| !serial);
            let (names, values): (Vec<String>, Vec<String>) = columns
                .map(|(name, bytes, may_be_empty, _)| {
                    let value = match (bytes, postgres) {
                        _ if *may_be_empty && word != "x" => "NULL".to_owned(),
                        (true, false) => "x'00ff10'".to_owned(),
                        (true, true) => "'\\x00ff10'".to_owned(),
                        // Numbers are taken from a text of digits, and nothing else, on both kinds.
                        _ if is_number(table, name) => (7 + word.len()).to_string(),
                        _ => format!("'{}'", word.replace('\'', "''")),
                    };
                    (format!("\"{name}\""), value)
                })
                .unzip();
            let (names, values) = (names.join(", "), values.join(", "));
            raw.run(format!("INSERT INTO \"{table}\" ({names}) VALUES ({values})")).await;
        }
    }
}

/// Columns of whole numbers, as the migrations write them.
fn is_number(table: &str, column: &str) -> bool {
    let made = std::fs::read_dir("migrations").unwrap();
    let made: Vec<String> = made.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    made.iter().any(|script| {
        script.split(';').any(|statement| {
            let here = statement.contains(&format!("TABLE {table} "));
            here && statement.contains(&format!(" {column} BIGINT"))
        })
    })
}

/// What a backup of `from` holds, told by the file itself.
async fn backed_up(from: &Ground, file: &Path, layout: &Layout) -> BTreeMap<String, Vec<String>> {
    let store = from.store().await;
    store.backup(file).await.unwrap();
    let again = store.backup(file).await.unwrap_err();
    assert!(matches!(again, StoreError::File { .. }), "an existing file is never written over: {again}");
    store.close().await;
    Raw::file(file).await.rows(layout).await
}

/// Every table but the one that counts the changes of this store.
fn ground_state(mut rows: BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
    rows.remove("revision");
    rows
}

#[tokio::test]
async fn every_table_goes_into_a_backup_and_comes_back_into_either_kind() {
    let (Some(source), Some(target)) = (Ground::postgres().await, Ground::postgres().await) else { return };
    let layout = layout().await;
    assert!(layout.len() > 20, "the layout is read");
    source.store().await.close().await;
    fill(&source.location, &layout).await;
    let all = Raw::to(&source.location).await.rows(&layout).await;
    assert!(all.iter().all(|(table, rows)| rows.len() == 2 || table == "layout" || table == "revision"));

    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("copy")).unwrap();
    let file = folder.path().join("copy/lacuna.db");
    assert_eq!(backed_up(&source, &file, &layout).await, all, "PostgreSQL into a file");

    // The file is a folder store as it stands; its own backup is the same again.
    let location = Location::Folder(folder.path().join("copy"));
    let store = Store::open(&location, Clock::fixed()).await.unwrap();
    store.look_through().await.unwrap();
    let second = folder.path().join("second.db");
    store.backup(&second).await.unwrap();
    assert_eq!(Raw::file(&second).await.rows(&layout).await, all, "a file into a file");

    let into = target.store().await;
    into.put_documents(&[incoming("agora:1", "In the way", "This was here before.")]).await.unwrap();
    let refused = into.fill_from(&store, false).await.unwrap_err();
    assert!(matches!(refused, StoreError::Occupied { .. }), "{refused}");
    let before = into.revision().await.unwrap();
    into.fill_from(&store, true).await.unwrap();
    assert!(into.revision().await.unwrap() > before, "what was counted before is seen to be old");
    let back = Raw::to(&target.location).await.rows(&layout).await;
    assert_eq!(ground_state(back), ground_state(all), "a file into PostgreSQL");

    // Counting goes on after the highest number, so that nothing collides.
    Raw::to(&target.location)
        .await
        .run("INSERT INTO events (at, kind, message) VALUES ('t', 'k', 'next')".to_owned())
        .await;
    for store in [into, store] {
        store.close().await;
    }
    source.give_up().await;
    target.give_up().await;
}

#[tokio::test]
async fn a_backup_of_a_folder_taken_while_writing_is_as_of_one_moment() {
    let ground = Ground::sqlite();
    while_writing(&ground).await;
}

#[tokio::test]
async fn a_backup_of_postgresql_taken_while_writing_is_as_of_one_moment() {
    let Some(ground) = Ground::postgres().await else { return };
    while_writing(&ground).await;
    ground.give_up().await;
}

/// Batches of ten documents with their versions and texts, until all copies are made, one of them between batches: a backup between commits holds a
/// multiple of ten and one of each, and none is torn.
async fn while_writing(ground: &Ground) {
    let store = ground.store().await;
    store.put_documents(&[incoming("agora:0", "First", "The first text.")]).await.unwrap();
    let (writer, enough) = (store.clone(), Arc::new(AtomicBool::new(false)));
    let told = Arc::clone(&enough);
    let writing = tokio::spawn(async move {
        let (mut batch, mut last) = (0, false);
        // The last batch is in no copy.
        while !last {
            last = told.load(Ordering::SeqCst);
            let made = (1..=10).map(|n| batch * 10 + n);
            let made: Vec<_> = made
                .map(|n| incoming(&format!("agora:{n}"), "Order", &format!("The agency shall {n}.")))
                .collect();
            writer.put_documents(&made).await.unwrap();
            batch += 1;
        }
        batch * 10 + 1
    });
    let folder = tempfile::tempdir().unwrap();
    let (mut counts, started) = (Vec::<Vec<String>>::new(), Instant::now());
    // A copy with a batch in it is one from the middle, since another batch comes after it.
    while counts.len() < 4 || counts.iter().all(|count| count[0] == "1") {
        assert!(started.elapsed() < PATIENCE, "no copy was made while batches were written: {counts:?}");
        let file = folder.path().join(format!("{}.db", counts.len()));
        store.backup(&file).await.unwrap();
        let mut raw = Raw::file(&file).await;
        let mut count = Vec::new();
        for table in ["documents", "versions", "texts"] {
            count.extend(raw.words(format!("SELECT CAST(count(*) AS TEXT) FROM {table}")).await);
        }
        counts.push(count);
    }
    enough.store(true, Ordering::SeqCst);
    let all: u32 = writing.await.unwrap();
    for count in &counts {
        assert!(count.iter().all(|rows| rows == &count[0] && rows.ends_with('1')), "{counts:?}");
    }
    let before_the_last = |count: &Vec<String>| count[0].parse::<u32>().unwrap() < all;
    assert!(counts.iter().all(before_the_last), "a copy holds all {all}: {counts:?}");
    store.close().await;
}

/// A backup is a file from anywhere: what it calls its tables never becomes a part of a statement.
#[tokio::test]
async fn a_backup_with_a_table_that_no_layout_has_is_refused() {
    let (ground, Some(target)) = (Ground::sqlite(), Ground::postgres().await) else { return };
    let store = ground.store().await;
    let mut raw = Raw::to(&ground.location).await;
    raw.run("CREATE TABLE \"documents\"\"; DROP TABLE runs; --\" (a TEXT)".to_owned()).await;
    let into = target.store().await;
    into.put_documents(&[incoming("agora:1", "In the way", "This was here before.")]).await.unwrap();
    let refused = into.fill_from(&store, true).await.unwrap_err();
    assert!(matches!(refused, StoreError::Damaged { .. }), "{refused}");
    assert_eq!(into.documents().await.unwrap().len(), 1, "what was here is still here");
    for store in [into, store] {
        store.close().await;
    }
    target.give_up().await;
}

#[tokio::test]
async fn a_damaged_backup_is_told() {
    let ground = Ground::sqlite();
    let store = ground.store().await;
    let many: Vec<_> =
        (0..200).map(|n| incoming(&format!("agora:{n}"), "Order", &format!("Text {n}."))).collect();
    store.put_documents(&many).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lacuna.db");
    store.backup(&file).await.unwrap();
    store.close().await;
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0x5a);
    std::fs::write(&file, bytes).unwrap();
    // What is in the middle decides whether opening it already tells.
    match Store::open(&Location::Folder(folder.path().to_owned()), Clock::fixed()).await {
        Ok(damaged) => assert!(damaged.look_through().await.is_err()),
        Err(told) => assert!(matches!(told, StoreError::Damaged { .. }), "{told}"),
    }
}
