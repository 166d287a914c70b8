//! French.

use lacuna_domain::Confidence;
use lacuna_domain::relation::{RelationKind, StatedKind, TimeUnit};

use super::{Days, Deeds, Language, States, Whole};

/// The words of French.
pub(super) const LANGUAGE: Language =
    Language { code: "fr", spaced: true, days: DAYS, whole: WHOLE, deeds: DEEDS };

const DAYS: Days = Days {
    months: &[
        ("janvier", 1),
        ("février", 2),
        ("mars", 3),
        ("avril", 4),
        ("mai", 5),
        ("juin", 6),
        ("juillet", 7),
        ("août", 8),
        ("aout", 8),
        ("septembre", 9),
        ("octobre", 10),
        ("novembre", 11),
        ("décembre", 12),
    ],
    day: r"(?P<d1>[0-9]{1,2})(?:\s?er|ᵉʳ)?\s(?P<m1>MONTH)\s(?P<y1>[0-9]{4})",
    eras: &[],
    counts: &[
        ("un", 1),
        ("une", 1),
        ("deux", 2),
        ("trois", 3),
        ("quatre", 4),
        ("cinq", 5),
        ("six", 6),
        ("neuf", 9),
        ("dix", 10),
        ("douze", 12),
        ("dix-huit", 18),
        ("vingt", 20),
        ("vingtième", 20),
        ("vingt-quatre", 24),
        ("trente", 30),
        ("trente-six", 36),
        ("soixante", 60),
        ("quatre-vingt-dix", 90),
        ("cent vingt", 120),
        ("cent quatre-vingts", 180),
    ],
    units: &[
        ("jour", TimeUnit::Day),
        ("jours", TimeUnit::Day),
        ("semaine", TimeUnit::Week),
        ("semaines", TimeUnit::Week),
        ("mois", TimeUnit::Month),
        ("an", TimeUnit::Year),
        ("ans", TimeUnit::Year),
        ("année", TimeUnit::Year),
        ("années", TimeUnit::Year),
    ],
    delay: r"(?:(?:le|un\sdélai\sde)\s)?(?:COUNT\s)?UNIT\s(?:(?P<next>après|suivant)|à\scompter\sde|à\spartir\sde)\s(?:celui\sde\s|la\sdate\s(?:de\s|d['’])|le\sjour\sde\s)?(?:l['’]|sa\s|son\s|la\s)?EVENT(?:\s(?:de\sla|du)\sprésente?\s\w+)?",
    adopted: r"adoption|promulgation",
    in_force: r"entrée\sen\s(?:vigueur|application)",
    published: r"publication",
    of: r"de|du|des|d['’]",
    of_this: r"(?:de\sla|du|des)\sprésent|de\scette|de\sce\b",
    states: &[
        States::new(
            StatedKind::Sunset,
            r"(?:cesse(?:nt|ra|ront)?\s(?:d['’]être\sen\svigueur|d['’]avoir\seffet|de\s(?:produire\s(?:ses|leurs)\seffets|s['’]appliquer))|expire(?:nt|ra|ront)?|(?:reste(?:nt)?|demeure(?:nt)?)\s(?:en\svigueur|applicables?)\sjusqu['’]au)",
            "",
        ),
        States::new(
            StatedKind::InForce,
            r"(?:entre(?:nt|ra|ront)?\sen\svigueur|pren(?:d|nent|dra|dront)\seffet)",
            "",
        ),
        States::new(
            StatedKind::AppliesFrom,
            r"(?:s['’](?:applique(?:nt|ra|ront)?)|(?:est|sont|sera|seront)\sapplicables?)\s(?:à\s(?:partir|compter)\s(?:du|de)|dès\sle|depuis\sle)",
            "",
        ),
    ],
};

const WHOLE: Whole = Whole {
    subject: r"(?:(?:la\sprésente|cette)\s(?:loi|directive|décision|ordonnance|convention)|(?:le\sprésent|ce)\s(?:règlement|décret|code)|(?:le\sprésent|cet)\s(?:arrêté|accord))",
    will: "",
    and: r"et(?:\s+(?:elle|il))?",
    link: r"le|à\s+compter\s+du|à\s+partir\s+du|au|dès\s+le|dans|à\s+l['’]expiration\s+d['’]un\s+délai\s+de",
    governing: &["de", "du", "par", "à", "dans", "avec", "selon"],
    conditions: &["si", "lorsque", "quand", "dès", "sauf"],
    reserves: &["ou", "si", "sauf", "sous", "lorsque", "à"],
    quoting: &["suit", "rédigé", "rédigée", "suivant", "suivante", "suivants", "suivantes"],
};

const DEEDS: Deeds = Deeds {
    done: &[
        (
            r"(?:est|sont)\s(?:ainsi\s|également\s)?(?:modifiée?s?|complétée?s?)\b",
            RelationKind::Amends,
            Confidence::High,
        ),
        (r"(?:est|sont)\s(?:abrogée?s?|rapportée?s?)(?:\W|$)", RelationKind::Revokes, Confidence::High),
        (r"(?:est|sont)\sremplacée?s?\b", RelationKind::Supersedes, Confidence::High),
    ],
    doing: &[
        (r"modifiant|modifie|modification", RelationKind::Amends, Confidence::High),
        (r"abrogeant|abroge|abrogation", RelationKind::Revokes, Confidence::High),
        (r"remplaçant|remplace", RelationKind::Supersedes, Confidence::High),
        (
            r"transposant|transpose|transposition|mettant\sen\sœuvre|met\sen\sœuvre|mise\sen\sœuvre|(?:pris|prise)\s(?:en|pour\sl['’])\s?application",
            RelationKind::Implements,
            Confidence::High,
        ),
        (r"conformément|en\svertu|en\sapplication", RelationKind::Implements, Confidence::Low),
        (r"présente?\s\w+\sfait\spartie(?:\sintégrante)?", RelationKind::PartOf, Confidence::Medium),
    ],
    around: &[],
    article: r"(?:à\sla|de\sla|au|aux|du|des|de|le|la|les)\s+|(?:de\s|à\s)?l['’]\s*",
    agent: r"(?:modifiée?s?|abrogée?s?|remplacée?s?|insérée?s?|ajoutée?s?|créée?s?)\spar",
    provision: r"(?:^|[\s('’])((?:articles?|art\.|chapitre|titre|annexe|paragraphe)\s[\w.-]{1,12}(?:,\s(?:paragraphe|point|alinéa)\s\w{1,6},?){0,3})\s(?:du\s|de\sla\s|de\sl['’]|des\s)$",
    provision_after: "",
    acts: &[],
    before_name: "",
    generic: &[],
    translation: r"\b(?P<sure>(?:ce(?:tte)?\s\w+\s|ceci\s)est\s(?:une\s|la\s))?traduction\s(?P<kind>(?:non\sofficielle|officieuse|de\scourtoisie|française|anglaise)\s)?(?:du\s|de\sla\s|de\sl['’]|des\s)",
    another: r"\b(?:modifiant|modification|abrogeant|abrogation|remplaçant|transposant|transposition|portant\sapplication|complétant|adaptant|adaptation|visant)\b",
};
