//! `GET /drafts`: private documents, where the site serves this machine alone. `POST /drafts`: a file dropped there.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use multer::{Constraints, Multipart, SizeLimit};
use serde::Serialize;

use crate::error::WebError;
use crate::intake::{Dropped, LARGEST, check_origin};
use crate::reply;
use crate::state::App;
use crate::view::{Chrome, DocumentLink, Provenance, Section};

/// Bytes of a name before its ending.
const LONGEST_STEM: usize = 180;
/// Bytes of an ending.
const LONGEST_ENDING: usize = 20;

/// The page.
#[derive(Debug, Template, Serialize)]
#[template(path = "pages/drafts.html")]
pub struct DraftsPage {
    #[serde(skip)]
    pub(crate) chrome: Chrome,
    pub(crate) provenance: Provenance,
    /// Private documents with the addresses of their comparisons.
    pub(crate) drafts: Vec<(DocumentLink, String)>,
    /// What the form carries; `None` where no file is taken.
    #[serde(skip)]
    pub(crate) form: Option<String>,
}

/// `GET /drafts`
pub async fn get(State(app): State<App>) -> Result<Response, WebError> {
    if !app.config().local {
        return Err(WebError::NotFound(
            "drafts are taken and shown by lacuna serve --local on your own machine only".to_owned(),
        ));
    }
    let snapshot = app.snapshot();
    let private = crate::private::documents(&app).await?;
    let with_corpus = |document: &lacuna_domain::Document| {
        let pairs = [("id", document.id.as_str())];
        (DocumentLink::of(document), crate::address::with_query("/compare/with-corpus", pairs))
    };
    let chrome = app.chrome(&snapshot, Section::Compare, "Drafts");
    reply::html(&DraftsPage {
        provenance: chrome.provenance.clone(),
        chrome,
        drafts: private.iter().map(with_corpus).collect(),
        form: app.config().intake.is_some().then(|| app.form_token().to_owned()),
    })
}

/// `POST /drafts`: reads and codes the file, and leads to it beside the corpus.
pub async fn post(State(app): State<App>, request: Request) -> Result<Response, WebError> {
    let intake = app.config().intake.clone().filter(|_| app.config().local);
    let intake = intake.ok_or_else(|| WebError::NotFound("no files are taken here".to_owned()))?;
    check_origin(request.headers())?;
    let dropped = read(&app, request).await?;
    // Goes on to its end even when the reader does not wait.
    let taken = tokio::spawn(intake.take(dropped)).await.map_err(WebError::internal("take a draft"))?;
    let id = taken.map_err(WebError::BadRequest)?;
    app.refresh().await?;
    let beside = crate::address::with_query("/compare/with-corpus", [("id", id.as_str())]);
    Ok(Redirect::to(&beside).into_response())
}

/// The file of the form, once the form has shown its token.
async fn read(app: &App, request: Request) -> Result<Dropped, WebError> {
    let unreadable = |error: multer::Error| WebError::BadRequest(format!("the form cannot be read: {error}"));
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let boundary = multer::parse_boundary(kind.unwrap_or_default()).map_err(unreadable)?;
    let limits = SizeLimit::new().whole_stream(LARGEST as u64 + 4096).for_field("token", 200);
    let constraints = Constraints::new().allowed_fields(vec!["token", "file"]).size_limit(limits);
    let body = request.into_body().into_data_stream();
    let mut form = Multipart::with_constraints(body, boundary, constraints);
    let mut shown = false;
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        if field.name() == Some("token") {
            shown = crate::account::same(&field.text().await.map_err(unreadable)?, app.form_token());
            continue;
        }
        if !shown {
            return Err(WebError::Forbidden("this form is not of this site; load the page again".to_owned()));
        }
        let name = field.file_name().map(plain_name).filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| WebError::BadRequest("choose a file first".to_owned()))?;
        let bytes = field.bytes().await.map_err(unreadable)?.to_vec();
        return Ok(Dropped { name, bytes });
    }
    Err(WebError::BadRequest("choose a file first".to_owned()))
}

/// A file's name without folders and without what could name another place; a long one is cut before its ending, since the
/// ending says what the file is and file systems take 255 bytes.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !c.is_control() && *c != ':').collect();
    let kept = kept.trim().trim_start_matches('.');
    let (stem, ending) = kept.rsplit_once('.').map_or((kept, ""), |(stem, _)| kept.split_at(stem.len()));
    cut(stem, LONGEST_STEM).to_owned() + cut(ending, LONGEST_ENDING)
}

/// The first `bytes` of words, or one to three less where a character would be cut.
fn cut(words: &str, bytes: usize) -> &str {
    words.get(..words.floor_char_boundary(bytes)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::plain_name;

    #[test]
    fn a_name_leads_nowhere_else() {
        let names = [
            ("bill.docx", "bill.docx"),
            ("C:\\Users\\me\\bill.pdf", "bill.pdf"),
            ("../../etc/passwd", "passwd"),
            ("..", ""),
            (".hidden.txt", "hidden.txt"),
        ];
        for (given, expected) in names {
            assert_eq!(plain_name(given), expected);
        }
        let long = plain_name(&("法".repeat(200) + ".docx"));
        assert!(long.len() <= 200 && long.ends_with("法.docx"), "{long}");
    }
}
