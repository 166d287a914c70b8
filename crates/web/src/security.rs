//! Headers on every answer.

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

/// Nothing but our own style sheet, images and forms; no script, no inline style, no frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// The same for the pages of review, whose own script may run and speak to this site.
const REVIEW_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; \
                             img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Sets the security headers.
pub async fn headers(request: Request, next: Next) -> Response {
    let path = crate::past::page_of(request.uri().path());
    let review = path == "/review" || path.starts_with("/review/");
    let embedded = path.starts_with("/embed/");
    let mut response = next.run(request).await;
    let set = response.headers_mut();
    let policy = if review { REVIEW_POLICY } else { POLICY };
    set.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    if review || set.contains_key(header::SET_COOKIE) {
        set.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    set.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    set.insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
    set.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    set.insert("permissions-policy", HeaderValue::from_static("camera=(), geolocation=(), microphone=()"));
    set.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    if embedded {
        crate::pages::take::embed::framable(&mut response);
    }
    response
}
