//! Spanish.

use lacuna_domain::Confidence;
use lacuna_domain::relation::{RelationKind, StatedKind, TimeUnit};

use super::{Days, Deeds, Language, States, Whole};

/// The words of Spanish.
pub(super) const LANGUAGE: Language =
    Language { code: "es", spaced: true, days: DAYS, whole: WHOLE, deeds: DEEDS };

const DAYS: Days = Days {
    months: &[
        ("enero", 1),
        ("febrero", 2),
        ("marzo", 3),
        ("abril", 4),
        ("mayo", 5),
        ("junio", 6),
        ("julio", 7),
        ("agosto", 8),
        ("septiembre", 9),
        ("setiembre", 9),
        ("octubre", 10),
        ("noviembre", 11),
        ("diciembre", 12),
    ],
    day: r"(?P<d1>[0-9]{1,2})[.º°]?\s(?:de\s)?(?P<m1>MONTH)\s(?:del?\s)?(?P<y1>[0-9]{4})",
    eras: &[],
    counts: &[
        ("un", 1),
        ("una", 1),
        ("dos", 2),
        ("tres", 3),
        ("cuatro", 4),
        ("cinco", 5),
        ("seis", 6),
        ("nueve", 9),
        ("diez", 10),
        ("doce", 12),
        ("quince", 15),
        ("dieciocho", 18),
        ("veinte", 20),
        ("vigésimo", 20),
        ("veinticuatro", 24),
        ("treinta", 30),
        ("treinta y seis", 36),
        ("sesenta", 60),
        ("noventa", 90),
        ("ciento veinte", 120),
        ("ciento ochenta", 180),
    ],
    units: &[
        ("día", TimeUnit::Day),
        ("días", TimeUnit::Day),
        ("semana", TimeUnit::Week),
        ("semanas", TimeUnit::Week),
        ("mes", TimeUnit::Month),
        ("meses", TimeUnit::Month),
        ("año", TimeUnit::Year),
        ("años", TimeUnit::Year),
    ],
    delay: r"(?:(?:el|los)\s)?(?:COUNT\s)?UNIT\s(?:(?P<next>después\s(?:de|del)|siguientes?\s(?:a|al|a\sla|de))|de|contados\s(?:desde|a\spartir\sde)|a\spartir\sde)\s(?:(?:de\sla\sfecha\sde|la\sfecha\sde|el\sde|de)\s)?(?:su\s|la\s)?EVENT(?:\s(?:de\sla|del)\spresente\s\w+)?",
    adopted: r"adopción|aprobación|promulgación",
    in_force: r"entrada\sen\s(?:vigor|vigencia)",
    published: r"publicación",
    of: r"de|del",
    of_this: r"(?:de\sla|del|de)\spresente|de\s(?:esta|este)\b",
    states: &[
        States::new(
            StatedKind::Sunset,
            r"(?:expira(?:n|rá|rán)?|(?:dejará|dejarán|deja|dejan)\sde\s(?:tener\sefecto|estar\sen\svigor|aplicarse|surtir\sefectos)|(?:perderá|perderán)\s(?:su\s)?vigencia|(?:permanecerá|permanecerán|estará|estarán)\s(?:en\svigor|vigentes?)\shasta)",
            "",
        ),
        States::new(
            StatedKind::InForce,
            r"(?:(?:entrará|entrarán|entra|entran)\sen\s(?:vigor|vigencia)|(?:surtirá|surtirán|surte|surten)\sefectos?)",
            "",
        ),
        States::new(
            StatedKind::AppliesFrom,
            r"(?:se\s(?:aplicará|aplicarán|aplica|aplican)|(?:será|serán|es|son)\s(?:aplicables?|de\saplicación))\s(?:a\spartir\sde[l]?|desde\sel)",
            "",
        ),
    ],
};

const WHOLE: Whole = Whole {
    subject: r"(?:(?:la\spresente|esta)\s(?:ley(?:\sorgánica)?|directiva|decisión|orden|ordenanza|resolución)|(?:el\spresente|este)\s(?:reglamento|decreto|real\sdecreto|código|acuerdo))",
    will: "",
    and: r"y",
    link: r"el|el\sdía|a\s+partir\s+del?|desde\s+el|al?|a\s+los|en\s+el\s+plazo\s+de|transcurridos",
    governing: &["de", "del", "por", "a", "en", "con", "según"],
    conditions: &["si", "cuando", "salvo"],
    reserves: &["o", "u", "si", "salvo", "siempre", "cuando"],
    quoting: &["siguiente", "siguientes", "sigue", "redacción", "tenor"],
};

const DEEDS: Deeds = Deeds {
    done: &[
        (
            r"(?:queda|quedan|es|son)\s(?:modificad[oa]s?|redactad[oa]s?)(?:\s(?:como|de|del|en|por|con|a|y)\b|\s*[:.,]|\s*$)",
            RelationKind::Amends,
            Confidence::High,
        ),
        (
            r"se\smodifican?(?:\s(?:como|de|en|por|con|y)\b|\s*[:.]|\s*$)",
            RelationKind::Amends,
            Confidence::High,
        ),
        (
            r"(?:queda|quedan|es|son)\sderogad[oa]s?(?:\s(?:con|por|a|desde|y)\b|\s*[:.,]|\s*$)",
            RelationKind::Revokes,
            Confidence::High,
        ),
        (
            r"(?:queda|quedan|es|son)\ssustituid[oa]s?(?:\s(?:por|con)\b|\s*[:.,]|\s*$)",
            RelationKind::Supersedes,
            Confidence::High,
        ),
    ],
    doing: &[
        (
            r"(?:se\s)?modifican?|modificando|modificación|(?:queda|quedan)\smodificad[oa]s?",
            RelationKind::Amends,
            Confidence::High,
        ),
        (
            r"(?:se\s)?derogan?|derogando|derogación|(?:queda|quedan)\sderogad[oa]s?",
            RelationKind::Revokes,
            Confidence::High,
        ),
        (r"(?:se\s)?sustituyen?|sustituyendo", RelationKind::Supersedes, Confidence::High),
        (
            r"por\s(?:el|la)\sque\sse\s(?:desarrolla|ejecuta|aplica)|(?:se\s)?transponen?|transposición|en\sejecución",
            RelationKind::Implements,
            Confidence::High,
        ),
        (
            r"de\sconformidad\scon|en\svirtud|conforme|con\sarreglo|de\sacuerdo\scon",
            RelationKind::Implements,
            Confidence::Low,
        ),
        (
            r"(?:el\spresente|la\spresente|este|esta)\s\w+\sforma\sparte(?:\sintegrante)?",
            RelationKind::PartOf,
            Confidence::Medium,
        ),
    ],
    around: &[],
    article: r"(?:a\sla|a\slos|a\slas|al|a|de\sla|de\slos|de\slas|del|de|el|la|los|las)\s+",
    agent: r"(?:modificad[oa]s?|derogad[oa]s?|sustituid[oa]s?|añadid[oa]s?|introducid[oa]s?)\spor",
    provision: r"(?:^|[\s(])((?:artículos?|art\.|apartado|capítulo|título|anexo)\s[\w.º-]{1,12}(?:,\s(?:apartado|letra|párrafo)\s\w{1,8},?){0,3})\s(?:del|de\sla|de\slos|de\slas)\s$",
    provision_after: "",
    acts: &[],
    before_name: "",
    generic: &[],
    translation: r"\b(?P<sure>(?:est[ea]\s\w+\s|esta\s)es\suna\s)?traducción\s(?P<kind>(?:no\soficial|oficiosa|de\scortesía|al\sespañol|al\singlés)\s)?(?:del|de\sla|de\slos|de\slas)\s",
    another: r"\b(?:modifican?|modificación|derogan?|derogación|sustituyen?|transponen?|transposición|desarrolla|ejecución|completan?|complementan?|adaptan?|adaptación)\b",
};
