//! Ranges of days, as addresses write them: `2024-06-01`, `2024-06`, `2024`, `2024..2025-06`, `2024..`, `..2024`.

use jiff::civil::Date;

use super::NONE;

/// A condition on one kind of date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DateRange {
    /// From one day to another, both included; at least one end is given.
    Range {
        /// First day.
        from: Option<Date>,
        /// Last day.
        to: Option<Date>,
    },
    /// No such date is recorded.
    Undated,
}

impl DateRange {
    /// Reads a range; `None` when the text is none, or ends before it starts.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == NONE {
            return Some(Self::Undated);
        }
        let (from, to) = text.split_once("..").unwrap_or((text, text));
        let side = |text: &str| if text.is_empty() { Some(None) } else { days(text).map(Some) };
        let (from, to) = (side(from.trim())?.map(|(first, _)| first), side(to.trim())?.map(|(_, last)| last));
        let sound = match (from, to) {
            (None, None) => false,
            (Some(from), Some(to)) => from <= to,
            _ => true,
        };
        sound.then_some(Self::Range { from, to })
    }

    /// Whether a document with this date is meant.
    pub fn holds(self, date: Option<Date>) -> bool {
        match (self, date) {
            (Self::Undated, None) => true,
            (Self::Range { from, to }, Some(date)) => {
                from.is_none_or(|from| from <= date) && to.is_none_or(|to| date <= to)
            }
            _ => false,
        }
    }

    /// The canonical address form.
    pub fn query(self) -> String {
        let Self::Range { from, to } = self else { return NONE.to_owned() };
        if let (Some(from), Some(to)) = (from, to) {
            let whole =
                [from.to_string(), from.strftime("%Y-%m").to_string(), from.strftime("%Y").to_string()];
            if let Some(short) = whole.into_iter().find(|short| days(short) == Some((from, to))) {
                return short;
            }
        }
        let side = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
        format!("{}..{}", side(from), side(to))
    }

    /// The range in a reader's words.
    pub fn name(self) -> String {
        match self {
            Self::Undated => "not recorded".to_owned(),
            Self::Range { from: Some(from), to: None } => format!("{from} or later"),
            Self::Range { from: None, to: Some(to) } => format!("{to} or earlier"),
            Self::Range { .. } => self.query().replace("..", " to "),
        }
    }
}

/// First and last day of `2024-06-01`, `2024-06` or `2024`.
fn days(text: &str) -> Option<(Date, Date)> {
    let mut parts = text.split('-');
    let number = |part: &str, digits: usize| {
        let sound = part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
        sound.then(|| part.parse::<i16>().ok()).flatten()
    };
    let year = number(parts.next()?, 4)?;
    let Some(month) = parts.next() else {
        return Some((Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?));
    };
    let first = Date::new(year, i8::try_from(number(month, 2)?).ok()?, 1).ok()?;
    let Some(day) = parts.next() else { return Some((first, first.last_of_month())) };
    let day = Date::new(year, first.month(), i8::try_from(number(day, 2)?).ok()?).ok()?;
    parts.next().is_none().then_some((day, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_held_and_written_back() {
        for (text, canonical) in [
            ("2024-06-01", "2024-06-01"),
            ("2024-06", "2024-06"),
            ("2024", "2024"),
            ("2024-01..2024-12", "2024"),
            ("2024..2025-06", "2024-01-01..2025-06-30"),
            ("2024..", "2024-01-01.."),
            ("..2024-02", "..2024-02-29"),
            ("(none)", "(none)"),
        ] {
            let range = DateRange::parse(text).unwrap_or_else(|| panic!("{text} was refused"));
            assert_eq!(range.query(), canonical);
            assert_eq!(DateRange::parse(canonical), Some(range));
        }
        for bad in
            ["", "..", "24", "2024-13", "2024-02-30", "2025..2024", "2024-6-1", "soon", "2024-01-01-01"]
        {
            assert_eq!(DateRange::parse(bad), None, "{bad}");
        }
        let range = DateRange::parse("2024..").unwrap();
        assert!(range.holds(Some(jiff::civil::date(2024, 1, 1))) && !range.holds(None));
        assert_eq!(range.name(), "2024-01-01 or later");
    }
}
