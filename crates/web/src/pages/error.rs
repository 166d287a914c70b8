//! What a reader sees when there is no page.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::error::Problem;
use crate::view::Chrome;

/// A page for an error status.
#[derive(Debug, Template)]
#[template(path = "pages/error.html")]
pub struct ErrorPage {
    chrome: Chrome,
    problem: Problem,
}

impl ErrorPage {
    /// The page for `problem`.
    pub fn new(mut chrome: Chrome, problem: Problem) -> Self {
        chrome.title = match problem.status {
            404 => "No page here".to_owned(),
            410 => "No longer here".to_owned(),
            400..=499 => "This request cannot be answered".to_owned(),
            _ => "Something failed".to_owned(),
        };
        Self { chrome, problem }
    }

    /// The answer; plain words should the template itself fail.
    pub fn into_response_with(self, status: StatusCode) -> Response {
        match self.render() {
            Ok(page) => (status, Html(page)).into_response(),
            Err(_) => (status, self.problem.message).into_response(),
        }
    }
}
