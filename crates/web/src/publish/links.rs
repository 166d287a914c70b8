//! From addresses of the site to files, and the links between them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use lacuna_domain::filter::decode;
use lacuna_domain::sha256_hex;

use crate::relink::{MARKUP, relinked};

/// Endings of addresses that are no pages.
const FILES: [&str; 11] =
    [".csv", ".xlsx", ".parquet", ".jsonl", ".json", ".cff", ".bib", ".ris", ".css", ".svg", ".js"];

/// The file of an address: `/` → `index.html`, `/documents/agora:1` → `documents/agora_1.html`; a query is a part of its name,
/// before the ending: `/explore.svg?rows=risk` → `explore_3f_rows_3d_risk.svg`.
pub(super) fn file_of(address: &str) -> String {
    let (path, query) = address.split_at(address.find('?').unwrap_or(address.len()));
    let ending = FILES.iter().find(|ending| path.ends_with(**ending) && !is_document(path)).copied();
    let stem = path.strip_suffix(ending.unwrap_or_default()).unwrap_or(path);
    // A document id may hold slashes, which its address encodes: each segment of the address is one part of the file.
    let parts: Vec<String> = stem.trim_matches('/').split('/').map(safe).collect();
    let name = format!("{}{}", parts.join("/"), safe(query));
    if name.is_empty() {
        return "index.html".to_owned();
    }
    let parts: Vec<String> = name.split('/').map(short).collect();
    format!("{}{}", parts.join("/"), ending.unwrap_or(".html"))
}

/// Whether an address is that of a document's page. An id may end like a file, as that of a text from the web does.
fn is_document(path: &str) -> bool {
    path.strip_prefix("/documents/").is_some_and(|id| !id.contains('/'))
}

/// Bytes of a file name that are kept; most systems take 255 with the ending.
const LONGEST: usize = 160;

/// A file name that no system finds too long; different names stay different.
fn short(name: &str) -> String {
    match name.get(..LONGEST) {
        Some(beginning) if name.len() > LONGEST => {
            let hash = sha256_hex(name.as_bytes());
            format!("{beginning}_{}", hash.get(..16).unwrap_or(&hash))
        }
        _ => name.to_owned(),
    }
}

/// A part of an address as a file name that every system takes; different parts stay different.
fn safe(part: &str) -> String {
    let mut out = String::new();
    for c in decode(&part.replace('+', "%2B")).chars() {
        match c {
            c if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') => out.push(c),
            ':' => out.push('_'),
            c => out.push_str(&format!("_{:x}_", u32::from(c))),
        }
    }
    out
}

/// How to get from one file to another.
pub(super) fn relative(from: &str, to: &str) -> String {
    let depth = from.matches('/').count();
    format!("{}{to}", "../".repeat(depth))
}

/// What stands before the address that a form is sent to.
const FORM: &str = " action=\"";

/// A page with its links made relative: pages and files that are published lead to them, filtered lists to the search
/// page, and what only a server can answer leads nowhere. The addresses that lead nowhere now come beside it, those of forms
/// apart.
pub(super) fn rewritten(html: &str, own: &str, known: &BTreeSet<String>) -> (String, BTreeSet<String>) {
    let mut dropped = BTreeSet::new();
    let html = relinked(&without_set_form(html), &MARKUP, |name, written| {
        // It leads to another site.
        if written.starts_with("//") {
            return format!("{name}{written}");
        }
        let address = plain(written);
        // A search form leads to the search page, also from the list itself; other forms need a server.
        let found = if name == FORM {
            (address == "/documents").then(|| relative(own, "search.html"))
        } else {
            target(&address, own, known)
        };
        if let Some(target) = found {
            return format!("{name}{}", target.replace('&', "&amp;"));
        }
        if name != FORM {
            dropped.insert(address);
        }
        // Without its address a link is plain text.
        " data-live=\"".to_owned()
    });
    (html, dropped)
}

/// A page without the form that narrows its set: only a server can answer it, and it offers every value of every field.
fn without_set_form(html: &str) -> Cow<'_, str> {
    let cut = html.split_once("<details class=\"setform\"").and_then(|(before, after)| {
        let (_, after) = after.split_once("</form></details>")?;
        Some(format!("{before}{after}"))
    });
    cut.map_or(Cow::Borrowed(html), Cow::Owned)
}

/// An address as it stands in markup, without its markup.
pub(super) fn plain(address: &str) -> String {
    address.replace("&amp;", "&").replace("&#38;", "&")
}

/// The pictures of this site that a page leads to: addresses of files that can be drawn and need no script.
pub(super) fn pictures(html: &str) -> impl Iterator<Item = String> {
    let links = html.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let own = links.filter(|address| address.starts_with('/') && !address.starts_with("//"));
    own.map(plain).map(|address| address.split('#').next().unwrap_or_default().to_owned()).filter(|address| {
        let path = address.split('?').next().unwrap_or_default();
        path.strip_suffix(".svg").is_some() && !is_document(path)
    })
}

fn target(address: &str, own: &str, known: &BTreeSet<String>) -> Option<String> {
    let (whole, fragment) =
        address.split_once('#').map_or((address, None), |(whole, rest)| (whole, Some(rest)));
    let (path, query) = whole.split_once('?').map_or((whole, None), |(path, query)| (path, Some(query)));
    let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    if path == "/documents" && (own != "documents.html" || query.is_some()) {
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        return Some(format!("{}{query}", relative(own, "search.html")));
    }
    // A text is the same whatever is marked in it; another version, or what counts other documents, is another page, or none.
    let only_marks = |query: &str| query.split('&').all(|pair| pair.starts_with("code="));
    let marked = path.starts_with("/documents/") && query.is_some_and(only_marks);
    let page = if marked { path } else { whole };
    known.contains(page).then(|| format!("{}{fragment}", relative(own, &file_of(page))))
}

/// The files that a page's relative links lead to, each with the part of it that the link names, or nothing.
pub(super) fn relative_links(html: &str, own: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for name in MARKUP {
        for piece in html.split(name).skip(1) {
            let address = piece.split('"').next().unwrap_or_default();
            let (whole, part) = address.split_once('#').unwrap_or((address, ""));
            let path = whole.split('?').next().unwrap_or_default();
            let outside = path.contains(':') || path.starts_with("//");
            if !(outside || address.is_empty()) {
                let file = if path.is_empty() { own.to_owned() } else { resolved(path, own) };
                found.push((file, decode(&plain(part).replace('+', "%2B"))));
            }
        }
    }
    found
}

/// The conditions in the links of a page to the search page, such as `risk=2.2%3A3`.
pub(super) fn conditions(html: &str) -> Vec<String> {
    let queries = html.split("search.html?").skip(1).filter_map(|rest| rest.split(['"', '#']).next());
    queries
        .flat_map(|query| query.replace("&amp;", "&").split('&').map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

fn resolved(path: &str, own: &str) -> String {
    let mut parts: Vec<&str> = own.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_files_that_every_system_takes() {
        for (path, file) in [
            ("/", "index.html"),
            ("/documents/agora:1831", "documents/agora_1831.html"),
            ("/documents/agora:1831/text", "documents/agora_1831/text.html"),
            ("/documents/file:a%2Fb%20c.txt", "documents/file_a_2f_b_20_c.txt.html"),
            ("/codes/risk/2.2", "codes/risk/2.2.html"),
            ("/documents.xlsx", "documents.xlsx"),
            ("/gaps?jurisdiction=New%20Norvale", "gaps_3f_jurisdiction_3d_New_20_Norvale.html"),
            ("/explore.svg?rows=risk", "explore_3f_rows_3d_risk.svg"),
            ("/documents/file:a.json/annotations.json", "documents/file_a.json/annotations.json"),
            (
                "/documents/url:https:%2F%2Fx.example%2Fa.json",
                "documents/url_https__2f__2f_x.example_2f_a.json.html",
            ),
            ("/documents/file:a.svg/relations.svg", "documents/file_a.svg/relations.svg"),
        ] {
            assert_eq!(file_of(path), file);
        }
    }

    #[test]
    fn a_long_name_becomes_a_file_that_can_be_written_and_stays_its_own() {
        let of = |last: &str| file_of(&format!("/authorities/{}{last}", "%E7%9C%81".repeat(60)));
        assert!(of("").len() < 200 && of("").strip_suffix(".html").is_some(), "{}", of(""));
        assert_ne!(of("a"), of("b"));
    }

    #[test]
    fn links_become_relative_and_filters_lead_to_the_search_page() {
        let known =
            ["/", "/codes/risk/2.2", "/documents/a:1/text", "/gaps", "/gaps?jurisdiction=New%20Norvale"];
        let known: BTreeSet<String> = known.map(str::to_owned).into();
        let html = "<a href=\"/codes/risk/2.2#x\">c</a><a href=\"/documents?risk=2.2&amp;form=law\">d</a>\
                    <a href=\"/api/v1/documents\">e</a><a href=\"https://x.example/\">f</a>";
        assert_eq!(
            rewritten(html, "documents/a_1.html", &known).0,
            "<a href=\"../codes/risk/2.2.html#x\">c</a><a href=\"../search.html?risk=2.2&amp;form=law\">d</a>\
             <a data-live=\"\">e</a><a href=\"https://x.example/\">f</a>"
        );
        let html = "<a href=\"/gaps?jurisdiction=New%20Norvale\">g</a><a href=\"/gaps?jurisdiction=Ostmark\">h</a>\
                    <a href=\"/documents/a:1/text?code=risk/2.2#p-3\">i</a>\
                    <form action=\"/gaps\"><form action=\"/documents\">";
        let (led, dropped) = rewritten(html, "gaps.html", &known);
        assert_eq!(
            led,
            "<a href=\"gaps_3f_jurisdiction_3d_New_20_Norvale.html\">g</a><a data-live=\"\">h</a>\
             <a href=\"documents/a_1/text.html#p-3\">i</a><form data-live=\"\"><form action=\"search.html\">",
            "other documents are never counted behind a link"
        );
        assert_eq!(dropped, ["/gaps?jurisdiction=Ostmark".to_owned()].into(), "forms are none of them");
        let narrowing = "<p>2</p><details class=\"setform\"><form action=\"/gaps\"><details><p>d</p>\n</details>\n\
                         <button>Show</button>\n</form></details>\n<p>3</p>";
        assert_eq!(
            rewritten(narrowing, "gaps.html", &known).0,
            "<p>2</p>\n<p>3</p>",
            "nobody could answer it"
        );
        let outside = "<a href=\"//x.example/y\">o</a>";
        assert_eq!(rewritten(outside, "gaps.html", &known), (outside.to_owned(), BTreeSet::new()));
        let html = "<a href=\"/documents/a:1/text?v=1\">j</a><a href=\"/documents/a:1/text?code=risk/2.2&amp;v=1#p-3\">k</a>\
                    <a href=\"/documents/a:1/text?run=0a1b2c\">l</a>";
        assert_eq!(
            rewritten(html, "gaps.html", &known).0,
            "<a data-live=\"\">j</a><a data-live=\"\">k</a><a data-live=\"\">l</a>",
            "another version or run is not the text that is here"
        );
        let found: Vec<String> = pictures(
            "<a href=\"/explore.svg?rows=risk&amp;columns=form\">p</a><a href=\"/gaps.svg#x\">q</a>\
             <a href=\"/explore?a=b.svg\">r</a><a href=\"https://x.example/y.svg\">s</a><a href=\"//x.example/y.svg\">t</a>",
        )
        .collect();
        assert_eq!(found, ["/explore.svg?rows=risk&columns=form", "/gaps.svg"]);
        assert_eq!(
            relative_links(
                "<a href=\"../codes/risk/2.2.html#x\"><a href=\"#p%20y\"><a href=\"https://x.example/#z\">",
                "documents/a_1.html"
            ),
            [("codes/risk/2.2.html", "x"), ("documents/a_1.html", "p y")]
                .map(|(file, part)| (file.to_owned(), part.to_owned()))
        );
    }
}
