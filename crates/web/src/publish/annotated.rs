//! Evidence as Web Annotations in a published site: beside each document, and all of it in one file of lines.

use std::collections::BTreeMap;

use serde_json::Value;

use super::described::Ground;

/// The annotations of all documents, one a line.
pub(super) const ALL: &str = "annotations.jsonl";
const OF_DOCUMENT: &str = "/annotations.json";

/// Leads the annotations among `files` to the texts that lie beside them, and adds the file of all of them. Their names stay as
/// the site gave them (see [`App::name_of`](crate::state::App::name_of)).
pub(super) fn complete(files: &mut BTreeMap<String, Vec<u8>>, ground: &Ground) {
    let mut all = Vec::new();
    for (own, body) in files.iter_mut().filter(|(name, _)| is_of_document(name)) {
        let Ok(mut collection) = serde_json::from_slice::<Value>(body) else { continue };
        for item in collection["first"]["items"].as_array_mut().into_iter().flatten() {
            let source = item["target"]["source"].as_str().unwrap_or_default().to_owned();
            item["target"]["source"] = led(&source, ALL, ground).into();
            all.extend_from_slice(item.to_string().as_bytes());
            all.push(b'\n');
            item["target"]["source"] = led(&source, own, ground).into();
        }
        if let Ok(written) = serde_json::to_vec_pretty(&collection) {
            *body = written;
        }
    }
    files.insert(ALL.to_owned(), all);
}

/// Whether a file holds the annotations of one document.
pub(super) fn is_of_document(name: &str) -> bool {
    name.strip_suffix(OF_DOCUMENT).is_some()
}

/// The place in a text as the file `own` names it.
fn led(source: &str, own: &str, ground: &Ground) -> String {
    let (page, place) = source.split_at(source.find('#').unwrap_or(source.len()));
    format!("{}{place}", ground.lead(own, &ground.file(page)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn annotations_lead_to_the_text_from_wherever_they_lie() {
        for (base, beside, above) in [
            ("", "../../documents/a_1/text.html#p-3", "documents/a_1/text.html#p-3"),
            (
                "https://map.example",
                "https://map.example/documents/a_1/text.html#p-3",
                "https://map.example/documents/a_1/text.html#p-3",
            ),
        ] {
            let item =
                json!({ "id": "urn:x", "target": { "source": format!("{base}/documents/a:1/text#p-3") } });
            let collection = json!({ "first": { "items": [item] } }).to_string().into_bytes();
            let own = "documents/a_1/annotations.json";
            let mut files = BTreeMap::from([(own.to_owned(), collection)]);
            let ground = Ground { base: base.to_owned(), prefix: String::new() };
            complete(&mut files, &ground);
            let told: Value = serde_json::from_slice(&files[own]).unwrap();
            let item = &told["first"]["items"][0];
            assert_eq!((&item["id"], &item["target"]["source"]), (&json!("urn:x"), &json!(beside)));
            let lines = std::str::from_utf8(&files[ALL]).unwrap().lines();
            let lines: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!(lines.len(), 1);
            assert_eq!(lines[0]["target"]["source"], above);
        }
    }
}
