//! Days that a text states of itself or its parts: from when it takes effect or applies, and until when; outright, or by
//! another day of the instrument.

use jiff::civil::Date;
use lacuna_domain::relation::{Anchor, Cited, Delay, StatedKind};
use lacuna_domain::{Span, TextId};
use regex::Captures;

use super::languages::{Stating, Table, tables};
use super::whole;

/// Days kept of one text, besides those of the whole instrument.
const MOST: usize = 50;

/// A day as a text gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StatedDay {
    /// Outright.
    On(Date),
    /// By another day in the life of the instrument, which its text need not give.
    After(Delay),
}

/// What a text states of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// What the day means.
    pub(super) kind: StatedKind,
    /// The day.
    pub(super) day: StatedDay,
    /// Whether its sentence speaks of the whole instrument.
    pub(super) whole: bool,
    /// The words.
    pub(super) passage: Cited,
}

/// The days that `text` states, in its order; of those about parts the first ones only. `language` is its main language,
/// where known.
pub(super) fn stated_days(id: &TextId, text: &str, language: Option<&str>) -> Vec<Statement> {
    let mut found: Vec<Found<'_>> = Vec::new();
    for table in tables(language) {
        for stating in &table.states {
            let matches = stating.words.iter().flat_map(|words| words.captures_iter(text));
            found.extend(matches.filter_map(|captures| Found::of(table, stating, text, &captures)));
        }
    }
    found.sort_by_key(|found| (found.start, found.end));
    whole::mark(text, &mut found);
    let kept = alone(found).into_iter().enumerate().filter(|(place, one)| *place < MOST || one.whole);
    kept.filter_map(|(_, one)| one.statement(id, text)).collect()
}

/// A day where it was found.
pub(super) struct Found<'t> {
    pub(super) table: &'static Table,
    pub(super) kind: StatedKind,
    day: StatedDay,
    /// First byte of the words.
    pub(super) start: usize,
    /// One past the last.
    pub(super) end: usize,
    /// What stands between the verb and the day.
    pub(super) gap: &'t str,
    pub(super) whole: bool,
}

impl<'t> Found<'t> {
    fn of(table: &'static Table, stating: &Stating, text: &'t str, captures: &Captures<'t>) -> Option<Self> {
        let all = captures.get(0)?;
        let day = match table.date(captures) {
            Some(date) => StatedDay::On(date),
            None => StatedDay::After(own_delay(table, text, captures)?),
        };
        let after = text.get(all.end()..)?;
        let ends = stating.ends_if.as_ref().is_some_and(|ends| ends.is_match(after));
        let kind = if ends { StatedKind::Sunset } else { stating.kind };
        // Nothing enters into force some time after it entered into force.
        let circular = matches!(day, StatedDay::After(delay) if delay.after == Anchor::InForce);
        if circular && kind == StatedKind::InForce {
            return None;
        }
        let gap = captures.name("gap").or_else(|| captures.name("links")).map_or("", |gap| gap.as_str());
        Some(Self { table, kind, day, start: all.start(), end: all.end(), gap, whole: false })
    }

    fn statement(self, id: &TextId, text: &str) -> Option<Statement> {
        let quote = Span::new(text, self.start, self.end)?.slice(text)?;
        let passage = Cited {
            text: id.clone(),
            start: self.start as u32,
            end: self.end as u32,
            quote: quote.split_whitespace().collect::<Vec<_>>().join(" "),
            passage: 0,
        };
        Some(Statement { kind: self.kind, day: self.day, whole: self.whole, passage })
    }
}

/// How long after which event of the instrument itself; `None` where the event is one of another.
fn own_delay(table: &Table, text: &str, captures: &Captures<'_>) -> Option<Delay> {
    let delay = table.delay(captures)?;
    let events = ["adopted", "force", "published"];
    let event = events.into_iter().find_map(|event| captures.name(event))?;
    (!table.leads_elsewhere(text.get(event.end()..)?)).then_some(delay)
}

/// Each statement once: of those of one kind that end together or overlap, one about the whole, else the first.
fn alone(found: Vec<Found<'_>>) -> Vec<Found<'_>> {
    let mut kept: Vec<Found<'_>> = Vec::with_capacity(found.len());
    for one in found {
        let same =
            kept.iter_mut().rev().take(3).find(|known| known.kind == one.kind && known.end > one.start);
        match same {
            Some(known) if one.whole && !known.whole => *known = one,
            Some(_) => {}
            None => kept.push(one),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a text states, a line each: kind, and day or delay.
    fn told_in(text: &str, language: Option<&str>) -> Vec<String> {
        let line = |statement: Statement| {
            let day = match statement.day {
                StatedDay::On(date) => date.to_string(),
                StatedDay::After(Delay { count, unit, after }) => {
                    format!("{count} {unit:?} after {}", after.name())
                }
            };
            format!("{} {day}", statement.kind.name())
        };
        stated_days(&TextId::of(text), text, language).into_iter().map(line).collect()
    }

    /// The same whether the language is known or not.
    #[track_caller]
    fn states(language: &str, text: &str, expected: &[&str]) {
        assert_eq!(told_in(text, Some(language)), expected, "{text}");
        assert_eq!(told_in(text, None), expected, "in any language: {text}");
    }

    #[test]
    fn dates_are_told_apart_by_the_words_before_them() {
        let text = "This Act shall take effect on January 1, 2099. Section 4 shall apply from 2 August 2100. \
                    This section shall remain in effect only until March 3, 2101, and as of that date is repealed. \
                    The report of May 5, 2098 was read.";
        states("en", text, &["takes effect 2099-01-01", "applies from 2100-08-02", "ends 2101-03-03"]);
        states("en", "The rule takes effect on 2099-08-02.", &["takes effect 2099-08-02"]);
        states("en", "Effective January 1, 2099, section 4 is repealed.", &["ends 2099-01-01"]);
        states("en", "It takes effect on 2099-13-45.", &[]);
    }

    #[test]
    fn days_are_found_in_every_language_of_the_tables() {
        for (language, text, expected) in [
            ("de", "Dieses Gesetz tritt am 1. August 2099 in Kraft.", "takes effect 2099-08-01"),
            ("de", "Artikel 4 gilt ab dem 2. August 2099.", "applies from 2099-08-02"),
            ("de", "Die Pflicht ist ab dem 2. März 2099 anzuwenden.", "applies from 2099-03-02"),
            ("de", "Es tritt am 31. Dezember 2099 außer Kraft.", "ends 2099-12-31"),
            ("de", "Die Verordnung gilt bis zum 31.12.2099.", "ends 2099-12-31"),
            ("fr", "La présente loi entre en vigueur le 1er août 2099.", "takes effect 2099-08-01"),
            ("fr", "L’article 4 est applicable à partir du 2 août 2099.", "applies from 2099-08-02"),
            ("fr", "Il cesse d’être en vigueur le 31 décembre 2099.", "ends 2099-12-31"),
            ("es", "La presente Ley entrará en vigor el 1 de agosto de 2099.", "takes effect 2099-08-01"),
            ("es", "Será aplicable a partir del 2 de agosto de 2099.", "applies from 2099-08-02"),
            ("es", "Dejará de tener efecto el 31 de diciembre de 2099.", "ends 2099-12-31"),
            ("it", "La presente legge entra in vigore il 1º agosto 2099.", "takes effect 2099-08-01"),
            ("it", "Si applica a decorrere dal 2 agosto 2099.", "applies from 2099-08-02"),
            ("it", "Cessa di avere effetto il 31 dicembre 2099.", "ends 2099-12-31"),
            ("pt", "Esta Lei entra em vigor em 1º de agosto de 2099.", "takes effect 2099-08-01"),
            ("pt", "Aplica-se a partir de 2 de agosto de 2099.", "applies from 2099-08-02"),
            ("pt", "A norma vigora até 31 de dezembro de 2099.", "ends 2099-12-31"),
            ("zh", "本办法自2099年8月1日起施行。", "takes effect 2099-08-01"),
            ("zh", "本办法自二〇九九年八月一日起施行。", "takes effect 2099-08-01"),
            ("zh", "本办法有效期至2099年12月31日。", "ends 2099-12-31"),
            ("ja", "この法律は、2099年8月1日から施行する。", "takes effect 2099-08-01"),
            ("ja", "この法律は、令和八十一年八月一日から施行する。", "takes effect 2099-08-01"),
            ("ja", "第四条は、2099年8月2日から適用する。", "applies from 2099-08-02"),
            ("ja", "この法律は、2099年12月31日限り、その効力を失う。", "ends 2099-12-31"),
        ] {
            states(language, text, &[expected]);
        }
    }

    /// Language, words and how the day is counted from which it takes effect.
    const COUNTED: &[(&str, &str, &str)] = &[
        ("en", "This Act takes effect 180 days after the date of enactment.", "180 Day after adoption"),
        (
            "en",
            "This section takes effect on the date that is one hundred eighty (180) days after the date of the \
                 enactment of this Act.",
            "180 Day after adoption",
        ),
        (
            "en",
            "It shall enter into force on the twentieth day following that of its publication in the Journal.",
            "20 Day after publication",
        ),
        ("en", "The rule takes effect twelve months after publication.", "12 Month after publication"),
        ("de", "Dieses Gesetz tritt am Tag nach der Verkündung in Kraft.", "1 Day after publication"),
        (
            "de",
            "Diese Verordnung tritt am zwanzigsten Tag nach ihrer Veröffentlichung im Amtsblatt in Kraft.",
            "20 Day after publication",
        ),
        (
            "fr",
            "Le présent règlement entre en vigueur le vingtième jour suivant celui de sa publication.",
            "20 Day after publication",
        ),
        ("fr", "Elle entre en vigueur six mois après sa promulgation.", "6 Month after adoption"),
        ("es", "Entrará en vigor a los veinte días de su publicación.", "20 Day after publication"),
        (
            "es",
            "Entrará en vigor el día siguiente al de su publicación en el Diario.",
            "1 Day after publication",
        ),
        ("es", "Entrará en vigor al día siguiente de su publicación.", "1 Day after publication"),
        (
            "it",
            "Entra in vigore il ventesimo giorno successivo alla pubblicazione.",
            "20 Day after publication",
        ),
        (
            "pt",
            "Esta Lei entra em vigor após decorridos 180 (cento e oitenta) dias de sua publicação oficial.",
            "180 Day after publication",
        ),
        ("pt", "Esta Lei entra em vigor no dia seguinte ao da sua publicação.", "1 Day after publication"),
        ("en", "The rule takes effect on the day following its publication.", "1 Day after publication"),
        (
            "fr",
            "Le présent règlement entre en vigueur le jour suivant celui de sa publication.",
            "1 Day after publication",
        ),
        ("it", "Entra in vigore il giorno successivo alla pubblicazione.", "1 Day after publication"),
        ("zh", "本办法自公布之日起30日后施行。", "30 Day after adoption"),
        (
            "ja",
            "この法律は、公布の日から起算して二十日を経過した日から施行する。",
            "20 Day after publication",
        ),
        // The day of publication does not count here, and the day after the twentieth is meant in both.
        ("ja", "この法律は、公布の日から二十日を経過した日から施行する。", "21 Day after publication"),
        ("ja", "この法律は、公布の日から２週間を経過した日から施行する。", "15 Day after publication"),
    ];

    #[test]
    fn days_that_a_text_counts_from_another_are_found() {
        for (language, text, expected) in COUNTED {
            states(language, text, &[&format!("takes effect {expected}")]);
        }
        for (language, text) in [
            ("en", "It shall apply from 24 months after entry into force of this Regulation."),
            ("de", "Artikel 4 gilt ab 24 Monate nach dem Inkrafttreten dieser Verordnung."),
            (
                "fr",
                "L’article 4 s’applique à partir de 24 mois après l’entrée en vigueur du présent règlement.",
            ),
            (
                "es",
                "Se aplicará a partir de 24 meses después de la entrada en vigor del presente Reglamento.",
            ),
        ] {
            states(language, text, &["applies from 24 Month after entry into force"]);
        }
        states(
            "en",
            "This section shall terminate on the date that is five years after the date of enactment of this section.",
            &["ends 5 Year after adoption"],
        );
        states(
            "en",
            "The fund sunsets 5 years after the date of enactment.",
            &["ends 5 Year after adoption"],
        );
        states(
            "en",
            "Effective on the date that is 10 years after the date of enactment of this Act, this Act shall have no force.",
            &["ends 10 Year after adoption"],
        );
    }

    #[test]
    fn the_day_of_an_event_is_not_the_day_after_it() {
        for (language, text) in [
            ("es", "La presente Ley entrará en vigor el día de su publicación en el Diario."),
            ("es", "Entrará en vigor a partir del día de su publicación."),
            ("pt", "Esta Lei entra em vigor no dia de sua publicação."),
            ("pt", "Esta Lei entra em vigor na data de sua publicação."),
            ("it", "Entra in vigore il giorno della pubblicazione."),
            ("fr", "Elle entre en vigueur le jour de sa publication."),
            ("de", "Dieses Gesetz tritt am Tag seiner Verkündung in Kraft."),
            ("en", "It takes effect on the day of its publication."),
        ] {
            states(language, text, &[]);
        }
        // Six months and a day are no number of months and none of days.
        states("ja", "この法律は、公布の日から六月を経過した日から施行する。", &[]);
    }

    #[test]
    fn deadlines_of_others_and_events_of_other_instruments_are_no_days_of_the_text() {
        for text in [
            "Not later than 180 days after the date of enactment of this Act, the Office shall report.",
            "It takes effect 30 days after the date of enactment of the Harbour Lights Act.",
            "It takes effect immediately and a report is due 90 days after enactment.",
            "The register takes effect 30 days after the hearing.",
            "It takes effect 90 days after its effective date.",
        ] {
            states("en", text, &[]);
        }
        states("de", "Es tritt sechs Monate nach Inkrafttreten des Hafengesetzes in Kraft.", &[]);
        states("fr", "Elle entre en vigueur six mois après la publication du rapport.", &[]);
        states("zh", "本办法自公布之日起30日内报送并施行。", &[]);
        assert_eq!(told_in("Dieses Gesetz tritt am 1. August 2099 in Kraft.", Some("en")), [""; 0]);
    }

    proptest! {
        #[test]
        fn every_day_of_the_calendar_is_read_back(year in 1900_i16..2200, month in 1_i8..=12, day in 1_i8..=31) {
            let Ok(date) = Date::new(year, month, day) else { return Ok(()) };
            for language in super::super::languages::LANGUAGES {
                let name = language.days.months.iter().find(|(_, number)| *number == month);
                let name = name.map_or("", |(name, _)| name);
                let text = match language.code {
                    "en" => format!("It takes effect on {name} {day}, {year}."),
                    "de" => format!("Es tritt am {day}. {name} {year} in Kraft."),
                    "fr" => format!("Elle entre en vigueur le {day} {name} {year}."),
                    "es" => format!("Entrará en vigor el {day} de {name} de {year}."),
                    "it" => format!("Entra in vigore il {day} {name} {year}."),
                    "pt" => format!("Entra em vigor em {day} de {name} de {year}."),
                    "zh" => format!("本法自{year}年{month}月{day}日起施行。"),
                    _ => format!("この法律は、{year}年{month}月{day}日から施行する。"),
                };
                prop_assert_eq!(told_in(&text, Some(language.code)), [format!("takes effect {date}")]);
                let iso = told_in(&format!("It takes effect on {date}."), Some(language.code));
                prop_assert_eq!(iso, [format!("takes effect {date}")]);
            }
        }

        #[test]
        fn any_text_is_read_without_harm(words in "(?s).{0,200}", count in 0_u32..5000) {
            let text = format!("{words} takes effect {count} days after enactment {words} tritt am 1. Mai 2099 in Kraft");
            for statement in stated_days(&TextId::of(&text), &text, None) {
                let Cited { start, end, .. } = statement.passage;
                prop_assert!(text.get(start as usize..end as usize).is_some());
            }
        }
    }
}
