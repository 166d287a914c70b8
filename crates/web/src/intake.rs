//! How a file that is dropped on the page of drafts becomes a private document. The binary says how, since it alone knows
//! how hostile formats are read and which engine codes; this crate checks who asks.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::http::{HeaderMap, header};
use lacuna_domain::DocumentId;

use crate::error::WebError;

/// Largest file taken, in bytes.
pub const LARGEST: usize = 32 * 1024 * 1024;

/// A file that was dropped on a page.
#[derive(Clone, Debug)]
pub struct Dropped {
    /// Its name, without folders.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// The id of the private document, or in words for its owner why there is none.
pub type Taking = Pin<Box<dyn Future<Output = Result<DocumentId, String>> + Send>>;

/// Reads and codes a dropped file.
#[derive(Clone)]
pub struct Intake(Arc<dyn Fn(Dropped) -> Taking + Send + Sync>);

impl Intake {
    /// What `take` does.
    pub fn new(take: impl Fn(Dropped) -> Taking + Send + Sync + 'static) -> Self {
        Self(Arc::new(take))
    }

    /// Reads and codes one file.
    pub fn take(&self, dropped: Dropped) -> Taking {
        (self.0)(dropped)
    }
}

impl fmt::Debug for Intake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Intake")
    }
}

/// Refuses a form that was not sent from a page of this site: browsers say where a form comes from.
pub fn check_origin(headers: &HeaderMap) -> Result<(), WebError> {
    let read = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let origin = read(header::ORIGIN);
    let own = origin
        .and_then(|origin| origin.split_once("://"))
        .is_some_and(|(_, host)| Some(host) == read(header::HOST));
    if own || (origin.is_none() && read(header::REFERER).is_none()) {
        return Ok(());
    }
    Err(WebError::Forbidden("this form was sent from another site".to_owned()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_form_of_another_site_is_refused() {
        let asked = |origin: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("localhost:7373"));
            if !origin.is_empty() {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            check_origin(&headers).is_ok()
        };
        assert!(asked("http://localhost:7373") && asked(""));
        for other in ["http://localhost:8080", "https://elsewhere.example", "null"] {
            assert!(!asked(other), "{other}");
        }
    }
}
