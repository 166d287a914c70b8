//! What on a web page is furniture (menus, banners, footers), and which tables hold data rather than layout.

use std::collections::{HashMap, HashSet};

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use scraper::node::Element;
use scraper::{Html, Node};

/// Never text of the document.
const NEVER: [&str; 17] = [
    "head", "script", "style", "noscript", "template", "iframe", "svg", "canvas", "object", "button",
    "select", "textarea", "input", "audio", "video", "rp", "rt",
];
/// Words of a class or id that name furniture.
const NAMES: [&str; 15] = [
    "nav",
    "navbar",
    "navigation",
    "menu",
    "breadcrumb",
    "breadcrumbs",
    "cookie",
    "cookies",
    "sidebar",
    "share",
    "social",
    "skip",
    "footer",
    "pagination",
    "toolbar",
];
/// An element named like furniture stays when it holds more than this share of the page's text.
const SMALL: f64 = 0.3;

/// Letters in an element.
#[derive(Clone, Copy, Default)]
struct Measure {
    letters: usize,
    /// Letters inside links that lead elsewhere.
    linked: usize,
    links: usize,
    cells: usize,
    structured: bool,
}

/// What was measured on a page before it is walked.
pub(super) struct Survey {
    measures: HashMap<NodeId, Measure>,
    total: usize,
    main: Option<NodeId>,
    dropped: HashSet<NodeId>,
}

impl Survey {
    /// Measures every element of `page`.
    pub(super) fn of(page: &Html) -> Self {
        let mut survey = Self { measures: HashMap::new(), total: 0, main: None, dropped: HashSet::new() };
        let mut open: Vec<Measure> = vec![Measure::default()];
        let mut mains = Vec::new();
        let (mut silent, mut link) = (0_usize, 0_usize);
        for edge in page.tree.root().traverse() {
            match edge {
                Edge::Open(node) => match node.value() {
                    Node::Text(text) if silent == 0 => {
                        let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
                        if let Some(top) = open.last_mut() {
                            top.letters += letters;
                            top.linked += if link > 0 { letters } else { 0 };
                        }
                    }
                    Node::Element(element) => {
                        silent += usize::from(NEVER.contains(&element.name()));
                        link += usize::from(leads_away(element));
                        open.push(Measure::default());
                    }
                    _ => {}
                },
                Edge::Close(node) => {
                    let Node::Element(element) = node.value() else { continue };
                    silent -= usize::from(NEVER.contains(&element.name()));
                    link -= usize::from(leads_away(element));
                    let measure = open.pop().unwrap_or_default();
                    survey.close(node, element, measure, open.last_mut());
                    if element.name() == "main" || element.attr("role") == Some("main") {
                        mains.push((measure.letters, node.id()));
                    }
                }
            }
        }
        survey.total = open.first().map_or(0, |m| m.letters);
        // Pages put all of an instrument into `main`, or use it for something small.
        survey.main =
            mains.into_iter().max().filter(|(letters, _)| letters * 2 > survey.total).map(|(_, id)| id);
        survey.mark(page);
        survey
    }

    fn close(
        &mut self,
        node: NodeRef<'_, Node>,
        element: &Element,
        measure: Measure,
        parent: Option<&mut Measure>,
    ) {
        self.measures.insert(node.id(), measure);
        let Some(parent) = parent else { return };
        let name = element.name();
        parent.letters += measure.letters;
        parent.linked += measure.linked;
        parent.links += measure.links + usize::from(leads_away(element));
        parent.cells += measure.cells + usize::from(matches!(name, "td" | "th"));
        let heads = matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" | "pre" | "article");
        parent.structured |= measure.structured || heads;
    }

    /// Whether this element and all in it is passed over.
    pub(super) fn drops(&self, node: NodeRef<'_, Node>) -> bool {
        self.dropped.contains(&node.id())
    }

    /// Whether a table holds data: no headings, tables or whole texts inside, and cells of moderate length.
    pub(super) fn is_data(&self, node: NodeRef<'_, Node>) -> bool {
        let measure = self.measures.get(&node.id()).copied().unwrap_or_default();
        measure.cells > 1 && !measure.structured && measure.letters / measure.cells < 600
    }

    fn mark(&mut self, page: &Html) {
        let mut inside = Vec::new();
        let mut dropped = HashSet::new();
        for edge in page.tree.root().traverse() {
            match edge {
                Edge::Open(node) => {
                    let Node::Element(element) = node.value() else { continue };
                    if self.is_furniture(node, element, &inside) {
                        dropped.insert(node.id());
                    }
                    inside.push((node.id(), element.name().to_owned()));
                }
                Edge::Close(node) => {
                    if node.value().is_element() {
                        inside.pop();
                    }
                }
            }
        }
        self.dropped = dropped;
    }

    fn is_furniture(&self, node: NodeRef<'_, Node>, element: &Element, inside: &[(NodeId, String)]) -> bool {
        let name = element.name();
        if NEVER.contains(&name) {
            return true;
        }
        let within = |wanted: &str| inside.iter().any(|(_, name)| name == wanted);
        if matches!(name, "html" | "body") || within("table") {
            return false;
        }
        if element.attr("hidden").is_some() || element.attr("aria-hidden") == Some("true") {
            return true;
        }
        let role = element.attr("role").unwrap_or_default();
        if name == "nav"
            || matches!(role, "navigation" | "banner" | "contentinfo" | "search" | "complementary")
        {
            return true;
        }
        let in_text = within("main") || within("article");
        if matches!(name, "header" | "footer" | "aside") && !in_text {
            return true;
        }
        if let Some(main) = self.main {
            let beside_main = node.id() != main
                && !inside.iter().any(|(id, _)| *id == main)
                && !node.descendants().any(|below| below.id() == main);
            if beside_main {
                return !self.has_data_table(node);
            }
        }
        let measure = self.measures.get(&node.id()).copied().unwrap_or_default();
        let small = (measure.letters as f64) < SMALL * self.total as f64;
        let menu = measure.links >= 4 && measure.linked * 10 > measure.letters * 8;
        small && (is_named_so(element) || (menu && matches!(name, "ul" | "ol" | "div")))
    }

    /// An annex table outside `main` is text all the same.
    fn has_data_table(&self, node: NodeRef<'_, Node>) -> bool {
        node.descendants().any(|below| {
            below.value().as_element().is_some_and(|element| element.name() == "table") && self.is_data(below)
        })
    }
}

fn leads_away(element: &Element) -> bool {
    element.name() == "a" && element.attr("href").is_some_and(|href| !href.starts_with('#'))
}

fn is_named_so(element: &Element) -> bool {
    let names = [element.attr("class"), element.attr("id")];
    let mut words = names.into_iter().flatten().flat_map(|names| names.split([' ', '-', '_']));
    words.any(|word| NAMES.contains(&word.to_ascii_lowercase().as_str()))
}
