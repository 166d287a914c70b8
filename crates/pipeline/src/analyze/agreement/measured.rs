//! What is known of one code of one run: what was measured in this store, and what training found of its weights.

use jiff::Timestamp;
use lacuna_domain::run::{Labeller, Run};

use super::report::{PairAgreement, Who};
use super::study::Measure;
use crate::classify::offline::card::{Cards, CodeFigures};

/// What was measured of one code of one run against one labeller.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Against whom.
    pub who: String,
    /// What that is; agreement with a language-model reading is called so.
    pub words: String,
    /// When.
    pub at: Timestamp,
    /// What was found.
    pub figures: CodeFigures,
    /// The warning where the engine was trained on the documents compared.
    pub in_sample: Option<String>,
    /// The runs of the pair, the reference first; `None` for what training found of the weights.
    pub pair: Option<(String, String)>,
}

/// How much a measurement says: people first, what was measured on the documents of training last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    People,
    Imported,
    Training,
    InSample,
}

/// Everything measured of a code of `run`, what says most first; empty reads "not measured".
pub fn measured(
    pairs: &[PairAgreement],
    cards: &Cards,
    run: &Run,
    dimension: &str,
    code: &str,
) -> Vec<Measured> {
    let mut found: Vec<(Rank, Measured)> =
        pairs.iter().filter_map(|pair| of_pair(pair, run.id.as_str(), dimension, code)).collect();
    found.extend(of_card(cards, run, dimension, code).map(|one| (Rank::Training, one)));
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, one)| one).collect()
}

fn of_card(cards: &Cards, run: &Run, dimension: &str, code: &str) -> Option<Measured> {
    let (figures, at, card) = cards.figures(run, dimension, code)?;
    Some(Measured {
        who: card.who.clone(),
        words: card.words.clone(),
        at,
        figures: figures.clone(),
        in_sample: None,
        pair: None,
    })
}

fn of_pair(pair: &PairAgreement, run: &str, dimension: &str, code: &str) -> Option<(Rank, Measured)> {
    let (own_is_second, other): (bool, &Who) = if pair.b.run == run {
        (true, &pair.a)
    } else if pair.a.run == run {
        (false, &pair.b)
    } else {
        return None;
    };
    let rank = match other.kind {
        Labeller::Machine => return None,
        _ if pair.in_sample > 0 => Rank::InSample,
        Labeller::People => Rank::People,
        Labeller::Imported => Rank::Imported,
    };
    let (found, coded) = pair.code(dimension, code)?;
    let value = |measure| coded.get(measure).value;
    let (precision, recall) = (value(Measure::Precision), value(Measure::Recall));
    // Seen from the other side the two change places.
    let (precision, recall) = if own_is_second { (precision, recall) } else { (recall, precision) };
    let measured = Measured {
        who: other.name.clone(),
        words: pair.words.clone(),
        at: pair.at,
        figures: CodeFigures {
            dimension: dimension.to_owned(),
            code: code.to_owned(),
            n: coded.n,
            positives: coded.positives[usize::from(!own_is_second)],
            precision,
            recall,
            measure: found.headline,
            agreement: coded.get(found.headline),
        },
        in_sample: pair.in_sample_words(),
        pair: Some((pair.a.run.clone(), pair.b.run.clone())),
    };
    Some((rank, measured))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use lacuna_domain::Codebook;

    use super::*;
    use crate::classify::offline::OfflineEngine;
    use crate::classify::offline::card::Card;

    const BUILT_IN: &str = include_str!("../../../../../codebooks/ai-governance-1.toml");

    fn shipped() -> Run {
        let codebook = Codebook::parse(BUILT_IN).unwrap();
        let config = OfflineEngine::new(&codebook).unwrap().config();
        Run {
            id: config.id(),
            config,
            labeller: Labeller::Machine,
            name: "Offline engine".to_owned(),
            started_at: Timestamp::UNIX_EPOCH,
            finished_at: None,
        }
    }

    #[test]
    fn the_shipped_engine_says_how_it_fared_on_documents_it_had_not_seen() {
        let run = shipped();
        let found = measured(&[], &Cards::default(), &run, "risk", "2.2");
        let card = Card::of(&run).unwrap();
        assert!(card.texts.len() > 400 && card.texts.iter().all(|text| text.len() == 16));
        let [one] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(one.words, "agreement with a language-model reading");
        assert!(one.who.contains("cross-validation") && one.in_sample.is_none() && one.pair.is_none());
        let CodeFigures { n, positives, precision, .. } = &one.figures;
        assert!(*n > 400 && *positives > 50, "{one:?}");
        assert!((0.5..1.0).contains(&precision.unwrap()), "{one:?}");
    }

    #[test]
    fn other_weights_are_not_measured() {
        let mut run = shipped();
        run.config.parameters = BTreeMap::from([("weights".to_owned(), "0".repeat(64))]);
        assert_eq!(measured(&[], &Cards::default(), &run, "risk", "2.2"), vec![]);
        assert!(Card::of(&run).is_none());
    }

    #[test]
    fn weights_of_ones_own_show_their_own_figures_and_no_others() {
        let shipped = shipped();
        let mut run = shipped.clone();
        run.config.parameters.insert("weights".to_owned(), "7".repeat(64));
        let codebook = Codebook::parse(BUILT_IN).unwrap();
        let figures =
            CodeFigures { precision: Some(0.5), positives: 3, ..CodeFigures::new("risk", "2.2", 20) };
        let people = Run { labeller: Labeller::People, name: "Team North".to_owned(), ..shipped.clone() };
        let card = Card::of_own("7".repeat(64), &[], &codebook, &people)
            .measured_at(vec![figures], Timestamp::UNIX_EPOCH);
        let cards = Cards::of_own(vec![card]);
        let found = measured(&[], &cards, &run, "risk", "2.2");
        let [one] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((one.figures.precision, one.figures.n), (Some(0.5), 20));
        assert!(one.who.starts_with("Team North") && one.words == "agreement with people", "{one:?}");
        assert_eq!(
            measured(&[], &cards, &run, "risk", "1.1"),
            vec![],
            "a code that training did not measure"
        );
        let actors = measured(&[], &cards, &run, "actor", "target");
        assert_eq!(
            actors,
            measured(&[], &cards, &shipped, "actor", "target"),
            "actors keep to the same rules"
        );
        assert!(!actors.is_empty());
        assert_ne!(measured(&[], &cards, &shipped, "risk", "2.2"), found, "the shipped engine keeps its own");
    }
}
