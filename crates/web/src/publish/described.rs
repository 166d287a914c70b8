//! What a published site says of its own files: only here are their bytes at hand.

use std::collections::{BTreeMap, BTreeSet};

use lacuna_domain::sha256_hex;
use serde_json::Value;

use super::edition::Edition;
use super::links::{file_of, plain, relative};
use crate::view::in_script;

const PACKAGE: &str = "datapackage.json";
/// What stands before the JSON-LD of a page.
const JSON_LD: &str = "<script type=\"application/ld+json\">";
/// What stands before the address at which a page says that it lies.
const CANONICAL: &str = "<link rel=\"canonical\" href=\"";

/// Where a site says in its descriptions that its pages and files lie.
#[derive(Clone, Debug, Default)]
pub(super) struct Ground {
    /// Its absolute address; empty where it knows none.
    pub(super) base: String,
    /// What stands before its paths: empty, or where the map of a release lies.
    pub(super) prefix: String,
}

impl Ground {
    /// Where the pages of an edition say that they lie.
    pub(super) fn of(edition: &Edition) -> Self {
        let base = edition.app.config().absolute("").unwrap_or_default();
        Self { base, prefix: edition.prefix() }
    }

    /// The file that an address in a description leads to.
    pub(super) fn file(&self, address: &str) -> String {
        let path = address.strip_prefix(&self.base).unwrap_or(address);
        file_of(path.strip_prefix(&self.prefix).unwrap_or(path))
    }

    /// What the file `own` calls the file `other`: its address, or the way to it.
    pub(super) fn lead(&self, own: &str, other: &str) -> String {
        if self.base.is_empty() { relative(own, other) } else { format!("{}/{other}", self.base) }
    }
}

/// Completes the data package: how long each table is and what its hash is.
pub(super) fn measure(files: &mut BTreeMap<String, Vec<u8>>, ground: &Ground) {
    let package = files.get(PACKAGE).and_then(|package| measured(package, ground, files));
    if let Some(package) = package {
        files.insert(PACKAGE.to_owned(), package);
    }
}

/// Narrows what the page `own` says of its rows, and of where it lies, to the files that are `published`.
pub(super) fn narrow(page: &mut Vec<u8>, own: &str, ground: &Ground, published: &BTreeSet<String>) {
    for narrowed in [with_published, with_place] {
        if let Some(narrowed) = narrowed(page, own, ground, published) {
            *page = narrowed;
        }
    }
}

/// The data package with `bytes` and `hash` of every resource.
fn measured(package: &[u8], ground: &Ground, files: &BTreeMap<String, Vec<u8>>) -> Option<Vec<u8>> {
    let mut package: Value = serde_json::from_slice(package).ok()?;
    for resource in package["resources"].as_array_mut()? {
        let file = resource["path"].as_str().and_then(|path| files.get(&ground.file(path)));
        if let Some(body) = file {
            resource["bytes"] = body.len().into();
            resource["hash"] = format!("sha256:{}", sha256_hex(body)).into();
        }
    }
    serde_json::to_vec_pretty(&package).ok()
}

/// The page `own` with addresses of published files alone in its JSON-LD; `None` where it has none.
fn with_published(page: &[u8], own: &str, ground: &Ground, published: &BTreeSet<String>) -> Option<Vec<u8>> {
    let (before, rest) = std::str::from_utf8(page).ok()?.split_once(JSON_LD)?;
    let (described, after) = rest.split_once("</script>")?;
    let mut described: Value = serde_json::from_str(described).ok()?;
    let place = |address: &str| {
        let file = ground.file(address);
        published.contains(&file).then(|| ground.lead(own, &file))
    };
    lead(&mut described, "url", place);
    if let Some(larger) = described.get_mut("isPartOf") {
        lead(larger, "url", place);
    }
    let downloads = described.get_mut("distribution").and_then(Value::as_array_mut);
    let left = downloads.is_some_and(|downloads| {
        downloads.retain_mut(|download| lead(download, "contentUrl", place));
        !downloads.is_empty()
    });
    if !left && let Some(described) = described.as_object_mut() {
        described.remove("distribution");
    }
    Some(format!("{before}{JSON_LD}{}</script>{after}", in_script(&described)).into_bytes())
}

/// The page `own` with the address of a published file as its canonical one, its own where that of the site is no file here;
/// `None` where it names none.
fn with_place(page: &[u8], own: &str, ground: &Ground, published: &BTreeSet<String>) -> Option<Vec<u8>> {
    let (before, rest) = std::str::from_utf8(page).ok()?.split_once(CANONICAL)?;
    let (address, after) = rest.split_once('"')?;
    let file = ground.file(&plain(address));
    let place = ground.lead(own, if published.contains(&file) { &file } else { own });
    // On paper the page says it too.
    let printed = |address: &str| format!("<p class=\"printed\">{address}</p>");
    let after = after.replacen(&printed(address), &printed(&place), 1);
    Some(format!("{before}{CANONICAL}{place}\"{after}").into_bytes())
}

/// Leads the address under `key` to the file that `place` knows it by, or takes it out; answers whether it stays.
fn lead(part: &mut Value, key: &str, place: impl Fn(&str) -> Option<String>) -> bool {
    let found = part.get(key).and_then(Value::as_str).and_then(place);
    let Some(part) = part.as_object_mut() else { return false };
    let Some(address) = found else {
        part.remove(key);
        return false;
    };
    part.insert(key.to_owned(), address.into());
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_names_the_files_of_the_published_site_by_where_they_lie() {
        let page = |described: &Value| format!("<head>{JSON_LD}{described}</script></head>").into_bytes();
        let published: BTreeSet<String> =
            ["codes.csv", "codes/risk.html", "data.html"].map(str::to_owned).into();
        let told = |page: &[u8], base: &str| {
            let ground = Ground { base: base.to_owned(), prefix: "/releases/r/map".to_owned() };
            let page = with_published(page, "codes/risk.html", &ground, &published).unwrap();
            let page = String::from_utf8(page).unwrap();
            let json = page.strip_prefix(&format!("<head>{JSON_LD}")).unwrap();
            serde_json::from_str::<Value>(json.strip_suffix("</script></head>").unwrap()).unwrap()
        };
        let files = |base: &str| {
            let (one, other) = (format!("{base}/codes.csv"), format!("{base}/codes/risk.csv"));
            json!([{ "contentUrl": one }, { "contentUrl": other }])
        };
        let known = told(&page(&json!({ "distribution": files("") })), "");
        assert_eq!(known, json!({ "distribution": [{ "contentUrl": "../codes.csv" }] }));
        let of_release = json!({ "distribution": files("/releases/r/map") });
        assert_eq!(told(&page(&of_release), ""), known, "also where it was drawn for a release");
        let base = "https://map.example/ai";
        let described = json!({
            "url": format!("{base}/codes/risk"),
            "isPartOf": { "name": "Lacuna", "url": format!("{base}/data") },
            "distribution": files(base),
        });
        let known = told(&page(&described), base);
        assert_eq!(known["url"], format!("{base}/codes/risk.html"));
        assert_eq!(known["isPartOf"]["url"], format!("{base}/data.html"));
        assert_eq!(known["distribution"], json!([{ "contentUrl": format!("{base}/codes.csv") }]));
        let none = told(&page(&json!({ "distribution": [{ "contentUrl": "/gaps.csv" }] })), "");
        assert_eq!(none, json!({}), "a page of which no file is published offers none");
        let ground = Ground::default();
        assert_eq!(with_published(b"<head></head>", "a.html", &ground, &published), None);
    }

    #[test]
    fn a_page_lies_where_its_file_does() {
        let published: BTreeSet<String> =
            ["codes/risk.html", "gaps_3f_on_3d_1.html"].map(str::to_owned).into();
        let ground = Ground { base: "https://map.example/ai".to_owned(), prefix: String::new() };
        for (own, address, file) in [
            ("codes/risk.html", "/codes/risk", "codes/risk.html"),
            ("gaps_3f_on_3d_1.html", "/gaps", "gaps_3f_on_3d_1.html"),
        ] {
            let page = |at: &str| {
                let base = &ground.base;
                format!("<head>{CANONICAL}{base}{at}\"></head><p class=\"printed\">{base}{at}</p>")
            };
            let placed = with_place(page(address).as_bytes(), own, &ground, &published).unwrap();
            assert_eq!(String::from_utf8(placed).unwrap(), page(&format!("/{file}")));
        }
        assert_eq!(with_place(b"<head></head>", "a.html", &ground, &published), None);
    }
}
