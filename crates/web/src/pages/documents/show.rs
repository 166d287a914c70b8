//! `GET /documents/{id}`: everything known and said of one document.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use lacuna_domain::coding::Outcome;
use lacuna_domain::decision::{Mode, Sheet};
use lacuna_domain::{Codebook, Coding, Document, Run, Text, Version};
use serde::Serialize;

use super::imported::ImportedSheet;
use super::{Asked, id_and_format};
use crate::error::WebError;
use crate::pages::review::relations::Corrections;
use crate::params::Params;
use crate::private::{Sight, unshared};
use crate::reading::Reading;
use crate::reply::{self, Format};
use crate::state::{App, Snapshot};
use crate::view::review_mark::{ReviewMark, marks, merged};
use crate::view::{
    Chrome, Dataset, DimensionSection, DocumentLink, Facts, Glyph, Outline, PartView, Provenance,
    RejectionView, Related, Reliability, RunFacts, Section, Trusts, VersionFacts, Where, dimension_sections,
};

/// All that the page is made of.
#[derive(Debug)]
pub struct Material<'a> {
    /// The document.
    pub document: &'a Document,
    /// Its versions, oldest first.
    pub versions: &'a [Version],
    /// The version to show.
    pub version: Option<&'a Version>,
    /// The text of that version.
    pub reading: Option<&'a Reading>,
    /// What the run made of that text.
    pub outcome: Option<&'a Outcome>,
    /// The run.
    pub run: Option<&'a Run>,
    /// The codebook of the run.
    pub codebook: &'a Codebook,
    /// What people and imported files say, with the codebook of each.
    pub sheets: &'a [(Sheet, Option<&'a Codebook>)],
    /// Other documents with the same text.
    pub duplicates: Vec<DocumentLink>,
    /// How it stands to others, and its life.
    pub related: Related,
    /// How far labels of the run can be trusted.
    pub trusts: Trusts,
    /// Last part of the address that takes reports: `report` or `correction`.
    pub report: &'static str,
    /// The part asked for.
    pub part: Option<u32>,
    /// Appended to links to the text, such as `v=2`.
    pub version_query: String,
}

/// How far the coding of the text got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "reason")]
pub enum Standing {
    /// Coded.
    Coded,
    /// Left out on purpose.
    Skipped(String),
    /// Tried and failed.
    Failed(String),
    /// Not yet tried, or no run exists.
    Pending,
    /// The document has no text.
    NoText,
}

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/document.html")]
pub struct DocumentPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) document: Facts,
    pub(crate) version: Option<VersionFacts>,
    pub(crate) standing: Standing,
    pub(crate) run: Option<RunFacts>,
    pub(crate) coded_on: Option<String>,
    pub(crate) reviewed: bool,
    pub(crate) dimensions: Vec<DimensionSection>,
    pub(crate) part: Option<PartView>,
    pub(crate) outline: Outline,
    pub(crate) rejections: Vec<RejectionView>,
    pub(crate) imported: Vec<ImportedSheet>,
    pub(crate) versions: Vec<VersionFacts>,
    pub(crate) duplicates: Vec<DocumentLink>,
    pub(crate) related: Related,
    /// Forms that correct its relations, for editors.
    #[serde(skip)]
    pub(crate) corrections: Option<Corrections>,
    pub(crate) text_href: String,
    /// Where "report this label" leads: the queue of this site, or what the settings say.
    pub(crate) report_href: String,
    /// What people made of the labels, by `dimension/code`.
    pub(crate) review: BTreeMap<String, ReviewMark>,
    /// How far each label can be trusted, by `dimension/code`.
    pub(crate) reliability: Trusts,
}

impl DocumentPage {
    /// The page of `material`.
    pub fn build(chrome: Chrome, material: Material<'_>) -> Self {
        let Material { document, versions, version, reading, outcome, run, codebook, .. } = material;
        let at = reading.map(|reading| Where {
            document: &document.id,
            reading,
            version,
            version_query: &material.version_query,
        });
        let coding = match outcome {
            Some(Outcome::Coded(coding)) => Some(coding.as_ref()),
            _ => None,
        };
        let coded = coding.zip(at);
        let part = coded.and_then(|(c, at)| PartView::of(c, codebook, material.part?, &at));
        let text: Option<&Text> = reading.map(|r| &r.text);
        Self {
            provenance: chrome.provenance.clone(),
            chrome,
            document: Facts::of(document),
            version: version.map(|v| VersionFacts::of(document, v, text, versions.len())),
            standing: standing(outcome, version, text),
            run: run.map(|r| RunFacts::of(r, Some(codebook))),
            coded_on: coding.map(|c| crate::view::day(c.coded_at)),
            reviewed: material.sheets.iter().any(|(sheet, _)| sheet.mode != Mode::Imported),
            dimensions: coded.map(|(c, at)| dimension_sections(c, codebook, &at)).unwrap_or_default(),
            part,
            outline: coded.map(|(c, at)| outline(c, &at)).unwrap_or_default(),
            rejections: coding
                .map(|c| c.rejections.iter().map(|r| RejectionView::of(r, codebook)).collect())
                .unwrap_or_default(),
            imported: material.sheets.iter().map(|(sheet, book)| ImportedSheet::of(sheet, *book)).collect(),
            versions: versions.iter().map(|v| VersionFacts::of(document, v, None, versions.len())).collect(),
            duplicates: material.duplicates,
            related: material.related,
            corrections: None,
            text_href: with_version(crate::address::text(&document.id), &material.version_query),
            report_href: format!("{}/{}", crate::address::document(&document.id), material.report),
            review: marks(material.sheets.iter().map(|(sheet, _)| sheet), codebook),
            reliability: material.trusts,
        }
    }

    /// The choice dimensions: form of the instrument.
    pub(crate) fn forms(&self) -> impl Iterator<Item = &DimensionSection> {
        self.dimensions.iter().filter(|d| d.kind == "choice")
    }

    /// The other dimensions, as the codebook orders them.
    pub(crate) fn sections(&self) -> impl Iterator<Item = &DimensionSection> {
        self.dimensions.iter().filter(|d| d.kind != "choice")
    }

    /// The strip of the first ordinal dimension, shown at the top of the page.
    pub(crate) fn first_strip(&self) -> Option<&DimensionSection> {
        self.dimensions.iter().find(|d| d.kind == "ordinal")
    }

    /// What people made of the label `dimension/code`.
    pub(crate) fn reviewed_as(&self, key: &str) -> Option<&ReviewMark> {
        self.review.get(key)
    }

    /// How far the label `dimension/code` can be trusted.
    pub(crate) fn trust(&self, key: &str) -> &Reliability {
        self.reliability.of_code(key)
    }

    /// What joins a further parameter to the address of the text page.
    pub(crate) fn joint(&self) -> char {
        if self.text_href.contains('?') { '&' } else { '?' }
    }

    /// The reason why there are no labels, for readers; empty when there are.
    pub(crate) fn standing_words(&self) -> String {
        match &self.standing {
            Standing::Coded => String::new(),
            Standing::Skipped(reason) => format!("This text was not classified: {reason}."),
            Standing::Failed(reason) => {
                format!("Classifying this text failed ({reason}); the next run tries again.")
            }
            Standing::Pending => "This text has not been classified yet.".to_owned(),
            Standing::NoText => {
                "The catalogue has no text for this document, so nothing was classified.".to_owned()
            }
        }
    }

    pub(crate) fn has_extra(&self) -> bool {
        self.extra().next().is_some()
    }

    /// How an address of this page with a `part` parameter begins.
    pub(crate) fn part_query(&self) -> String {
        let own = crate::address::document(&self.document.id);
        match self.text_href.split_once('?') {
            Some((_, version)) => format!("{own}?{version}&"),
            None => format!("{own}?"),
        }
    }

    /// The catalogue's remaining columns that are not empty and not tags.
    pub(crate) fn extra(&self) -> impl Iterator<Item = (&String, &String)> {
        self.document.extra.iter().filter(|(_, value)| !value.trim().is_empty())
    }
}

fn with_version(href: String, version_query: &str) -> String {
    if version_query.is_empty() { href } else { format!("{href}?{version_query}") }
}

fn standing(outcome: Option<&Outcome>, version: Option<&Version>, text: Option<&Text>) -> Standing {
    match outcome {
        Some(Outcome::Coded(_)) => Standing::Coded,
        Some(Outcome::Skipped(reason)) => Standing::Skipped(reason.clone()),
        Some(Outcome::Failed(reason)) => Standing::Failed(reason.clone()),
        None if version.is_none() || text.is_none() => Standing::NoText,
        None => Standing::Pending,
    }
}

fn outline(coding: &Coding, at: &Where<'_>) -> Outline {
    let mut marks = vec![0usize; at.reading.passages.len()];
    let evidence = coding
        .judgements
        .iter()
        .flat_map(|j| j.evidence().iter())
        .chain(coding.actors.iter().flat_map(|a| a.evidence().iter()));
    for e in evidence {
        if let Some(count) = marks.get_mut(e.passage() as usize) {
            *count += 1;
        }
    }
    Outline::of(&at.reading.passages, &at.reading.text.content, |p| {
        marks.get(p as usize).copied().unwrap_or(0)
    })
}

/// `GET /documents/{id}`, and the same with `.json` or `.csv` after the id.
pub async fn get(
    State(app): State<App>,
    sight: Sight,
    headers: HeaderMap,
    Path(raw): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let (id, format) = id_and_format(&snapshot, &raw);
    let mut page = page(&app, &snapshot, sight, id, query.as_deref()).await?;
    if format == Format::Html {
        page.corrections = Corrections::of(&app, &snapshot, &page.document.id, &headers).await?;
    }
    let response = match format {
        Format::Html => reply::html(&page)?,
        Format::Json => reply::json(&page)?,
        Format::Csv => reply::csv(&format!("{id}.csv"), super::labels_csv::csv(&page)),
    };
    Ok(unshared(page.chrome.private || page.corrections.is_some(), response))
}

/// `GET /api/v1/documents/{id}`
pub async fn get_json(
    State(app): State<App>,
    sight: Sight,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let page = page(&app, &app.snapshot(), sight, &id, query.as_deref()).await?;
    Ok(unshared(page.chrome.private, reply::json(&page)?))
}

async fn page(
    app: &App,
    snapshot: &Snapshot,
    sight: Sight,
    id: &str,
    query: Option<&str>,
) -> Result<DocumentPage, WebError> {
    let mut params = Params::parse(query)?;
    let asked = Asked::read_seen(app, snapshot, sight, id, &mut params).await?;
    let part = params.take("part").map(|part| part_number(&part)).transpose()?;
    params.done(&["part", "v", "run"])?;
    let failed = WebError::internal("read labels from elsewhere");
    let sheets = app.store().sheets_of(&asked.document.id).await.map_err(failed)?;
    let sheets: Vec<(Sheet, Option<&Codebook>)> = merged(sheets)
        .into_iter()
        .map(|sheet| {
            let run = snapshot.runs.iter().find(|r| r.id == sheet.run);
            let book = run.and_then(|r| snapshot.codebook_of(r)).map(AsRef::as_ref);
            let book = book
                .or_else(|| snapshot.codebooks.iter().find(|c| c.id == sheet.codebook).map(AsRef::as_ref));
            (sheet, book)
        })
        .collect();
    let record = snapshot.catalogue.record_of(id);
    let duplicates = record.into_iter().flat_map(lacuna_store::catalogue::Record::duplicates);
    let duplicates = duplicates.filter_map(DocumentLink::of_record);
    let related = asked.related(app, snapshot).await?;
    let facts_title = asked.document.metadata.title().trim();
    let title = if facts_title.is_empty() { id } else { facts_title };
    let path = crate::address::document(&asked.document.id);
    let mut chrome = app
        .chrome(snapshot, Section::Documents, title)
        .describe(format!("What “{title}” covers, with the passage behind every label."))
        .under("Documents", "/documents")
        .at(app.config(), &path)
        .about(&asked.document)
        .with_json(&path, &asked.query)
        .with_csv(&path, &asked.query);
    if let Some(run) = asked.run.as_ref() {
        chrome.provenance.run = Some(RunFacts::of(run, Some(&asked.codebook)));
    }
    Ok(DocumentPage::build(
        with_dataset(chrome, app, &asked),
        Material {
            document: &asked.document,
            versions: &asked.versions,
            version: asked.version.as_ref(),
            reading: asked.reading.as_deref(),
            outcome: asked.outcome.as_ref(),
            run: asked.run.as_ref(),
            codebook: &asked.codebook,
            sheets: &sheets,
            duplicates: duplicates.collect(),
            related,
            trusts: asked.run.as_ref().map(|run| snapshot.trusts_of(run)).unwrap_or_default(),
            report: if snapshot.takes_reports { "report" } else { "correction" },
            part,
            version_query: asked.query.clone(),
        },
    ))
}

/// The frame with a description of the labels as a data set about the instrument. No search engine is told of a private
/// document, nor of an older version or another run, which the address of the document does not name.
fn with_dataset(chrome: Chrome, app: &App, asked: &Asked) -> Chrome {
    if asked.document.metadata.private || !asked.query.is_empty() {
        return chrome;
    }
    let dataset = Dataset::of_page(&chrome, app.config()).about(&Facts::of(&asked.document));
    chrome.with_dataset(&dataset)
}

fn part_number(part: &str) -> Result<u32, WebError> {
    let number = part.strip_prefix("p-").unwrap_or(part).parse();
    number.map_err(|_| {
        let part: String = part.chars().take(40).collect();
        WebError::BadRequest(format!(
            "part={part}: a part is named by a passage of the text, such as part=p-12"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{World, chrome, keep};
    use crate::view::Section;

    fn page(part: Option<u32>) -> DocumentPage {
        let world = World::new();
        DocumentPage::build(
            chrome(&world, "Automated Systems Safety Act", Section::Documents),
            Material {
                document: &world.document,
                versions: &world.versions,
                version: world.versions.last(),
                reading: Some(&world.reading),
                outcome: Some(&world.outcome),
                run: Some(&world.run),
                codebook: &world.codebook,
                sheets: &[],
                trusts: Trusts::default(),
                report: "correction",
                duplicates: vec![],
                related: Related::default(),
                part,
                version_query: String::new(),
            },
        )
    }

    #[test]
    fn every_label_stands_with_its_quote_and_says_that_nobody_reviewed_it() {
        let html = keep("document", page(None).render().unwrap());
        assert!(html.contains("A deployer of an AI system shall test it against attacks before use."));
        assert!(html.contains("?code=risk/2.2#p-"), "quotes lead to the marked passage");
        assert!(html.contains("1 Good, 1 Minimal"), "the tally counts the labels");
        assert!(html.matches("machine label, not reviewed").count() >= 6);
        assert!(html.contains("Looked for penalties, orders and suits"), "an empty role says why");
        assert!(html.contains("Issuer (catalogue)") && html.contains("Proposer (text)"));
        assert!(html.contains("claimed, but its quote is not in the text"), "a fallen claim is shown as one");
        assert!(html.contains("unreviewed machine output"), "the archive's flag stands by its summary");
    }

    #[test]
    fn nothing_from_a_catalogue_becomes_markup_or_script() {
        let html = page(None).render().unwrap();
        assert!(!html.contains("systems <b>"), "names are escaped");
        assert!(!html.contains("href=\"javascript:"), "only web addresses become links");
        assert!(!html.contains("style=\""), "inline styles would need a hole in the policy");
    }

    #[test]
    fn a_part_has_labels_of_its_own() {
        let world = World::new();
        let duties = world
            .reading
            .passages
            .iter()
            .find(|p| p.trimmed(crate::sample::TEXT).starts_with("SEC. 2"))
            .unwrap();
        let part = page(Some(duties.index)).part.unwrap();
        assert_eq!(part.labels.iter().map(|l| l.code.as_str()).collect::<Vec<_>>(), ["2.2"]);
        assert_eq!(part.labels[0].level, "Good");
        let findings = world
            .reading
            .passages
            .iter()
            .find(|p| p.trimmed(crate::sample::TEXT).starts_with("SEC. 1"))
            .unwrap();
        assert!(page(Some(findings.index)).part.unwrap().labels.is_empty());
    }

    #[test]
    fn the_same_struct_is_the_json() {
        let json = serde_json::to_value(page(None)).unwrap();
        assert_eq!(json["dimensions"][1]["found"][0]["code"], "2.2");
        assert_eq!(json["dimensions"][1]["found"][0]["quotes"][0]["state"], "exact");
        assert!(json.get("chrome").is_none());
    }
}
