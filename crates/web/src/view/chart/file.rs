//! Pictures as a file of their own: title, set, legend, pictures, notes, day and source in one SVG that says wherever it is
//! shown what it shows.
//!
//! Colours are attributes and the ground is white: the policy of the site allows no style inside a picture, and around a
//! file there is no page whose light or dark it could follow. A file holds no links, since it is one image with one
//! description, and leads from elsewhere nowhere; its source is written out.

use std::fmt::Write as _;

use super::words::{cut, room, wrapped};
use super::{Picture, escape, fill};
use crate::config::Config;
use crate::view::Chrome;
use crate::view::dataset::address;

/// Width of the margin on each side.
const EDGE: usize = 16;
/// Width that the words around a small picture have at least.
const NARROWEST: usize = 720;
/// Places of a title, of whatever length; three or four lines of it.
const TITLE: usize = 240;
/// Places of a name in the legend.
const NAME: usize = 60;

/// An entry of the legend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// What the colour stands for.
    pub name: String,
    /// The colour.
    pub fill: &'static str,
}

impl Key {
    /// The entry of a series, by its place.
    pub fn series(place: usize, name: &str) -> Self {
        Self { name: name.to_owned(), fill: fill(place) }
    }
}

/// Pictures with all that must stand around them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PictureFile {
    /// What they show.
    pub title: String,
    /// The set in words, and what is counted, of what.
    pub about: String,
    /// What the colours stand for; empty where the pictures say it themselves.
    pub legend: Vec<Key>,
    /// One below the other, each with its name; empty for the only one.
    pub pictures: Vec<(String, Picture)>,
    /// What is said where there is no picture.
    pub empty: String,
    /// What must be known to read them rightly.
    pub notes: Vec<String>,
}

impl PictureFile {
    /// The file, with the day of its numbers, whose labels they count, and the page at `path` as their source.
    pub fn svg(&self, config: &Config, chrome: &Chrome, path: &str) -> String {
        let widest = self.pictures.iter().map(|(_, picture)| picture.width).max().unwrap_or(0);
        let mut sheet = Sheet { width: widest.max(NARROWEST) + 2 * EDGE, y: EDGE, body: String::new() };
        sheet.say(&cut(&self.title, TITLE), &Words::TITLE);
        sheet.say(&self.about, &Words::ABOUT);
        sheet.keys(&self.legend);
        for (name, picture) in &self.pictures {
            sheet.picture(name, picture);
        }
        if self.pictures.is_empty() {
            sheet.say(&self.empty, &Words::NAME);
        }
        let sources = sources(config, chrome, path);
        let sample = &chrome.provenance.sample;
        for note in self.notes.iter().chain(sample).chain(&sources) {
            sheet.say(note, &Words::NOTE);
        }
        let empty = self.pictures.is_empty().then_some(&self.empty);
        let told = [&self.about].into_iter().chain(empty).chain(&self.notes).chain(sample).chain(&sources);
        let told: Vec<&str> = told.map(String::as_str).filter(|words| !words.is_empty()).collect();
        sheet.closed(&self.title, &told.join(" "))
    }
}

/// When the numbers were counted, whose labels they count, and where they stand.
fn sources(config: &Config, chrome: &Chrome, path: &str) -> [String; 2] {
    let provenance = &chrome.provenance;
    let labels = provenance.run.as_ref().map_or_else(
        || "Nothing has been classified yet.".to_owned(),
        |run| {
            format!("Labels: {}, run {}, codebook {}; {}.", run.name, run.short, run.codebook, run.standing())
        },
    );
    let fiction =
        if provenance.fiction { " Fiction: sample documents invented for demonstration." } else { "" };
    let source =
        if config.published { published(config, chrome) } else { served(config, chrome, path.to_owned()) };
    [
        format!("{}, as of {} (UTC). {labels}{fiction}", chrome.site, provenance.as_of_day()),
        format!("Source: {source}"),
    ]
}

/// The page of a server that shows a picture.
fn served(config: &Config, chrome: &Chrome, path: String) -> String {
    let address = address(chrome, config, path);
    if config.base_url.is_some() { address } else { format!("{}, {address}", chrome.site) }
}

/// The published site that a picture lies in: its address where it was told one, else what it is the site of. It may have no
/// page of the picture alone, since charts with chosen axes need a server.
fn published(config: &Config, chrome: &Chrome) -> String {
    let of = chrome.release.as_ref().map(|release| format!("release {release}"));
    let of = of.unwrap_or_else(|| format!("published as of {}", chrome.provenance.as_of_day()));
    let address = config.absolute("/").map(|address| format!(", {address}")).unwrap_or_default();
    format!("{}, {of}{address}", chrome.site)
}

/// How words of one kind are set.
struct Words {
    /// Size in user units.
    size: usize,
    weight: usize,
    ink: &'static str,
    /// Room above the first line.
    above: usize,
}

impl Words {
    const TITLE: Self = Self { size: 18, weight: 600, ink: "#1c1f22", above: 0 };
    const ABOUT: Self = Self { size: 12, weight: 400, ink: "#575b5f", above: 4 };
    const NAME: Self = Self { size: 13, weight: 600, ink: "#1c1f22", above: 10 };
    const NOTE: Self = Self { size: 11, weight: 400, ink: "#575b5f", above: 2 };
}

/// The file while it is drawn, from top to bottom.
struct Sheet {
    width: usize,
    /// Where the next thing begins.
    y: usize,
    body: String,
}

impl Sheet {
    /// Sets words in as many lines as they need.
    fn say(&mut self, text: &str, words: &Words) {
        let Words { size, weight, ink, above } = words;
        // A letter is a little more than half as wide as its size, on average.
        let places = (self.width - 2 * EDGE) * 100 / (size * 58);
        self.y += above;
        for line in wrapped(text, places) {
            self.y += size + size / 3;
            let _ = write!(
                self.body,
                "<text x=\"{EDGE}\" y=\"{}\" font-size=\"{size}\" font-weight=\"{weight}\" fill=\"{ink}\">{}</text>",
                self.y,
                escape(&line)
            );
        }
    }

    /// The legend, in as many lines as it needs.
    fn keys(&mut self, keys: &[Key]) {
        let mut x = EDGE;
        self.y += if keys.is_empty() { 0 } else { 24 };
        for key in keys {
            let name = cut(&key.name, NAME);
            let wide = 24 + room(&name) * 7;
            if x + wide > self.width && x > EDGE {
                (x, self.y) = (EDGE, self.y + 18);
            }
            let _ = write!(
                self.body,
                "<rect x=\"{x}\" y=\"{}\" width=\"11\" height=\"11\" fill=\"{}\"/><text x=\"{}\" y=\"{}\" font-size=\"12\">{}</text>",
                self.y - 10,
                key.fill,
                x + 16,
                self.y,
                escape(&name)
            );
            x += wide;
        }
    }

    /// A picture below its name.
    fn picture(&mut self, name: &str, picture: &Picture) {
        self.say(name, &Words::NAME);
        self.y += 12;
        let body = unlinked(&picture.body);
        let _ =
            write!(self.body, "<g transform=\"translate({EDGE} {})\" font-size=\"12\">{body}</g>", self.y);
        self.y += picture.height;
    }

    /// The whole, with its name and what it says to who cannot see it.
    fn closed(self, title: &str, told: &str) -> String {
        let Self { width, y, body } = self;
        let height = y + EDGE;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
             font-family=\"system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif\" fill=\"#1c1f22\">\
             <title>{}</title><desc>{}</desc><rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>{body}</svg>",
            escape(title),
            escape(told)
        )
    }
}

/// The elements of a picture without their links; what a link said stays as the title of its marks.
fn unlinked(body: &str) -> String {
    let mut pieces = body.split("<a ");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        out.push_str("<g>");
        // No attribute holds this sign: it is escaped there.
        out.push_str(piece.split_once('>').map_or("", |(_, rest)| rest));
    }
    out.replace("</a>", "</g>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{World, chrome};
    use crate::view::Section;
    use crate::view::chart::{Grid, Mark, Room, bars};

    fn picture() -> Picture {
        let mark = Mark { count: 3, href: "/documents?a=1&b=2".to_owned(), ..Mark::default() };
        let grid = Grid {
            rows: vec!["Privacy > <b>".to_owned()],
            columns: vec![],
            marks: vec![vec![mark]],
            totals: vec![],
            unit: "documents".to_owned(),
        };
        bars(&grid, Room::Whole)
    }

    #[test]
    fn a_file_says_what_it_shows_of_what_from_when_and_where() {
        let file = PictureFile {
            title: "Risk by place".to_owned(),
            about: "All documents. Number of documents.".to_owned(),
            legend: vec![Key::series(0, "Norvale")],
            pictures: vec![(String::new(), picture())],
            notes: vec!["A note.".to_owned()],
            ..PictureFile::default()
        };
        let config = Config { base_url: Some("https://map.example".to_owned()), ..Config::default() };
        let svg = file.svg(&config, &chrome(&World::new(), "Risk", Section::Explore), "/explore?rows=risk");
        for part in [
            "role=\"img\"",
            "<title>Risk by place</title><desc>All documents. Number of documents. A note. Lacuna, as of ",
            ">Norvale</text>",
            "machine label, not reviewed.",
            "Fiction: sample documents",
            "Source: https://map.example/explore?rows=risk</text>",
        ] {
            assert!(svg.contains(part), "no {part} in {svg}");
        }
        assert!(!svg.contains("<a ") && !svg.contains("<b>") && !svg.contains(" style="), "{svg}");
        assert!(svg.contains("<g><title>Privacy &gt; &lt;b&gt;: 3 documents</title>"), "{svg}");
        assert_eq!(svg.matches("<g").count(), svg.matches("</g>").count());
    }

    #[test]
    fn long_words_stay_inside_the_file_and_a_release_is_named_in_its_source() {
        let file = PictureFile {
            title: "A title that is far too long for one line ".repeat(9),
            about: "condition; ".repeat(90),
            empty: "No document.".to_owned(),
            ..PictureFile::default()
        };
        let mut frame = chrome(&World::new(), "Risk", Section::Explore);
        frame.release = Some("2031-01-01-abc".to_owned());
        let svg = file.svg(&Config::default(), &frame, "/gaps");
        let lines: Vec<&str> =
            svg.split("<text ").skip(1).filter_map(|text| Some(text.split_once('>')?.1)).collect();
        assert!(lines.len() > 12, "{svg}");
        assert!(lines.iter().all(|line| line.split_once('<').unwrap().0.chars().count() < 115), "{svg}");
        assert!(
            svg.contains(">No document.</text>") && svg.contains("Lacuna, /releases/2031-01-01-abc/map/gaps")
        );
    }

    #[test]
    fn a_file_of_a_published_site_names_no_page_that_only_a_server_has() {
        let mut frame = chrome(&World::new(), "Risk", Section::Explore);
        let day = frame.provenance.as_of_day();
        let told = |frame: &Chrome, base: Option<&str>| {
            let base_url = base.map(str::to_owned);
            let config = Config { published: true, base_url, ..Config::default() };
            let svg = PictureFile::default().svg(&config, frame, "/explore?rows=risk");
            assert!(!svg.contains("/explore"), "{svg}");
            svg.rsplit_once("Source: ").unwrap().1.split_once('<').unwrap().0.to_owned()
        };
        assert_eq!(told(&frame, None), format!("Lacuna, published as of {day}"));
        let address = Some("https://map.example/ai/");
        assert_eq!(told(&frame, address), format!("Lacuna, published as of {day}, https://map.example/ai/"));
        frame.release = Some("2031-01-01-abc".to_owned());
        assert_eq!(told(&frame, None), "Lacuna, release 2031-01-01-abc");
    }
}
