//! A document and its neighbours as a small picture; the list beside it says the same in words.

use super::related::RelationView;

/// A neighbour in the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// Title, cut to fit.
    pub title: String,
    /// Whole title.
    pub whole: String,
    /// Its page.
    pub href: String,
    /// What joins the two.
    pub words: &'static str,
    /// Vertical place of the box.
    pub y: usize,
}

/// The picture: what is done to the document on the left, what it does on the right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    /// Title of the document, cut to fit.
    pub own: String,
    /// What does something to it.
    pub left: Vec<Neighbour>,
    /// What it does something to.
    pub right: Vec<Neighbour>,
    /// Neighbours on each side that are not drawn.
    pub more: usize,
    /// Height of the picture.
    pub height: usize,
}

/// Neighbours drawn on each side.
const SHOWN: usize = 6;
/// Height of a neighbour's row.
const ROW: usize = 44;
/// Characters of a title in its box.
const TITLE: usize = 30;

impl Graph {
    /// The picture of the relations that lead to documents of the corpus; `None` without any.
    pub fn of(own: &str, relations: &[RelationView]) -> Option<Self> {
        let side = |incoming: bool| {
            let inside = relations.iter().filter(|r| r.incoming == incoming);
            let all: Vec<Neighbour> = inside.filter_map(neighbour).collect();
            let more = all.len().saturating_sub(SHOWN);
            let drawn = all.into_iter().take(SHOWN).enumerate();
            (drawn.map(|(at, n)| Neighbour { y: at * ROW, ..n }).collect::<Vec<_>>(), more)
        };
        let ((left, more_left), (right, more_right)) = (side(true), side(false));
        let rows = left.len().max(right.len());
        (rows > 0).then(|| Self {
            own: cut(own),
            left,
            right,
            more: more_left + more_right,
            height: rows * ROW + 4,
        })
    }

    /// Where the document's own box stands.
    pub fn middle(&self) -> usize {
        (self.height.saturating_sub(ROW)) / 2
    }
}

fn neighbour(relation: &RelationView) -> Option<Neighbour> {
    let href = relation.href.clone()?;
    let whole = relation.other.clone();
    Some(Neighbour { title: cut(&whole), whole, href, words: relation.words, y: 0 })
}

fn cut(title: &str) -> String {
    if title.chars().count() <= TITLE {
        return title.to_owned();
    }
    title.chars().take(TITLE - 1).chain(['…']).collect()
}
