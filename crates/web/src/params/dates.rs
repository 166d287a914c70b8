//! Conditions on dates as forms send them: which date, from, until, in this order for each condition. A field of a form is
//! one end of a range; an address has the range under the name of its date.

use lacuna_domain::enactment::DateKind;
use lacuna_domain::filter::DateRange;

use crate::error::WebError;

/// Which date is meant.
const KIND: &str = "date";
/// The first day.
const FROM: &str = "date_from";
/// The last day.
const UNTIL: &str = "date_until";

/// Whether a form sent any of them, filled in or not.
pub(super) fn are_posed(pairs: &[(String, String)]) -> bool {
    pairs.iter().any(|(name, _)| [KIND, FROM, UNTIL].contains(&name.as_str()))
}

/// The pairs with each condition as addresses have it, such as `adopted=2024-01-01..2024-06-30`; one without a day is none.
pub(super) fn canonical(pairs: Vec<(String, String)>) -> Result<Vec<(String, String)>, WebError> {
    let (mut kept, mut posed) = (Vec::new(), Vec::new());
    let mut one = Posed::default();
    for (name, value) in pairs {
        match name.as_str() {
            KIND => posed.push(std::mem::replace(&mut one, Posed { kind: value, ..Posed::default() })),
            FROM => one.from = value,
            UNTIL => one.until = value,
            _ => kept.push((name, value)),
        }
    }
    posed.push(one);
    for one in posed {
        kept.extend(one.condition()?);
    }
    Ok(kept)
}

/// One condition as it was sent.
#[derive(Default)]
struct Posed {
    kind: String,
    from: String,
    until: String,
}

impl Posed {
    fn condition(&self) -> Result<Option<(String, String)>, WebError> {
        let (from, until) = (self.from.trim(), self.until.trim());
        if from.is_empty() && until.is_empty() {
            return Ok(None);
        }
        let Some(kind) = DateKind::from_id(self.kind.trim()) else {
            let (given, known) = (cut(&self.kind), DateKind::ALL.map(DateKind::id).join(", "));
            return Err(WebError::BadRequest(format!(
                "{KIND}={given}: say which date is meant; use {known}"
            )));
        };
        let range = format!("{from}..{until}");
        let each_is_one = [from, until].iter().all(|end| DateRange::parse(end).is_some());
        if each_is_one && DateRange::parse(&range).is_none() {
            return Err(WebError::BadRequest(format!(
                "{UNTIL}={}: the days end before they start; use a day from {} on",
                cut(until),
                cut(from)
            )));
        }
        Ok(Some((kind.id().to_owned(), range)))
    }
}

/// A value as messages repeat it.
fn cut(value: &str) -> String {
    value.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Vec<String>, String> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let read = canonical(pairs).map_err(|error| error.to_string())?;
        Ok(read.into_iter().map(|(name, value)| format!("{name}={value}")).collect())
    }

    #[test]
    fn each_date_takes_the_days_that_follow_it() {
        let sent = [
            (KIND, "adopted"),
            (FROM, "2024-01-01"),
            (UNTIL, ""),
            ("q", "audit"),
            (KIND, "sunset"),
            (FROM, ""),
            (UNTIL, "2030"),
            (KIND, ""),
            (FROM, ""),
            (UNTIL, " "),
        ];
        assert_eq!(read(&sent).unwrap(), ["q=audit", "adopted=2024-01-01..", "sunset=..2030"]);
        assert_eq!(read(&[("q", "audit")]).unwrap(), ["q=audit"]);
    }

    #[test]
    fn days_of_no_date_and_days_in_the_wrong_order_are_explained() {
        for kind in ["", "passed", "q"] {
            let error = read(&[(KIND, kind), (FROM, "2024-01-01")]).unwrap_err();
            assert!(error.contains("say which date is meant; use introduced, adopted"), "{error}");
        }
        assert!(read(&[(UNTIL, "2024-01-01")]).unwrap_err().contains("say which date is meant"));
        let reversed = [(KIND, "adopted"), (FROM, "2024-06-01"), (UNTIL, "2024-01-01")];
        assert!(read(&reversed).unwrap_err().contains("the days end before they start"));
    }
}
