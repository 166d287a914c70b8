//! `GET /documents/{id}/text`: the text with its heading tree, evidence marked where it stands.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use lacuna_domain::coding::Outcome;
use lacuna_domain::{Codebook, Coding, Document, Evidence, Passage, Version};
use serde::Serialize;

use super::Asked;
use crate::address;
use crate::error::WebError;
use crate::params::Params;
use crate::private::{Sight, unshared};
use crate::reading::Reading;
use crate::reply::{self, Format};
use crate::state::App;
use crate::view::{
    Banner, Chrome, Facts, Glyph, LabelView, Outline, Own, Provenance, Related, Reliability, SaidEnded,
    Section, VersionFacts, Where,
};

/// Evidence of one label, to be marked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mark {
    /// `risk`.
    pub dimension: String,
    /// `2.2`.
    pub code: String,
    /// Name of the code.
    pub name: String,
    /// What stands in the small tag after the marked words.
    pub tag: String,
    /// Name of the level.
    pub level: String,
    /// Address of the label on the document's page.
    pub href: String,
    /// First byte; not published, since JSON states places by passage and code point.
    #[serde(skip)]
    pub start: usize,
    /// One past the last byte.
    #[serde(skip)]
    pub end: usize,
}

/// A run of text under the same marks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Slice {
    /// The words.
    pub text: String,
    /// Whether any mark covers it.
    pub marked: bool,
    /// Marks that end with it: their tags follow.
    pub ends: Vec<usize>,
}

/// A passage as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Block {
    /// Index: anchor `#p-12`.
    pub index: u32,
    /// `heading`, `item`, `paragraph`, `table`.
    pub kind: &'static str,
    /// `front`, `recital`, `definitional`, `operative`, `signature`.
    pub part: &'static str,
    /// Depth for headings and items.
    pub depth: usize,
    /// Language where it differs from the document's.
    pub language: Option<String>,
    /// The page of the original that begins at or in this passage.
    pub page: Option<usize>,
    /// The level this passage alone supports for the code that is highlighted.
    pub hit: Option<String>,
    /// The words.
    pub slices: Vec<Slice>,
}

/// A label that can be highlighted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// `risk/2.2`.
    pub key: String,
    /// For readers, such as `2.2 Security (Good)`.
    pub name: String,
    /// Whether it is the one that is highlighted.
    pub chosen: bool,
}

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/text.html")]
pub struct TextPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    pub(crate) document: Facts,
    /// Where the instrument stands on the day of the page, for readers.
    pub(crate) state: &'static str,
    /// Who says so; empty where nobody does.
    pub(crate) state_by: &'static str,
    /// Whether it is no more.
    pub(crate) dead: bool,
    /// What ended it.
    pub(crate) banner: Option<Banner>,
    /// Others whose texts say that they ended it, though it is not dead for that.
    pub(crate) said_ended: Vec<SaidEnded>,
    pub(crate) version: VersionFacts,
    pub(crate) document_href: String,
    pub(crate) outline: Outline,
    pub(crate) choices: Vec<Choice>,
    pub(crate) highlighted: Option<String>,
    /// How far labels of the code that is marked can be trusted.
    pub(crate) trust: Option<Reliability>,
    pub(crate) marks: Vec<Mark>,
    pub(crate) blocks: Vec<Block>,
    /// The version and the run of the address, where they are not those shown anyway; what is marked changes neither.
    #[serde(skip)]
    pub(crate) kept: Own,
    /// The same page with every label marked.
    #[serde(skip)]
    pub(crate) every_href: String,
}

/// What the page is made of.
#[derive(Debug)]
pub struct Material<'a> {
    /// The document.
    pub document: &'a Document,
    /// How it stands to others.
    pub related: &'a Related,
    /// The version shown.
    pub version: &'a Version,
    /// Versions in all.
    pub versions: usize,
    /// Its text.
    pub reading: &'a Reading,
    /// The coding of the text, where there is one.
    pub coding: Option<&'a Coding>,
    /// The codebook of the coding.
    pub codebook: &'a Codebook,
    /// The code asked for, as `(dimension, code)`.
    pub code: Option<(String, String)>,
}

impl TextPage {
    /// The page of `m`.
    pub fn build(chrome: Chrome, m: &Material<'_>) -> Self {
        let wanted = m.code.as_ref().map(|(d, c)| (d.as_str(), c.as_str()));
        let (choices, marks) = m.coding.map_or_else(Default::default, |coding| marks(coding, m, wanted));
        let covering = |passage: u32| {
            m.reading.passages.get(passage as usize).map_or(0, |p| {
                marks.iter().filter(|k| k.start < p.span.end() && p.span.start() < k.end).count()
            })
        };
        let outline = Outline::of(&m.reading.passages, &m.reading.text.content, covering);
        Self {
            provenance: chrome.provenance.clone(),
            chrome,
            document: Facts::of(m.document),
            state: m.related.state,
            state_by: m.related.state_by,
            dead: m.related.dead,
            banner: m.related.banner.clone(),
            said_ended: m.related.said_ended.clone(),
            version: VersionFacts::of(m.document, m.version, Some(&m.reading.text), m.versions),
            document_href: address::document(&m.document.id),
            highlighted: choices.iter().find(|c| c.chosen).map(|c| c.name.clone()),
            trust: None,
            kept: Own::new(),
            every_href: "?".to_owned(),
            outline,
            choices,
            blocks: blocks(m, &marks, wanted),
            marks,
        }
    }

    /// Language of the text for the `lang` attribute; empty where unknown.
    pub(crate) fn lang(&self) -> &str {
        self.version.language.as_deref().unwrap_or_default()
    }
}

fn marks(coding: &Coding, m: &Material<'_>, wanted: Option<(&str, &str)>) -> (Vec<Choice>, Vec<Mark>) {
    let at =
        Where { document: &m.document.id, reading: m.reading, version: Some(m.version), version_query: "" };
    let mut choices = Vec::new();
    let mut marks = Vec::new();
    let mut add = |key: (&str, &str), named: (&str, &str, &str), evidence: &[Evidence]| {
        let chosen = wanted == Some(key);
        let (short, tag, level) = named;
        choices.push(Choice {
            key: format!("{}/{}", key.0, key.1),
            name: format!("{short} ({level})"),
            chosen,
        });
        if wanted.is_none() || chosen {
            marks.extend(evidence.iter().flat_map(Evidence::spans).map(|span| Mark {
                dimension: key.0.to_owned(),
                code: key.1.to_owned(),
                name: short.to_owned(),
                tag: tag.to_owned(),
                level: level.to_owned(),
                href: format!(
                    "{}#{}",
                    address::document(&m.document.id),
                    address::label_anchor(key.0, key.1)
                ),
                start: span.start(),
                end: span.end(),
            }));
        }
    };
    for label in coding.labels(m.codebook) {
        let (Some(judgement), Some(dimension)) =
            (label.judgement, m.codebook.dimension(label.dimension.as_str()))
        else {
            continue;
        };
        let view = LabelView::of(&label, dimension, 0, &at);
        let numbered = view.code.starts_with(|c: char| c.is_ascii_digit());
        let short = if numbered { format!("{} {}", view.code, view.short) } else { view.short.clone() };
        let tag = if numbered { view.code.clone() } else { view.short.clone() };
        add((&view.dimension, &view.code), (&short, &tag, &view.level), judgement.evidence());
    }
    for actor in coding.actors.iter().filter(|a| !a.entities().is_empty()) {
        let name = m
            .codebook
            .dimension(actor.dimension().as_str())
            .and_then(|d| d.code(actor.role().as_str()))
            .map_or_else(|| actor.role().to_string(), |c| c.name.clone());
        let named = (name.as_str(), name.as_str(), "named");
        add((actor.dimension().as_str(), actor.role().as_str()), named, actor.evidence());
    }
    marks.sort_by_key(|mark| (mark.start, mark.end));
    (choices, marks)
}

fn blocks(m: &Material<'_>, marks: &[Mark], wanted: Option<(&str, &str)>) -> Vec<Block> {
    let text = m.reading.text.content.as_str();
    let main = m.reading.text.language.as_deref();
    let mut last_page = 0;
    m.reading
        .passages
        .iter()
        .map(|passage| {
            let page = m.version.page_at(passage.span.end().saturating_sub(1)).filter(|p| *p != last_page);
            last_page = page.unwrap_or(last_page);
            Block {
                index: passage.index,
                kind: passage.kind.id(),
                part: passage.part.id(),
                depth: usize::from(passage.level),
                language: passage.language.clone().filter(|l| Some(l.as_str()) != main),
                page,
                hit: wanted.and_then(|key| hit(m, passage, key)),
                slices: slices(passage, text, marks),
            }
        })
        .collect()
}

fn hit(m: &Material<'_>, passage: &Passage, (dimension, code): (&str, &str)) -> Option<String> {
    let coding = m.coding?;
    let dimension = m.codebook.dimension(dimension)?;
    let hits = coding.parts.get(&dimension.id)?.iter().find(|(id, _)| id.as_str() == code)?.1;
    let hit = hits.iter().find(|h| h.passage == passage.index)?;
    let value = if dimension.levels().is_empty() {
        lacuna_domain::Value::Flag(true)
    } else {
        lacuna_domain::Value::Level(hit.level)
    };
    (Glyph::of(dimension, &value) != Glyph::Empty).then(|| dimension.value_name(&value).to_owned())
}

/// Cuts a passage at the edges of the marks that touch it.
fn slices(passage: &Passage, text: &str, marks: &[Mark]) -> Vec<Slice> {
    let own = passage.span.slice(text).unwrap_or_default();
    let start = passage.span.start() + (own.len() - own.trim_start().len());
    let end = passage.span.start() + own.trim_end().len();
    if start >= end {
        return vec![];
    }
    let touching: Vec<(usize, &Mark)> =
        marks.iter().enumerate().filter(|(_, k)| k.start < end && start < k.end).collect();
    let mut cuts: Vec<usize> = touching.iter().flat_map(|(_, k)| [k.start, k.end]).collect();
    cuts.extend([start, end]);
    cuts.retain(|at| (start..=end).contains(at) && text.is_char_boundary(*at));
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2)
        .map(|pair| Slice {
            text: text.get(pair[0]..pair[1]).unwrap_or_default().to_owned(),
            marked: touching.iter().any(|(_, k)| k.start < pair[1] && pair[0] < k.end),
            ends: touching.iter().filter(|(_, k)| k.end == pair[1]).map(|(index, _)| *index).collect(),
        })
        .collect()
}

/// `GET /documents/{id}/text`, `….json` and `….csv`
pub async fn get(
    State(app): State<App>,
    sight: Sight,
    format: Format,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let (app, id, query) = (&app, id.as_str(), query.as_deref());
    let snapshot = app.snapshot();
    let mut params = Params::parse(query)?;
    let asked = Asked::read_seen(app, &snapshot, sight, id, &mut params).await?;
    let code = match params.take("code") {
        None => None,
        Some(key) => Some(known_code(app, &asked.codebook, &key).await?),
    };
    params.done(&["code", "v", "run"])?;
    let none = || WebError::NotFound("the catalogue has no text for this document".to_owned());
    let (version, reading) = asked.version.as_ref().zip(asked.reading.as_deref()).ok_or_else(none)?;
    let title = crate::view::DocumentLink::of(&asked.document).title;
    let path = address::document(&asked.document.id);
    let mut chrome = app
        .chrome(&snapshot, Section::Documents, &format!("Text of {title}"))
        .describe(format!("The text of “{title}” with its evidence marked."))
        .under("Documents", "/documents")
        .under(title, path.clone())
        .at(app.config(), &format!("{path}/text"))
        .about(&asked.document)
        .with_json(&format!("{path}/text"), &asked.query)
        .with_csv(&format!("{path}/text"), &asked.query);
    if let Some(run) = asked.run.as_ref() {
        chrome.provenance.run = Some(crate::view::RunFacts::of(run, Some(&asked.codebook)));
    }
    let coding = match &asked.outcome {
        Some(Outcome::Coded(coding)) => Some(coding.as_ref()),
        _ => None,
    };
    let trust = code.as_ref().map(|(dimension, code)| {
        Reliability::of(&snapshot.agreements, &snapshot.cards, asked.run.as_ref(), dimension, code)
    });
    let related = asked.related(app, &snapshot).await?;
    let mut page = TextPage::build(
        chrome,
        &Material {
            document: &asked.document,
            related: &related,
            version,
            versions: asked.versions.len(),
            reading,
            coding,
            codebook: &asked.codebook,
            code,
        },
    );
    page.trust = trust;
    page.every_href = format!("?{}", asked.query);
    page.kept = Params::parse(Some(asked.query.as_str()))?.rest();
    let response = match format {
        Format::Html => reply::html(&page)?,
        Format::Json => reply::json(&page)?,
        Format::Csv => reply::csv(&format!("{id}-text.csv"), super::text_csv::csv(&page)),
    };
    Ok(unshared(page.chrome.private, response))
}

async fn known_code(app: &App, codebook: &Codebook, key: &str) -> Result<(String, String), WebError> {
    match code_key(codebook, key) {
        Ok(code) => Ok(code),
        Err(unknown) => {
            let (dimension, code) = key.split_once('/').unwrap_or((key, ""));
            Err(app.no_code(dimension, code, unknown).await)
        }
    }
}

fn code_key(codebook: &Codebook, key: &str) -> Result<(String, String), WebError> {
    let known = key.split_once('/').and_then(|(dimension, code)| {
        let dimension = codebook.dimension_at(dimension)?;
        let whole = dimension.id.as_str() == code;
        (whole || dimension.code(code).is_some()).then(|| (dimension.id.to_string(), code.to_owned()))
    });
    known.ok_or_else(|| {
        let key: String = key.chars().take(80).collect();
        WebError::BadRequest(format!(
            "code={key}: give dimension/code, such as code=risk/2.2; /codes lists them"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{World, chrome, keep};
    use crate::view::Section;
    use lacuna_domain::coding::Outcome;

    fn page(code: Option<(&str, &str)>) -> TextPage {
        let world = World::new();
        let Outcome::Coded(coding) = &world.outcome else { unreachable!("the sample is coded") };
        TextPage::build(
            chrome(&world, "Text", Section::Documents),
            &Material {
                document: &world.document,
                related: &Related::default(),
                version: &world.versions[0],
                versions: 1,
                reading: &world.reading,
                coding: Some(coding),
                codebook: &world.codebook,
                code: code.map(|(d, c)| (d.to_owned(), c.to_owned())),
            },
        )
    }

    #[test]
    fn evidence_is_marked_where_it_stands_and_leads_back_to_its_label() {
        let html = keep("text", page(None).render().unwrap());
        assert!(html.contains("<mark>can treat people unequally</mark>"));
        assert!(html.contains("#risk-1.1\""));
        assert!(!html.contains("<script>"), "script in a text is shown as text");
        assert!(html.contains("&#60;script&#62;") || html.contains("&lt;script&gt;"));
        assert!(html.contains("dir=\"auto\""));
    }

    #[test]
    fn one_code_can_be_marked_alone() {
        let html = page(Some(("risk", "2.2"))).render().unwrap();
        assert!(!html.contains("<mark>can treat people unequally</mark>"));
        assert!(html.contains("hit\""), "passages that speak to it carry a bar");
    }

    #[test]
    fn the_blocks_hold_every_word_of_the_text() {
        let words = |t: &str| t.split_whitespace().collect::<String>();
        let shown: String =
            page(None).blocks.iter().flat_map(|b| b.slices.iter()).map(|s| words(&s.text)).collect();
        assert_eq!(shown, words(crate::sample::TEXT));
    }
}
