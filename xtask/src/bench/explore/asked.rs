//! What is asked: kinds of pages with their addresses, no two of a kind alike.

use lacuna_domain::filter::encode;

use super::super::pipeline::{list_addresses, search_addresses};

/// A kind of page and the keys of its figures.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    /// Its name.
    pub(super) name: &'static str,
    /// Key of the 95th percentile of first visits.
    pub(super) first: &'static str,
    /// Key of the 95th percentile of the same addresses asked for again.
    pub(super) held: &'static str,
    /// What the product promises of first visits.
    pub(super) goal: &'static str,
}

/// Documents of which kinds are asked that have no figure of their own.
const OTHERS: usize = 7;

macro_rules! kind {
    ($name:literal, $goal:literal) => {
        Kind {
            name: $name,
            first: concat!($name, "_p95_ms"),
            held: concat!($name, "_held_p95_ms"),
            goal: $goal,
        }
    };
}

/// Kinds of which the product promises something.
pub(super) const PROMISED: [Kind; 4] =
    [kind!("search", "≤ 100"), kind!("facet", "≤ 200"), kind!("crosstab", "≤ 200"), kind!("gaps", "≤ 500")];

/// A kind with its addresses.
pub(super) type Asked = (Kind, Vec<String>);

/// All kinds over a made store of `docs` documents: the page that readers come to first; those that need nothing else;
/// and those that show what is gathered once for all readers. `runs` are the ids of its runs.
pub(super) fn groups(docs: usize, runs: &[String]) -> [Vec<Asked>; 3] {
    let overview = vec![(kind!("overview", "printed"), each("/", &[""]))];
    let mut most: Vec<Asked> = PROMISED.into_iter().zip(promised()).collect();
    most.extend(more(docs));
    [overview, most, shared(docs, runs)]
}

/// Addresses of [`PROMISED`], in the same order.
fn promised() -> [Vec<String>; 4] {
    [searches(), facets(), crosstabs(), gaps()]
}

/// Kinds of which nothing is promised by name, with few addresses each.
fn more(docs: usize) -> Vec<Asked> {
    let documents = made_ids(docs, 40).map(|id| format!("/documents/{id}")).collect();
    let pairs = made_ids(docs, 13).zip(made_ids(docs, 13).skip(1));
    let pairs = pairs.map(|(one, other)| format!("/compare?ids={one},{other}")).collect();
    vec![
        (kind!("stack", "printed"), stacks()),
        (kind!("domain", "printed"), numbered("/domains/", "")),
        (kind!("dimension", "printed"), each("/codes/", &["risk", "sector", "lifecycle", "status"])),
        (kind!("jurisdiction", "printed"), each("/jurisdictions/", &["United%20States"])),
        (kind!("relations", "printed"), each("/relations", &[""])),
        (kind!("feed", "printed"), numbered("/feed.atom?risk=", ".1")),
        (kind!("document", "printed"), documents),
        (kind!("compare", "printed"), pairs),
    ]
}

/// Kinds that show what is gathered once for all readers.
fn shared(docs: usize, runs: &[String]) -> Vec<Asked> {
    let with_corpus = made_ids(docs, 5).map(|id| format!("/compare/with-corpus?id={id}")).collect();
    let runs = std::iter::once("/runs".to_owned()).chain(runs.iter().map(|run| format!("/runs/{run}")));
    vec![
        (kind!("code", "printed"), numbered("/codes/risk/", ".1")),
        (kind!("actors", "printed"), each("/actors", &["", "/entities"])),
        (kind!("with_corpus", "printed"), with_corpus),
        (kind!("run", "printed"), runs.collect()),
    ]
}

/// One address for each name.
fn each(start: &str, names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("{start}{name}")).collect()
}

/// One address for each of the seven domains of risk.
pub(super) fn numbered(start: &str, end: &str) -> Vec<String> {
    (1..=7).map(|domain| format!("{start}{domain}{end}")).collect()
}

/// Ids of `count` made documents from all over a store of `docs`.
fn made_ids(docs: usize, count: usize) -> impl Iterator<Item = String> {
    let count = count.min(docs);
    (0..count).map(move |place| format!("made:{}", place * docs / count))
}

/// Ids of a few made documents from all over a store of `docs`, in a large one other ones than those above.
pub(super) fn others(docs: usize) -> Vec<String> {
    let count = OTHERS.min(docs);
    (0..count).map(|place| format!("made:{}", place * docs / count + docs / (2 * count))).collect()
}

/// Pairs of words, and everything else that the language of the search box has; some of it within a facet.
pub(super) fn searches() -> Vec<String> {
    const SAID: [&str; 38] = [
        "data",
        "system",
        "information",
        "public",
        "technology",
        "intelligence",
        "government",
        "development",
        "\"artificial intelligence\"",
        "\"machine learning\"",
        "\"personal data\"",
        "\"risk management\"",
        "\"national security\"",
        "\"civil rights\"",
        "\"federal agency\"",
        "\"automated decision\"",
        "bias NEAR/10 audit",
        "privacy NEAR/5 (data OR information)",
        "\"risk assessment\" NEAR/20 agency",
        "\"training data\"~5",
        "safety NEAR model",
        "report NEAR/30 penalty",
        "discrimin*",
        "transparen*",
        "automat*",
        "regulat*",
        "infra*",
        "secur* bias",
        "bias OR fairness OR discrimination",
        "audit OR inspection",
        "(child* OR minor) AND privacy",
        "election OR voter OR ballot",
        "health AND NOT research",
        "title:act privacy",
        "text:penalty",
        "jurisdiction:colorado AND bias",
        "authority:congress AND training",
        "tag:disclos*",
    ];
    const FACETS: [&str; 4] =
        ["&risk=1.1", "&jurisdiction=United+States", "&enactment=adopted&sort=newest", "&form=hard_law"];
    let said = SAID.iter().map(|words| format!("/documents?q={}", encode(words)));
    let within = said.clone().step_by(2).zip(FACETS.iter().cycle());
    let within: Vec<String> = within.map(|(search, facet)| format!("{search}{facet}")).collect();
    search_addresses().into_iter().step_by(2).chain(said).chain(within).collect()
}

/// Lists with their facets: by conditions alone, as of a day, and within what words find.
pub(super) fn facets() -> Vec<String> {
    const CODES: [&str; 6] = ["1.1", "2.1", "3.1", "4.3", "6.5", "7.4"];
    const ALSO: [&str; 5] = [
        "&on=2024-06-01",
        "&on=2023-01-01&enactment=adopted",
        "&q=audit",
        "&q=privacy&jurisdiction=United+States",
        "&q=%22artificial+intelligence%22&on=2024-06-01",
    ];
    let also =
        CODES.iter().flat_map(|code| ALSO.iter().map(move |also| format!("/documents?risk={code}{also}")));
    list_addresses().into_iter().chain(also).collect()
}

/// Three axes crossed: one picture for each value of the third.
fn stacks() -> Vec<String> {
    const AXES: [[&str; 3]; 8] = [
        ["risk", "jurisdiction", "year"],
        ["risk", "authority", "year"],
        ["risk", "form", "enactment"],
        ["risk", "sector", "lifecycle"],
        ["sector", "jurisdiction", "form"],
        ["lifecycle", "authority", "enactment"],
        ["jurisdiction", "enactment", "form"],
        ["authority", "year", "form"],
    ];
    let address =
        |[rows, columns, stack]: &[&str; 3]| format!("/explore?rows={rows}&columns={columns}&stack={stack}");
    AXES.iter().map(address).collect()
}

/// Every pair of axes, then texts instead of documents, good coverage alone, and the many values of tags.
pub(super) fn crosstabs() -> Vec<String> {
    const AXES: [&str; 8] =
        ["risk", "sector", "lifecycle", "jurisdiction", "authority", "year", "form", "enactment"];
    const COUNTED: [&str; 3] = ["&unit=texts", "&level=good", "&unit=texts&level=good"];
    const SOME: [(&str, &str); 6] = [
        ("risk", "sector"),
        ("risk", "jurisdiction"),
        ("sector", "lifecycle"),
        ("jurisdiction", "form"),
        ("authority", "risk"),
        ("year", "risk"),
    ];
    const TAGS: [(&str, &str); 7] = [
        ("tag", "jurisdiction"),
        ("tag", "year"),
        ("tag", "enactment"),
        ("tag", "form"),
        ("risk", "tag"),
        ("sector", "tag"),
        ("risk/2.2", "tag"),
    ];
    let address = |(rows, columns): (&str, &str)| format!("/explore?rows={rows}&columns={columns}");
    let pairs = AXES.into_iter().flat_map(|rows| AXES.into_iter().map(move |columns| (rows, columns)));
    let plain = pairs.filter(|(rows, columns)| rows != columns).chain(TAGS).map(address);
    let counted =
        SOME.into_iter().flat_map(|pair| COUNTED.map(|counted| format!("{}{counted}", address(pair))));
    plain.chain(counted).collect()
}

/// Sets on days; other dimensions and other sets beside; and the audit of a code.
pub(super) fn gaps() -> Vec<String> {
    const SETS: [&str; 6] = [
        "",
        "&jurisdiction=United+States",
        "&enactment=adopted",
        "&form=hard_law",
        "&risk=1.1",
        "&applies_to=Private+sector",
    ];
    const BESIDE: [&str; 6] = [
        "&dimension=sector",
        "&dimension=lifecycle",
        "&vs=all&jurisdiction=United+States",
        "&vs=form%3Dhard_law",
        "&vs=enactment%3Dadopted&risk=1.1",
        "&dimension=sector&vs=all&form=hard_law",
    ];
    const AUDITED: [&str; 8] = [
        "risk/1.1",
        "risk/2.2",
        "risk/4.3",
        "risk/6.5",
        "risk/7.3",
        "risk/7.5",
        "sector/national_security",
        "lifecycle/deploy",
    ];
    let on = |months: &'static [u8], ends: &'static [&'static str]| {
        months
            .iter()
            .flat_map(move |month| ends.iter().map(move |end| format!("/gaps?on=2025-0{month}-15{end}")))
    };
    let audits = AUDITED.iter().flat_map(|code| {
        ["", "&jurisdiction=United+States"].map(|set| format!("/gaps/{code}?on=2025-03-15{set}"))
    });
    on(&[1, 2, 3, 4, 5, 6, 7, 8], &SETS).chain(on(&[2, 5, 8], &BESIDE)).chain(audits).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_address_of_a_kind_is_asked_twice_so_that_every_first_visit_is_one() {
        for (kind, paths) in groups(10_000, &["0123456789ab".to_owned()]).into_iter().flatten() {
            let different: BTreeSet<&String> = paths.iter().collect();
            assert_eq!(different.len(), paths.len(), "{}", kind.name);
            assert!(!paths.is_empty(), "{}", kind.name);
        }
    }

    #[test]
    fn other_documents_are_in_the_store_and_none_is_named_twice() {
        for docs in (0..50).chain([10_000]) {
            let others = others(docs);
            let stored: BTreeSet<String> = (0..docs).map(|number| format!("made:{number}")).collect();
            let different: BTreeSet<&String> = others.iter().filter(|id| stored.contains(*id)).collect();
            assert_eq!((different.len(), others.len()), (OTHERS.min(docs), OTHERS.min(docs)), "{docs}");
        }
        let known: BTreeSet<String> =
            [40, 13, 5].into_iter().flat_map(|count| made_ids(10_000, count)).collect();
        assert!(
            others(10_000).iter().all(|id| !known.contains(id)),
            "a page of theirs would be a second visit"
        );
    }

    #[test]
    fn promised_kinds_are_asked_for_in_every_form_that_readers_have() {
        let wanted: [&[&str]; 4] = [
            &["audit+", "=data", "q=%22", "NEAR%2F", "%2A", "+OR+", "title:", "&risk="],
            &["&enactment=", "&q=", "&on="],
            &["rows=risk&columns=sector", "&unit=texts", "&level=good", "=tag"],
            &["/gaps?on=", "&dimension=", "&vs=", "/gaps/risk/"],
        ];
        for ((forms, paths), kind) in wanted.into_iter().zip(promised()).zip(PROMISED) {
            for form in forms {
                assert!(paths.iter().any(|path| path.contains(form)), "{}: {form}", kind.name);
            }
        }
    }
}
