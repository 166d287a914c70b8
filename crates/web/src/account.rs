//! Who is signed in: cookies, sessions, roles, and the token that every form of a session must carry.
//!
//! The browser holds a random token in an `HttpOnly`, `SameSite=Strict` cookie; the store knows only its hash. Signing in
//! always makes a new token, so that one planted before is worth nothing.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use lacuna_domain::{Entropy, sha256_hex};
use lacuna_store::{Role, Session};

use crate::error::WebError;
use crate::state::App;

/// Name of the session's cookie.
pub const SESSION: &str = "lacuna_session";
/// Name of the cookie that binds the sign-in form to a browser.
pub const FORM: &str = "lacuna_form";
/// Seconds that a session lasts.
pub const LASTS: i64 = 12 * 60 * 60;

/// Somebody signed in.
#[derive(Clone, Debug)]
pub struct Signed(pub Session);

impl Signed {
    /// The session where its role is at least `least`.
    pub fn at_least(self, least: Role) -> Result<Session, WebError> {
        if self.0.role >= least {
            return Ok(self.0);
        }
        Err(self.lacks(least))
    }

    /// What is said to somebody of a lesser role than `least`.
    pub(crate) fn lacks(&self, least: Role) -> WebError {
        WebError::Forbidden(format!("this needs the role {}; yours is {}", least.id(), self.0.role.id()))
    }
}

impl FromRequestParts<App> for Signed {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, WebError> {
        let session = session(app, &parts.headers).await?;
        session.map(Self).ok_or(WebError::SignIn)
    }
}

/// The session of a request, if it has one.
pub async fn session(app: &App, headers: &HeaderMap) -> Result<Option<Session>, WebError> {
    let Some(token) = cookie(headers, SESSION) else { return Ok(None) };
    app.store().session(&sha256_hex(token.as_bytes())).await.map_err(WebError::internal("read a session"))
}

/// Refuses a form that does not carry the session's `own` token.
pub fn check_form(own: &str, csrf: &str) -> Result<(), WebError> {
    if same(csrf, own) {
        return Ok(());
    }
    Err(WebError::Forbidden("this form is not of your session; load the page again".to_owned()))
}

/// Compares without telling by its time how much is equal.
pub fn same(a: &str, b: &str) -> bool {
    !a.is_empty() && sha256_hex(a.as_bytes()) == sha256_hex(b.as_bytes())
}

/// The value of a cookie.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    let mut pairs = all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value).filter(|value| !value.is_empty())
}

/// A header that sets a cookie for `seconds`; 0 takes it away.
pub fn set_cookie(app: &App, name: &str, value: &str, seconds: i64) -> Result<HeaderValue, WebError> {
    let secure = app.config().base_url.as_deref().is_some_and(|base| base.starts_with("https:"));
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!(
        "{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}"
    ))
    .map_err(WebError::internal("set a cookie"))
}

/// 32 unpredictable bytes as text.
pub fn token(entropy: Entropy) -> Result<String, WebError> {
    let bytes = entropy.bytes::<32>().ok_or_else(|| no_entropy("make a token"))?;
    Ok(sha256_hex(&bytes))
}

fn no_entropy(doing: &'static str) -> WebError {
    WebError::internal::<&str>(doing)("no randomness")
}

/// A password of 20 letters and digits, without those that look alike: 98 bits.
pub fn random_word(entropy: Entropy) -> Option<String> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let bytes = entropy.bytes::<20>()?;
    Some(bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect())
}

/// Fresh bytes for the hash of a password.
pub fn salt(entropy: Entropy) -> Option<[u8; 16]> {
    entropy.bytes()
}

/// Addresses that show no label of a document: review itself, rules, documentation, and what pages are made of.
const WITHOUT_LABELS: [&str; 9] = [
    "/review",
    "/assets",
    "/docs",
    "/about",
    "/about.json",
    "/api",
    "/healthz",
    "/robots.txt",
    "/api/v1/openapi.json",
];

/// Closes every page and file that shows labels to a coder who has documents to code blind. A list, a filter, a chart
/// or a file of all labels tells as much of a document as its own page, so that only what shows none stays open; a new
/// address is closed until it is named here. Signed out, a coder is a reader like any other; where the site is set to show
/// labels to people who are signed in only, nobody else reads them.
pub async fn guard_blind(State(app): State<App>, request: Request, next: Next) -> Result<Response, WebError> {
    if shows_no_label(request.uri().path()) {
        return Ok(next.run(request).await);
    }
    let session = session(&app, request.headers()).await?;
    if session.is_none() && app.config().signed_in_only {
        return Err(WebError::SignIn);
    }
    if let Some(session) = session {
        let open = app.store().blind_open(&session.name).await;
        let open = open.map_err(WebError::internal("ask for blind assignments"))?;
        if open > 0 {
            let documents = if open == 1 { "a document".to_owned() } else { format!("{open} documents") };
            return Err(WebError::Forbidden(format!(
                "you have {documents} to code blind; pages and files with machine labels are closed to you until you \
                 finish, and your work is at /review"
            )));
        }
    }
    Ok(next.run(request).await)
}

fn shows_no_label(path: &str) -> bool {
    let parts = |open: &str| matches!(open, "/review" | "/assets" | "/docs");
    WITHOUT_LABELS.iter().any(|open| match path.strip_prefix(open) {
        Some("") => true,
        Some(rest) => parts(open) && rest.starts_with('/'),
        None => false,
    })
}
