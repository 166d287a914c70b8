//! Whether a request comes from this machine: asked where private documents are shown to whoever asks, so that no page of
//! elsewhere and no proxy can read them.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::error::WebError;
use crate::proxies;
use crate::state::App;

/// Refuses what names another host or came through a proxy, even a trusted one, where private documents are shown to
/// whoever asks; lets no script of another site read an answer; and has no browser keep one, since any may be about a private
/// document, but for what pages are made of.
pub async fn only(State(app): State<App>, request: Request, next: Next) -> Result<Response, WebError> {
    if !app.config().local {
        return Ok(next.run(request).await);
    }
    if proxies::is_forwarded(request.headers()) {
        return Err(WebError::Forbidden("private documents are not served through a proxy".to_owned()));
    }
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| request.uri().host());
    if !host.is_some_and(loopback) {
        return Err(WebError::Forbidden(
            "private documents are served under localhost and loopback addresses only".to_owned(),
        ));
    }
    let made_of = request.uri().path().starts_with("/assets/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    if !made_of {
        headers.remove(header::ETAG);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

/// Whether a `Host` header names this machine. A name that resolves to it (DNS rebinding) does not.
fn loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::loopback;

    #[test]
    fn only_names_of_this_machine_count() {
        for host in ["localhost:7373", "127.0.0.1:7373", "[::1]:7373", "LOCALHOST"] {
            assert!(loopback(host), "{host}");
        }
        for host in
            ["map.example", "localhost.map.example", "10.0.0.7:7373", "127.0.0.1.nip.io", "", "[fe80::1]"]
        {
            assert!(!loopback(host), "{host}");
        }
    }
}
