//! The promises about quotes, kept on the archive: nothing invented is taken, nothing copied is lost.

use std::collections::BTreeMap;

use lacuna_domain::QuoteState;

use super::Locator;
use crate::shared_data;

/// A small deterministic source of choices (`SplitMix64`, Steele et al. 2014).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % limit.max(1) as u64) as usize
    }
}

/// `count` words of `text` from a place chosen by the dice, as they stand there.
fn stretch<'t>(text: &'t str, count: usize, dice: &mut Dice) -> Option<&'t str> {
    let mut at = dice.below(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    let from = at + text[at..].find(char::is_whitespace)?;
    let words: Vec<&str> = text[from..].split_whitespace().take(count).collect();
    let (first, last) = (words.first()?, words.last()?);
    let start = first.as_ptr() as usize - text.as_ptr() as usize;
    let end = last.as_ptr() as usize - text.as_ptr() as usize + last.len();
    (words.len() == count).then(|| &text[start..end])
}

/// The quote as another hand would copy it.
fn copied(quote: &str, dice: &mut Dice) -> String {
    let mut out = String::new();
    let mut chars = quote.chars().peekable();
    while let Some(c) = chars.next() {
        let letters_around = |out: &str, next: Option<&char>| {
            out.ends_with(char::is_alphabetic) && next.is_some_and(|n| n.is_alphabetic())
        };
        match c {
            _ if c.is_whitespace() => out.push_str(["  ", "\n", " ", "\u{a0}", "\r\n   "][dice.below(5)]),
            '"' | '“' | '”' => out.push_str(["\"", "“", "''", "«"][dice.below(4)]),
            '\'' | '’' | '‘' => out.push_str(["'", "’", "`"][dice.below(3)]),
            '—' | '–' => out.push_str(["—", "--", " – ", "-"][dice.below(4)]),
            '-' if letters_around(&out, chars.peek()) => {
                out.push_str(["-", "\u{2011}", "-\n", ""][dice.below(4)]);
            }
            'I' if out.ends_with('A') && chars.peek().is_none_or(|n| !n.is_alphanumeric()) => {
                let word = out.chars().nth_back(1).is_none_or(|b| !b.is_alphanumeric());
                out.push(if word && dice.below(2) == 0 { 'l' } else { 'I' });
            }
            _ => {
                out.push(c);
                if letters_around(&out, chars.peek()) && dice.below(60) == 0 {
                    out.push_str(["\u{ad}", "-\n", "\u{200b}"][dice.below(3)]);
                }
            }
        }
    }
    out
}

/// A quote that is not in the text, made from one that is.
fn invented(quote: &str, other: &str, dice: &mut Dice) -> String {
    let mut words: Vec<&str> = quote.split_whitespace().collect();
    let strange: Vec<&str> = other.split_whitespace().collect();
    let at = 1 + dice.below(words.len() - 2);
    match dice.below(6) {
        0 => words.insert(at, "not"),
        1 => words[at] = strange[dice.below(strange.len())],
        2 => words.reverse(),
        3 => words.truncate(at + 1),
        4 => {
            words.remove(at);
        }
        _ => words.insert(at, ["shall", "never", "immediately", "99", "voluntarily"][dice.below(5)]),
    }
    if words.len() <= at + 1 {
        words.extend(strange.iter().take(6));
    }
    words.join(" ")
}

/// Letters and digits only, "Al" read as "AI": what no change of form touches.
fn letters(text: &str) -> String {
    let folded = lacuna_domain::fold::fold_str(text, lacuna_domain::fold::Mode::Locate);
    folded.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[test]
fn ten_thousand_copied_quotes_are_found() {
    let Some(texts) = shared_data::texts() else { return };
    let mut dice = Dice(7);
    let (mut tried, mut missed) = (0, Vec::new());
    while tried < 10_000 {
        for (id, text) in &texts {
            let locator = Locator::new(text);
            for _ in 0..14 {
                let count = 6 + dice.below(40);
                let Some(quote) = stretch(text, count, &mut dice) else { continue };
                if letters(quote).len() < 12 {
                    continue;
                }
                let copy = copied(quote, &mut dice);
                tried += 1;
                let located = locator.locate(&copy, None);
                if !located.state.verifies() {
                    missed.push(format!("{id}: {quote:?} as {copy:?}: {located:?}"));
                }
            }
        }
    }
    assert!(
        missed.is_empty(),
        "{} of {tried} lost\n{}",
        missed.len(),
        missed[..missed.len().min(8)].join("\n")
    );
}

#[test]
fn ten_thousand_invented_quotes_are_refused() {
    let Some(texts) = shared_data::texts() else { return };
    let mut dice = Dice(11);
    let (mut tried, mut taken) = (0, Vec::new());
    while tried < 10_000 {
        for at in 0..texts.len() {
            let (id, text) = &texts[at];
            let (_, other) = &texts[dice.below(texts.len())];
            let locator = Locator::new(text);
            let plain = letters(text);
            for _ in 0..14 {
                let count = 8 + dice.below(30);
                let (Some(quote), Some(other)) =
                    (stretch(text, count, &mut dice), stretch(other, 8, &mut dice))
                else {
                    continue;
                };
                let quote = invented(quote, other, &mut dice);
                // By chance the words may stand in the text all the same, or around an ellipsis.
                if plain.contains(&letters(&quote)) || super::elision::parts(&quote).is_some() {
                    continue;
                }
                tried += 1;
                let located = locator.locate(&quote, None);
                if located.state.verifies() {
                    taken.push(format!("{id}: {quote:?}: {located:?}"));
                }
            }
        }
    }
    assert!(taken.is_empty(), "{} of {tried} taken\n{}", taken.len(), taken[..taken.len().min(8)].join("\n"));
}

#[test]
fn every_quote_of_the_codings_is_found() {
    let (Some(texts), Some(codings)) = (shared_data::texts(), shared_data::codings()) else { return };
    let texts: BTreeMap<String, String> = texts.into_iter().collect();
    let mut states: BTreeMap<QuoteState, usize> = BTreeMap::new();
    let mut lost = Vec::new();
    for (id, coding) in &codings {
        let locator = Locator::new(&texts[id]);
        let mut quotes = Vec::new();
        gather(coding, &mut quotes);
        for quote in quotes {
            let located = locator.locate(&quote, None);
            *states.entry(located.state).or_default() += 1;
            if !located.state.verifies() {
                lost.push(format!("{id}: {quote:?}: {:?}", located.why));
            }
        }
    }
    println!("{states:?}");
    assert!(lost.is_empty(), "{} lost of {states:?}\n{}", lost.len(), lost.join("\n"));
}

fn gather(value: &serde_json::Value, quotes: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                match value.as_array().filter(|_| key == "quotes") {
                    Some(list) => quotes.extend(list.iter().filter_map(|q| q.as_str().map(str::to_owned))),
                    None => gather(value, quotes),
                }
            }
        }
        serde_json::Value::Array(list) => list.iter().for_each(|v| gather(v, quotes)),
        _ => {}
    }
}
