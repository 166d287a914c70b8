//! `GET /feed.atom`: the documents of any filtered list, newest change first, with what changed and why each matched.

mod news;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use jiff::Timestamp;
use lacuna_domain::filter::{CodeTest, Condition, Sort};
use lacuna_domain::{DocumentId, Filter};
use lacuna_store::catalogue::Record;

pub use self::news::Changes;
use self::news::News;
use super::xml;
use crate::error::WebError;
use crate::find::{Found, known_columns};
use crate::params::Params;
use crate::reply;
use crate::state::{App, Snapshot, list_href};

/// Entries of one page of a feed.
const ENTRIES: usize = 50;

/// A document of the list, and when something of it came or changed last.
type Dated<'s> = (Record<'s>, Option<News>);

/// `GET /feed.atom`
pub async fn get(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let params = Params::parse(query.as_deref())?;
    let filter = Filter::parse(params.rest(), &snapshot.codebook)
        .map_err(|error| WebError::BadRequest(error.to_string()))?;
    known_columns(&snapshot, &filter)?;
    snapshot.finder.ready_for(&snapshot.catalogue, &filter).await?;
    let found = snapshot.finder.find(&snapshot.catalogue, &filter)?.readable()?;
    let changes = snapshot.changes(&app).await?;
    let feed = Feed { app: &app, snapshot: &snapshot, filter: &filter, found: &found };
    let from = (filter.page as usize).saturating_sub(1).saturating_mul(ENTRIES);
    let latest =
        changes.latest(&snapshot.catalogue, found.selection.documents(), from.saturating_add(ENTRIES));
    let dated = |number: &u32| {
        let record = snapshot.catalogue.record(*number)?;
        Some((record, changes.of(record)))
    };
    let newest = latest.first().and_then(dated).and_then(|(_, news)| news.as_ref().map(News::at));
    let more = (found.selection.len() as usize) > from.saturating_add(ENTRIES);
    let mut out = feed.head(newest, more);
    for entry in latest.iter().skip(from).filter_map(dated) {
        out.push_str(&feed.entry(entry).await?);
    }
    out.push_str("</feed>\n");
    Ok(reply::text("application/atom+xml; charset=utf-8", out))
}

impl Snapshot {
    /// When documents changed after they came; read by who asks first.
    pub(crate) async fn changes(&self, app: &App) -> Result<&Changes, WebError> {
        self.changes.get_or_try_init(|| news::changes(app, self)).await
    }
}

/// What the entries of one feed share.
struct Feed<'a> {
    app: &'a App,
    snapshot: &'a Snapshot,
    filter: &'a Filter,
    found: &'a Found,
}

impl Feed<'_> {
    /// A page of the feed, by its number from 1.
    fn page(&self, number: u32) -> String {
        match self.filter.at_page(number).query().as_str() {
            "" => "/feed.atom".to_owned(),
            query => format!("/feed.atom?{query}"),
        }
    }

    /// The beginning, with links to the pages beside this one as RFC 5005 (3) has them.
    fn head(&self, newest: Option<Timestamp>, more: bool) -> String {
        let site = &self.app.config().site;
        let conditions: Vec<String> =
            self.filter.conditions().iter().map(|c| c.label(&self.snapshot.codebook)).collect();
        let about = if conditions.is_empty() { "all documents".to_owned() } else { conditions.join("; ") };
        let updated = newest.unwrap_or(self.snapshot.provenance.as_of);
        let mut out = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n\
             <id>{}</id>\n<title>{}</title>\n<updated>{updated}</updated>\n<author><name>{}</name></author>\n\
             <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n",
            xml(&self.app.name_of(&self.page(1))),
            xml(&format!("{site}: {about}")),
            xml(site),
            xml(&self.app.reach(&list_href(&self.filter.sorted_by(Sort::Newest)))),
        );
        let number = self.filter.page;
        let beside = [
            ("self", Some(number)),
            ("first", Some(1)),
            ("previous", number.checked_sub(1).filter(|before| *before > 0)),
            ("next", more.then_some(number.saturating_add(1))),
        ];
        for (rel, number) in beside {
            if let Some(number) = number {
                let href = xml(&self.app.reach(&self.page(number)));
                out.push_str(&format!(
                    "<link rel=\"{rel}\" type=\"application/atom+xml\" href=\"{href}\"/>\n"
                ));
            }
        }
        out
    }

    async fn entry(&self, (record, news): Dated<'_>) -> Result<String, WebError> {
        let Ok(id) = record.id().parse::<DocumentId>() else { return Ok(String::new()) };
        let path = crate::address::document(&id);
        let told = news::told(self.app, self.snapshot, &id, news).await?;
        let at = news.as_ref().map_or(self.snapshot.provenance.as_of, News::at);
        let why = why(self.snapshot, self.filter, self.found, record)?;
        let fiction = if record.fiction() { " (fiction)" } else { "" };
        Ok(format!(
            "<entry>\n<id>{}</id>\n<title>{}{fiction}</title>\n<updated>{at}</updated>\n\
             <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n<summary>{}</summary>\n</entry>\n",
            xml(&self.app.name_of(&path)),
            xml(record.title()),
            xml(&self.app.reach(&path)),
            xml(&format!("{told} {why}")),
        ))
    }
}

/// Why a document matched: the conditions it meets, with its own level for conditions on codes and the words found.
fn why(snapshot: &Snapshot, filter: &Filter, found: &Found, record: Record<'_>) -> Result<String, WebError> {
    let mut met = Vec::new();
    for condition in filter.conditions() {
        let label = condition.label(&snapshot.codebook);
        match &condition {
            Condition::Words(_) => {
                let snippets = snapshot.finder.snippets(found, record.number(), record.id())?;
                let words =
                    snippets.first().map(|s| s.pieces.iter().map(|p| p.text.as_str()).collect::<String>());
                met.push(words.map_or(label.clone(), |words| format!("{label} (“{words}”)")));
            }
            Condition::Code(dimension, code, test) if *test != CodeTest::Absent => {
                let level = record.level(dimension.as_str(), code.as_str());
                let named = snapshot.codebook.dimension(dimension.as_str());
                let name = named.zip(level).and_then(|(d, level)| {
                    d.levels().iter().find(|l| l.value == level).map(|l| l.name.clone())
                });
                met.push(name.map_or(label.clone(), |name| format!("{label} ({name})")));
            }
            _ => met.push(label),
        }
    }
    let matched = if met.is_empty() { "In the list of all documents".to_owned() } else { met.join("; ") };
    Ok(format!("Matched by: {matched}"))
}
