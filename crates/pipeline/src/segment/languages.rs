//! Which passages are in another language than the text as a whole.

use lacuna_domain::Passage;

use crate::ingest::language;

/// Below this many bytes a passage says too little; names and numbers would be taken for Latin or Danish.
const SHORTEST: usize = 120;

/// Small words by language: a passage that holds enough of them is in that language, and is not looked at further.
const SMALL_WORDS: [(&str, &[&str]); 4] = [
    (
        "en",
        &[
            "the", "of", "and", "to", "in", "or", "for", "by", "a", "an", "with", "shall", "is", "that",
            "on", "as",
        ],
    ),
    (
        "fr",
        &[
            "le", "la", "les", "de", "des", "du", "et", "en", "un", "une", "que", "qui", "par", "pour",
            "dans", "au",
        ],
    ),
    (
        "es",
        &[
            "el", "la", "los", "las", "de", "del", "y", "en", "un", "una", "que", "por", "para", "con", "se",
            "al",
        ],
    ),
    (
        "de",
        &[
            "der", "die", "das", "des", "dem", "den", "und", "in", "zu", "von", "mit", "ein", "eine", "ist",
            "für", "auf",
        ],
    ),
];

/// Writes into [`Passage::language`] the language of each passage that is surely not in `main`, the main language of
/// `text`. Passages of less than 120 bytes, and all passages where the main language is not known, stay without one.
pub fn mark_languages(text: &str, passages: &mut [Passage], main: Option<&str>) {
    let Some(main) = main else { return };
    for passage in passages {
        let own = passage.span.slice(text).unwrap_or_default().trim();
        if own.len() < SHORTEST || reads_like(own, main) {
            continue;
        }
        passage.language = language::detect(own).filter(|found| found != main);
    }
}

/// Whether one word in ten is a small word of `language`; never for languages without a list.
fn reads_like(passage: &str, language: &str) -> bool {
    let Some((_, small)) = SMALL_WORDS.iter().find(|(code, _)| *code == language) else { return false };
    let (mut words, mut hits) = (0, 0);
    for word in passage.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        words += 1;
        hits += usize::from(small.iter().any(|s| s.eq_ignore_ascii_case(word)));
    }
    hits * 10 >= words && hits > 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment::segment;
    use crate::shared_data;

    #[test]
    fn a_french_paragraph_in_an_english_text_is_told() {
        let text = "SEC. 1. NOTICE.\n\nA provider shall give every user a notice in plain words before the system is used, and \
            shall keep a copy of the notice for five years after the last use.\n\n\
            Le fournisseur remet à chaque utilisateur un avis rédigé en termes clairs avant toute utilisation du \
            système, et il en conserve une copie pendant cinq ans après la dernière utilisation.\n";
        let mut passages = segment(text);
        mark_languages(text, &mut passages, Some("en"));
        let marked: Vec<_> =
            passages.iter().filter_map(|p| Some((p.language.as_deref()?, p.trimmed(text)))).collect();
        assert_eq!(marked.len(), 1, "{marked:?}");
        assert!(marked[0].0 == "fr" && marked[0].1.starts_with("Le fournisseur"), "{marked:?}");
    }

    /// The archive's texts are English: what is marked there is nearly all wrong, so it has to be next to nothing.
    #[test]
    fn names_and_numbers_are_not_taken_for_other_languages() {
        let Some(texts) = shared_data::texts() else { return };
        let (mut all, mut marked) = (0, vec![]);
        for (_, text) in &texts {
            let mut passages = segment(text);
            mark_languages(text, &mut passages, Some("en"));
            all += passages.len();
            marked.extend(
                passages.iter().filter_map(|p| Some((p.language.clone()?, p.trimmed(text).to_owned()))),
            );
        }
        println!("{} of {all} passages marked", marked.len());
        for (language, passage) in marked.iter().take(40) {
            println!("{language}: {}", passage.chars().take(110).collect::<String>());
        }
        assert!(marked.len() * 1000 < all, "{} of {all}", marked.len());
    }
}
