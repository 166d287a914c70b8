//! A document and its neighbours as a small picture; the list beside it says the same in words.

use std::fmt::Write as _;

use super::chart::{Picture, PictureFile, cut, escape};
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
    /// Whether it is no more.
    pub dead: bool,
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
/// Places of a title in its box.
const TITLE: usize = 30;
/// Places of the document's own title, whose box is smaller.
const OWN: usize = 28;
/// Width of the picture.
const WIDTH: usize = 720;

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
            own: cut(own, OWN),
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

    /// The picture of the document called `title` as a file; one without neighbours says so.
    pub(crate) fn file(graph: Option<&Self>, title: &str) -> PictureFile {
        let about = graph.map_or_else(String::new, |graph| {
            let (left, right) = (graph.left.len(), graph.right.len());
            let more = if graph.more == 0 { String::new() } else { format!(" Not drawn: {}.", graph.more) };
            format!(
                "Left: what does something to this document ({left} drawn). Right: what it does something to ({right} \
                 drawn).{more} Dashed boxes: instruments that are no more."
            )
        });
        let empty = "No relation to another document of this corpus was found in the text or the catalogue.";
        PictureFile {
            title: format!("Relations of “{title}”"),
            about,
            pictures: graph.map(|graph| (String::new(), graph.picture())).into_iter().collect(),
            empty: empty.to_owned(),
            notes: vec![
                "Found by rules in the words of the text and in the catalogue, not reviewed unless the page says so."
                    .to_owned(),
            ],
            ..PictureFile::default()
        }
    }

    fn picture(&self) -> Picture {
        let middle = self.middle();
        let mut body = String::new();
        for n in &self.left {
            line(&mut body, (230, n.y), (260, middle));
            let said = format!("↦ this {} it", n.words);
            neighbour_box(&mut body, 1, n, &said, &format!("{}: this document {} it", n.whole, n.words));
        }
        let _ = write!(
            body,
            "<rect x=\"260\" y=\"{}\" width=\"200\" height=\"36\" rx=\"4\" fill=\"#e3eef2\" stroke=\"#14485a\"/>\
             <text x=\"270\" y=\"{}\" fill=\"#1c1f22\">{}</text>",
            middle + 2,
            middle + 24,
            escape(&self.own)
        );
        for n in &self.right {
            line(&mut body, (460, middle), (490, n.y));
            neighbour_box(&mut body, 490, n, n.words, &format!("{} {}", n.words, n.whole));
        }
        Picture { width: WIDTH, height: self.height, body, time: false }
    }
}

/// A line between the middles of two boxes, which begin at these heights.
fn line(body: &mut String, (x1, y1): (usize, usize), (x2, y2): (usize, usize)) {
    let (y1, y2) = (y1 + 20, y2 + 20);
    let _ = write!(body, "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"#575b5f\"/>");
}

/// The box of a neighbour with what joins it; `whole` says both at length.
fn neighbour_box(body: &mut String, x: usize, n: &Neighbour, said: &str, whole: &str) {
    let dashes = if n.dead { " stroke-dasharray=\"4 3\"" } else { "" };
    let _ = write!(
        body,
        "<g><title>{}</title>\
         <rect x=\"{x}\" y=\"{}\" width=\"229\" height=\"36\" rx=\"4\" fill=\"#f6f5ef\" stroke=\"#8a8778\"{dashes}/>\
         <text x=\"{}\" y=\"{}\" fill=\"#1c1f22\">{}</text>\
         <text x=\"{}\" y=\"{}\" font-size=\"11\" fill=\"#575b5f\">{}</text></g>",
        escape(whole),
        n.y + 2,
        x + 9,
        n.y + 18,
        escape(&n.title),
        x + 9,
        n.y + 32,
        escape(said)
    );
}

fn neighbour(relation: &RelationView) -> Option<Neighbour> {
    let href = relation.href.clone()?;
    let whole = relation.other.clone();
    Some(Neighbour {
        title: cut(&whole, TITLE),
        whole,
        href,
        dead: relation.dead,
        words: relation.words,
        y: 0,
    })
}
