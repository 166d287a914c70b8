//! `GET /domains`, `/jurisdictions`, `/authorities`, `/collections`: the list of each kind of standing page.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use lacuna_domain::Filter;
use lacuna_store::catalogue::DocumentSet;
use serde::Serialize;

use super::domain::grouped;
use super::field::Of;
use crate::error::WebError;
use crate::pages::codes::show::covered;
use crate::reply::{self, Charted, Format, csv_row};
use crate::state::{App, Snapshot};
use crate::view::chart::{PictureFile, ShareGroup, ShareLine, shares};
use crate::view::{Bar, Chrome, Provenance, Section, s};

/// One standing page.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Name.
    pub name: String,
    /// Its documents, of all; for a domain those that speak to any of its codes, of the classified ones.
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
    pub(crate) counts: &'static str,
    /// Of what, in words.
    pub(crate) of: String,
    pub(crate) entries: Vec<Entry>,
}

/// The words of a list.
struct Words {
    title: &'static str,
    about: String,
    counts: &'static str,
    of: String,
}

fn page(app: &App, snapshot: &Snapshot, path: &str, words: Words, entries: Vec<Entry>) -> ListPage {
    let Words { title, about, counts, of } = words;
    let chrome = app
        .chrome(snapshot, Section::Explore, title)
        .describe(about.clone())
        .at(app.config(), path)
        .with_json(path, "")
        .with_csv(path, "")
        .described_as_dataset(app.config());
    ListPage {
        provenance: chrome.provenance.clone(),
        chrome,
        title: title.to_owned(),
        about,
        counts,
        of,
        entries,
    }
}

fn domains(app: &App) -> ListPage {
    let snapshot = app.snapshot();
    let coded = snapshot.catalogue.coded();
    let mut entries = Vec::new();
    if let Some(dimension) = grouped(&snapshot.codebook) {
        for group in &dimension.groups {
            let codes = dimension.group_codes(&group.id).map(|code| covered(dimension, code));
            let speaking = codes.fold(DocumentSet::default(), |all, condition| {
                all | snapshot.catalogue.holding_alone(&condition)
            });
            entries.push(Entry {
                name: format!("{} {}", group.id, group.name),
                bar: Bar {
                    full: speaking.intersection_len(coded) as usize,
                    half: 0,
                    of: coded.len() as usize,
                },
                href: format!("/domains/{}", crate::address::segment(&group.id)),
            });
        }
    }
    let words = Words {
        title: "Domains",
        about: "Groups of codes, each with its charts, findings and gaps.".to_owned(),
        counts: "documents that speak to any of its codes",
        of: format!("{} classified document{}", coded.len(), s(coded.len())),
    };
    page(app, &snapshot, "/domains", words, entries)
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
    let words = Words {
        title: of.many,
        about: format!("{} as the catalogue records them, most documents first.", of.many),
        counts: "documents",
        of: format!("{} document{}", all.len(), s(all.len())),
    };
    page(app, &snapshot, of.path, words, entries.collect())
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
        let lines = self.entries.iter().map(|entry| ShareLine::new(entry.name.as_str(), &entry.bar));
        let drawn = shares(&[ShareGroup { name: String::new(), lines: lines.collect() }]);
        PictureFile {
            title: self.title.clone(),
            about: format!("All documents. Number of {}, of {}.", self.counts, self.of),
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
