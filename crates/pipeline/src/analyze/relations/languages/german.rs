//! German.

use lacuna_domain::Confidence;
use lacuna_domain::relation::{RelationKind, StatedKind, TimeUnit};

use super::{Days, Deeds, Language, States, Whole};

/// The words of German.
pub(super) const LANGUAGE: Language =
    Language { code: "de", spaced: true, days: DAYS, whole: WHOLE, deeds: DEEDS };

const DAYS: Days = Days {
    months: &[
        ("januar", 1),
        ("jänner", 1),
        ("februar", 2),
        ("märz", 3),
        ("april", 4),
        ("mai", 5),
        ("juni", 6),
        ("juli", 7),
        ("august", 8),
        ("september", 9),
        ("oktober", 10),
        ("november", 11),
        ("dezember", 12),
    ],
    day: r"(?P<d1>[0-9]{1,2})\.\s?(?P<m1>MONTH)\s(?P<y1>[0-9]{4})|(?P<d2>[0-9]{1,2})\.\s?(?P<n2>[0-9]{1,2})\.\s?(?P<y2>[0-9]{4})",
    eras: &[],
    counts: &[
        ("einen", 1),
        ("einem", 1),
        ("ein", 1),
        ("eine", 1),
        ("einer", 1),
        ("zwei", 2),
        ("drei", 3),
        ("vier", 4),
        ("fünf", 5),
        ("sechs", 6),
        ("neun", 9),
        ("zehn", 10),
        ("zwölf", 12),
        ("achtzehn", 18),
        ("zwanzig", 20),
        ("zwanzigsten", 20),
        ("vierundzwanzig", 24),
        ("dreißig", 30),
        ("sechsunddreißig", 36),
        ("sechzig", 60),
        ("neunzig", 90),
    ],
    units: &[
        ("tag", TimeUnit::Day),
        ("tage", TimeUnit::Day),
        ("tagen", TimeUnit::Day),
        ("woche", TimeUnit::Week),
        ("wochen", TimeUnit::Week),
        ("monat", TimeUnit::Month),
        ("monate", TimeUnit::Month),
        ("monaten", TimeUnit::Month),
        ("jahr", TimeUnit::Year),
        ("jahre", TimeUnit::Year),
        ("jahren", TimeUnit::Year),
    ],
    delay: r"(?:COUNT\s)?UNIT\s(?P<next>nach)\s(?:(?:dem|der|ihrem|ihrer|seinem|seiner)\s)?(?:Tag\s(?:ihrer|seiner|der|des)\s)?EVENT",
    adopted: r"Annahme|Verabschiedung|Erlass(?:es)?",
    in_force: r"Inkrafttretens?",
    published: r"Verkündung|Veröffentlichung|Bekanntmachung",
    of: "des|der|von|dieser|dieses",
    of_this: r"dies(?:er|es)\b|des\s(?:vorliegenden|Amtsblatts)|der\s(?:vorliegenden)",
    states: &[
        States::new(StatedKind::Sunset, r"tritt|treten|in\s+Kraft\s+und", r"au(?:ß|ss)er\s+Kraft"),
        States::new(
            StatedKind::Sunset,
            r"(?:gilt|gelten|bleibt|bleiben)\s(?:nur\s)?bis(?:\szum)?|(?:ist|sind)\sbis\szum",
            "",
        ),
        States::new(StatedKind::InForce, "tritt|treten", r"in\s+Kraft"),
        States::new(StatedKind::AppliesFrom, r"(?:gilt|gelten)(?:\serst|\sjedoch)?\s(?:ab|seit|vom)", ""),
        States::new(
            StatedKind::AppliesFrom,
            r"(?:ist|sind)\s(?:erst\s)?(?:ab|seit|vom)",
            r"(?:an\s)?anzuwenden|anwendbar",
        ),
    ],
};

const WHOLE: Whole = Whole {
    subject: r"(?:dieses\s+gesetz|diese\s+(?:verordnung|richtlinie|satzung|anordnung|entscheidung|bekanntmachung)|dieser\s+(?:beschluss|erlass))",
    will: "",
    and: r"und(?:\s+(?:es|sie|er))?",
    link: r"am|zum|ab|seit|vom|an|mit\s+Wirkung\s+(?:vom|zum)|dem|mit\s+Ablauf\s+des",
    governing: &["von", "nach", "gemäß", "durch", "mit", "aus", "in", "zu"],
    conditions: &["wenn", "falls", "sofern", "soweit", "sobald"],
    reserves: &["oder", "wenn", "falls", "sofern", "soweit", "sobald", "frühestens", "spätestens"],
    quoting: &["fassung", "gefasst", "angefügt", "eingefügt", "folgt"],
};

const DEEDS: Deeds = Deeds {
    done: &[
        (
            r"(?:wird|werden)(?:\s[\p{L}0-9]+){0,6}?\s(?:geändert|angefügt|eingefügt|ergänzt|gestrichen)\b",
            RelationKind::Amends,
            Confidence::High,
        ),
        (r"erhält(?:\s[\p{L}0-9]+){0,4}?\sFassung\b", RelationKind::Amends, Confidence::High),
        (r"(?:wird|werden)(?:\s[\p{L}0-9]+){0,6}?\saufgehoben\b", RelationKind::Revokes, Confidence::High),
        (r"(?:wird|werden)(?:\s[\p{L}0-9]+){0,6}?\sersetzt\b", RelationKind::Supersedes, Confidence::High),
    ],
    doing: &[
        (r"ändert|(?:zur\s)?Änderung", RelationKind::Amends, Confidence::High),
        (r"(?:zur\s)?Aufhebung|hebt", RelationKind::Revokes, Confidence::High),
        (r"ersetzt", RelationKind::Supersedes, Confidence::High),
        (r"(?:zur\s)?(?:Durchführung|Umsetzung|Ausführung)", RelationKind::Implements, Confidence::High),
        (
            r"gemäß|nach\sMaßgabe|auf\s?grund|auf\sder\sGrundlage|im\sEinklang\smit",
            RelationKind::Implements,
            Confidence::Low,
        ),
        (
            r"dies\w{1,2}\s\w+\s(?:ist|bildet)\s(?:ein(?:en)?\s)?(?:Bestandteil|Teil)",
            RelationKind::PartOf,
            Confidence::Medium,
        ),
    ],
    around: &[
        (r"\b(?:wird|werden)\b[^.;,]{0,60}$", r"(?:hiermit\s)?aufgehoben\b", RelationKind::Revokes),
        (r"\b(?:wird|werden)\b[^.;,]{0,60}$", r"(?:wie\sfolgt\s)?geändert\b", RelationKind::Amends),
        (r"\b(?:tritt|treten)\b[^.;,]{0,60}$", r"au(?:ß|ss)er\sKraft\b", RelationKind::Revokes),
    ],
    article: r"(?:der|des|die|das|dem|den|von)\s+",
    agent: r"durch",
    provision: r"(?:^|[\s(])((?:Artikels?|Art\.|§§?|Abschnitts?|Kapitels?|Teils?|Anhangs?)\s?[\w().–-]{1,12}(?:\s(?:Absatz|Abs\.|Satz|Nummer|Nr\.|Buchstabe)\s\w{1,6}){0,4})\s(?:der|des|dem|die|das)\s$",
    provision_after: "",
    acts: &[r"\b([A-ZÄÖÜ][A-Za-zÄÖÜäöüß-]{2,60}(?:gesetz(?:buch)?|verordnung))(?:e?s)?\b"],
    before_name: "",
    generic: &["rechtsverordnung", "durchführungsverordnung", "änderungsgesetz", "änderungsverordnung"],
    translation: r"\b(?P<sure>(?:nicht\s?amtliche|inoffizielle|unverbindliche|deutsche|englische|vorläufige)\s(?:deutsche\s|englische\s)?)?Übersetzung\s(?:der|des|von)\s",
    another: r"\b(?:Änderung|Aufhebung|Umsetzung|Durchführung|Ausführung|Übersetzung|Ergänzung|Anpassung)\b",
};
