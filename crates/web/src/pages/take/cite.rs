//! Citations: `/CITATION.cff` of the map, `/documents/{id}/cite.bib` and `/documents/{id}/cite.ris` of one document.

use axum::extract::{Path, State};
use axum::response::Response;
use jiff::civil::Date;
use lacuna_domain::enactment::{DateKind, Life};
use lacuna_domain::{Document, Metadata};

use crate::error::WebError;
use crate::reply;
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
    // The first page of a release lies where its map does.
    let home = if app.past().is_some() { "" } else { "/" };
    if let Some(url) = config.absolute(home) {
        out.push_str(&format!("url: {}\n", quoted(&url)));
    }
    if let Some(run) = &snapshot.run {
        let engine = &run.config;
        let words = format!("Labels: {}, codebook {} {}", run.name, engine.codebook, engine.codebook_version);
        out.push_str(&format!("abstract: {}\n", quoted(&words)));
    }
    reply::text("text/yaml; charset=utf-8", out)
}

/// `GET /documents/{id}/cite.bib`
pub async fn bib(State(app): State<App>, Path(id): Path<String>) -> Result<Response, WebError> {
    let document = wanted(&app, &id).await?;
    Ok(reply::text("application/x-bibtex; charset=utf-8", bibtex(&document, accessed(&app).as_str())))
}

/// `GET /documents/{id}/cite.ris`
pub async fn ris(State(app): State<App>, Path(id): Path<String>) -> Result<Response, WebError> {
    let document = wanted(&app, &id).await?;
    Ok(reply::text(
        "application/x-research-info-systems; charset=utf-8",
        ris_of(&document, accessed(&app).as_str()),
    ))
}

async fn wanted(app: &App, id: &str) -> Result<Document, WebError> {
    match app.document(id).await? {
        Some(document) => Ok(document),
        None => Err(app.no_document(id).await),
    }
}

fn accessed(app: &App) -> String {
    app.snapshot().provenance.as_of_day()
}

/// The day by which an instrument is cited: that of its adoption, else of its entry into force, else of its introduction,
/// else of whatever is known to have happened first. A revocation years later does not make it a later instrument.
fn cited_by(metadata: &Metadata) -> Option<Date> {
    let life = Life::of(metadata, &[]);
    let told = [DateKind::Adopted, DateKind::InForce, DateKind::Introduced]
        .into_iter()
        .find_map(|kind| life.date(kind, metadata));
    told.or_else(|| metadata.history.iter().filter_map(|event| event.date).min())
}

/// The day on which the words cited were read: that of their retrieval, where it is known, else that of the map.
fn read_on(metadata: &Metadata, of_map: &str) -> String {
    metadata.retrieved.map_or_else(|| of_map.to_owned(), |day| day.to_string())
}

/// The page of the instrument, where it is one of the web.
fn page_of(metadata: &Metadata) -> Option<&str> {
    metadata.link.as_deref().filter(|link| link.starts_with("http"))
}

/// An address that neither ends its BibTeX field nor runs as TeX, and still leads to the same page.
fn tex_address(address: &str) -> String {
    let mut out = String::new();
    for c in address.chars() {
        if c.is_ascii_control() || matches!(c, '{' | '}' | '\\' | ' ') {
            out.push_str(&format!("%{:02X}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
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
    if let Some(day) = cited_by(metadata) {
        fields.push(("year", format!("{{{}}}", day.year())));
    }
    if let Some(link) = page_of(metadata) {
        fields.push(("url", format!("{{{}}}", tex_address(link))));
        fields.push(("urldate", format!("{{{}}}", read_on(metadata, accessed))));
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
    let mut out = format!("TY  - LEGAL\r\nTI  - {}\r\n", line(metadata.title()));
    let mut put = |tag: &str, value: String| out.push_str(&format!("{tag}  - {value}\r\n"));
    if let Some(authority) = &metadata.authority {
        put("AU", line(authority));
    }
    if let Some(date) = cited_by(metadata) {
        put("PY", date.year().to_string());
        put("DA", date.strftime("%Y/%m/%d").to_string());
    }
    if let Some(link) = page_of(metadata) {
        put("UR", line(link));
        put("Y2", read_on(metadata, accessed).replace('-', "/"));
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
    use jiff::civil::date;
    use lacuna_domain::document::{Enactment, StatusEvent};

    use super::*;

    fn cited(metadata: Metadata) -> (String, String) {
        let document = Document { id: "sample:1".parse().unwrap(), metadata };
        (bibtex(&document, "2026-01-01"), ris_of(&document, "2026-01-01"))
    }

    #[test]
    fn citations_cannot_break_out_of_their_fields() {
        let metadata = Metadata {
            official_name: "Act on 100% {Care} & \\input{x}".to_owned(),
            authority: Some("Council\nTY  - BOOK".to_owned()),
            link: Some("javascript:alert(1)".to_owned()),
            fiction: true,
            ..Metadata::default()
        };
        let (bib, ris) = cited(metadata);
        assert!(bib.contains("100\\% \\{Care\\} \\& \\textbackslash{}input"), "{bib}");
        assert!(bib.contains("fiction") && !bib.contains("javascript"));
        assert!(ris.contains("AU  - Council TY - BOOK\r\n") && ris.ends_with("ER  - \r\n"), "{ris}");
    }

    #[test]
    fn an_instrument_is_cited_by_its_adoption_and_not_by_its_end() {
        let happened =
            |state, year| StatusEvent { state, date: Some(date(year, 5, 6)), source_word: String::new() };
        let introduced = happened(Enactment::Proposed, 2020);
        let adopted = happened(Enactment::Adopted, 2021);
        let in_force = happened(Enactment::InForce, 2022);
        let revoked = happened(Enactment::Revoked, 2025);
        for (history, year) in [
            (vec![introduced.clone(), adopted, in_force.clone(), revoked.clone()], 2021),
            (vec![introduced.clone(), in_force, revoked.clone()], 2022),
            (vec![introduced, revoked.clone()], 2020),
            (vec![revoked, happened(Enactment::Superseded, 2026)], 2025),
        ] {
            let (bib, ris) = cited(Metadata { history, ..Metadata::default() });
            assert!(bib.contains(&format!("year = {{{year}}}")), "{year}: {bib}");
            assert!(ris.contains(&format!("PY  - {year}\r\nDA  - {year}/05/06\r\n")), "{year}: {ris}");
        }
        let (bib, ris) = cited(Metadata::default());
        assert!(!bib.contains("year =") && !ris.contains("PY  - "), "no year is made up: {bib}{ris}");
    }

    #[test]
    fn an_address_leads_to_the_same_page_and_says_when_it_was_read() {
        let link = Some("https://law.example/{act}?a=b_c%20d".to_owned());
        let (bib, ris) = cited(Metadata { link: link.clone(), ..Metadata::default() });
        assert!(bib.contains("url = {https://law.example/%7Bact%7D?a=b_c%20d}"), "{bib}");
        assert!(bib.contains("urldate = {2026-01-01}") && ris.contains("Y2  - 2026/01/01"), "{bib}{ris}");
        let retrieved = Some(date(2025, 3, 4));
        let (bib, ris) = cited(Metadata { link, retrieved, ..Metadata::default() });
        assert!(bib.contains("urldate = {2025-03-04}") && ris.contains("Y2  - 2025/03/04"), "{bib}{ris}");
    }
}
