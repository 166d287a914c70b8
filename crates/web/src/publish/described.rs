//! What a published site says of its own files: only here are their bytes at hand.

use std::collections::BTreeMap;

use lacuna_domain::sha256_hex;
use serde_json::Value;

use super::links::file_of;
use crate::config::Config;

const PACKAGE: &str = "datapackage.json";
const DATA_PAGE: &str = "data.html";
/// What stands before the JSON-LD of a page.
const JSON_LD: &str = "<script type=\"application/ld+json\">";

/// The descriptions among `files`, complete: the data package says how long each table is and what its hash is, and the
/// page of the data lists those formats alone that are published.
pub(super) fn completed(files: &BTreeMap<String, Vec<u8>>, config: &Config) -> Vec<(String, Vec<u8>)> {
    let base = config.absolute("").unwrap_or_default();
    let package = files.get(PACKAGE).and_then(|package| measured(package, &base, files));
    let page = files.get(DATA_PAGE).and_then(|page| with_published(page, &base, files));
    let described = [(PACKAGE, package), (DATA_PAGE, page)];
    described.into_iter().filter_map(|(name, body)| Some((name.to_owned(), body?))).collect()
}

/// The data package with `bytes` and `hash` of every resource.
fn measured(package: &[u8], base: &str, files: &BTreeMap<String, Vec<u8>>) -> Option<Vec<u8>> {
    let mut package: Value = serde_json::from_slice(package).ok()?;
    for resource in package["resources"].as_array_mut()? {
        let file = resource["path"].as_str().and_then(|path| files.get(&named(path, base)));
        if let Some(body) = file {
            resource["bytes"] = body.len().into();
            resource["hash"] = format!("sha256:{}", sha256_hex(body)).into();
        }
    }
    serde_json::to_vec_pretty(&package).ok()
}

/// The page with the published files alone among the downloads of its JSON-LD.
fn with_published(page: &[u8], base: &str, files: &BTreeMap<String, Vec<u8>>) -> Option<Vec<u8>> {
    let (before, rest) = std::str::from_utf8(page).ok()?.split_once(JSON_LD)?;
    let (described, after) = rest.split_once("</script>")?;
    let mut described: Value = serde_json::from_str(described).ok()?;
    let published = |download: &Value| {
        download["contentUrl"].as_str().is_some_and(|path| files.contains_key(&named(path, base)))
    };
    described["distribution"].as_array_mut()?.retain(published);
    let described = described.to_string().replace('<', "\\u003c");
    Some(format!("{before}{JSON_LD}{described}</script>{after}").into_bytes())
}

/// The file that an address in a description leads to.
fn named(address: &str, base: &str) -> String {
    file_of(address.strip_prefix(base).unwrap_or(address))
}
