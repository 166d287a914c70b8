//! Private documents: who sees them, and how what is made of one leaves. Both rules are here and nowhere else.
//!
//! A private document is in no catalogue, and so in no list, count, chart, file, feed, release or answer of the API. Its page,
//! its text and its comparison with the corpus are shown where the site serves its own machine alone (see
//! [`local`](crate::local)), and to whoever is signed in and settles what others coded. Everybody else is told what is told
//! of an id that nobody ever used.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Uri, header};
use axum::response::Response;
use lacuna_domain::Document;
use lacuna_store::{Role, Session};

use crate::account::session;
use crate::config::Config;
use crate::error::WebError;
use crate::kept::Whole;
use crate::state::App;

/// The least role that sees private documents. A coder does not: one may be next in the queue, to be coded blind.
pub(crate) const EDITOR: Role = Role::Adjudicator;

/// Which documents a request may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Those that are published.
    Public,
    /// Private ones too.
    Private,
}

impl Sight {
    /// The sight of whoever has `session`.
    pub(crate) fn of(config: &Config, session: Option<&Session>) -> Self {
        let editor = session.is_some_and(|session| session.role >= EDITOR);
        if config.local || editor { Self::Private } else { Self::Public }
    }

    /// Whether a document may be seen.
    pub(crate) const fn shows(self, document: &Document) -> bool {
        matches!(self, Self::Private) || !document.metadata.private
    }
}

impl FromRequestParts<App> for Sight {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, WebError> {
        let session = if is_api(&parts.uri) { None } else { session(app, &parts.headers).await? };
        Ok(Self::of(app.config(), session.as_ref()))
    }
}

/// Whether an address is of the API, which answers everybody alike.
fn is_api(uri: &Uri) -> bool {
    uri.path().starts_with("/api/")
}

/// An answer about one document, on its way out. That about a private one is kept by no browser, no proxy and not by this site,
/// has no tag by which it could be told from another, and may be read by no script of another site. Where the site serves its
/// own machine alone, [`local::only`](crate::local::only) does the same with every answer that leaves, though this site may
/// hold it in memory.
pub(crate) fn unshared(private: bool, mut response: Response) -> Response {
    if private {
        response.extensions_mut().remove::<Whole>();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    }
    response
}

/// Every private document, for pages that may name them.
pub(crate) async fn documents(app: &App) -> Result<Vec<Document>, WebError> {
    let mut documents = app.store().documents().await.map_err(WebError::internal("read documents"))?;
    documents.retain(|document| document.metadata.private);
    Ok(documents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editors_and_one_s_own_machine_see_private_documents() {
        let (public, local) = (Config::default(), Config { local: true, ..Config::default() });
        assert_eq!(Sight::of(&public, None), Sight::Public);
        assert_eq!(Sight::of(&local, None), Sight::Private);
        for role in Role::ALL {
            let session = Session { name: "ada".to_owned(), role, csrf: String::new() };
            let expected =
                if matches!(role, Role::Adjudicator | Role::Admin) { Sight::Private } else { Sight::Public };
            assert_eq!(Sight::of(&public, Some(&session)), expected, "{role:?}");
        }
    }
}
