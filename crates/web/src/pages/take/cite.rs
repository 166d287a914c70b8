//! Citations: `/CITATION.cff` of the map, `/documents/{id}/cite.bib` and `/documents/{id}/cite.ris` of one document.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use lacuna_domain::Document;

use crate::error::WebError;
use crate::state::App;

/// `GET /CITATION.cff`
pub async fn cff(State(app): State<App>) -> Response {
    let snapshot = app.snapshot();
    let (day, config) = (snapshot.provenance.as_of_day(), app.config());
    let quoted = |text: &str| serde_json::Value::String(text.to_owned()).to_string();
    let title = quoted(&format!("{}: what AI-governance documents cover and leave open", config.site));
    let mut out = format!(
        "cff-version: 1.2.0\nmessage: \"If you use this map or its data, please cite it as below.\"\ntype: dataset\n\
         title: {title}\nauthors:\n  - name: {}\ndate-released: {day}\nversion: \"{day}-{}\"\n",
        quoted(&format!("Contributors to {}", config.site)),
        snapshot.run.as_ref().map_or("no-run", |run| run.id.short()),
    );
    if let Some(url) = config.absolute("/") {
        out.push_str(&format!("url: {}\n", quoted(&url)));
    }
    if let Some(run) = &snapshot.run {
        let engine = &run.config;
        let words = format!("Labels: {}, codebook {} {}", run.name, engine.codebook, engine.codebook_version);
        out.push_str(&format!("abstract: {}\n", quoted(&words)));
    }
    text("text/yaml; charset=utf-8", out)
}

/// `GET /documents/{id}/cite.bib`
pub async fn bib(State(app): State<App>, Path(id): Path<String>) -> Result<Response, WebError> {
    let document = wanted(&app, &id).await?;
    Ok(text("application/x-bibtex; charset=utf-8", bibtex(&document, accessed(&app).as_str())))
}

/// `GET /documents/{id}/cite.ris`
pub async fn ris(State(app): State<App>, Path(id): Path<String>) -> Result<Response, WebError> {
    let document = wanted(&app, &id).await?;
    Ok(text("application/x-research-info-systems; charset=utf-8", ris_of(&document, accessed(&app).as_str())))
}

async fn wanted(app: &App, id: &str) -> Result<Document, WebError> {
    let short: String = id.chars().take(120).collect();
    app.document(id).await?.ok_or_else(|| WebError::NotFound(format!("no document is called {short:?}")))
}

fn accessed(app: &App) -> String {
    app.snapshot().provenance.as_of_day()
}

fn text(kind: &'static str, body: String) -> Response {
    let mut response = Body::from(body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// A BibTeX entry; characters that TeX would run are escaped, and braces keep names as they are.
fn bibtex(document: &Document, accessed: &str) -> String {
    let tex = |text: &str| {
        let mut out = String::new();
        for c in text.chars() {
            match c {
                '\\' => out.push_str("\\textbackslash{}"),
                '{' | '}' | '#' | '$' | '%' | '&' | '_' => {
                    out.push('\\');
                    out.push(c);
                }
                '~' => out.push_str("\\textasciitilde{}"),
                '^' => out.push_str("\\textasciicircum{}"),
                c if c.is_control() => out.push(' '),
                c => out.push(c),
            }
        }
        out
    };
    let key: String =
        document.id.as_str().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let metadata = &document.metadata;
    let mut fields = vec![("title", format!("{{{{{}}}}}", tex(metadata.title())))];
    if let Some(authority) = &metadata.authority {
        fields.push(("author", format!("{{{{{}}}}}", tex(authority))));
    }
    if let Some(year) = metadata.year() {
        fields.push(("year", format!("{{{year}}}")));
    }
    if let Some(link) = metadata.link.as_deref().filter(|link| link.starts_with("http")) {
        fields.push(("url", format!("{{{}}}", link.replace(['{', '}', '\\'], ""))));
        fields.push(("urldate", format!("{{{accessed}}}")));
    }
    let fiction = if metadata.fiction { "; fiction, invented for demonstration" } else { "" };
    fields.push(("note", format!("{{{}{fiction}}}", tex(document.id.as_str()))));
    let lines: Vec<String> = fields.into_iter().map(|(name, value)| format!("  {name} = {value}")).collect();
    format!("@misc{{{key},\n{}\n}}\n", lines.join(",\n"))
}

/// A RIS record of type `LEGAL`.
fn ris_of(document: &Document, accessed: &str) -> String {
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let metadata = &document.metadata;
    let date = metadata.history.iter().filter_map(|event| event.date).max();
    let mut out = format!("TY  - LEGAL\r\nTI  - {}\r\n", line(metadata.title()));
    let mut put = |tag: &str, value: String| out.push_str(&format!("{tag}  - {value}\r\n"));
    if let Some(authority) = &metadata.authority {
        put("AU", line(authority));
    }
    if let Some(date) = date {
        put("PY", date.year().to_string());
        put("DA", date.strftime("%Y/%m/%d").to_string());
    }
    if let Some(link) = metadata.link.as_deref().filter(|link| link.starts_with("http")) {
        put("UR", line(link));
        put("Y2", accessed.replace('-', "/"));
    }
    put("ID", document.id.to_string());
    if metadata.fiction {
        put("N1", "fiction, invented for demonstration".to_owned());
    }
    out.push_str("ER  - \r\n");
    out
}

#[cfg(test)]
mod tests {
    use lacuna_domain::Metadata;

    use super::*;

    #[test]
    fn citations_cannot_break_out_of_their_fields() {
        let metadata = Metadata {
            official_name: "Act on 100% {Care} & \\input{x}".to_owned(),
            authority: Some("Council\nTY  - BOOK".to_owned()),
            link: Some("javascript:alert(1)".to_owned()),
            fiction: true,
            ..Metadata::default()
        };
        let document = Document { id: "sample:1".parse().unwrap(), metadata };
        let bib = bibtex(&document, "2026-01-01");
        assert!(bib.contains("100\\% \\{Care\\} \\& \\textbackslash{}input"), "{bib}");
        assert!(bib.contains("fiction") && !bib.contains("javascript"));
        let ris = ris_of(&document, "2026-01-01");
        assert!(ris.contains("AU  - Council TY - BOOK\r\n") && ris.ends_with("ER  - \r\n"), "{ris}");
    }
}
