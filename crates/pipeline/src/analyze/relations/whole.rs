//! Which of the days that a text states are of the whole instrument: "This Act takes effect on January 1, 2099".
//!
//! Strict on purpose: a law that is taken to bind later than it does is missing from every count of what binds. The
//! instrument itself must be the subject, the day must follow its verb, and no condition may hang on it.

use super::dates::Found;
use super::languages::Table;

const QUOTES: [char; 10] = ['"', '“', '”', '‘', '\'', '`', '„', '«', '「', '『'];
const ENDS: [char; 5] = ['.', ';', '\n', '。', '；'];
/// Bytes before a verb in which its subject must begin.
const SUBJECT: usize = 200;

/// Bytes before a subject that are read of its line and its sentence; without a bound, each day of a text on one line would
/// have all before it read again.
const BEFORE: usize = 4_000;

/// Marks those of the whole instrument; they are in the order of the text.
pub(super) fn mark(text: &str, found: &mut [Found<'_>]) {
    // Of the last one that is of the whole: where its subject begins, and where it ends.
    let mut last: Option<(usize, usize)> = None;
    for one in found {
        let linked = one.table.link.as_ref().is_some_and(|link| one.gap.is_empty() || link.is_match(one.gap));
        let again = || last.filter(|(_, end)| is_second(one.table, text, *end, one.start)).map(|(at, _)| at);
        let subject = subject(one.table, text, one.start).or_else(again).filter(|_| linked);
        let (Some(at), Some(after)) = (subject, text.get(one.end..)) else { continue };
        if !is_conditional(one.table, text.get(..at).unwrap_or_default(), after) {
            one.whole = true;
            last = Some((at, one.end));
        }
    }
}

/// Where the instrument stands as the subject of the words at `start`.
fn subject(table: &Table, text: &str, start: usize) -> Option<usize> {
    let from = text.floor_char_boundary(start.saturating_sub(SUBJECT));
    let found = table.subject.as_ref()?.find(text.get(from..start)?)?;
    let at = from + found.start();
    let capital = found.as_str().starts_with(|c: char| !c.is_lowercase());
    is_subject(table, text.get(..at)?, capital).then_some(at)
}

/// Whether the words at `start` are a second verb of the subject whose first one ended at `end`: "takes effect on … and
/// expires on …".
fn is_second(table: &Table, text: &str, end: usize, start: usize) -> bool {
    let between = text.get(end..start);
    between.is_some_and(|between| table.and.as_ref().is_some_and(|and| and.is_match(between)))
}

/// Whether a sentence or clause begins after these words, so that what follows is its subject: not "Section 4 of this
/// Act", and not words that are quoted to be put into another instrument.
fn is_subject(table: &Table, before: &str, capital: bool) -> bool {
    let whole = &table.language.whole;
    if is_quoted(before) {
        return false;
    }
    let before = near(before).trim_end();
    let Some(last) = before.chars().next_back() else { return true };
    let word = last_word(before);
    match last {
        ':' | '：' => !whole.quoting.contains(&word.as_str()),
        '.' | ';' | ',' | ')' | '—' | '–' | '-' | '。' | '；' | '，' | '）' => true,
        // A heading, a number of an article.
        _ if capital && !whole.governing.contains(&word.as_str()) && !QUOTES.contains(&last) => true,
        // "Be it further enacted, That this Act shall take effect …"
        _ => word == "that" && last_word(before.get(..before.len() - 4).unwrap_or_default()) == "enacted",
    }
}

/// Whether the line of these words begins with a quotation mark; one that begins further back than one looks does not.
fn is_quoted(before: &str) -> bool {
    let near = near(before);
    let line = match near.rsplit_once('\n') {
        Some((_, line)) => line,
        None if near.len() == before.len() => near,
        None => return false,
    };
    line.trim_start().starts_with(QUOTES)
}

/// The last [`BEFORE`] bytes.
fn near(before: &str) -> &str {
    let from = before.ceil_char_boundary(before.len().saturating_sub(BEFORE));
    before.get(from..).unwrap_or_default()
}

fn is_conditional(table: &Table, before: &str, after: &str) -> bool {
    let whole = &table.language.whole;
    let sentence = near(before).rsplit(ENDS).next().unwrap_or_default();
    let next = after.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | '，' | '（'));
    let next = next.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let mut words = sentence.split(|c: char| !c.is_alphabetic());
    whole.reserves.contains(&next.to_lowercase().as_str())
        || words.any(|word| whole.conditions.contains(&word.to_lowercase().as_str()))
}

/// The last word, in lower case.
fn last_word(text: &str) -> String {
    let words = text.trim_end_matches(|c: char| !c.is_alphabetic());
    words.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_lowercase()
}

#[cfg(test)]
mod tests {
    use lacuna_domain::{Document, Metadata, Terms, TextId};

    use super::super::dates::stated_days;
    use super::super::reckon::stated_dates;
    use super::BEFORE;

    /// The days on which the whole begins and ends by its text.
    fn terms(text: &str) -> (Option<String>, Option<String>) {
        let document = Document { id: "sample:1".parse().unwrap(), metadata: Metadata::default() };
        let terms = Terms::of(&stated_dates(&document, &stated_days(&TextId::of(text), text, None)));
        (terms.in_force.map(|day| day.to_string()), terms.sunset.map(|day| day.to_string()))
    }

    #[test]
    fn an_instrument_that_speaks_of_itself_sets_its_own_days() {
        let begins = |text: &str| assert_eq!(terms(text), (Some("2099-01-01".to_owned()), None), "{text}");
        begins("This Act takes effect on January 1, 2099.");
        begins(
            "SEC. 9. EFFECTIVE DATE. This Act shall take effect January 1, 2099, except that section 4 waits.",
        );
        begins("EFFECTIVE DATE\nThis Act shall be effective as of January 1, 2099");
        begins("Article 24 These Measures shall come into force on 1 January 2099.");
        begins("(b) This Act and the amendments made by this Act take effect on January 1, 2099.");
        begins("Except as section 3 says, this order takes effect on January 1, 2099.");
        begins("Except as otherwise provided in this Act, this Act takes effect on January 1, 2099.");
        begins("AND BE IT FURTHER ENACTED, That this Act shall take effect January 1, 2099.");
        begins(
            "This Regulation shall enter into force on 1 January 2099. It shall apply from 2 August 2100.",
        );
        let both = (Some("2099-01-01".to_owned()), Some("2101-12-31".to_owned()));
        assert_eq!(terms("This Act takes effect on January 1, 2099 and expires on December 31, 2101."), both);
        assert_eq!(
            terms("This Act takes effect on January 1, 2099. This Act shall expire on December 31, 2101."),
            both
        );
    }

    #[test]
    fn parts_conditions_and_quoted_words_set_no_day_for_the_whole() {
        let none = |text: &str| assert_eq!(terms(text), (None, None), "{text}");
        none("This section takes effect on January 1, 2099.");
        none("This chapter shall remain in effect until January 1, 2099.");
        none("Section 4 of this Act takes effect on January 1, 2099.");
        none("The amendments made by this Act take effect on January 1, 2099.");
        none("This Act takes effect immediately and the report is due on January 1, 2099.");
        none("If the voters approve it, this Act takes effect on January 1, 2099.");
        none("This Act takes effect on January 1, 2099, or on the day of its approval, whichever is later.");
        none("This Act expires on January 1, 2099, unless the Assembly extends it.");
        none("Section 9 is amended to read:\n“This Act takes effect on January 1, 2099.”");
        none("The duty begins on the date on which this Act takes effect. Reports are due January 1, 2099.");
        none("This Act takes effect on January 1, 2099. This Act takes effect on July 1, 2099.");
        none("This Act shall apply from January 1, 2099.");
    }

    #[test]
    fn what_stands_further_back_than_one_looks_is_not_read() {
        let quoted = |words: usize| {
            let lamps = "lamps ".repeat(words);
            terms(&format!(
                "The section reads:\n“The keeper has {lamps}. This Act takes effect on January 1, 2099."
            ))
        };
        assert_eq!(quoted(9), (None, None));
        assert_eq!(quoted(BEFORE), (Some("2099-01-01".to_owned()), None));
        let text =
            format!("{}This Act takes effect on January 1, 2099.", "The lámps are lit. ".repeat(BEFORE));
        assert_eq!(terms(&text), (Some("2099-01-01".to_owned()), None), "a text on one line");
    }

    #[test]
    fn an_instrument_speaks_of_itself_in_every_language_of_the_tables() {
        let begins = |text: &str| assert_eq!(terms(text), (Some("2099-01-01".to_owned()), None), "{text}");
        begins("§ 9 Inkrafttreten\nDieses Gesetz tritt am 1. Januar 2099 in Kraft.");
        begins("La présente loi entre en vigueur le 1er janvier 2099.");
        begins("La presente Ley entrará en vigor el día 1 de enero de 2099.");
        begins("La presente legge entra in vigore il 1º gennaio 2099.");
        begins("Art. 9º Esta Lei entra em vigor em 1º de janeiro de 2099.");
        begins("第九条 本办法自2099年1月1日起施行。");
        begins("この法律は、2099年1月1日から施行する。");
        let none = |text: &str| assert_eq!(terms(text), (None, None), "{text}");
        none("§ 4 dieses Gesetzes tritt am 1. Januar 2099 in Kraft.");
        none("Dieses Gesetz tritt am 1. Januar 2099 in Kraft, sofern der Rat zustimmt.");
        none("L’article 4 de la présente loi entre en vigueur le 1er janvier 2099.");
        none("El artículo 4 de la presente Ley entrará en vigor el 1 de enero de 2099.");
        none("L’articolo 4 della presente legge entra in vigore il 1º gennaio 2099.");
        none("O artigo 4 desta Lei entra em vigor em 1º de janeiro de 2099.");
        none("第四条自2099年1月1日起施行。");
        none("第四条は、2099年1月1日から施行する。");
    }
}
