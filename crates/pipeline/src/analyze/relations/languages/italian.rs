//! Italian.

use lacuna_domain::Confidence;
use lacuna_domain::relation::{RelationKind, StatedKind, TimeUnit};

use super::{Days, Deeds, Language, States, Whole};

/// The words of Italian.
pub(super) const LANGUAGE: Language =
    Language { code: "it", spaced: true, days: DAYS, whole: WHOLE, deeds: DEEDS };

const DAYS: Days = Days {
    months: &[
        ("gennaio", 1),
        ("febbraio", 2),
        ("marzo", 3),
        ("aprile", 4),
        ("maggio", 5),
        ("giugno", 6),
        ("luglio", 7),
        ("agosto", 8),
        ("settembre", 9),
        ("ottobre", 10),
        ("novembre", 11),
        ("dicembre", 12),
    ],
    day: r"(?P<d1>[0-9]{1,2})[º°]?\s(?P<m1>MONTH)\s(?P<y1>[0-9]{4})",
    eras: &[],
    counts: &[
        ("un", 1),
        ("uno", 1),
        ("una", 1),
        ("due", 2),
        ("tre", 3),
        ("quattro", 4),
        ("cinque", 5),
        ("sei", 6),
        ("nove", 9),
        ("dieci", 10),
        ("dodici", 12),
        ("quindici", 15),
        ("quindicesimo", 15),
        ("diciotto", 18),
        ("venti", 20),
        ("ventesimo", 20),
        ("ventiquattro", 24),
        ("trenta", 30),
        ("trentasei", 36),
        ("sessanta", 60),
        ("novanta", 90),
        ("centoventi", 120),
        ("centottanta", 180),
    ],
    units: &[
        ("giorno", TimeUnit::Day),
        ("giorni", TimeUnit::Day),
        ("settimana", TimeUnit::Week),
        ("settimane", TimeUnit::Week),
        ("mese", TimeUnit::Month),
        ("mesi", TimeUnit::Month),
        ("anno", TimeUnit::Year),
        ("anni", TimeUnit::Year),
    ],
    delay: r"(?:(?:il|decorsi)\s)?(?:COUNT\s)?UNIT\s(?:(?P<next>dopo|(?:successiv[oi]|seguent[ei])\s(?:a|al|alla))|dalla|dall['’]|dalla\sdata\sdi)\s?(?:(?:quello\sdella|data\sdi|la|sua|l['’])\s?){0,2}EVENT(?:\s(?:della|del)\spresente\s\w+)?",
    adopted: r"adozione|approvazione|promulgazione",
    in_force: r"entrata\sin\svigore",
    published: r"pubblicazione",
    of: r"del|della|dello|dell['’]|di",
    of_this: r"(?:della|del)\spresente|di\squest[oa]",
    states: &[
        States::new(
            StatedKind::Sunset,
            r"(?:scade|scadono|scadrà|(?:cessa|cessano|cesserà)\sdi\s(?:avere\seffetto|essere\sin\svigore|applicarsi|produrre\seffetti)|(?:resta|restano|rimane|rimangono)\sin\svigore\sfino)",
            "",
        ),
        States::new(
            StatedKind::InForce,
            r"(?:(?:entra|entrano|entrerà|entreranno)\sin\svigore|(?:ha|hanno)\seffetto)",
            "",
        ),
        States::new(
            StatedKind::AppliesFrom,
            r"(?:si\s(?:applica|applicano|applicherà|applicheranno)|(?:è|sono)\sapplicabil[ei])\s(?:a\s(?:decorrere|partire)\s(?:dal?|dall['’])|dal)",
            "",
        ),
    ],
};

const WHOLE: Whole = Whole {
    subject: r"(?:(?:la\spresente|questa)\s(?:legge|direttiva|decisione|ordinanza)|(?:il\spresente|questo)\s(?:regolamento|decreto(?:\slegislativo|-legge)?|codice|accordo))",
    will: "",
    and: r"e",
    link: r"il|il\sgiorno|a\s+decorrere\s+dal|a\s+partire\s+dal|dal|dopo",
    governing: &["di", "del", "della", "da", "dalla", "a", "in", "con", "per"],
    conditions: &["se", "qualora", "quando", "salvo"],
    reserves: &["o", "se", "salvo", "qualora", "purché"],
    quoting: &["seguente", "seguenti", "segue"],
};

const DEEDS: Deeds = Deeds {
    done: &[
        (
            r"(?:è|sono)\s(?:così\s)?modificat[oaie](?:\s(?:come|dal|dalla|da|con|e|in)\b|\s*[:.,]|\s*$)",
            RelationKind::Amends,
            Confidence::High,
        ),
        (
            r"(?:è|sono)\sabrogat[oaie](?:\s(?:dal|dalla|da|a|con|e)\b|\s*[:.,]|\s*$)",
            RelationKind::Revokes,
            Confidence::High,
        ),
        (
            r"(?:è|sono)\ssostituit[oaie](?:\s(?:dal|dalla|da|con)\b|\s*[:.,]|\s*$)",
            RelationKind::Supersedes,
            Confidence::High,
        ),
    ],
    doing: &[
        (r"modifica|modificano|modificando|recante\smodific(?:a|he)", RelationKind::Amends, Confidence::High),
        (r"abroga|abrogano|abrogazione|(?:è|sono)\sabrogat[oaie]", RelationKind::Revokes, Confidence::High),
        (r"sostituisce|sostituiscono", RelationKind::Supersedes, Confidence::High),
        (
            r"(?:in\s|di\s)?attuazione|attua|recepisce|recepimento|in\sesecuzione",
            RelationKind::Implements,
            Confidence::High,
        ),
        (r"ai\ssensi|in\sconformità|conformemente|a\snorma", RelationKind::Implements, Confidence::Low),
        (
            r"(?:il\spresente|la\spresente|questo|questa)\s\w+\sfa\sparte(?:\sintegrante)?",
            RelationKind::PartOf,
            Confidence::Medium,
        ),
    ],
    around: &[],
    article: r"(?:il|lo|la|i|gli|le|al|allo|alla|ai|alle|a|del|dello|della|dei|delle|di|con\sil)\s+|(?:all|dell|l)['’]\s*",
    agent: r"(?:modificat[oaie]|abrogat[oaie]|sostituit[oaie]|inserit[oaie]|aggiunt[oaie])\s(?:dal|dalla|dall['’]|da)",
    provision: r"(?:^|[\s('’])((?:articol[oi]|art\.|capo|titolo|allegato|paragrafo)\s[\w.-]{1,12}(?:,\s(?:paragrafo|comma|lettera)\s\w{1,6},?){0,3})\s(?:del\s|della\s|dell['’]|dei\s|delle\s)$",
    provision_after: "",
    acts: &[],
    before_name: "",
    generic: &[],
    translation: r"\b(?P<sure>quest[oa]\s(?:\w+\s)?è\suna\s)?traduzione\s(?P<kind>(?:non\sufficiale|di\scortesia|italiana|inglese)\s)?(?:del\s|della\s|dell['’]|dei\s)",
    another: r"\b(?:modifica|modifiche|modificano|abroga|abrogazione|sostituisce|attuazione|recepimento|esecuzione|integrano?|completano?|adeguano?|adeguamento)\b",
};
