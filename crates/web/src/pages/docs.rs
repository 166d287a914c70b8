//! `GET /docs/…`: the repository's documentation, embedded and drawn from Markdown. Raw HTML in it is shown as text.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};
use rust_embed::RustEmbed;

use crate::error::WebError;
use crate::reply;
use crate::state::App;
use crate::view::{Chrome, Section};

#[derive(RustEmbed)]
#[folder = "../../docs/"]
#[allow_missing = true]
struct Files;

/// A file of the documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Title.
    pub title: String,
    /// Address.
    pub href: String,
    /// Folder, for readers.
    pub folder: String,
    /// Whether it is the one shown.
    pub current: bool,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "pages/docs.html")]
pub struct DocsPage {
    pub(crate) chrome: Chrome,
    pub(crate) entries: Vec<Entry>,
    pub(crate) body: String,
}

/// `GET /docs`
pub async fn index(State(app): State<App>) -> Result<Response, WebError> {
    show(&app, "")
}

/// `GET /docs/{path}`
pub async fn get(State(app): State<App>, Path(path): Path<String>) -> Result<Response, WebError> {
    show(&app, &path)
}

fn show(app: &App, path: &str) -> Result<Response, WebError> {
    let path = path.trim_matches('/');
    if let Some(picture) = picture(path) {
        return Ok(picture);
    }
    let stem = path.strip_suffix(".md").unwrap_or(path);
    let candidates = if stem.is_empty() {
        vec!["index.md".to_owned(), "README.md".to_owned()]
    } else {
        vec![format!("{stem}.md"), format!("{stem}/index.md"), format!("{stem}/README.md")]
    };
    let found = candidates.into_iter().find_map(|name| Files::get(&name).map(|file| (name, file)));
    let snapshot = app.snapshot();
    let (title, body, name) = match found {
        Some((name, file)) => {
            let source = String::from_utf8_lossy(&file.data).into_owned();
            (title_of(&source).unwrap_or_else(|| name.clone()), render(&source, &name), name)
        }
        None if stem.is_empty() => ("Documentation".to_owned(), String::new(), String::new()),
        None => {
            let stem: String = stem.chars().take(120).collect();
            return Err(WebError::NotFound(format!(
                "the documentation has no page {stem:?}; /docs lists them"
            )));
        }
    };
    let chrome = app
        .chrome(&snapshot, Section::Docs, &title)
        .describe(format!("Documentation: {title}"))
        .at(app.config(), format!("/docs/{stem}").trim_end_matches('/'))
        .under("Docs", "/docs");
    reply::html(&DocsPage { chrome, entries: entries(&name), body })
}

fn picture(path: &str) -> Option<Response> {
    let media_type = match path.rsplit_once('.')?.1 {
        "png" => "image/png",
        "svg" => "image/svg+xml",
        _ => return None,
    };
    let file = Files::get(path)?;
    let mut response = axum::body::Body::from(file.data.into_owned()).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    Some(response)
}

fn entries(current: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Files::iter()
        .filter(|name| {
            std::path::Path::new(name.as_ref()).extension().is_some_and(|e| e.eq_ignore_ascii_case("md"))
        })
        .filter_map(|name| {
            let source = Files::get(&name)?;
            let source = String::from_utf8_lossy(&source.data);
            let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
            Some(Entry {
                title: title_of(&source).unwrap_or_else(|| name.to_string()),
                href: format!("/docs/{}", name.trim_end_matches(".md")),
                folder: folder.replace(['-', '_'], " "),
                current: name == current,
            })
        })
        .collect();
    entries.sort_by(|a, b| (&a.folder, &a.href).cmp(&(&b.folder, &b.href)));
    entries
}

fn title_of(source: &str) -> Option<String> {
    source.lines().find_map(|line| line.strip_prefix("# ")).map(|title| title.trim().to_owned())
}

/// Markdown to HTML: headings get anchors, links to `.md` files lead to their pages, HTML is escaped.
pub fn render(source: &str, name: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let mut events: Vec<Event<'_>> = Vec::new();
    let mut heading: Option<(usize, String)> = None;
    for event in Parser::new_ext(source, options) {
        match event {
            Event::Html(text) | Event::InlineHtml(text) => events.push(Event::Text(text)),
            Event::Start(Tag::Heading { .. }) => {
                heading = Some((events.len(), String::new()));
                events.push(event);
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some((at, words)) = heading.take() {
                    anchor(&mut events, at, &words);
                }
                events.push(event);
            }
            Event::Start(Tag::Table(_)) => {
                let region = "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table\">";
                events.push(Event::Html(CowStr::Borrowed(region)));
                events.push(event);
            }
            Event::End(TagEnd::Table) => {
                events.push(event);
                events.push(Event::Html(CowStr::Borrowed("</div>")));
            }
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                events.push(Event::Start(Tag::Link {
                    link_type,
                    dest_url: relink(&dest_url, name),
                    title,
                    id,
                }));
            }
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                events.push(Event::Start(Tag::Image {
                    link_type,
                    dest_url: relink(&dest_url, name),
                    title,
                    id,
                }));
            }
            other => {
                if let (Some((_, words)), Event::Text(text) | Event::Code(text)) = (&mut heading, &other) {
                    words.push_str(text);
                }
                events.push(other);
            }
        }
    }
    let mut out = String::new();
    html::push_html(&mut out, events.into_iter());
    out
}

fn anchor(events: &mut [Event<'_>], at: usize, words: &str) {
    let id: String = words
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            c if c.is_alphanumeric() => Some(c),
            ' ' | '-' | '_' => Some('-'),
            _ => None,
        })
        .collect();
    if let Some(Event::Start(Tag::Heading { id: slot, .. })) = events.get_mut(at) {
        *slot = Some(CowStr::from(id));
    }
}

fn relink<'a>(target: &CowStr<'a>, name: &str) -> CowStr<'a> {
    let outside = target.contains("://") || target.starts_with(['#', '/']) || target.starts_with("mailto:");
    if outside {
        let lower = target.to_ascii_lowercase();
        let safe = ["http://", "https://", "mailto:", "#", "/"].iter().any(|s| lower.starts_with(s));
        return if safe { target.clone() } else { CowStr::from("#") };
    }
    let (path, anchor) = target.split_once('#').map_or((target.as_ref(), ""), |(p, a)| (p, a));
    let mut parts: Vec<&str> = name.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    let joined = joined.strip_suffix(".md").unwrap_or(&joined);
    let anchor = if anchor.is_empty() { String::new() } else { format!("#{anchor}") };
    CowStr::from(format!("/docs/{joined}{anchor}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_in_the_documentation_is_shown_as_text() {
        let html = render(
            "# A\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) [guide](../guides/b.md#c)",
            "ref/a.md",
        );
        assert!(!html.contains("<script>"), "{html}");
        assert!(!html.contains("href=\"javascript:"), "{html}");
        assert!(html.contains("/docs/guides/b#c"), "{html}");
        assert!(html.contains("id=\"a\""), "{html}");
    }
}
