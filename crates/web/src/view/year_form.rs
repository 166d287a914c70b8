//! The part of a form that chooses documents by year: two fields for one range, and what they cannot say.

use lacuna_domain::Filter;
use lacuna_domain::filter::Years;

use super::{DateForm, Own};

/// The fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct YearForm {
    /// First year; empty for none.
    pub from: String,
    /// Last year; empty for none.
    pub to: String,
}

impl YearForm {
    /// The fields as `filter` fills them in: two fields hold one range, and neither several nor that no date is recorded.
    pub fn of(filter: &Filter) -> Self {
        let mut all = filter.years.iter();
        let (Some(Years::Range { from, to }), None) = (all.next(), all.next()) else {
            return Self::default();
        };
        let word = |year: Option<i16>| year.map_or_else(String::new, |year| year.to_string());
        Self { from: word(*from), to: word(*to) }
    }

    fn is_empty(&self) -> bool {
        self.from.is_empty() && self.to.is_empty()
    }
}

/// The hidden fields of a form that chooses by words, years and dates: every condition of `filter` that stands in none of
/// its own fields, decoded.
pub fn unposed(filter: &Filter) -> Own {
    let mut rest = DateForm::rest(filter).at_page(1);
    rest.words.clear();
    if !YearForm::of(filter).is_empty() {
        rest.years.clear();
    }
    rest.pairs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(query: &str) -> (YearForm, Vec<String>) {
        let codebook = lacuna_domain::Codebook::parse(crate::sample::CODEBOOK).unwrap();
        let filter = Filter::parse_query(query, &codebook).unwrap();
        let hidden = unposed(&filter).into_iter().map(|(name, value)| format!("{name}={value}"));
        (YearForm::of(&filter), hidden.collect())
    }

    #[test]
    fn each_condition_on_years_is_sent_once() {
        let fields = |from: &str, to: &str| YearForm { from: from.to_owned(), to: to.to_owned() };
        let none: Vec<String> = vec![];
        assert_eq!(form("year=2021-2024&q=audit"), (fields("2021", "2024"), none.clone()));
        assert_eq!(form("year=2021&adopted=2024"), (fields("2021", "2021"), none.clone()));
        assert_eq!(form("year=2021-"), (fields("2021", ""), none));
        let kept = |pairs: &[&str]| {
            let pairs: Vec<String> = pairs.iter().map(|pair| (*pair).to_owned()).collect();
            (YearForm::default(), pairs)
        };
        assert_eq!(form("year=2021&year=2023"), kept(&["year=2021", "year=2023"]));
        assert_eq!(form("year=(none)&page=3&sort=title"), kept(&["year=(none)", "sort=title"]));
        assert_eq!(form("year=2021&year=(none)"), kept(&["year=2021", "year=(none)"]));
    }
}
