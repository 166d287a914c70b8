//! Review over the router: who may do what, what stays hidden, and that nothing is lost.

mod desk;
mod private;
mod relating;
mod safety;
mod stories;

use std::sync::atomic::{AtomicU8, Ordering};

use axum::http::HeaderMap;
use lacuna_domain::Entropy;
use lacuna_domain::decision::Mode;
use lacuna_pipeline::review::password;
use lacuna_store::Role;

use super::*;

const PASSWORD: &str = "a long enough password";

/// Bytes that differ from call to call.
fn entropy() -> Entropy {
    static NEXT: AtomicU8 = AtomicU8::new(1);
    Entropy::new(|bytes| {
        bytes.fill(NEXT.fetch_add(1, Ordering::Relaxed));
        true
    })
}

/// A browser: it keeps cookies.
struct Browser<'s> {
    site: &'s Site,
    cookies: std::collections::BTreeMap<String, String>,
}

impl<'s> Browser<'s> {
    fn new(site: &'s Site) -> Self {
        Self { site, cookies: std::collections::BTreeMap::new() }
    }

    async fn signed_in(site: &'s Site, name: &str) -> Self {
        let mut browser = Self::new(site);
        let answer = browser.sign_in(name, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        browser
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for line in headers.get_all(header::SET_COOKIE).iter().filter_map(|v| v.to_str().ok()) {
            assert!(line.contains("HttpOnly") && line.contains("SameSite=Strict"), "{line}");
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    async fn send(&mut self, method: Method, path: &str, body: Option<String>, json: bool) -> Answer {
        let cookies = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("; ");
        let accept = if json { "application/json" } else { "text/html" };
        let mut request = Request::builder().method(method).uri(path).header(header::ACCEPT, accept);
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let answer = self.site.ask(request.body(Body::from(body.unwrap_or_default())).unwrap()).await;
        self.keep(&answer.headers);
        answer
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None, false).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, path, Some(form(fields)), false).await
    }

    async fn press(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, path, Some(form(fields)), true).await
    }

    async fn sign_in(&mut self, name: &str, password: &str) -> Answer {
        let page = self.get("/review/sign-in").await;
        let form = hidden(&page.body, "form");
        self.post("/review/sign-in", &[("form", &form), ("name", name), ("password", password)]).await
    }

    async fn csrf(&mut self) -> String {
        hidden(&self.get("/review").await.body, "csrf")
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let encode = crate::address::query;
    fields.iter().map(|(n, v)| format!("{n}={}", encode(v))).collect::<Vec<_>>().join("&")
}

fn hidden(html: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let at = html.find(&mark).unwrap_or_else(|| panic!("no field {name} in {html}")) + mark.len();
    html[at..].split('"').next().unwrap().to_owned()
}

/// A site with one of every role, and the document assigned blind to two coders (assignments 1 and 2).
async fn site() -> Site {
    site_with(Config::default()).await
}

async fn site_with(config: Config) -> Site {
    let site = Site::with(Config { entropy: entropy(), ..config }).await;
    let store = site.app.store();
    let hash = password::hash(PASSWORD, &[9; 16]).unwrap();
    for (name, role) in [
        ("rita", Role::Reader),
        ("ada", Role::Coder),
        ("ben", Role::Coder),
        ("joan", Role::Adjudicator),
        ("root", Role::Admin),
    ] {
        store.put_user(name, role, &hash).await.unwrap();
    }
    let documents = [site.world.document.id.clone()];
    for name in ["ada", "ben"] {
        store.assign(name, &documents, &site.world.codebook.id, Mode::Blind, "by hand").await.unwrap();
    }
    site.app.refresh().await.unwrap();
    site
}

pub(super) const CODE: &str = "/review/code/1";
