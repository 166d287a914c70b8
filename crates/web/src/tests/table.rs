//! The routes as they are written down, so that a new one cannot be left out of a test over all of them.

use axum::http::Method;

use super::Site;

/// Routes of everybody and routes of review, each with its method.
pub(crate) fn routes() -> Vec<(Method, String)> {
    let found: Vec<_> = [include_str!("../routes.rs"), include_str!("../pages/review/mod.rs")]
        .into_iter()
        .flat_map(read)
        .collect();
    assert!(found.len() > 115, "only {} routes were read", found.len());
    found
}

fn read(source: &str) -> Vec<(Method, String)> {
    let mut found = Vec::new();
    for call in source.split(".route(\"").skip(1) {
        let (path, handlers) = call.split_once('"').unwrap();
        let handlers = handlers.split(".route(\"").next().unwrap().lines().next().unwrap();
        for (word, method) in [
            ("get(", Method::GET),
            ("post(", Method::POST),
            ("put(", Method::PUT),
            ("patch(", Method::PATCH),
            ("delete(", Method::DELETE),
            ("any(", Method::POST),
        ] {
            let called = |before: &str| !before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
            if handlers.match_indices(word).any(|(at, _)| called(&handlers[..at])) {
                found.push((method, path.to_owned()));
            }
        }
        assert!(
            found.last().is_some_and(|(_, last)| last == path),
            "{path} has a method this test cannot read"
        );
    }
    found
}

/// An address that the route answers.
pub(crate) fn example(site: &Site, route: &str) -> String {
    let id = if route.contains("/runs/") {
        site.world.run.id.short().to_owned()
    } else {
        crate::address::segment(site.world.document.id.as_str())
    };
    let name = match route.split('/').nth(1) {
        Some("jurisdictions") => "Norvale",
        Some("authorities") => "Assembly of Norvale",
        Some("collections") => "statutes",
        Some("domains") => "2",
        _ => "assembly of norvale",
    };
    let (duty, twin) = (route.starts_with("/actors/duties"), site.world.run.id.short().to_owned());
    route
        .replace("{id}", &id)
        .replace("{document}", &id)
        .replace("{dimension}", "risk")
        .replace("{code}", "2.2")
        .replace("{name}", &crate::address::segment(name))
        .replace("{kind}", if duty { "governance_actor" } else { "x" })
        .replace("{other}", &twin)
        .replace("{assignment}", "1")
        .replace("{report}", "1")
        .replace("{file}", "style.css")
        .replace("{*path}", "method")
}
