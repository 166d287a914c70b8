//! Which language a text is in, or that one cannot tell.

use whatlang::Lang;

/// Below this many letters no guess is better than a guess: whatlang calls "Sec. 4(a)(1)" Catalan.
const ENOUGH_LETTERS: usize = 40;
/// Below this confidence whatlang is wrong too often on legal text.
const SURE_ENOUGH: f64 = 0.8;
/// Bytes looked at, in three windows (start, middle, end), so that a long text costs no more than a short one.
const WINDOW: usize = 4096;

/// The ISO 639-1 code of the language that `text` is mainly in; `None` when it is too short or too mixed to tell.
pub fn detect(text: &str) -> Option<String> {
    let sample = sample(text);
    let sample = sample.as_deref().unwrap_or(text);
    if sample.chars().filter(|c| c.is_alphabetic()).take(ENOUGH_LETTERS).map(weight).sum::<usize>()
        < ENOUGH_LETTERS
    {
        return None;
    }
    let info = whatlang::detect(sample)?;
    if info.confidence() < SURE_ENOUGH {
        return None;
    }
    CODES.iter().find(|(lang, _)| *lang == info.lang()).map(|(_, code)| (*code).to_owned())
}

/// An ideograph or a syllable says as much as several letters.
fn weight(letter: char) -> usize {
    if letter > '\u{2e80}' { 4 } else { 1 }
}

fn sample(text: &str) -> Option<String> {
    if text.len() <= 3 * WINDOW {
        return None;
    }
    let window = |from: usize| {
        let start = text.ceil_char_boundary(from);
        &text[start..text.ceil_char_boundary(start + WINDOW)]
    };
    let windows = [window(0), window(text.len() / 2), window(text.len() - WINDOW)];
    Some(windows.join("\n"))
}

/// ISO 639-1 codes.
const CODES: [(Lang, &str); 70] = [
    (Lang::Afr, "af"),
    (Lang::Aka, "ak"),
    (Lang::Amh, "am"),
    (Lang::Ara, "ar"),
    (Lang::Aze, "az"),
    (Lang::Bel, "be"),
    (Lang::Ben, "bn"),
    (Lang::Bul, "bg"),
    (Lang::Cat, "ca"),
    (Lang::Ces, "cs"),
    (Lang::Cmn, "zh"),
    (Lang::Cym, "cy"),
    (Lang::Dan, "da"),
    (Lang::Deu, "de"),
    (Lang::Ell, "el"),
    (Lang::Eng, "en"),
    (Lang::Epo, "eo"),
    (Lang::Est, "et"),
    (Lang::Fin, "fi"),
    (Lang::Fra, "fr"),
    (Lang::Guj, "gu"),
    (Lang::Heb, "he"),
    (Lang::Hin, "hi"),
    (Lang::Hrv, "hr"),
    (Lang::Hun, "hu"),
    (Lang::Hye, "hy"),
    (Lang::Ind, "id"),
    (Lang::Ita, "it"),
    (Lang::Jav, "jv"),
    (Lang::Jpn, "ja"),
    (Lang::Kan, "kn"),
    (Lang::Kat, "ka"),
    (Lang::Khm, "km"),
    (Lang::Kor, "ko"),
    (Lang::Lat, "la"),
    (Lang::Lav, "lv"),
    (Lang::Lit, "lt"),
    (Lang::Mal, "ml"),
    (Lang::Mar, "mr"),
    (Lang::Mkd, "mk"),
    (Lang::Mya, "my"),
    (Lang::Nep, "ne"),
    (Lang::Nld, "nl"),
    (Lang::Nob, "nb"),
    (Lang::Ori, "or"),
    (Lang::Pan, "pa"),
    (Lang::Pes, "fa"),
    (Lang::Pol, "pl"),
    (Lang::Por, "pt"),
    (Lang::Ron, "ro"),
    (Lang::Rus, "ru"),
    (Lang::Sin, "si"),
    (Lang::Slk, "sk"),
    (Lang::Slv, "sl"),
    (Lang::Sna, "sn"),
    (Lang::Spa, "es"),
    (Lang::Srp, "sr"),
    (Lang::Swe, "sv"),
    (Lang::Tam, "ta"),
    (Lang::Tel, "te"),
    (Lang::Tgl, "tl"),
    (Lang::Tha, "th"),
    (Lang::Tuk, "tk"),
    (Lang::Tur, "tr"),
    (Lang::Ukr, "uk"),
    (Lang::Urd, "ur"),
    (Lang::Uzb, "uz"),
    (Lang::Vie, "vi"),
    (Lang::Yid, "yi"),
    (Lang::Zul, "zu"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_of_the_samples_are_told_apart_and_fragments_are_not_guessed() {
        let cases = [
            (
                "A deployer shall keep a log of every decision that the system has made for two years.",
                Some("en"),
            ),
            (
                "Le fournisseur tient un registre des incidents et le communique à l'autorité compétente.",
                Some("fr"),
            ),
            (
                "El proveedor conservará un registro de los incidentes y lo comunicará a la autoridad.",
                Some("es"),
            ),
            (
                "Der Anbieter führt ein Verzeichnis der Vorfälle und teilt es der zuständigen Behörde mit.",
                Some("de"),
            ),
            ("第三条 提供者应当建立健全人工智能安全管理制度。", Some("zh")),
            ("يجب على المزود الاحتفاظ بسجل للحوادث وإبلاغ السلطة المختصة بها", Some("ar")),
            ("Sec. 4(a)(1)", None),
            ("", None),
            ("12 34 56", None),
        ];
        for (text, expected) in cases {
            assert_eq!(detect(text).as_deref(), expected, "{text}");
        }
    }
}
