//! What is published: the present state of the map, or a release.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::Router;
use lacuna_domain::{DocumentId, Filter};
use lacuna_pipeline::publish::release::INVENTORY;
use lacuna_pipeline::publish::tables::TableFormat;
use lacuna_store::Release;

use super::PublishError;
use super::asked::{Answer, Answers, ask, in_formats};
use crate::error::WebError;
use crate::pages::actors;
use crate::pages::take::releases;
use crate::state::App;
use crate::{address, past, routes, tables};

/// Pages of every edition.
const PAGES: [&str; 10] = [
    "/",
    "/documents",
    "/codes",
    "/domains",
    "/jurisdictions",
    "/authorities",
    "/collections",
    "/actors",
    "/about",
    "/relations",
];
/// Pages that tell of all runs, of which more come after a release was cut.
const OF_RUNS: [&str; 2] = ["/agreement", "/runs"];
/// Tables of every edition, without their endings.
pub(super) const TABLES: [&str; 5] = ["/documents", "/wide", "/relations", "/dates", "/codes"];
/// The labels one by one. As JSON they have a form of their own, with quotes and places nested in them.
const JUDGEMENTS: &str = "/judgements";
const JUDGEMENTS_JSONL: &str = "/judgements.jsonl";
/// Releases named where none has the name that was given.
const NAMED: usize = 10;
/// How long a table may wait to be written: nobody sits before what is published while it is made.
const PATIENCE: Duration = Duration::MAX;

/// What is published.
pub(super) struct Edition {
    /// Its state.
    pub(super) app: App,
    /// Its site.
    pub(super) site: Router,
}

impl Edition {
    /// The present state. What a server holds ready of it names addresses of the server, so that nothing of that is taken.
    pub(super) fn present(app: &App) -> Self {
        let app = app.published();
        let site = tables::in_every_format(routes::routes().with_state(app.clone()), PATIENCE);
        Self { app, site }
    }

    /// The release whose id is or begins with `given`.
    pub(super) async fn of_release(app: &App, given: &str) -> Result<Self, PublishError> {
        let id = named(app, given).await?;
        let app = past::alone(app, &id).await?;
        let site = tables::in_every_format(routes::of_release().with_state(app.clone()), PATIENCE);
        Ok(Self { app, site })
    }

    /// The release; `None` for the present state.
    pub(super) fn release(&self) -> Option<&Release> {
        self.app.past().map(|past| &past.release)
    }

    /// The address of the release's own page.
    fn own_page(&self) -> Option<String> {
        self.release().map(|release| format!("/releases/{}", release.id))
    }

    /// Every address that becomes a file as the site answers it; tables of the whole map apart.
    pub(super) async fn addresses(&self) -> Result<BTreeSet<String>, WebError> {
        let snapshot = self.app.snapshot();
        let mut paths: BTreeSet<String> = PAGES.map(str::to_owned).into();
        paths.extend(["/datapackage.json", "/CITATION.cff"].map(str::to_owned));
        paths.extend([crate::assets::stylesheet(), crate::assets::icon()]);
        if self.release().is_none() {
            paths.extend(OF_RUNS.map(str::to_owned));
            let runs = snapshot.runs.iter().map(|run| address::run(&run.id));
            // Its page shows the first rows of what came to nothing, and promises all of them here.
            paths.extend(runs.flat_map(|run| [format!("{run}.csv"), run]));
        }
        paths.extend(self.own_page());
        for dimension in &snapshot.codebook.dimensions {
            paths.insert(address::dimension(dimension.id.as_str()));
            let codes = dimension.codes.iter();
            paths.extend(codes.map(|code| address::code(dimension.id.as_str(), code.id.as_str())));
        }
        paths.extend(crate::pages::standing::list::addresses(&self.app));
        paths.extend(crate::pages::gaps::addresses(&snapshot));
        paths.extend(self.of_duties().await?);
        paths.extend(self.of_documents());
        Ok(paths)
    }

    /// The addresses of the sentences that ask something of somebody, by the type of who must act and by code.
    pub(super) async fn of_duties(&self) -> Result<Vec<String>, WebError> {
        let snapshot = self.app.snapshot();
        let named = actors::named(&self.app, &snapshot).await?;
        let duties = named.actors.duties.iter();
        let told = duties.filter(|(_, found)| found.iter().any(|duty| named.of(&duty.text).is_some()));
        Ok(told.map(|((kind, code), _)| address::duties(kind, code)).collect())
    }

    /// The addresses of every document.
    fn of_documents(&self) -> Vec<String> {
        let snapshot = self.app.snapshot();
        let mut paths = Vec::new();
        for number in snapshot.catalogue.select(&Filter::default(), None).documents() {
            let Some(record) = snapshot.catalogue.record(number) else { continue };
            let Ok(id) = record.id().parse::<DocumentId>() else { continue };
            let own = address::document(&id);
            if record.has_text() {
                paths.push(address::text(&id));
            }
            paths.extend(["annotations.json", "cite.bib", "cite.ris"].map(|file| format!("{own}/{file}")));
            paths.push(own);
        }
        paths
    }

    /// Every table in every format; of a release, its own files too, as long as all that it published may be shown.
    pub(super) async fn tables(&self) -> Result<Answers, PublishError> {
        let mut answers = Answers::new();
        for table in TABLES {
            self.put_table(table, &TableFormat::ALL, &mut answers).await?;
        }
        if self.app.snapshot().run.is_some() {
            self.put_table(JUDGEMENTS, &[TableFormat::Xlsx, TableFormat::Parquet], &mut answers).await?;
            answers.insert(JUDGEMENTS_JSONL.to_owned(), ask(&self.site, JUDGEMENTS_JSONL).await?);
        }
        if let Some(past) = self.app.past().filter(|past| past.is_whole()) {
            for file in &past.release.files {
                let path = format!("/releases/{}/{}", past.release.id, file.name);
                match path.strip_suffix(".csv") {
                    // A release of no run has no labels, and a table without a header no other format.
                    Some(table) if file.bytes > 0 => {
                        let formats = [TableFormat::Xlsx, TableFormat::Parquet, TableFormat::Jsonl];
                        self.put_table(table, &formats, &mut answers).await?;
                    }
                    _ => drop(answers.insert(path.clone(), ask(&self.site, &path).await?)),
                }
            }
        }
        Ok(answers)
    }

    async fn put_table(
        &self,
        table: &str,
        formats: &[TableFormat],
        answers: &mut Answers,
    ) -> Result<(), PublishError> {
        let path = format!("{table}.csv");
        let csv = ask(&self.site, &path).await?;
        answers.extend(in_formats(table, &csv.body, formats).await?);
        answers.insert(path, csv);
        Ok(())
    }

    /// Pages that are not as a server shows them: the list of releases names those whose files lie elsewhere.
    pub(super) async fn pages(&self) -> Result<Answers, PublishError> {
        let mut answers = Answers::new();
        if self.release().is_none() {
            let page = releases::published(&self.app).await?;
            answers.insert("/releases".to_owned(), Answer::page(page));
        }
        Ok(answers)
    }

    /// What stands before the paths of its pages where they say where they lie.
    pub(super) fn prefix(&self) -> String {
        self.app.within("")
    }
}

/// The release that a name or the beginning of one means.
async fn named(app: &App, given: &str) -> Result<String, PublishError> {
    let releases = app.store().releases().await.map_err(WebError::internal("read the releases"))?;
    if releases.iter().any(|release| release.id == given) {
        return Ok(given.to_owned());
    }
    let drawn = |release: &&Release| release.files.iter().any(|file| file.name == INVENTORY);
    let meant = |release: &&Release| !given.is_empty() && release.id.starts_with(given);
    let ids = |found: Vec<&Release>| found.iter().take(NAMED).map(|release| release.id.clone()).collect();
    let found: Vec<&Release> = releases.iter().filter(meant).collect();
    match found.as_slice() {
        [one] => Ok(one.id.clone()),
        [] => {
            let known = ids(releases.iter().filter(drawn).collect());
            Err(PublishError::UnknownRelease { given: given.to_owned(), known })
        }
        _ => Err(PublishError::ManyReleases { given: given.to_owned(), found: ids(found) }),
    }
}
