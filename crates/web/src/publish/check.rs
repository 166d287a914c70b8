//! Whether every link between the files of a published site leads to a file, and to a part that is in it.

use std::collections::{BTreeMap, HashSet};

use super::links::relative_links;

/// The links that lead nowhere, each as `page → target`.
pub(super) fn broken(files: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let pages: BTreeMap<&str, &str> = files
        .iter()
        .filter(|(name, _)| name.strip_suffix(".html").is_some())
        .filter_map(|(name, body)| Some((name.as_str(), std::str::from_utf8(body).ok()?)))
        .collect();
    let parts: BTreeMap<&str, HashSet<&str>> =
        pages.iter().map(|(name, html)| (*name, parts(html).collect())).collect();
    let mut broken = Vec::new();
    for (name, html) in &pages {
        for (file, part) in relative_links(html, name) {
            if !files.contains_key(&file) {
                broken.push(format!("{name} → {file}"));
            } else if !part.is_empty()
                && parts.get(file.as_str()).is_some_and(|parts| !parts.contains(part.as_str()))
            {
                broken.push(format!("{name} → {file}#{part}"));
            }
        }
    }
    broken
}

/// The parts of a page that links can name.
fn parts(html: &str) -> impl Iterator<Item = &str> {
    html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_no_file_or_to_no_part_of_one_is_named_with_its_page() {
        let html = "<p id=\"here\"><a href=\"#here\">a</a><a href=\"#gone\">b</a><a href=\"../b.html#there\">c</a>\
                    <a href=\"../b.html#lost\">d</a><a href=\"c.html\">e</a><a href=\"../b.csv#1\">f</a>";
        let files: BTreeMap<String, Vec<u8>> =
            [("a/a.html", html), ("b.html", "<h1 id=\"there\">"), ("b.csv", "x")]
                .map(|(name, body)| (name.to_owned(), body.as_bytes().to_vec()))
                .into();
        assert_eq!(
            broken(&files),
            ["a/a.html → a/a.html#gone", "a/a.html → b.html#lost", "a/a.html → a/c.html"]
        );
    }
}
