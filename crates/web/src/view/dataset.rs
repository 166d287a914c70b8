//! What a page says of its rows to search engines of data: a schema.org `Dataset` (<https://schema.org/Dataset>) as JSON-LD,
//! in a script element that no browser runs.

use lacuna_pipeline::publish::tables::TableFormat;
use serde_json::{Value, json};

use super::{Chrome, Facts};
use crate::config::Config;

/// Endings of the table beside a page, as its footer offers it.
const TABLES: [&str; 4] = ["csv", "xlsx", "parquet", "jsonl"];

/// The description of a set of rows.
#[derive(Clone, Debug)]
pub(crate) struct Dataset(Value);

impl Dataset {
    /// The whole data set of the site, which the page inside `chrome` offers as the `files` of these addresses.
    pub(crate) fn whole(chrome: &Chrome, description: &str, files: impl IntoIterator<Item = String>) -> Self {
        Self::new(chrome, &chrome.site, description, files)
    }

    /// The rows of the page inside `chrome`, a part of the whole data set.
    pub(crate) fn of_page(chrome: &Chrome, config: &Config) -> Self {
        let files = files(chrome).map(|path| address(chrome, config, path));
        let mut set = Self::new(chrome, &chrome.head_title(), &chrome.description, files);
        set.0["isPartOf"] = larger(chrome, config);
        set
    }

    fn new(chrome: &Chrome, name: &str, description: &str, files: impl IntoIterator<Item = String>) -> Self {
        let distribution: Vec<Value> = files.into_iter().map(|file| download(&file)).collect();
        let mut set = json!({
            "@context": "https://schema.org",
            "@type": "Dataset",
            "name": name,
            "description": description,
            "dateModified": chrome.provenance.as_of_day(),
            "isAccessibleForFree": true,
            "creator": { "@type": "Organization", "name": chrome.site },
            "distribution": distribution,
        });
        // Only an absolute address names the data set for others.
        if let Some(url) = &chrome.canonical {
            set["url"] = url.as_str().into();
        }
        if chrome.provenance.fiction {
            set["disambiguatingDescription"] =
                "fiction: holds sample documents invented for demonstration".into();
        }
        Self(set)
    }

    /// The same, about an instrument: its name, page and terms of use are its own, not those of the labels.
    pub(crate) fn about(mut self, instrument: &Facts) -> Self {
        let mut work = json!({ "@type": "CreativeWork", "name": instrument.title });
        if let Some(official) = instrument.subtitle() {
            work["alternateName"] = official.into();
        }
        if let Some(link) = &instrument.link {
            work["url"] = link.as_str().into();
        }
        if let Some(licence) = &instrument.licence {
            work["license"] = terms(licence);
        }
        if instrument.fiction {
            work["genre"] = "fiction".into();
        }
        self.0["about"] = work;
        self
    }
}

impl Chrome {
    /// With the description of the page's rows, which says what title, description, addresses and files say: it is asked
    /// for last.
    #[must_use]
    pub fn described_as_dataset(self, config: &Config) -> Self {
        let dataset = Dataset::of_page(&self, config);
        self.with_dataset(&dataset)
    }

    /// With a description of its own.
    #[must_use]
    pub(crate) fn with_dataset(mut self, dataset: &Dataset) -> Self {
        self.json_ld = Some(in_script(&dataset.0));
        self
    }
}

/// A description as the content of a script element: nothing inside may end it or open a comment.
pub(crate) fn in_script(description: &Value) -> String {
    description.to_string().replace('<', "\\u003c")
}

/// Paths of the files beside a page.
fn files(chrome: &Chrome) -> impl Iterator<Item = String> {
    let tables = chrome.csv.iter().flat_map(|_| TABLES).map(move |ending| chrome.table(ending));
    tables.chain(chrome.json.clone())
}

/// The address of a file: absolute where the site knows its own, else from the root like every link of a page; the files of
/// a release lie below its map.
pub(super) fn address(chrome: &Chrome, config: &Config, path: String) -> String {
    config.absolute(&path).unwrap_or_else(|| match &chrome.release {
        Some(release) => format!("/releases/{release}/map{path}"),
        None => path,
    })
}

/// What the rows of a page are a part of: the data of the site, or those of a release, whose pages lie at `/map` below it.
fn larger(chrome: &Chrome, config: &Config) -> Value {
    let (name, url) = match &chrome.release {
        Some(release) => {
            let map = config.absolute("");
            let own = map.as_deref().and_then(|map| map.strip_suffix("/map")).map(str::to_owned);
            (format!("{}, release {release}", chrome.site), own)
        }
        None => (chrome.site.clone(), config.absolute("/data")),
    };
    let mut whole = json!({ "@type": "Dataset", "name": name });
    if let Some(url) = url {
        whole["url"] = url.into();
    }
    whole
}

/// A file of the data, of the kind that the ending of its address says.
fn download(address: &str) -> Value {
    let path = address.split('?').next().unwrap_or_default();
    let ending = path.rsplit('.').next().unwrap_or_default();
    let media_type = TableFormat::from_ending(ending).map_or("text/csv", TableFormat::media_type);
    json!({ "@type": "DataDownload", "encodingFormat": media_type, "contentUrl": address })
}

/// Terms of use: an address stands as one, words as the name of a work.
fn terms(licence: &str) -> Value {
    if licence.starts_with("https://") || licence.starts_with("http://") {
        licence.into()
    } else {
        json!({ "@type": "CreativeWork", "name": licence })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{World, chrome};
    use crate::view::Section;

    #[test]
    fn nothing_in_a_name_ends_the_element_or_opens_a_comment() {
        let title = "Act </script><script>alert(1)</script><!-- & \"more\"";
        let world = World::new();
        let page = chrome(&world, title, Section::Documents).described_as_dataset(&Config::default());
        let json_ld = page.json_ld.unwrap();
        assert!(!json_ld.contains('<'), "{json_ld}");
        let told: Value = serde_json::from_str(&json_ld).unwrap();
        assert_eq!(told["name"], format!("{title} · Lacuna"), "and the name is what it was");
    }

    #[test]
    fn terms_of_use_and_links_are_those_of_the_instrument() {
        let mut world = World::new();
        for (licence, told) in [
            ("https://licence.example/open", json!("https://licence.example/open")),
            (
                "Open Licence of Norvale",
                json!({ "@type": "CreativeWork", "name": "Open Licence of Norvale" }),
            ),
        ] {
            world.document.metadata.licence = Some(licence.to_owned());
            let page = chrome(&world, "Act", Section::Documents);
            let Dataset(set) = Dataset::of_page(&page, &Config::default()).about(&Facts::of(&world.document));
            assert_eq!((&set["about"]["license"], set.get("license")), (&told, None));
            assert_eq!(set["about"]["url"], "https://norvale.example/act");
        }
        world.document.metadata.link = Some("javascript:alert(1)".to_owned());
        let page = chrome(&world, "Act", Section::Documents);
        let Dataset(set) = Dataset::of_page(&page, &Config::default()).about(&Facts::of(&world.document));
        assert_eq!(set["about"].get("url"), None, "only pages of the web are addresses");
    }
}
