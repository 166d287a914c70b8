//! `GET /review/private`: the documents that are not published, for those who may read them.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use lacuna_domain::Document;

use crate::account::Signed;
use crate::error::WebError;
use crate::private::{EDITOR, documents};
use crate::reply;
use crate::state::App;
use crate::view::{Chrome, DocumentLink, Section, day};

/// A private document.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its name and its page.
    pub document: DocumentLink,
    /// The day on which its first text came in.
    pub added: String,
    /// Its comparison with the corpus.
    pub beside: String,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "pages/review/private.html")]
pub struct PrivatePage {
    pub(crate) chrome: Chrome,
    pub(crate) documents: Vec<Listed>,
}

/// `GET /review/private`
pub async fn get(State(app): State<App>, signed: Signed) -> Result<Response, WebError> {
    signed.at_least(EDITOR)?;
    let mut listed = Vec::new();
    for document in documents(&app).await? {
        listed.push(list(&app, &document).await?);
    }
    let chrome = app.chrome(&app.snapshot(), Section::Review, "Private documents");
    reply::html(&PrivatePage { chrome: chrome.under("Review", "/review"), documents: listed })
}

async fn list(app: &App, document: &Document) -> Result<Listed, WebError> {
    let versions = app.versions(document).await?;
    let added = versions.iter().map(|version| version.ingested_at).min();
    Ok(Listed {
        document: DocumentLink::of(document),
        added: added.map_or_else(|| "without a text".to_owned(), day),
        beside: crate::address::with_query("/compare/with-corpus", [("id", document.id.as_str())]),
    })
}
