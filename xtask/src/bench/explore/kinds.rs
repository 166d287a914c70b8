//! Every kind of public page that the browser tests look at, with addresses over the store at hand. The list is theirs, so
//! that a page that is added there is timed here too.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, bail};
use serde_json::Value;

use super::super::serve;
use super::asked;

/// Kinds with an address each, places in braces.
const SHARED: &str = include_str!("../../../../tests/browser/kinds.json");
/// Answers with 404, as it should.
const NOT_FOUND: &str = "not found";
/// Documents in whose pages a label is looked for.
const LABELLED: usize = 40;
/// Most addresses of a kind, but of those in [`WHOLE`], which are asked for each document.
const MOST: usize = 200;
/// Pages that differ most from document to document.
const WHOLE: [&str; 3] = ["beside the corpus", "document", "text"];
/// Kinds of which some addresses have no page, as they should: a few documents have no text, and runs of two codebooks
/// do not stand side by side.
const SOMETIMES: [&str; 2] = ["runs side by side", "text"];

/// Addresses of a kind that is asked beside others.
const FEW: usize = 5;

/// Kinds of pages, each with its addresses.
#[derive(Debug)]
pub(super) struct Kinds {
    /// Those that answer.
    pub(super) timed: Vec<(String, Vec<String>)>,
    /// Names of those that this store has no page of.
    pub(super) absent: Vec<String>,
    /// How many addresses of which kind answered that there is no page, as they should.
    pub(super) without: Vec<String>,
}

/// The kinds that the server at `address` has pages of; `ids` are those of its documents.
pub(super) fn of(address: &str, ids: &[String]) -> anyhow::Result<Kinds> {
    let places = Places::read(address, ids)?;
    let mut all = shared()?;
    all.remove(NOT_FOUND);
    let mut filled: BTreeMap<String, Vec<String>> =
        all.into_iter().map(|(kind, template)| (kind.to_owned(), places.filled(template))).collect();
    filled.extend(varied(ids));
    let mut kinds = Kinds { timed: vec![], absent: vec![], without: vec![] };
    for (kind, paths) in filled {
        let most = if WHOLE.contains(&kind.as_str()) { usize::MAX } else { MOST };
        let asked = spread(paths, most);
        let all = asked.len();
        let paths = answering(address, &kind, asked)?;
        if paths.len() < all {
            kinds.without.push(format!("{kind} ({} of {all})", all - paths.len()));
        }
        if paths.is_empty() {
            kinds.absent.push(kind);
        } else {
            kinds.timed.push((kind, paths));
        }
    }
    Ok(kinds)
}

/// Kinds beside others that are asked anyway.
#[derive(Debug, Default)]
pub(super) struct Further {
    /// Each with a few addresses.
    pub(super) kinds: Vec<(&'static str, Vec<String>)>,
    /// Names of those that are not asked, or not at all of their addresses, with why where this store has a page of them.
    pub(super) absent: Vec<String>,
}

/// The kinds that the server at `address` has pages of, with addresses that are not `known`, where `ids` are those of some
/// documents. A kind whose name is known, or all of whose addresses are, is asked anyway.
pub(super) fn further(address: &str, ids: &[String], known: &BTreeSet<&str>) -> anyhow::Result<Further> {
    let Further { kinds, mut absent } = beside(&Places::read(address, ids)?, known)?;
    let mut answered = Vec::with_capacity(kinds.len());
    for (kind, asked) in kinds {
        let all = asked.len();
        match answering(address, kind, asked) {
            Ok(paths) => {
                if paths.len() < all {
                    absent.push(format!("{kind} (no page at {} of {all} addresses)", all - paths.len()));
                }
                if !paths.is_empty() {
                    answered.push((kind, paths));
                }
            }
            Err(why) => absent.push(format!("{kind} ({why:#})")),
        }
    }
    Ok(Further { kinds: answered, absent })
}

fn beside(places: &Places, known: &BTreeSet<&str>) -> anyhow::Result<Further> {
    let mut further = Further::default();
    let others = shared()?.into_iter().filter(|(kind, _)| *kind != NOT_FOUND && !known.contains(kind));
    for (kind, template) in others {
        let mut paths = spread(places.filled(template), FEW);
        if paths.is_empty() {
            further.absent.push(kind.to_owned());
            continue;
        }
        paths.retain(|path| !known.contains(path.as_str()));
        if !paths.is_empty() {
            further.kinds.push((kind, paths));
        }
    }
    Ok(further)
}

fn shared() -> anyhow::Result<BTreeMap<&'static str, &'static str>> {
    serde_json::from_str(SHARED).context("read tests/browser/kinds.json")
}

/// Kinds that differ more by what is asked than by the document, with addresses as different as there are; and three
/// files that are made as often as pages.
fn varied(ids: &[String]) -> [(String, Vec<String>); 9] {
    let lists = asked::facets();
    let files = |name: &str| lists.iter().map(|path| path.replace("/documents?", name)).collect::<Vec<_>>();
    let feeds = std::iter::once("/feed.atom".to_owned()).chain(files("/feed.atom?")).collect();
    [
        ("filtered documents.csv", files("/documents.csv?")),
        ("filtered documents", lists),
        ("feed.atom", feeds),
        ("documents with words", asked::searches()),
        ("document.json", ids.iter().map(|id| format!("/documents/{id}.json")).collect()),
        ("heat-map", asked::crosstabs()),
        ("gaps", asked::gaps()),
        ("code", asked::numbered("/codes/risk/", ".1")),
        ("domain", asked::numbered("/domains/", "")),
    ]
    .map(|(kind, paths)| (kind.to_owned(), paths))
}

/// At most `most` of them, from all over the list.
fn spread(paths: Vec<String>, most: usize) -> Vec<String> {
    let step = paths.len().div_ceil(most).max(1);
    paths.into_iter().step_by(step).collect()
}

/// Those that answer with a page. That there is none is an answer of [`SOMETIMES`] alone; all else is a fault.
fn answering(address: &str, kind: &str, paths: Vec<String>) -> anyhow::Result<Vec<String>> {
    let mut kept = Vec::with_capacity(paths.len());
    for path in paths {
        match serve::get_once(address, &path)? {
            200 => kept.push(path),
            404 | 410 if SOMETIMES.contains(&kind) => {}
            status => bail!("GET {path} ({kind}) answered {status}"),
        }
    }
    Ok(kept)
}

/// What fills the places of one address, by their names.
type Row = Vec<(&'static str, String)>;

/// What fills the places of addresses.
struct Places {
    /// Sets of rows; an address is filled once by each row of the set that has its first place.
    sets: Vec<Vec<Row>>,
    /// Places with one value each.
    single: Row,
}

impl Places {
    fn read(address: &str, ids: &[String]) -> anyhow::Result<Self> {
        let mut sets = vec![documents(address, ids)?, duties(address)?];
        let lists = [
            ("jurisdiction", "/jurisdictions"),
            ("authority", "/authorities"),
            ("collection", "/collections"),
            ("entity", "/actors/entities"),
        ];
        for (place, list) in lists {
            let names = named(address, list)?;
            sets.push(names.into_iter().map(|name| vec![(place, name)]).collect());
        }
        Ok(Self { sets, single: single(address)? })
    }

    /// The addresses of a template; none where it has a place that nothing fills, such as a document of the samples.
    fn filled(&self, template: &str) -> Vec<String> {
        let has =
            |rows: &&Vec<Row>| rows.iter().flatten().any(|(place, _)| template.contains(&braced(place)));
        let found = self.sets.iter().find(has);
        let rows = found.cloned().unwrap_or_else(|| vec![vec![]]);
        let paths = rows.iter().map(|row| replaced(template, row.iter().chain(&self.single)));
        paths.filter(|path| !path.contains('{')).collect()
    }
}

fn braced(place: &str) -> String {
    format!("{{{place}}}")
}

fn replaced<'r>(template: &str, row: impl Iterator<Item = &'r (&'static str, String)>) -> String {
    row.fold(template.to_owned(), |path, (place, value)| path.replace(&braced(place), value))
}

/// A row for each document with two after it to compare it with; the first ones have a label too.
fn documents(address: &str, ids: &[String]) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::with_capacity(ids.len());
    for (at, three) in ids.windows(3).enumerate() {
        let places = ["document", "second", "third"];
        let mut row: Row = places.into_iter().zip(three.iter().cloned()).collect();
        if at < LABELLED
            && let Some(label) = label(address, &three[0])?
        {
            row.push(("label", label));
        }
        rows.push(row);
    }
    Ok(rows)
}

/// A label of risk that the page of a document leads to.
fn label(address: &str, id: &str) -> anyhow::Result<Option<String>> {
    let page = body(address, &format!("/documents/{id}"))?;
    let Some((_, rest)) = page.split_once("/text?code=risk/") else { return Ok(None) };
    let code: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    Ok(Some(format!("risk/{code}")))
}

/// The pages of duties that the page of actors leads to.
fn duties(address: &str) -> anyhow::Result<Vec<Row>> {
    let page = body(address, "/actors")?;
    let links = page.split("href=\"/actors/duties/").skip(1);
    let duties = links.filter_map(|rest| rest.split(['"', '?']).next());
    Ok(duties.map(|duty| vec![("duty", duty.to_owned())]).collect())
}

/// The last part of the address of each entry of a list.
fn named(address: &str, list: &str) -> anyhow::Result<Vec<String>> {
    let page = json(address, &format!("{list}.json"))?;
    let entries = page["entries"].as_array().with_context(|| format!("find the entries of {list}.json"))?;
    let start = format!("{list}/");
    let name = |entry: &Value| entry["href"].as_str()?.strip_prefix(&start).map(str::to_owned);
    Ok(entries.iter().filter_map(name).collect())
}

/// Runs and releases, the newest and the one before it.
fn single(address: &str) -> anyhow::Result<Row> {
    let releases = ids(&json(address, "/releases.json")?, "releases", "/id");
    let runs = ids(&json(address, "/runs.json")?, "runs", "/run/id").into_iter().map(|id| short(&id));
    let runs = ["run", "other"].into_iter().zip(runs);
    Ok(runs.chain(["release", "earlier"].into_iter().zip(releases)).collect())
}

/// The first digits of a run, as addresses have them.
fn short(run: &str) -> String {
    run.chars().take(12).collect()
}

fn ids(page: &Value, list: &str, id: &str) -> Vec<String> {
    let all = page[list].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(|one| one.pointer(id)?.as_str().map(str::to_owned)).collect()
}

fn body(address: &str, path: &str) -> anyhow::Result<String> {
    Ok(String::from_utf8(serve::body_of(address, path)?)?)
}

/// What an address answers with as JSON.
pub(super) fn json(address: &str, path: &str) -> anyhow::Result<Value> {
    serde_json::from_str(&body(address, path)?).with_context(|| format!("read {path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places {
        let document = |id: &str| vec![("document", id.to_owned()), ("second", "a:9".to_owned())];
        let mut labelled = document("a:1");
        labelled.push(("label", "risk/1.1".to_owned()));
        let corvane = vec![vec![("jurisdiction", "Corvane".to_owned())]];
        Places {
            sets: vec![vec![labelled, document("a:2")], corvane],
            single: vec![("run", "0123".to_owned())],
        }
    }

    #[test]
    fn an_address_is_filled_once_for_each_document_or_name_that_it_has_a_place_for() {
        let places = places();
        assert_eq!(
            places.filled("/documents/{document}/text"),
            ["/documents/a:1/text", "/documents/a:2/text"]
        );
        assert_eq!(places.filled("/compare?ids={document},{second}")[1], "/compare?ids=a:2,a:9");
        assert_eq!(places.filled("/embed/documents/{document}/{label}"), ["/embed/documents/a:1/risk/1.1"]);
        assert_eq!(places.filled("/jurisdictions/{jurisdiction}"), ["/jurisdictions/Corvane"]);
        assert_eq!(places.filled("/runs/{run}"), ["/runs/0123"]);
        assert_eq!(places.filled("/gaps"), ["/gaps"]);
        assert!(places.filled("/documents/{revoked}").is_empty(), "only the samples have it");
        assert_eq!(spread((0..5).map(|n| n.to_string()).collect(), 3), ["0", "2", "4"]);
    }

    #[test]
    fn kinds_that_are_asked_anyway_are_not_asked_again_and_those_without_a_page_are_named() {
        let known = BTreeSet::from(["document", "/runs", "/documents/a:1/text?code=risk/7.2"]);
        let further = beside(&places(), &known).unwrap();
        let paths = |kind: &str| further.kinds.iter().find(|(name, _)| *name == kind).map(|(_, paths)| paths);
        assert_eq!(paths("text").unwrap(), &["/documents/a:2/text?code=risk/7.2"]);
        assert_eq!(paths("run").unwrap(), &["/runs/0123"]);
        assert!(paths("codes").is_some(), "it needs nothing of the store");
        for (kind, absent) in [
            ("document", false),
            ("runs", false),
            (NOT_FOUND, false),
            ("revoked document", true),
            ("map of a release", true),
        ] {
            assert!(paths(kind).is_none(), "{kind}");
            assert_eq!(further.absent.iter().any(|name| name == kind), absent, "{kind}");
        }
    }

    #[test]
    fn the_browser_tests_have_the_kinds_that_are_varied_here() {
        let shared = shared().unwrap();
        assert!(shared.contains_key(NOT_FOUND) && shared.len() > 50, "{}", shared.len());
        let named = varied(&[]).map(|(kind, _)| kind);
        let pages = named.iter().filter(|kind| !kind.contains('.')).map(String::as_str);
        for kind in pages.chain(WHOLE).chain(SOMETIMES) {
            assert!(shared.contains_key(kind), "{kind} has another name in tests/browser/kinds.json");
        }
    }
}
