//! Web pages → text: headings, lists and tables kept, page furniture dropped.
//!
//! An own walk over the DOM rather than a readability library: those score paragraphs and lose annex tables. Here
//! text is kept unless something says that it is furniture, and never dropped inside a table of data.

mod furniture;
mod head;

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use scraper::{Html, Node};

use self::furniture::Survey;
use super::blocks::Blocks;
use super::numbering;
use crate::ingest::{Extracted, decode};

/// Extracts a web page.
pub(super) fn extract(bytes: &[u8]) -> Extracted {
    let declared = head::declared_encoding(bytes);
    let decoded = decode::decode(bytes, declared.as_deref());
    let page = Html::parse_document(&decoded.text);
    let survey = Survey::of(&page);
    let mut walk = Walk::new(&survey);
    for edge in page.tree.root().traverse() {
        match edge {
            Edge::Open(node) => walk.open(node),
            Edge::Close(node) => walk.close(node),
        }
    }
    let (text, heading) = walk.blocks.finish();
    let head = head::read(&page);
    Extracted {
        text,
        title: heading.filter(|_| head.one_top_heading).or(head.title),
        date: head.date,
        language: head.language,
        page_starts: vec![],
        notes: decoded.note.into_iter().collect(),
    }
}

struct Walk<'p> {
    survey: &'p Survey,
    blocks: Blocks,
    /// The element whose content is being passed over.
    dropped: Option<NodeId>,
    /// Open lists: the marker style of each and the number of its next item.
    lists: Vec<(Option<char>, u64)>,
    verbatim: usize,
    /// Open data tables, and cells begun in the present row.
    tables: usize,
    cells: usize,
}

impl<'p> Walk<'p> {
    fn new(survey: &'p Survey) -> Self {
        Self {
            survey,
            blocks: Blocks::default(),
            dropped: None,
            lists: vec![],
            verbatim: 0,
            tables: 0,
            cells: 0,
        }
    }

    fn open(&mut self, node: NodeRef<'_, Node>) {
        if self.dropped.is_some() {
            return;
        }
        match node.value() {
            Node::Text(text) if self.verbatim > 0 => self.blocks.push_verbatim(text),
            Node::Text(text) => self.blocks.push(text),
            Node::Element(element) if self.survey.drops(node) => {
                self.dropped = Some(node.id());
                if is_block(element.name()) {
                    self.end();
                }
            }
            Node::Element(element) => self.open_element(node, element),
            _ => {}
        }
    }

    fn open_element(&mut self, node: NodeRef<'_, Node>, element: &scraper::node::Element) {
        match element.name() {
            "br" => self.blocks.line_break(),
            "pre" => {
                self.end();
                self.verbatim += 1;
            }
            "ul" | "ol" if self.tables == 0 => self.open_list(element),
            "li" if self.tables == 0 => self.open_item(element),
            "table" if self.survey.is_data(node) => {
                self.blocks.part();
                self.tables += 1;
            }
            "tr" if self.tables > 0 => {
                self.blocks.end_line();
                self.cells = 0;
            }
            "td" | "th" if self.tables > 0 => {
                if self.cells > 0 {
                    self.blocks.push(" | ");
                }
                self.cells += 1;
            }
            name => {
                if self.tables == 0
                    && let Some(level) = heading_level(name)
                {
                    self.blocks.begin_heading(level);
                } else if is_block(name) {
                    self.end();
                }
            }
        }
    }

    fn open_list(&mut self, element: &scraper::node::Element) {
        self.end();
        let ordered = element.name() == "ol";
        let style = ordered.then(|| element.attr("type").and_then(|t| t.chars().next()).unwrap_or('1'));
        let first = element.attr("start").and_then(|start| start.parse().ok()).unwrap_or(1);
        self.lists.push((style, first));
    }

    fn open_item(&mut self, element: &scraper::node::Element) {
        self.end();
        let mark = match self.lists.last_mut() {
            Some((Some(style), next)) => {
                let number = element.attr("value").and_then(|value| value.parse().ok()).unwrap_or(*next);
                *next = number + 1;
                format!("{}. ", numbering::letterwise(*style, number))
            }
            _ => "- ".to_owned(),
        };
        self.blocks.push_mark(&mark);
    }

    fn close(&mut self, node: NodeRef<'_, Node>) {
        if let Some(dropped) = self.dropped {
            if dropped == node.id() {
                self.dropped = None;
            }
            return;
        }
        let Node::Element(element) = node.value() else { return };
        match element.name() {
            "pre" => {
                self.end();
                self.verbatim -= 1;
            }
            "li" if self.tables == 0 => self.blocks.end_item(),
            "ul" | "ol" if self.tables == 0 => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.blocks.part();
                }
            }
            "tr" if self.tables > 0 => self.blocks.end_line(),
            "table" if self.survey.is_data(node) => {
                self.tables -= 1;
                self.blocks.part();
            }
            name if is_block(name) || heading_level(name).is_some() => self.end(),
            _ => {}
        }
    }

    /// The end of a block: a line in a list, a space in a table cell, a blank line elsewhere.
    fn end(&mut self) {
        if self.tables > 0 {
            self.blocks.push(" ");
        } else if self.lists.is_empty() {
            self.blocks.end_block();
        } else {
            self.blocks.end_line();
        }
    }
}

fn heading_level(name: &str) -> Option<usize> {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6").then(|| usize::from(name.as_bytes()[1] - b'0'))
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "section"
            | "article"
            | "main"
            | "blockquote"
            | "dl"
            | "dt"
            | "dd"
            | "figure"
            | "figcaption"
            | "hr"
            | "address"
            | "fieldset"
            | "details"
            | "summary"
            | "header"
            | "footer"
            | "nav"
            | "aside"
            | "body"
            | "center"
            | "form"
            | "table"
            | "tr"
            | "td"
            | "th"
            | "caption"
            | "ul"
            | "ol"
            | "li"
            | "title"
            | "legend"
    )
}
