//! Who says where an instrument stands, as tables have it.

use crate::enactment::{Enactment, Position, StateSource};

impl Position {
    /// Who says so, as tables have it: `catalogue: ` and its own word, `own text`, or the id of the document that brought the
    /// state about; blank where nobody does.
    pub fn told_by(&self) -> String {
        if self.state == Enactment::Unknown {
            return String::new();
        }
        match &self.source {
            StateSource::Catalogue(word) if word.is_empty() => "catalogue".to_owned(),
            StateSource::Catalogue(word) => format!("catalogue: {word}"),
            StateSource::Document(by) => by.to_string(),
            StateSource::Text => "own text".to_owned(),
            StateSource::Nobody => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_tells_who_says_where_an_instrument_stands() {
        let told = |state, source| Position { state, since: None, source }.told_by();
        let word = |word: &str| StateSource::Catalogue(word.to_owned());
        assert_eq!(told(Enactment::Adopted, word("Enacted")), "catalogue: Enacted");
        assert_eq!(told(Enactment::Adopted, word("")), "catalogue");
        assert_eq!(
            told(Enactment::Unknown, word("Not recorded")),
            "",
            "a catalogue that is silent says nothing"
        );
        assert_eq!(told(Enactment::Unknown, StateSource::Nobody), "");
        assert_eq!(told(Enactment::InForce, StateSource::Text), "own text");
        let by = StateSource::Document("sample:2".parse().unwrap());
        assert_eq!(told(Enactment::Revoked, by), "sample:2");
    }
}
