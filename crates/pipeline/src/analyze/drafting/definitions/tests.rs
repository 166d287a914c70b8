//! Definitions as laws write them are found in each language, and quoted words that nobody explains are not.

use proptest::prelude::*;

use super::*;
use crate::segment::segment;

/// The terms of a text whose main language is this.
fn terms(language: &str, text: &str) -> Vec<String> {
    let found = definitions(text, &segment(text), Some(language));
    assert!(found.iter().all(|definition| definition.language == language), "{found:?}");
    found.into_iter().map(|definition| definition.term).collect()
}

#[test]
fn a_term_is_read_with_the_words_of_each_language_that_explain_it() {
    for (language, text, term) in [
        ("en", "(a) “Crane” means a machine that lifts.", "crane"),
        (
            "en",
            "The term ``Tower Crane,'' as used in this Act, has the meaning given in section 2.",
            "tower crane",
        ),
        ("en", "In this Act, ‘operator’s cabin’ means the place of the operator.", "operator’s cabin"),
        ("de", "Im Sinne dieses Gesetzes bezeichnet der Ausdruck „Kran“ eine Maschine, die hebt.", "kran"),
        ("de", "Im Sinne dieser Verordnung ist „Kran“ jede Maschine, die hebt.", "kran"),
        ("de", "„Kranführer“ bezeichnet die Person, die den Kran führt.", "kranführer"),
        ("de", "§ 2 (1) Ein „Kran“ ist eine Maschine, die hebt.", "kran"),
        ("de", "Unter einem »Kran« ist eine hebende Maschine zu verstehen.", "kran"),
        ("fr", "Au sens de la présente loi, on entend par « grue » une machine qui lève.", "grue"),
        ("fr", "« Opérateur de\u{a0}grue » désigne la personne qui conduit la grue.", "opérateur de grue"),
        ("fr", "Par «grue», on entend toute machine qui lève.", "grue"),
        ("es", "A los efectos de esta ley, se entenderá por «grúa» toda máquina que levanta.", "grúa"),
        ("es", "«Operador» significa la persona que maneja la grúa.", "operador"),
        ("it", "Ai fini della presente legge, per «gru» si intende una macchina che solleva.", "gru"),
        ("it", "“Operatore” indica la persona che manovra la gru.", "operatore"),
        ("pt", "Para efeitos da presente lei, entende-se por «grua» uma máquina que eleva.", "grua"),
        ("pt", "“Operador” significa a pessoa que conduz a grua.", "operador"),
        ("zh", "第二条 本法所称起重机，是指提升重物的机器。", "起重机"),
        ("zh", "本办法所称“起重机”是指提升重物的机器。", "起重机"),
        ("ja", "この法律において「起重機」とは、重い物を持ち上げる機械をいう。", "起重機"),
    ] {
        assert_eq!(terms(language, text), [term], "{language}: {text}");
    }
}

#[test]
fn every_entry_of_a_list_is_a_term_where_the_words_before_it_say_so() {
    for (language, text, expected) in [
        (
            "de",
            "Artikel 3\n\nBegriffsbestimmungen\n\nIm Sinne dieses Gesetzes bezeichnet der Ausdruck:\n\n1. „Kran“ eine \
             Maschine, die\n\na) „schwere“ Lasten hebt oder\n\nb) Lasten senkt;\n\n2. „Hub“: jedes Heben einer Last.\n\n\
             Artikel 4\n\nPflichten\n\n1. „Krane“ sind blau zu streichen.\n",
            vec!["kran", "hub"],
        ),
        (
            "fr",
            "Art. 3. Définitions\n\nAux fins de la présente loi, on entend par :\n1° « grue » : une machine qui lève ;\n\
             2° « levage » : tout mouvement d’une charge.\n",
            vec!["grue", "levage"],
        ),
        (
            "es",
            "Artículo 3\n\nA los efectos de esta ley, se entenderá por:\n\n1) «grúa»: toda máquina que levanta;\n\n2) \
             Izado seguro: el movimiento de una carga sin daño.\n",
            vec!["grúa", "izado seguro"],
        ),
        (
            "it",
            "Articolo 3\n\nAi fini della presente legge si intende per:\n\na) «gru»: una macchina che solleva;\n\nb) \
             «sollevamento»: ogni movimento di un carico.\n",
            vec!["gru", "sollevamento"],
        ),
        (
            "pt",
            "Art. 3 Para os fins desta lei, considera-se:\n\nI – grua: a máquina que eleva;\n\nII – içamento: o \
             movimento de uma carga.\n",
            vec!["grua", "içamento"],
        ),
        (
            "zh",
            "第三条 本法下列用语的含义：\n\n（一）起重机，是指提升重物的机器。\n\n（二）吊装：指重物的移动。\n",
            vec!["起重机", "吊装"],
        ),
        (
            "ja",
            "第二条　この法律において、次の各号に掲げる用語の意義は、当該各号に定めるところによる。\n\n一　起重機　重い物を\
             持ち上げる機械をいう。\n\n二　荷役　荷物の積卸しをいう。\n",
            vec!["起重機", "荷役"],
        ),
    ] {
        assert_eq!(terms(language, text), expected, "{language}: {text}");
    }
}

#[test]
fn quoted_words_that_nobody_explains_are_no_terms() {
    for (language, text) in [
        ("en", "The words “blue crane” are struck. The keeper's hut means nothing to the operator's wife."),
        (
            "de",
            "Das Wort „Kran“ wird gestrichen. Ein Hub wird als „Fernhub“ bezeichnet. Im Sinne der Klarheit ist „Hub“ zu streichen. Er liest „Der Hub“.",
        ),
        (
            "fr",
            "Le mot « grue » est supprimé. On entend parfois « bip » dans le port. La revue « Port » paraît.",
        ),
        ("es", "Se suprime la palabra «grúa». El barco «Norte» es de la autoridad."),
        ("it", "La parola «gru» è soppressa. Il silenzio si intende «assenso» del porto."),
        ("pt", "É suprimida a palavra «grua». O navio «Norte» é da autoridade."),
        ("zh", "删去“起重机”一词。港口应当公布“蓝色起重机”名单，并指定负责人。"),
        ("ja", "「起重機」を削る。港は「青い起重機」の名簿を公表しなければならない。"),
        ("nl", "“Crane” means a machine that lifts."),
    ] {
        assert_eq!(terms(language, text), Vec::<String>::new(), "{language}: {text}");
    }
}

#[test]
fn a_passage_is_read_in_its_own_language_and_in_all_where_none_is_known() {
    let text = "“Crane” means a machine that lifts the loads of the harbour and sets them down again where the keeper of \
        the harbour wants to have them, by day and by night.\n\n\
        „Kran“ bezeichnet eine Maschine, die die Lasten des Hafens hebt und wieder absetzt, wo der Hafenmeister sie haben \
        will, und zwar bei Tag und auch bei Nacht.\n";
    let mut passages = segment(text);
    crate::segment::mark_languages(text, &mut passages, Some("en"));
    for main in [Some("en"), None] {
        let found = definitions(text, &passages, main);
        let read: Vec<(&str, &str)> = found.iter().map(|d| (d.term.as_str(), d.language)).collect();
        assert_eq!(read, [("crane", "en"), ("kran", "de")], "{main:?}");
    }
    let short = "“Crane” means a hook.";
    assert_eq!(definitions(short, &segment(short), None).len(), 1, "too short to tell its language");
}

#[test]
fn a_definition_far_into_a_passage_is_told_from_its_own_clause_on() {
    let text =
        format!("{} “Crane” means a machine that lifts.", "No keeper of the harbour sleeps.".repeat(30));
    let passages = segment(&text);
    let found = definitions(&text, &passages, Some("en"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].words.contains("“Crane” means a machine"), "{}", found[0].words);
}

#[test]
fn a_text_of_nothing_but_definitions_is_read_up_to_a_bound() {
    let entries: Vec<String> =
        (0..MOST + 10).map(|n| format!("({n}) “Crane {n}” means engine {n}.")).collect();
    let text = entries.join("\n\n");
    assert_eq!(definitions(&text, &segment(&text), Some("en")).len(), MOST);
}

#[test]
fn every_pattern_compiles() {
    for (language, reader) in LANGUAGES.iter().zip(READERS.iter()) {
        assert_eq!(reader.broken(), Vec::<&str>::new(), "{}", language.code);
    }
}

const PIECES: &str = r#"([“”„«»「」"'’` .;:,()\n]|kran|means|bezeichnet|on entend par|se entenderá por|si intende per|entende-se por|本法所称|是指|とは|をいう|用語の定義は|1\. |é){1,60}"#;

proptest! {
    #[test]
    fn terms_and_words_of_definitions_stand_in_the_text(
        text in PIECES,
        language in prop::sample::select(vec!["en", "de", "fr", "es", "it", "pt", "zh", "ja", "nl", ""]),
    ) {
        let main = (!language.is_empty()).then_some(language);
        let even = super::super::even(&text);
        for Definition { term, words, .. } in definitions(&text, &segment(&text), main) {
            let words = words.trim_start_matches("… ").trim_end_matches('…');
            prop_assert!(even.contains(words.trim()), "{words}: {even}");
            prop_assert!(even.to_lowercase().contains(&term), "{term}: {even}");
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        definitions(&text, &segment(&text), None);
    }
}
