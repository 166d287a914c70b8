//! `/review/sign-in` and `/review/sign-out`.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use lacuna_domain::sha256_hex;
use lacuna_pipeline::review::password;
use lacuna_store::User;
use serde::Deserialize;

use super::{log, see};
use crate::account::{FORM, LASTS, SESSION, Signed, check_form, cookie, same, set_cookie, token};
use crate::error::WebError;
use crate::reply;
use crate::state::App;
use crate::view::{Chrome, Section};

/// Failed tries of one name in a quarter of an hour after which no more are heard.
const TRIES: i64 = 10;
/// The same of all names together.
const ALL_TRIES: i64 = 300;

/// The page.
#[derive(Debug, Template)]
#[template(path = "pages/review/sign_in.html")]
pub struct SignInPage {
    pub(crate) chrome: Chrome,
    pub(crate) form: String,
    pub(crate) failed: bool,
    pub(crate) name: String,
}

/// The form.
#[derive(Debug, Deserialize)]
pub struct SignIn {
    form: String,
    name: String,
    password: String,
}

/// A form that carries nothing but its token.
#[derive(Debug, Deserialize)]
pub struct Bare {
    pub(crate) csrf: String,
}

/// `GET /review/sign-in`
pub async fn get(State(app): State<App>) -> Result<Response, WebError> {
    page(&app, false, String::new())
}

fn page(app: &App, failed: bool, name: String) -> Result<Response, WebError> {
    let snapshot = app.snapshot();
    let form = token(app.config().entropy)?;
    let set = set_cookie(app, FORM, &form, 3_600)?;
    let chrome = app.chrome(&snapshot, Section::Review, "Sign in to review");
    let mut response = reply::html(&SignInPage { chrome, form, failed, name })?;
    response.headers_mut().append(header::SET_COOKIE, set);
    if failed {
        *response.status_mut() = StatusCode::UNAUTHORIZED;
    }
    Ok(response)
}

/// `POST /review/sign-in`: a new session, whatever cookie came along.
pub async fn post(
    State(app): State<App>,
    headers: HeaderMap,
    Form(form): Form<SignIn>,
) -> Result<Response, WebError> {
    if !cookie(&headers, FORM).is_some_and(|own| same(own, &form.form)) {
        return Err(WebError::Forbidden("this form is not of your browser; load the page again".to_owned()));
    }
    let name: String = form.name.chars().filter(|c| *c != '\0').take(80).collect();
    let Some(user) = checked(&app, &name, form.password).await? else { return page(&app, true, name) };
    let (fresh, csrf) = (token(app.config().entropy)?, token(app.config().entropy)?);
    let until = app.now() + SignedDuration::from_secs(LASTS);
    let old = cookie(&headers, SESSION).map(|old| sha256_hex(old.as_bytes()));
    app.store()
        .start_session(&sha256_hex(fresh.as_bytes()), &user.name, &csrf, until, old.as_deref())
        .await
        .map_err(WebError::internal("start a session"))?;
    app.store().audit(&user.name, "sign in", "").await.map_err(WebError::internal("write the log"))?;
    let mut response = see("/review").into_response();
    response.headers_mut().append(header::SET_COOKIE, set_cookie(&app, SESSION, &fresh, LASTS)?);
    response.headers_mut().append(header::SET_COOKIE, set_cookie(&app, FORM, "", 0)?);
    Ok(response)
}

/// The user of this name with this password. One try is looked at after the other: tries sent at once are counted as
/// well as tries one by one, and the memory that a hash takes is taken once.
async fn checked(app: &App, name: &str, given: String) -> Result<Option<User>, WebError> {
    let _turn = app.sign_ins().lock().await;
    let since = app.now() - SignedDuration::from_mins(15);
    let counted = app.store().failed_sign_ins(name, since).await;
    let (own, all) = counted.map_err(WebError::internal("count tries to sign in"))?;
    if own >= TRIES || all >= ALL_TRIES {
        return Err(WebError::TooMany("too many failed tries; wait a quarter of an hour".to_owned()));
    }
    let user = app.store().user(name).await.map_err(WebError::internal("read a user"))?;
    let kept = user.as_ref().map(|user| user.password.clone());
    let right = tokio::task::spawn_blocking(move || password::matches(&given, kept.as_deref()))
        .await
        .map_err(WebError::internal("check a password"))?;
    let user = user.filter(|_| right);
    if user.is_none() {
        let noted = app.store().note_failed_sign_in(name).await;
        noted.map_err(WebError::internal("note a failed sign-in"))?;
        app.store().audit(name, "failed sign-in", "").await.map_err(WebError::internal("write the log"))?;
    }
    Ok(user)
}

/// `POST /review/sign-out`
pub async fn sign_out(
    State(app): State<App>,
    Signed(session): Signed,
    headers: HeaderMap,
    Form(form): Form<Bare>,
) -> Result<Response, WebError> {
    check_form(&session.csrf, &form.csrf)?;
    if let Some(own) = cookie(&headers, SESSION) {
        let ended = WebError::internal("end a session");
        app.store().end_session(&sha256_hex(own.as_bytes())).await.map_err(ended)?;
    }
    log(&app, &session.name, "sign out", "").await?;
    let mut response = see("/review/sign-in").into_response();
    response.headers_mut().append(header::SET_COOKIE, set_cookie(&app, SESSION, "", 0)?);
    Ok(response)
}
