//! Money in whole millionths of a US dollar, so that sums are exact.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An amount in micro-dollars (1 = 0.000001 USD), never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Micros(pub u64);

/// Why a text is no amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// It is no number of dollars.
    #[error("{0:?} is no amount of dollars; write it as 5 or 5.00")]
    NotANumber(String),
    /// It is below zero.
    #[error("{0:?} is below zero; write an amount of dollars above zero, such as 5.00")]
    Negative(String),
    /// It has parts of a micro-dollar.
    #[error("{0:?} has more than six places after the point")]
    TooFine(String),
}

impl Micros {
    /// The amount in dollars, for charts and ratios; sums stay in micro-dollars.
    pub fn dollars(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl FromStr for Micros {
    type Err = MoneyError;

    /// Reads dollars: `5`, `5.00`, `0.000001`.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let no = || MoneyError::NotANumber(text.to_owned());
        let plain = text.trim();
        if let Some(rest) = plain.strip_prefix('-') {
            return Err(if rest.parse::<f64>().is_ok_and(f64::is_finite) {
                MoneyError::Negative(text.to_owned())
            } else {
                no()
            });
        }
        let (whole, part) = plain.split_once('.').unwrap_or((plain, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(part) || (whole.is_empty() && part.is_empty()) {
            return Err(no());
        }
        if part.len() > 6 {
            return Err(MoneyError::TooFine(text.to_owned()));
        }
        let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| no())? };
        let part: u64 = format!("{part:0<6}").parse().map_err(|_| no())?;
        whole.checked_mul(1_000_000).and_then(|w| w.checked_add(part)).map(Self).ok_or_else(no)
    }
}

impl fmt::Display for Micros {
    /// Dollars with two places, more where the amount is small: `$12.30`, `$0.0042`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 1_000_000, self.0 % 1_000_000);
        if whole > 0 || part == 0 {
            let cents = (self.0 + 5_000) / 10_000;
            return write!(f, "${}.{:02}", cents / 100, cents % 100);
        }
        let digits = format!("{part:06}");
        let shown = digits.trim_end_matches('0');
        write!(f, "$0.{shown:0<2}")
    }
}

impl Add for Micros {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Micros {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Micros {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly() {
        assert_eq!("5.00".parse(), Ok(Micros(5_000_000)));
        assert_eq!("0.1".parse(), Ok(Micros(100_000)));
        assert_eq!("0".parse(), Ok(Micros(0)));
        assert_eq!("-1".parse::<Micros>(), Err(MoneyError::Negative("-1".to_owned())));
        for wrong in ["", ".", "nan", "inf", "-inf", "5,00", "1e3", "five", "-"] {
            assert_eq!(wrong.parse::<Micros>(), Err(MoneyError::NotANumber(wrong.to_owned())));
        }
        assert!(matches!("0.0000001".parse::<Micros>(), Err(MoneyError::TooFine(_))));
    }

    #[test]
    fn amounts_read_well() {
        assert_eq!(Micros(12_300_000).to_string(), "$12.30");
        assert_eq!(Micros(4_200).to_string(), "$0.0042");
        assert_eq!(Micros(0).to_string(), "$0.00");
        assert_eq!(Micros(500_000).to_string(), "$0.50");
    }
}
