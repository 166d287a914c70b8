//! The words by which texts state days and say what they do to other instruments: one table a language.
//!
//! All patterns ignore case. `\s` stands wherever a text may wrap; a group without a name does not capture.
//!
//! # How to add a language
//! 1. Write its table in a file of its own, beginning from the nearest one, and name it in [`LANGUAGES`] and [`TABLES`].
//! 2. Add sentences of it to the tests of `dates.rs`, `whole.rs` and `citations.rs`.

mod chinese;
mod english;
mod french;
mod german;
mod italian;
mod japanese;
mod portuguese;
mod spanish;
mod table;

use std::sync::LazyLock;

use lacuna_domain::Confidence;
use lacuna_domain::relation::{RelationKind, StatedKind, TimeUnit};

pub(super) use table::{Act, Stating, Table, pattern};

/// The words of one language.
#[derive(Debug)]
pub(super) struct Language {
    /// ISO 639-1 code.
    pub(super) code: &'static str,
    /// Whether words are parted by spaces.
    pub(super) spaced: bool,
    /// How it states days.
    pub(super) days: Days,
    /// How it speaks of what it states.
    pub(super) whole: Whole,
    /// How it says what is done to other instruments.
    pub(super) deeds: Deeds,
}

/// How a language states days.
#[derive(Debug)]
pub(super) struct Days {
    /// Names of months in small letters, each with its number.
    pub(super) months: &'static [(&'static str, i8)],
    /// How a day is written, besides `2099-01-31`: groups `y` (year), `d` (day) and `m` (a name, for which `MONTH` stands) or
    /// `n` (number of the month), and `e` for an era; a digit after the letter parts one form from another.
    pub(super) day: &'static str,
    /// Eras of the calendar, each with the year before its first.
    pub(super) eras: &'static [(&'static str, i16)],
    /// Numbers as words in small letters.
    pub(super) counts: &'static [(&'static str, u32)],
    /// Units of time in small letters.
    pub(super) units: &'static [(&'static str, TimeUnit)],
    /// How a day is given by another, with `COUNT`, `UNIT` and `EVENT` for the words of the lists. The group `next` holds
    /// words by which the next day is meant where the number is left out; the group `later` is there where the day is one
    /// later than the number says.
    pub(super) delay: &'static str,
    /// Words for the adoption of the instrument from which days are counted.
    pub(super) adopted: &'static str,
    /// Words for its entry into force.
    pub(super) in_force: &'static str,
    /// Words for its publication; blank where they mean its adoption.
    pub(super) published: &'static str,
    /// Words after such an event that lead on to an instrument.
    pub(super) of: &'static str,
    /// The same where they lead to the instrument itself or to the journal in which it appears.
    pub(super) of_this: &'static str,
    /// The verbs, each with the days that it states.
    pub(super) states: &'static [States],
}

/// Words around a day that say what it means.
#[derive(Debug)]
pub(super) struct States {
    pub(super) kind: StatedKind,
    /// Words before the day.
    pub(super) before: &'static str,
    /// Words after the day; blank where those before it say all.
    pub(super) after: &'static str,
    /// Words that follow where the day is an end after all: "Effective January 1, 2099, section 4 is repealed".
    pub(super) ends_if: &'static str,
}

impl States {
    const fn new(kind: StatedKind, before: &'static str, after: &'static str) -> Self {
        Self { kind, before, after, ends_if: "" }
    }
}

/// How a language speaks of an instrument as a whole.
#[derive(Debug)]
pub(super) struct Whole {
    /// The instrument as the subject of its own sentence.
    pub(super) subject: &'static str,
    /// Words between the subject and the verb.
    pub(super) will: &'static str,
    /// Words that join a second verb of the same subject.
    pub(super) and: &'static str,
    /// Words that may stand between the verb and its day.
    pub(super) link: &'static str,
    /// Words after which what looks like the subject is none, even where it is written with a capital.
    pub(super) governing: &'static [&'static str],
    /// Words before the subject by which something else decides on the day.
    pub(super) conditions: &'static [&'static str],
    /// The same of the word after the day.
    pub(super) reserves: &'static [&'static str],
    /// Words before a colon after which another text is quoted.
    pub(super) quoting: &'static [&'static str],
}

/// How a language says what is done to an instrument that it cites.
#[derive(Debug)]
pub(super) struct Deeds {
    /// Words after the citation: "is amended".
    pub(super) done: &'static [(&'static str, RelationKind, Confidence)],
    /// Words before the citation: "amending".
    pub(super) doing: &'static [(&'static str, RelationKind, Confidence)],
    /// Words before and right after the citation: "wird … aufgehoben".
    pub(super) around: &'static [(&'static str, &'static str, RelationKind)],
    /// Articles between such words and the citation, with the space after them.
    pub(super) article: &'static str,
    /// Words right before an instrument that did something, to which nothing is done: "as amended by".
    pub(super) agent: &'static str,
    /// A part that is cited before its instrument, as the first group: "Section 3 of the".
    pub(super) provision: &'static str,
    /// A part that is cited after it, as the first group.
    pub(super) provision_after: &'static str,
    /// Instruments that are cited by their names, which are the first group.
    pub(super) acts: &'static [&'static str],
    /// Words that a pattern takes for the beginning of such a name.
    pub(super) before_name: &'static str,
    /// Names in small letters that mean no instrument in particular.
    pub(super) generic: &'static [&'static str],
    /// Words before an instrument of which the text is a translation; the group `sure` is there where they leave no doubt.
    /// Where the group `name` is there, it is the instrument.
    pub(super) translation: &'static str,
    /// Words in the name of an instrument after which it speaks of another: "amending".
    pub(super) another: &'static str,
}

/// Every language, in the order in which they are tried.
pub(super) static LANGUAGES: [&Language; 8] = [
    &english::LANGUAGE,
    &german::LANGUAGE,
    &french::LANGUAGE,
    &spanish::LANGUAGE,
    &italian::LANGUAGE,
    &portuguese::LANGUAGE,
    &chinese::LANGUAGE,
    &japanese::LANGUAGE,
];

/// Their patterns, made when they are first wanted.
static TABLES: [LazyLock<Table>; 8] = [
    LazyLock::new(|| Table::of(&english::LANGUAGE)),
    LazyLock::new(|| Table::of(&german::LANGUAGE)),
    LazyLock::new(|| Table::of(&french::LANGUAGE)),
    LazyLock::new(|| Table::of(&spanish::LANGUAGE)),
    LazyLock::new(|| Table::of(&italian::LANGUAGE)),
    LazyLock::new(|| Table::of(&portuguese::LANGUAGE)),
    LazyLock::new(|| Table::of(&chinese::LANGUAGE)),
    LazyLock::new(|| Table::of(&japanese::LANGUAGE)),
];

/// The tables for a text whose main language is this: its own and English, in which many texts have a part; all where the
/// language is not known.
pub(super) fn tables(language: Option<&str>) -> impl Iterator<Item = &'static Table> {
    let wanted = move |of: &Language| language.is_none_or(|code| of.code == code || of.code == "en");
    LANGUAGES.iter().zip(&TABLES).filter(move |(of, _)| wanted(of)).map(|(_, table)| &**table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles_and_every_table_is_found_by_its_code() {
        for (language, table) in LANGUAGES.iter().zip(&TABLES) {
            assert_eq!(language.code, table.language.code);
            assert_eq!(table.broken(), Vec::<&str>::new(), "{}", language.code);
            let codes: Vec<&str> = tables(Some(language.code)).map(|table| table.language.code).collect();
            assert!(codes.contains(&"en") && codes.contains(&language.code), "{codes:?}");
        }
        assert_eq!(tables(None).count(), LANGUAGES.len());
        assert_eq!(tables(Some("tlh")).count(), 1, "English alone");
    }

    #[test]
    fn words_that_are_compared_are_in_small_letters() {
        for language in LANGUAGES {
            let Language { days, deeds, whole, .. } = language;
            let words = days.months.iter().map(|(word, _)| *word);
            let words = words.chain(days.counts.iter().map(|(word, _)| *word));
            let words =
                words.chain(days.units.iter().map(|(word, _)| *word)).chain(deeds.generic.iter().copied());
            let lists = [whole.governing, whole.conditions, whole.reserves, whole.quoting].concat();
            for word in words.chain(lists) {
                assert_eq!(word, word.to_lowercase(), "{}", language.code);
            }
            let months: std::collections::BTreeSet<i8> =
                days.months.iter().map(|(_, month)| *month).collect();
            assert!(months.is_empty() || months.len() == 12, "{}", language.code);
        }
    }
}
