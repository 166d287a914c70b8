//! One error shape. Handlers answer a [`WebError`]; [`dress`] turns it, and every bare error status, into a page for
//! browsers or JSON for programs. Nothing internal is ever shown: it is logged.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::kept::Whole;
use crate::pages::ErrorPage;
use crate::state::App;

/// Why a request has no page.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// Nothing has this address.
    #[error("{0}")]
    NotFound(String),
    /// Something had this address and was taken out of the map; a release still has it.
    #[error("{message}")]
    Gone {
        /// What it was, and when it was published last.
        message: String,
        /// Its page in that release.
        link: String,
    },
    /// The files of a release hold what may not be shown any more.
    #[error("{0}")]
    Withheld(String),
    /// A parameter cannot be understood; the message names it and says what it takes.
    #[error("{0}")]
    BadRequest(String),
    /// Nobody is signed in.
    #[error("sign in first")]
    SignIn,
    /// The one signed in may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// Too many tries.
    #[error("{0}")]
    TooMany(String),
    /// What the answer needs is still being made.
    #[error("{0}")]
    NotReady(String),
    /// Somebody else changed it meanwhile.
    #[error("{0}")]
    Conflict(String),
    /// Something failed on our side; the source is logged and never shown.
    #[error("internal error while trying to {doing}")]
    Internal {
        /// What was being done, for the log.
        doing: &'static str,
        /// Why it failed.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl WebError {
    /// For `map_err`: an internal error met while `doing` something.
    pub fn internal<E>(doing: &'static str) -> impl FnOnce(E) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        move |source| Self::Internal { doing, source: source.into() }
    }
}

/// What readers and programs are told; also the JSON body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// Short name of the status.
    pub error: String,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub hint: String,
    /// Address of what was asked for as a release has it, where the map has it no longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl Problem {
    fn of(status: StatusCode, message: Option<String>) -> Self {
        let (error, general, hint) = words(status);
        Self {
            status: status.as_u16(),
            error: error.to_owned(),
            message: message.unwrap_or_else(|| general.to_owned()),
            hint: hint.to_owned(),
            link: None,
        }
    }
}

fn words(status: StatusCode) -> (&'static str, &'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => {
            ("not found", "nothing has this address", "search the documents, or start at the overview")
        }
        StatusCode::GONE => (
            "gone",
            "this was taken out of the map",
            "read it in the release that had it last, or search the documents",
        ),
        StatusCode::UNAUTHORIZED => ("not signed in", "sign in first", "sign in at /review/sign-in"),
        StatusCode::FORBIDDEN => {
            ("not allowed", "your role does not allow this", "ask an admin of this site")
        }
        StatusCode::CONFLICT => ("conflict", "this was changed meanwhile", "load the page again"),
        StatusCode::TOO_MANY_REQUESTS => ("too many tries", "too many tries", "wait a quarter of an hour"),
        StatusCode::METHOD_NOT_ALLOWED => {
            ("method not allowed", "this address only answers to GET", "send a GET request")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("too large", "the request is larger than this site takes", "send less")
        }
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => (
            "took too long",
            "the answer took longer than this site allows",
            "try again, or narrow the filters",
        ),
        StatusCode::SERVICE_UNAVAILABLE => {
            ("not ready", "the site is not ready to answer", "try again in a moment")
        }
        s if s.is_client_error() => {
            ("bad request", "this request cannot be understood", "check the address and its parameters")
        }
        _ => (
            "internal error",
            "something failed on this site",
            "try again; if it stays, tell the people who run the site when it happened",
        ),
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let (status, message) = match &self {
            Self::NotFound(message) => (StatusCode::NOT_FOUND, Some(message.clone())),
            Self::Gone { message, .. } | Self::Withheld(message) => (StatusCode::GONE, Some(message.clone())),
            Self::BadRequest(message) => (StatusCode::BAD_REQUEST, Some(message.clone())),
            Self::SignIn => (StatusCode::UNAUTHORIZED, Some(self.to_string())),
            Self::Forbidden(message) => (StatusCode::FORBIDDEN, Some(message.clone())),
            Self::TooMany(message) => (StatusCode::TOO_MANY_REQUESTS, Some(message.clone())),
            Self::NotReady(message) => (StatusCode::SERVICE_UNAVAILABLE, Some(message.clone())),
            Self::Conflict(message) => (StatusCode::CONFLICT, Some(message.clone())),
            Self::Internal { doing, source } => {
                tracing::error!(doing, cause = %chain(source.as_ref()), "a request failed");
                (StatusCode::INTERNAL_SERVER_ERROR, None)
            }
        };
        let mut response = status.into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
        }
        let mut problem = Problem::of(status, message);
        match self {
            Self::Gone { link, .. } => problem.link = Some(link),
            Self::Withheld(_) => {
                "the map of the release, where it has one, shows the rest".clone_into(&mut problem.hint);
            }
            _ => {}
        }
        response.extensions_mut().insert(problem);
        response
    }
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    text
}

/// Gives every error answer its body: JSON under `/api`, for `.json` and `.csv` and for clients that do not take
/// HTML; a page otherwise.
pub async fn dress(State(app): State<App>, request: Request, next: Next) -> Response {
    let wants_page = request.method() != Method::HEAD && takes_html(request.uri().path(), request.headers());
    let response = next.run(request).await;
    let status = response.status();
    // A page that says itself what went wrong, such as a form to fill in again, stays.
    let has_page = response.extensions().get::<Whole>().is_some();
    if has_page || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let problem =
        response.extensions().get::<Problem>().cloned().unwrap_or_else(|| Problem::of(status, None));
    let mut dressed = if wants_page {
        ErrorPage::new(app.chrome_for_errors(), problem.clone()).into_response_with(status)
    } else {
        (status, axum::Json(problem)).into_response()
    };
    for name in [header::ALLOW, header::RETRY_AFTER, header::SET_COOKIE] {
        if let Some(value) = response.headers().get(&name) {
            dressed.headers_mut().insert(name, value.clone());
        }
    }
    dressed
}

fn takes_html(path: &str, headers: &HeaderMap) -> bool {
    let data_path = path.starts_with("/api/")
        || path
            .rsplit_once('.')
            .is_some_and(|(_, end)| end.eq_ignore_ascii_case("json") || end.eq_ignore_ascii_case("csv"));
    !data_path
        && headers
            .get(header::ACCEPT)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|accept| accept.contains("text/html"))
}

/// What a panic becomes: a bare 500, which [`dress`] words.
#[expect(clippy::needless_pass_by_value, reason = "the panic layer hands it over by value")]
pub fn after_panic(panic: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let cause = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(cause, "a request panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
