//! What calls cost: a dated file of prices that the user can edit.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Micros, Model, Usage, tokens};

/// The price file that ships with the program.
const SHIPPED: &str = include_str!("../prices.toml");

/// Prices of models, by provider, on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prices {
    date: String,
    sections: BTreeMap<String, Section>,
}

/// Dollars for a million tokens, held as micro-dollars for a million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Input at the full price.
    pub input: u64,
    /// Input read from the prompt cache.
    pub cached: u64,
    /// Input written to the prompt cache.
    pub cache_write: u64,
    /// Output.
    pub output: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Section {
    source: String,
    /// Thousandths of the price that a batch costs.
    batch_permille: u64,
    /// Thousandths of a character in a token.
    chars_permille: Option<u64>,
    models: BTreeMap<String, Price>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Price {
    rates: Rates,
    long: Option<(u64, Rates)>,
    chars_permille: Option<u64>,
    checked: Option<String>,
    source: Option<String>,
}

/// Why a price file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PricesError {
    /// It is not written as a price file.
    #[error("the price file is malformed at line {line}: {what}")]
    Malformed {
        /// Line, counted from 1.
        line: usize,
        /// What is wrong there.
        what: String,
    },
    /// A price that cannot be.
    #[error(
        "the price file gives {model} the {name} price {value}; a price is a number of dollars from 0 to 1000000"
    )]
    Amount {
        /// The model.
        model: String,
        /// The key.
        name: &'static str,
        /// Its value.
        value: String,
    },
    /// A token of a length that cannot be.
    #[error("the price file gives {name} {value} characters per token; a token has 0.1 to 100")]
    Chars {
        /// The model or the provider.
        name: String,
        /// The number.
        value: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    date: String,
    providers: BTreeMap<String, FileSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSection {
    source: String,
    #[serde(default = "full_price")]
    batch: f64,
    chars_per_token: Option<f64>,
    #[serde(default)]
    models: BTreeMap<String, FilePrice>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FilePrice {
    input: f64,
    output: f64,
    cached: Option<f64>,
    cache_write: Option<f64>,
    long: Option<FileLong>,
    chars_per_token: Option<f64>,
    checked: Option<String>,
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileLong {
    above: u64,
    input: f64,
    output: f64,
    cached: Option<f64>,
    cache_write: Option<f64>,
}

const fn full_price() -> f64 {
    1.0
}

impl Prices {
    /// The prices that ship with the program.
    pub fn shipped() -> Result<Self, PricesError> {
        Self::parse(SHIPPED)
    }

    /// The text of the shipped file, to start an own one from.
    pub const fn shipped_text() -> &'static str {
        SHIPPED
    }

    /// Reads a price file.
    pub fn parse(text: &str) -> Result<Self, PricesError> {
        let file: File = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = text.get(..start).map_or(1, |before| before.matches('\n').count() + 1);
            PricesError::Malformed { line, what: error.message().to_owned() }
        })?;
        let mut sections = BTreeMap::new();
        for (name, section) in file.providers {
            let batch = micros(section.batch, &name, "batch")? / 1_000;
            let mut models = BTreeMap::new();
            for (model, price) in section.models {
                let price = price.checked(&model)?;
                models.insert(model, price);
            }
            let chars_permille = chars(section.chars_per_token, &name)?;
            let section = Section { source: section.source, batch_permille: batch, chars_permille, models };
            sections.insert(name, section);
        }
        Ok(Self { date: file.date, sections })
    }

    /// The day that the file was true, as it says.
    pub fn date(&self) -> &str {
        &self.date
    }

    /// Where the price of a model was read: its own page, or the list of its provider.
    pub fn source(&self, model: &Model) -> Option<&str> {
        let own = self.find(model).and_then(|price| price.source.as_deref());
        own.or_else(|| Some(&self.sections.get(model.provider().price_section())?.source))
    }

    /// The day on which the price of a model was last compared with a published page; that of the file where it names none.
    pub fn checked(&self, model: &Model) -> &str {
        self.find(model).and_then(|price| price.checked.as_deref()).unwrap_or(&self.date)
    }

    /// What a model's calls cost; `None` when the file does not know the model.
    /// A dated name such as `model-2026-01-01` or `model-20260101` is found under `model`.
    pub fn rates(&self, model: &Model) -> Option<Rates> {
        Some(self.find(model)?.rates)
    }

    /// The price of one call, rounded up to a micro-dollar; `None` for a model that the file does not know.
    pub fn price(&self, model: &Model, usage: &Usage) -> Option<Micros> {
        let price = self.find(model)?;
        let input = usage.input_fresh + usage.input_cached + usage.cache_write;
        let rates = match price.long {
            Some((above, long)) if input > above => long,
            _ => price.rates,
        };
        Some(rates.price(usage))
    }

    /// The price of one call through the provider's batch interface.
    pub fn batch_price(&self, model: &Model, usage: &Usage) -> Option<Micros> {
        let section = self.sections.get(model.provider().price_section())?;
        let full = self.price(model, usage)?;
        Some(Micros((full.0 * section.batch_permille).div_ceil(1_000)))
    }

    /// How many tokens of a model a guess of [`tokens::estimate`] stands for, by the characters per token that the file
    /// gives the model or its provider; the guess itself where it gives none.
    pub fn tokens(&self, model: &Model, guess: u64) -> u64 {
        let own = self.find(model).and_then(|price| price.chars_permille);
        let section = || self.sections.get(model.provider().price_section())?.chars_permille;
        own.or_else(section).map_or(guess, |permille| {
            (guess as f64 * tokens::CHARS_PER_TOKEN * 1e3 / permille as f64).round() as u64
        })
    }

    fn find(&self, model: &Model) -> Option<&Price> {
        let models = &self.sections.get(model.provider().price_section())?.models;
        models.get(model.name()).or_else(|| models.get(undated(model.name())))
    }
}

/// A model's name without the date at its end.
fn undated(name: &str) -> &str {
    let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
    let at = |n: usize| name.len().checked_sub(n).filter(|at| name.is_char_boundary(*at));
    let ends = |tail: &str| match tail.as_bytes() {
        [b'-', ..] if tail.len() == 9 => digits(&tail[1..], 8),
        [b'-', ..] => {
            tail[1..].split('-').map(str::len).eq([4, 2, 2]) && digits(&tail[1..].replace('-', ""), 8)
        }
        _ => false,
    };
    [11, 9].into_iter().filter_map(at).find(|at| ends(&name[*at..])).map_or(name, |at| &name[..at])
}

impl Rates {
    /// Tokens times rates, rounded up to a micro-dollar.
    pub fn price(&self, usage: &Usage) -> Micros {
        let part = |tokens: u64, rate: u64| u128::from(tokens) * u128::from(rate);
        let sum = part(usage.input_fresh, self.input)
            + part(usage.input_cached, self.cached)
            + part(usage.cache_write, self.cache_write)
            + part(usage.output, self.output);
        Micros(u64::try_from(sum.div_ceil(1_000_000)).unwrap_or(u64::MAX))
    }
}

impl FilePrice {
    fn checked(self, model: &str) -> Result<Price, PricesError> {
        let rates = rates(model, self.input, self.output, self.cached, self.cache_write)?;
        let long = self.long.map(|long| Ok((long.above, rates_of_long(model, &long)?)));
        let chars_permille = chars(self.chars_per_token, model)?;
        Ok(Price {
            rates,
            long: long.transpose()?,
            chars_permille,
            checked: self.checked,
            source: self.source,
        })
    }
}

fn rates_of_long(model: &str, long: &FileLong) -> Result<Rates, PricesError> {
    rates(model, long.input, long.output, long.cached, long.cache_write)
}

/// Without a price of their own, cached and cache-writing tokens cost what fresh ones do.
fn rates(
    model: &str,
    input: f64,
    output: f64,
    cached: Option<f64>,
    cache_write: Option<f64>,
) -> Result<Rates, PricesError> {
    Ok(Rates {
        input: micros(input, model, "input")?,
        cached: micros(cached.unwrap_or(input), model, "cached")?,
        cache_write: micros(cache_write.unwrap_or(input), model, "cache_write")?,
        output: micros(output, model, "output")?,
    })
}

fn chars(per_token: Option<f64>, name: &str) -> Result<Option<u64>, PricesError> {
    let Some(chars) = per_token else { return Ok(None) };
    if !(0.1..=100.0).contains(&chars) {
        return Err(PricesError::Chars { name: name.to_owned(), value: chars.to_string() });
    }
    Ok(Some((chars * 1e3).round() as u64))
}

fn micros(dollars: f64, model: &str, name: &'static str) -> Result<u64, PricesError> {
    if !(0.0..=1e6).contains(&dollars) {
        return Err(PricesError::Amount { model: model.to_owned(), name, value: dollars.to_string() });
    }
    Ok((dollars * 1e6).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
date = "2026-01-01"
[providers.openai]
source = "a page"
batch = 0.5
[providers.openai.models."m"]
input = 2.0
cached = 0.2
output = 10.0
long = { above = 1000, input = 4.0, cached = 0.4, output = 15.0 }
"#;

    fn usage(input_fresh: u64, input_cached: u64, output: u64) -> Usage {
        Usage { input_fresh, input_cached, cache_write: 0, output }
    }

    #[test]
    fn calls_are_priced_to_the_micro_dollar() {
        let prices = Prices::parse(SMALL).unwrap();
        let model: Model = "openai:m".parse().unwrap();
        assert_eq!(prices.price(&model, &usage(100, 900, 10)), Some(Micros(200 + 180 + 100)));
        assert_eq!(prices.batch_price(&model, &usage(100, 900, 10)), Some(Micros(240)));
        assert_eq!(prices.price(&model, &usage(101, 900, 10)), Some(Micros(404 + 360 + 150)));
        let dated: Model = "openai-chat:m-2026-05-06".parse().unwrap();
        assert_eq!(prices.price(&dated, &usage(1, 0, 0)), Some(Micros(2)));
        assert_eq!(prices.price(&"openai:m2".parse().unwrap(), &usage(1, 0, 0)), None);
        assert_eq!(undated("claude-x-20260101"), "claude-x");
        assert_eq!(undated("claude-x-1"), "claude-x-1");
    }

    #[test]
    fn a_guess_is_scaled_by_the_models_own_tokens_or_its_providers() {
        let model: Model = "openai:m".parse().unwrap();
        let tokens = |file: &str| Prices::parse(file).unwrap().tokens(&model, 1_000);
        assert_eq!(tokens(SMALL), 1_000);
        let of_provider = SMALL.replace("batch = 0.5", "batch = 0.5\nchars_per_token = 4.0");
        assert_eq!(tokens(&of_provider), 1_200);
        assert_eq!(tokens(&of_provider.replace("input = 2.0", "chars_per_token = 2.4\ninput = 2.0")), 2_000);
    }

    #[test]
    fn the_shipped_file_is_whole() {
        let prices = Prices::shipped().unwrap();
        for (name, section) in &prices.sections {
            assert!(section.source.starts_with("https://"), "{name}");
            for (model, price) in &section.models {
                assert!(
                    price.rates.cached <= price.rates.input && price.rates.input < price.rates.output,
                    "{model}"
                );
            }
        }
    }

    #[test]
    fn a_malformed_file_names_the_line() {
        let error = Prices::parse(&SMALL.replace("output = 10.0\n", "output = ten\n")).unwrap_err();
        assert!(matches!(error, PricesError::Malformed { line: 9, .. }), "{error}");
        let error = Prices::parse(&SMALL.replace("input = 2.0", "inptu = 2.0")).unwrap_err();
        assert!(error.to_string().contains("line 7") && error.to_string().contains("inptu"), "{error}");
        let error = Prices::parse(&SMALL.replace("batch = 0.5", "chars_per_token = 0")).unwrap_err();
        assert!(error.to_string().contains("openai 0 characters per token"), "{error}");
        let error = Prices::parse(&SMALL.replace("input = 2.0", "input = -2.0")).unwrap_err();
        assert!(matches!(error, PricesError::Amount { name: "input", .. }), "{error}");
    }
}
