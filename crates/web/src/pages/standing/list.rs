//! `GET /domains`, `/jurisdictions`, `/authorities`, `/collections`: the list of each kind of standing page.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use lacuna_domain::Filter;
use serde::Serialize;

use super::domain::grouped;
use super::field::Of;
use crate::error::WebError;
use crate::reply::{self, Charted, Format, csv_row};
use crate::state::{App, Snapshot};
use crate::view::chart::{PictureFile, ShareGroup, ShareLine, shares};
use crate::view::{Bar, Chrome, Coverage, Provenance, Section};

/// One standing page.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Name.
    pub name: String,
    /// Its documents, of all; for a domain the mean over its codes of those at the highest level and between.
    pub bar: Bar,
    /// Address.
    pub href: String,
}

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/standing_list.html")]
pub struct ListPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) title: String,
    pub(crate) about: String,
    /// What the number beside each entry counts.
    pub(crate) counts: String,
    pub(crate) entries: Vec<Entry>,
}

fn page(
    app: &App,
    snapshot: &Snapshot,
    title: &str,
    path: &str,
    about: &str,
    counts: &str,
    entries: Vec<Entry>,
) -> ListPage {
    let chrome = app
        .chrome(snapshot, Section::Explore, title)
        .describe(about.to_owned())
        .at(app.config(), path)
        .with_json(path, "")
        .with_csv(path, "")
        .described_as_dataset(app.config());
    ListPage {
        provenance: chrome.provenance.clone(),
        chrome,
        title: title.to_owned(),
        about: about.to_owned(),
        counts: counts.to_owned(),
        entries,
    }
}

fn domains(app: &App) -> ListPage {
    let snapshot = app.snapshot();
    let all = snapshot.catalogue.select(&Filter::default(), None);
    let mut entries = Vec::new();
    if let Some(dimension) = grouped(&snapshot.codebook) {
        let coverage = Coverage::of(&snapshot.catalogue, &all, dimension);
        for group in &dimension.groups {
            let found = coverage.groups.iter().find(|g| g.name == group.name);
            let best = found.and_then(|g| g.lines.iter().max_by_key(|line| line.bar.any()));
            entries.push(Entry {
                name: format!("{} {}", group.id, group.name),
                bar: best.map_or(Bar { full: 0, half: 0, of: coverage.of }, |line| line.bar.clone()),
                href: format!("/domains/{}", crate::address::segment(&group.id)),
            });
        }
    }
    let about = "Groups of codes, each with its charts, findings and gaps.";
    page(app, &snapshot, "Domains", "/domains", about, "documents, for the code found most often", entries)
}

fn values(app: &App, of: Of) -> ListPage {
    let snapshot = app.snapshot();
    let all = snapshot.catalogue.select(&Filter::default(), None);
    let entries =
        snapshot.catalogue.field_facet(&all, of.field).into_iter().filter(|v| v.count > 0).map(|v| {
            let lacuna_domain::filter::Condition::Field(_, value) = &v.condition else {
                return Entry {
                    name: v.label.clone(),
                    bar: Bar { full: 0, half: 0, of: 0 },
                    href: of.path.to_owned(),
                };
            };
            Entry {
                bar: Bar { full: v.count as usize, half: 0, of: all.len() as usize },
                href: of.href(value),
                name: v.label.clone(),
            }
        });
    let about = format!("{} as the catalogue records them, most documents first.", of.many);
    page(app, &snapshot, of.many, of.path, &about, "documents", entries.collect())
}

/// Addresses of every standing page.
pub(crate) fn addresses(app: &App) -> Vec<String> {
    let fields = [Of::JURISDICTION, Of::AUTHORITY, Of::COLLECTION].map(|of| values(app, of));
    let lists = std::iter::once(domains(app)).chain(fields);
    lists.flat_map(|list| list.entries).map(|entry| entry.href).collect()
}

impl ListPage {
    /// The bars of the list as a picture.
    fn file(&self) -> PictureFile {
        let whole = |bar: &Bar| Bar { full: bar.any(), half: 0, of: bar.of };
        let lines = self.entries.iter().map(|entry| ShareLine::new(entry.name.as_str(), &whole(&entry.bar)));
        let drawn = shares(&[ShareGroup { name: String::new(), lines: lines.collect() }]);
        PictureFile {
            title: self.title.clone(),
            about: format!("All documents. Number of {}.", self.counts),
            pictures: (!self.entries.is_empty()).then(|| (String::new(), drawn)).into_iter().collect(),
            empty: "Nothing is recorded for any document.".to_owned(),
            ..PictureFile::default()
        }
    }
}

fn answer(app: &App, path: &str, page: &ListPage, form: Charted) -> Result<Response, WebError> {
    match form {
        Charted::Page(Format::Html) => reply::html(page),
        Charted::Page(Format::Json) => reply::json(page),
        Charted::Svg => Ok(reply::svg("list.svg", page.file().svg(app.config(), &page.chrome, path))),
        Charted::Page(Format::Csv) => {
            let mut out = String::new();
            csv_row(&mut out, ["name", "documents", "of", "fiction"]);
            let fiction = if page.provenance.fiction { "fiction" } else { "" };
            for entry in &page.entries {
                let (count, of) = (entry.bar.any().to_string(), entry.bar.of.to_string());
                csv_row(&mut out, [entry.name.as_str(), &count, &of, fiction]);
            }
            Ok(reply::csv("list.csv", out))
        }
    }
}

macro_rules! listing {
    ($($name:ident, $path:literal, $page:expr;)*) => {$(
        #[doc = concat!("`GET ", $path, "`, and the same with `.json`, `.csv` or `.svg` at its end.")]
        pub async fn $name(State(app): State<App>, form: Charted) -> Result<Response, WebError> {
            answer(&app, $path, &$page(&app), form)
        }
    )*};
}

listing! {
    domain_list, "/domains", domains;
    jurisdiction_list, "/jurisdictions", |app| values(app, Of::JURISDICTION);
    authority_list, "/authorities", |app| values(app, Of::AUTHORITY);
    collection_list, "/collections", |app| values(app, Of::COLLECTION);
}
