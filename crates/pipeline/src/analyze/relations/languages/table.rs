//! The patterns of a language, made from its words.

use jiff::civil::Date;
use lacuna_domain::Confidence;
use lacuna_domain::relation::{Anchor, Delay, RelationKind, StatedKind, TimeUnit};
use regex::{Captures, Regex};

use super::Language;
use crate::segment::numerals;

/// A day as every language may write it.
const ISO: &str = r"(?P<y0>[0-9]{4})-(?P<n0>[0-9]{2})-(?P<d0>[0-9]{2})";
/// Forms of days in a table: the digits after the names of groups.
const FORMS: [&str; 3] = ["0", "1", "2"];
/// What may stand between a verb and its day.
const GAP: &str = r"[^.;。；\n]{0,40}?";
/// The same where a sign is a word.
const SHORT_GAP: &str = r"[^。；，、\n]{0,12}?";

/// A verb with the days that it states.
#[derive(Debug)]
pub(in super::super) struct Stating {
    pub(in super::super) kind: StatedKind,
    pub(in super::super) words: Option<Regex>,
    /// Words that follow where the day is an end.
    pub(in super::super) ends_if: Option<Regex>,
}

/// Words beside a citation, and what they say is done.
#[derive(Debug)]
pub(in super::super) struct Act {
    pub(in super::super) kind: RelationKind,
    pub(in super::super) confidence: Confidence,
    pub(in super::super) words: Option<Regex>,
    /// Words that must follow right after the citation too.
    pub(in super::super) after: Option<Regex>,
}

/// The patterns of a language. One that does not compile matches nothing; the tests compile them all.
#[derive(Debug)]
pub(in super::super) struct Table {
    pub(in super::super) language: &'static Language,
    pub(in super::super) states: Vec<Stating>,
    pub(in super::super) of: Option<Regex>,
    pub(in super::super) of_this: Option<Regex>,
    /// The instrument as the subject of the words that follow.
    pub(in super::super) subject: Option<Regex>,
    /// What stands between two verbs of one subject.
    pub(in super::super) and: Option<Regex>,
    /// Nothing but words that may stand between a verb and its day.
    pub(in super::super) link: Option<Regex>,
    pub(in super::super) done: Vec<Act>,
    pub(in super::super) doing: Vec<Act>,
    pub(in super::super) around: Vec<Act>,
    pub(in super::super) agent: Option<Regex>,
    pub(in super::super) provision: Option<Regex>,
    pub(in super::super) provision_after: Option<Regex>,
    pub(in super::super) acts: Vec<Option<Regex>>,
    pub(in super::super) before_name: Option<Regex>,
    pub(in super::super) translation: Option<Regex>,
}

/// A pattern that ignores case.
pub(in super::super) fn pattern(text: &str) -> Option<Regex> {
    Regex::new(&format!("(?i){text}")).ok()
}

/// The same; none where there are no words.
fn of_words(words: &str, make: impl Fn(&str) -> String) -> Option<Regex> {
    if words.is_empty() { None } else { pattern(&make(words)) }
}

/// Words as one pattern, the longest first, so that no word stands for the beginning of another.
fn joined<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let mut words: Vec<&str> = words.collect();
    words.sort_by_key(|word| (std::cmp::Reverse(word.len()), *word));
    words.iter().map(|word| word.replace(' ', r"\s")).collect::<Vec<_>>().join("|")
}

impl Table {
    /// The patterns of a language.
    pub(super) fn of(language: &'static Language) -> Self {
        let Language { spaced, days, whole, deeds, .. } = language;
        let (edge, space) = if *spaced { (r"\b", r"\s+") } else { ("", r"\s*") };
        let will = if whole.will.is_empty() { String::new() } else { format!("(?:{})?", whole.will) };
        let article =
            if deeds.article.is_empty() { String::new() } else { format!("(?:{})?", deeds.article) };
        let act = |words: String, kind, confidence| {
            let words = pattern(&words);
            Act { kind, confidence, words, after: None }
        };
        let done = deeds.done.iter().map(|(words, kind, confidence)| {
            act(format!(r"^[^;；。]{{0,90}}?(?P<deed>{edge}(?:{words}))"), *kind, *confidence)
        });
        let doing = deeds.doing.iter().map(|(words, kind, confidence)| {
            act(format!("{edge}(?:{words}){space}{article}$"), *kind, *confidence)
        });
        let around = deeds.around.iter().map(|(before, after, kind)| Act {
            kind: *kind,
            confidence: Confidence::High,
            words: pattern(before),
            after: pattern(&format!(r"^\s*(?:{after})")),
        });
        Self {
            language,
            states: states(language),
            of: of_words(days.of, |words| format!("^{space}(?:{words}){edge}")),
            of_this: of_words(days.of_this, |words| format!("^{space}(?:{words})")),
            subject: of_words(whole.subject, |words| format!(r"{edge}(?:{words}){will}\s*$")),
            and: of_words(whole.and, |words| format!(r"^,?\s+(?:{words}){will}\s*$")),
            link: pattern(&format!("^{}$", links(language))),
            done: done.collect(),
            doing: doing.collect(),
            around: around.collect(),
            agent: of_words(deeds.agent, |words| format!("{edge}(?:{words}){space}{article}$")),
            provision: of_words(deeds.provision, str::to_owned),
            provision_after: of_words(deeds.provision_after, |words| format!("^(?:{words})")),
            // Capitals tell names from other words.
            acts: deeds.acts.iter().map(|words| Regex::new(words).ok()).collect(),
            before_name: of_words(deeds.before_name, |words| format!("^(?:{words})+")),
            translation: of_words(deeds.translation, str::to_owned),
        }
    }

    /// The day that the groups of a verb's pattern hold.
    pub(in super::super) fn date(&self, found: &Captures<'_>) -> Option<Date> {
        FORMS.iter().find_map(|form| {
            let part = |letter: &str| found.name(&format!("{letter}{form}")).map(|found| found.as_str());
            let days = &self.language.days;
            let before = part("e").and_then(|era| days.eras.iter().find(|(name, _)| *name == era));
            let year = i16::try_from(number(part("y")?)?).ok()? + before.map_or(0, |(_, before)| *before);
            let month = match part("m").map(str::to_lowercase) {
                Some(name) => days.months.iter().find(|(month, _)| *month == name)?.1,
                None => i8::try_from(number(part("n")?)?).ok()?,
            };
            Date::new(year, month, i8::try_from(number(part("d")?)?).ok()?).ok()
        })
    }

    /// How long after what the day is, where the groups hold such a thing.
    pub(in super::super) fn delay(&self, found: &Captures<'_>) -> Option<Delay> {
        let word = |group: &str| found.name(group).map(|found| spaced_once(found.as_str()));
        let unit_word = word("unit")?;
        let unit = self.language.days.units.iter().find(|(unit, _)| *unit == unit_word)?.1;
        let counted = match word("count") {
            Some(word) => {
                let known = self.language.days.counts.iter().find(|(count, _)| *count == word);
                known.map(|(_, count)| *count).or_else(|| number(&word))?
            }
            // "The day after"; no other unit is left uncounted, and "the day of" is not the day after.
            None => (unit == TimeUnit::Day && found.name("next").is_some()).then_some(1)?,
        };
        let later = found.name("later").is_some();
        let (count, unit) = if later { and_a_day(counted, unit)? } else { (counted, unit) };
        let events =
            [("adopted", Anchor::Adopted), ("force", Anchor::InForce), ("published", Anchor::Published)];
        let after = events.into_iter().find(|(group, _)| found.name(group).is_some())?.1;
        Some(Delay { count, unit, after })
    }

    /// Whether what follows an event says that it was that of another instrument.
    pub(in super::super) fn leads_elsewhere(&self, after: &str) -> bool {
        let follows = |pattern: Option<&Regex>| pattern.is_some_and(|pattern| pattern.is_match(after));
        follows(self.of.as_ref()) && !follows(self.of_this.as_ref())
    }

    /// The words whose patterns do not compile.
    #[cfg(test)]
    pub(super) fn broken(&self) -> Vec<&'static str> {
        let Language { days, whole, deeds, .. } = self.language;
        let one = |words: &'static str, made: bool| (!words.is_empty() && !made).then_some(words);
        let mut broken: Vec<&'static str> = [
            one(days.of, self.of.is_some()),
            one(days.of_this, self.of_this.is_some()),
            one(whole.subject, self.subject.is_some()),
            one(whole.and, self.and.is_some()),
            one(whole.link, self.link.is_some()),
            one(deeds.agent, self.agent.is_some()),
            one(deeds.provision, self.provision.is_some()),
            one(deeds.provision_after, self.provision_after.is_some()),
            one(deeds.before_name, self.before_name.is_some()),
            one(deeds.translation, self.translation.is_some()),
        ]
        .into_iter()
        .flatten()
        .collect();
        let states = days.states.iter().zip(&self.states);
        broken.extend(states.filter_map(|(words, made)| one(words.before, made.words.is_some())));
        let ends = days.states.iter().zip(&self.states);
        broken.extend(ends.filter_map(|(words, made)| one(words.ends_if, made.ends_if.is_some())));
        let acts = deeds.acts.iter().zip(&self.acts);
        broken.extend(acts.filter_map(|(words, made)| one(words, made.is_some())));
        let deeds = deeds.done.iter().zip(&self.done).chain(deeds.doing.iter().zip(&self.doing));
        broken.extend(deeds.filter_map(|((words, ..), made)| one(words, made.words.is_some())));
        let around = self.language.deeds.around.iter().zip(&self.around);
        let whole = |made: &Act| made.words.is_some() && made.after.is_some();
        broken.extend(around.filter_map(|((words, ..), made)| one(words, whole(made))));
        broken
    }
}

/// The words between a verb and its day, any number of them.
fn links(language: &Language) -> String {
    let link = language.whole.link;
    let space = if language.spaced { r"\s+" } else { r"\s*" };
    if link.is_empty() { space.to_owned() } else { format!(r"(?:,?{space}(?:{link}))*,?{space}") }
}

fn states(language: &Language) -> Vec<Stating> {
    let days = &language.days;
    let months = joined(days.months.iter().map(|(name, _)| *name));
    let date = format!("{ISO}|{}", days.day.replace("MONTH", &months));
    let count = joined(days.counts.iter().map(|(word, _)| *word));
    let counts = if count.is_empty() { String::new() } else { format!("|{count}") };
    let digits = if language.spaced {
        r"[0-9]{1,4}"
    } else {
        r"[0-9０-９〇一二三四五六七八九十百千]{1,6}"
    };
    let events = [("adopted", days.adopted), ("force", days.in_force), ("published", days.published)];
    let events = events.iter().filter(|(_, words)| !words.is_empty());
    let events: Vec<String> = events.map(|(group, words)| format!("(?P<{group}>{words})")).collect();
    let delay = days
        .delay
        .replace("COUNT", &format!("(?P<count>{digits}{counts})"))
        .replace("UNIT", &format!("(?P<unit>{})", joined(days.units.iter().map(|(word, _)| *word))))
        .replace("EVENT", &format!("(?:{})", events.join("|")));
    let links = links(language);
    let (edge, gap) = if language.spaced { (r"\b", GAP) } else { ("", SHORT_GAP) };
    let of = |states: &super::States| {
        // A day without words before it begins where they would.
        let (before, until, links) = match states.before {
            "" => (String::new(), "", ""),
            words => (format!("{edge}(?:{words})"), gap, links.as_str()),
        };
        let after = match states.after {
            "" => String::new(),
            words => format!("{gap}(?:{words})"),
        };
        let words = format!("{before}(?:(?P<gap>{until})(?:{date})|(?P<links>{links})(?:{delay})){after}");
        let ends_if = of_words(states.ends_if, |words| format!("^(?:{words})"));
        Stating { kind: states.kind, words: pattern(&words), ends_if }
    };
    days.states.iter().map(of).collect()
}

/// The same time and a day more, in days; `None` for months and years, which have no number of days.
fn and_a_day(count: u32, unit: TimeUnit) -> Option<(u32, TimeUnit)> {
    let days = match unit {
        TimeUnit::Day => count,
        TimeUnit::Week => count.checked_mul(7)?,
        TimeUnit::Month | TimeUnit::Year => return None,
    };
    Some((days.checked_add(1)?, TimeUnit::Day))
}

/// Words in small letters with single spaces between them.
fn spaced_once(words: &str) -> String {
    words.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A number in digits of any width, or in Chinese numerals: one sign a digit, as years have it, or counted.
fn number(text: &str) -> Option<u32> {
    let digit = |c: char| {
        let wide = u32::from(c).checked_sub(u32::from('０')).filter(|value| *value < 10);
        let han =
            "〇一二三四五六七八九".chars().position(|sign| sign == c).and_then(|at| u32::try_from(at).ok());
        c.to_digit(10).or(wide).or(han)
    };
    let digits: Option<Vec<u32>> = text.chars().map(digit).collect();
    match digits {
        // The first year of an era.
        _ if text == "元" => Some(1),
        Some(digits) if (1..=4).contains(&digits.len()) => {
            Some(digits.iter().fold(0, |sum, digit| sum * 10 + digit))
        }
        Some(_) => None,
        None => numerals::han(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_the_digits_of_texts() {
        for (text, expected) in [
            ("2099", Some(2099)),
            ("２０９９", Some(2099)),
            ("二〇九九", Some(2099)),
            ("十二", Some(12)),
            ("一百八十", Some(180)),
            ("元", Some(1)),
            ("twelve", None),
            ("123456", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }
}
