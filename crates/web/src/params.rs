//! Parameters of an address: decoded pairs, taken by name; what is left over is an error that names what is known.

mod dates;

use crate::error::WebError;

/// The decoded pairs of a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    pairs: Vec<(String, String)>,
    dates_posed: bool,
}

/// Longest query taken, in bytes.
const LONGEST: usize = 16 * 1024;

impl Params {
    /// Decodes `query`; conditions on dates come out as addresses have them, whatever form they were sent in.
    pub fn parse(query: Option<&str>) -> Result<Self, WebError> {
        let query = query.unwrap_or_default();
        if query.len() > LONGEST {
            return Err(WebError::BadRequest(format!("the address is longer than {LONGEST} bytes")));
        }
        let decode = lacuna_domain::filter::decode;
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        let pairs: Vec<_> = pairs.collect();
        Ok(Self { dates_posed: dates::are_posed(&pairs), pairs: dates::canonical(pairs)? })
    }

    /// Whether a form sent conditions on dates, so that the address is longer than it need be.
    pub const fn dates_posed(&self) -> bool {
        self.dates_posed
    }

    /// Takes out the last value of `name`; an empty one counts as absent.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let value = self.pairs.iter().rev().find(|(n, _)| n == name).map(|(_, value)| value.clone());
        self.pairs.retain(|(n, _)| n != name);
        value.filter(|v| !v.trim().is_empty())
    }

    /// What is left, for a filter.
    pub fn rest(self) -> Vec<(String, String)> {
        self.pairs
    }

    /// Whether a parameter is given.
    pub fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(n, value)| n == name && !value.trim().is_empty())
    }

    /// An error when anything is left; `known` names what the page takes.
    pub fn done(self, known: &[&str]) -> Result<(), WebError> {
        let left =
            self.pairs.into_iter().find(|(name, value)| !known.contains(&name.as_str()) && !value.is_empty());
        match left {
            None => Ok(()),
            Some((name, _)) => {
                let takes = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                let name: String = name.chars().take(80).collect();
                Err(WebError::BadRequest(format!(
                    "this page has no parameter {name:?}; parameters it takes: {takes}"
                )))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_parameter_is_named_with_those_that_exist() {
        let mut params = Params::parse(Some("part=p-3&colour=red")).unwrap();
        assert_eq!(params.take("part").as_deref(), Some("p-3"));
        let error = params.done(&["part", "v"]).unwrap_err().to_string();
        assert!(error.contains("colour") && error.contains("part, v"), "{error}");
    }
}
