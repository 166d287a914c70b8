//! Nesting: which label stands inside which. Ambiguous enumerators are settled by the sequence they stand in.

use super::label::{Label, Mark, Reading, Set, Shape, Word};

/// Deepest nesting kept.
const DEEPEST: usize = 24;

/// An open part of the text.
#[derive(Clone, Copy, Debug)]
struct Open {
    key: Key,
    value: u32,
    quoted: bool,
    /// The heading passage that opened it, if a heading did.
    heading: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Mark(Shape, Set),
    /// A heading in capitals without a label.
    Capitals,
    /// Another heading without a label.
    Plain,
}

impl Key {
    const fn is_heading(self) -> bool {
        matches!(self, Self::Capitals | Self::Plain | Self::Mark(Shape::Named(_) | Shape::Markdown(_), _))
    }
}

/// The open parts while a text is read from top to bottom.
#[derive(Debug, Default)]
pub(super) struct Outline {
    open: Vec<Open>,
    sections_inside_articles: bool,
    seen_section: bool,
}

/// Where a passage stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) level: u8,
    pub(super) parent: Option<u32>,
}

impl Outline {
    /// The place of a passage without label or heading.
    pub(super) fn paragraph(&self) -> Place {
        let inside = self.open.iter().rposition(|o| o.heading.is_some()).map_or(0, |at| at + 1);
        Place { level: inside as u8, parent: self.parent() }
    }

    /// The place of a heading without a label; it becomes passage `index`.
    pub(super) fn plain_heading(&mut self, capitals: bool, index: u32) -> Place {
        let key = if capitals { Key::Capitals } else { Key::Plain };
        let same = self.open.iter().position(|o| o.key == key && !o.quoted);
        let keep = same.unwrap_or_else(|| {
            let heads = |o: &Open| {
                matches!(o.key, Key::Capitals | Key::Mark(Shape::Named(_) | Shape::Markdown(_), _))
                    || o.heading.is_some()
            };
            if capitals {
                self.open
                    .iter()
                    .take_while(|o| matches!(o.key, Key::Mark(Shape::Named(w), _) if w.rank() < 6))
                    .count()
            } else {
                self.open.iter().take_while(|o| heads(o)).count()
            }
        });
        self.open.truncate(keep);
        self.enter(key, 0, false, Some(index))
    }

    /// The place of a labelled passage; `index` when it is a heading, and the label that comes after it, which
    /// settles ambiguous ones.
    pub(super) fn labelled(&mut self, label: &Label, next: Option<&Label>, index: Option<u32>) -> Place {
        if !label.quoted {
            let outer = self.open.iter().position(|o| o.quoted).unwrap_or(self.open.len());
            // Quoted text ends where an unquoted label stands, unless its lines carry the mark only at the start.
            if self.continues_outside(label, outer) {
                self.open.truncate(outer);
            }
        }
        let mut place = self.paragraph();
        for (at, mark) in label.marks.iter().enumerate() {
            let follows = label.marks.get(at + 1).is_none().then_some(next).flatten();
            let heading = index.filter(|_| at + 1 == label.marks.len());
            place = self.mark(*mark, label.quoted, follows, heading);
        }
        place
    }

    /// Whether an unquoted label goes on with what was open before the quoted text began.
    fn continues_outside(&self, label: &Label, outer: usize) -> bool {
        let Some(mark) = label.marks.first() else { return true };
        if outer == self.open.len() || matches!(mark.shape, Shape::Named(_)) {
            return true;
        }
        let inside = self.open[outer..].iter().any(|o| follows(mark, o));
        let outside = self.open[..outer].iter().any(|o| follows(mark, o));
        outside && !inside
    }

    fn parent(&self) -> Option<u32> {
        self.open.iter().rev().find_map(|o| o.heading)
    }

    fn enter(&mut self, key: Key, value: u32, quoted: bool, heading: Option<u32>) -> Place {
        self.open.truncate(DEEPEST);
        let place = Place { level: self.open.len() as u8, parent: self.parent() };
        self.open.push(Open { key, value, quoted, heading });
        place
    }

    fn mark(&mut self, mark: Mark, quoted: bool, next: Option<&Label>, heading: Option<u32>) -> Place {
        let first = mark.readings[0].unwrap_or((Set::None, 0));
        match mark.shape {
            Shape::Named(word) => self.named(word, first, quoted, heading),
            Shape::Markdown(depth) => {
                let keep = self
                    .open
                    .iter()
                    .take_while(|o| matches!(o.key, Key::Mark(Shape::Markdown(d), _) if d < depth));
                self.open.truncate(keep.count());
                self.enter(Key::Mark(mark.shape, Set::None), 0, false, heading)
            }
            Shape::Decimal(depth) => self.decimal(depth, first, quoted, heading),
            _ => {
                let (reading, keep) = self.listed(mark, next);
                self.open.truncate(keep);
                self.enter(Key::Mark(mark.shape, reading.0), reading.1, quoted, heading)
            }
        }
    }

    fn named(&mut self, word: Word, reading: Reading, quoted: bool, heading: Option<u32>) -> Place {
        let article_open =
            self.open.iter().any(|o| matches!(o.key, Key::Mark(Shape::Named(Word::Article), _)));
        if word == Word::Section && article_open && !self.seen_section {
            self.sections_inside_articles = true;
        }
        self.seen_section |= word == Word::Section;
        let rank = self.rank(word);
        let base =
            if quoted { self.open.iter().position(|o| o.quoted).unwrap_or(self.open.len()) } else { 0 };
        let holds = |o: &Open| match o.key {
            Key::Mark(Shape::Named(other), _) => self.rank(other) < rank,
            Key::Capitals | Key::Plain => word.rank() >= 6,
            Key::Mark(Shape::Markdown(_), _) => true,
            Key::Mark(..) => false,
        };
        let keep = base + self.open[base..].iter().take_while(|o| holds(o)).count();
        self.open.truncate(keep);
        self.enter(Key::Mark(Shape::Named(word), reading.0), reading.1, quoted, heading)
    }

    const fn rank(&self, word: Word) -> u8 {
        match word {
            Word::Article if self.sections_inside_articles => 5,
            _ => word.rank(),
        }
    }

    /// `1.2.3` stands in `1.2`, in `1.`, or in the nearest heading.
    fn decimal(&mut self, depth: u8, reading: Reading, quoted: bool, heading: Option<u32>) -> Place {
        let holds = |o: &Open| match o.key {
            Key::Mark(Shape::Decimal(other), _) => other < depth,
            Key::Mark(Shape::Dot, Set::Digit) => depth > 1,
            key => key.is_heading(),
        };
        let keep = self.open.iter().take_while(|o| holds(o)).count();
        self.open.truncate(keep);
        self.enter(Key::Mark(Shape::Decimal(depth), Set::Digit), reading.1, quoted, heading)
    }

    /// How to read an enumerator of a list, and how many open parts stay open around it.
    fn listed(&self, mark: Mark, next: Option<&Label>) -> (Reading, usize) {
        let readings = mark.readings.iter().flatten();
        let floor = self.open.iter().rposition(|o| o.key.is_heading()).map_or(0, |at| at + 1);
        // The next in a list that is open, the innermost first.
        let successor = self.open.iter().enumerate().skip(floor).rev().find_map(|(at, open)| {
            readings
                .clone()
                .find(|r| open.key == Key::Mark(mark.shape, r.0) && r.1 == open.value + 1)
                .map(|r| (*r, at))
        });
        let begins = readings.clone().find(|r| r.1 == 1).copied();
        if let Some(found) = successor {
            let begins_too = begins.filter(|_| next.is_some_and(|n| second_of(mark, begins, n)));
            return begins_too.map_or(found, |reading| (reading, self.open.len()));
        }
        let same = |reading: &Reading| {
            self.open
                .iter()
                .enumerate()
                .skip(floor)
                .rev()
                .find(|(_, o)| o.key == Key::Mark(mark.shape, reading.0))
                .map(|(at, _)| at)
        };
        if let Some(reading) = begins.or_else(|| readings.clone().find(|r| r.0 == Set::None).copied()) {
            return (reading, same(&reading).unwrap_or(self.open.len()));
        }
        // A list with gaps, or one that begins in its middle.
        let known = readings.clone().find_map(|r| same(r).map(|at| (*r, at)));
        let fallback = mark.readings[0].unwrap_or((Set::None, 0));
        known.unwrap_or((fallback, self.open.len()))
    }
}

/// Whether `next` is the second of the list that `begins` opens.
fn second_of(mark: Mark, begins: Option<Reading>, next: &Label) -> bool {
    let (Some(begins), Some(after)) = (begins, next.marks.first()) else { return false };
    after.shape == mark.shape && after.readings.iter().flatten().any(|r| r.0 == begins.0 && r.1 == 2)
}

fn follows(mark: &Mark, open: &Open) -> bool {
    mark.readings.iter().flatten().any(|r| open.key == Key::Mark(mark.shape, r.0) && r.1 == open.value + 1)
}
