//! Portuguese.

use lacuna_domain::Confidence;
use lacuna_domain::relation::{RelationKind, StatedKind, TimeUnit};

use super::{Days, Deeds, Language, States, Whole};

/// The words of Portuguese.
pub(super) const LANGUAGE: Language =
    Language { code: "pt", spaced: true, days: DAYS, whole: WHOLE, deeds: DEEDS };

const DAYS: Days = Days {
    months: &[
        ("janeiro", 1),
        ("fevereiro", 2),
        ("março", 3),
        ("abril", 4),
        ("maio", 5),
        ("junho", 6),
        ("julho", 7),
        ("agosto", 8),
        ("setembro", 9),
        ("outubro", 10),
        ("novembro", 11),
        ("dezembro", 12),
    ],
    day: r"(?P<d1>[0-9]{1,2})[.º°]?\sde\s(?P<m1>MONTH)\sde\s(?P<y1>[0-9]{4})",
    eras: &[],
    counts: &[
        ("um", 1),
        ("uma", 1),
        ("dois", 2),
        ("duas", 2),
        ("três", 3),
        ("quatro", 4),
        ("cinco", 5),
        ("seis", 6),
        ("nove", 9),
        ("dez", 10),
        ("doze", 12),
        ("quinze", 15),
        ("dezoito", 18),
        ("vinte", 20),
        ("vigésimo", 20),
        ("vinte e quatro", 24),
        ("trinta", 30),
        ("trinta e seis", 36),
        ("sessenta", 60),
        ("noventa", 90),
        ("cento e vinte", 120),
        ("cento e oitenta", 180),
    ],
    units: &[
        ("dia", TimeUnit::Day),
        ("dias", TimeUnit::Day),
        ("semana", TimeUnit::Week),
        ("semanas", TimeUnit::Week),
        ("mês", TimeUnit::Month),
        ("meses", TimeUnit::Month),
        ("ano", TimeUnit::Year),
        ("anos", TimeUnit::Year),
    ],
    delay: r"(?:(?:o|decorridos)\s)?(?:COUNT\s(?:\([\w\s]{1,30}\)\s)?)?UNIT\s(?:(?P<next>após|depois\sd[ae]|seguintes?\s(?:ao\sda|à|ao))|contados\s(?:da|a\spartir\sda)|a\spartir\sda|d[ae])\s(?:(?:data\sd[ae]|a|sua)\s){0,2}EVENT(?:\s(?:d[ao]\spresente|dest[ae])\s\w+)?",
    adopted: r"adoção|aprovação|promulgação",
    in_force: r"entrada\sem\svigor",
    published: r"publicação(?:\soficial)?",
    of: r"de|do|da",
    of_this: r"d[ao]\spresente|dest[ae]\b",
    states: &[
        States::new(
            StatedKind::Sunset,
            r"(?:expira(?:m|rá|rão)?|(?:deixa|deixam|deixará|deixarão)\sde\s(?:vigorar|produzir\sefeitos|ser\saplicáve(?:l|is))|caduca(?:m|rá)?|(?:vigora|vigoram|vigorará|permanece|permanecem)\s(?:em\svigor\s)?até)",
            "",
        ),
        States::new(
            StatedKind::InForce,
            r"(?:(?:entra|entram|entrará|entrarão)\sem\svigor|(?:produz|produzem|produzirá)\sefeitos)",
            "",
        ),
        States::new(
            StatedKind::AppliesFrom,
            r"(?:(?:aplica|aplicam|aplicar)-se(?:-á|-ão)?|(?:é|são|será|serão)\saplicáve(?:l|is))\s(?:a\spartir\sd[eao]|desde\so)",
            "",
        ),
    ],
};

const WHOLE: Whole = Whole {
    subject: r"(?:(?:a\spresente|esta)\s(?:lei(?:\scomplementar)?|diretiva|decisão|portaria|resolução|medida\sprovisória)|(?:o\spresente|este)\s(?:regulamento|decreto(?:-lei)?|código|acordo))",
    will: "",
    and: r"e",
    link: r"em|no|no\sdia|a\s+partir\s+de|na|após|decorridos",
    governing: &["de", "do", "da", "por", "a", "em", "com", "segundo"],
    conditions: &["se", "quando", "salvo", "caso"],
    reserves: &["ou", "se", "salvo", "caso", "desde"],
    quoting: &["seguinte", "seguintes", "segue", "redação"],
};

const DEEDS: Deeds = Deeds {
    done: &[
        (
            r"(?:é|são|fica|ficam)\s(?:alterad[oa]s?|modificad[oa]s?)(?:\s(?:como|do|da|pelo|pela|em|por|com|e|nos)\b|\s*[:.,]|\s*$)",
            RelationKind::Amends,
            Confidence::High,
        ),
        (r"passam?\sa\s(?:vigorar|ter)\b", RelationKind::Amends, Confidence::High),
        (
            r"(?:é|são|fica|ficam)\srevogad[oa]s?(?:\s(?:pelo|pela|com|por|e|desde)\b|\s*[:.,]|\s*$)",
            RelationKind::Revokes,
            Confidence::High,
        ),
        (
            r"(?:é|são|fica|ficam)\ssubstituíd[oa]s?(?:\s(?:pelo|pela|por)\b|\s*[:.,]|\s*$)",
            RelationKind::Supersedes,
            Confidence::High,
        ),
    ],
    doing: &[
        (
            r"alteram?|alterando|alteração|(?:fica|ficam)\salterad[oa]s?",
            RelationKind::Amends,
            Confidence::High,
        ),
        (
            r"revogam?|revogando|revogação|(?:é|são|fica|ficam)\srevogad[oa]s?",
            RelationKind::Revokes,
            Confidence::High,
        ),
        (r"substituem?|substituindo", RelationKind::Supersedes, Confidence::High),
        (
            r"regulamenta|regulamentando|transpõe|transposição|executa|dá\sexecução",
            RelationKind::Implements,
            Confidence::High,
        ),
        (
            r"nos\stermos|em\sconformidade\scom|de\sacordo\scom|com\sfundamento\sn[oa]|conforme",
            RelationKind::Implements,
            Confidence::Low,
        ),
        (
            r"(?:o\spresente|a\spresente|este|esta)\s\w+\sfaz\sparte(?:\sintegrante)?",
            RelationKind::PartOf,
            Confidence::Medium,
        ),
    ],
    around: &[],
    article: r"(?:ao|aos|à|às|do|dos|da|das|de|o|os|a|as)\s+",
    agent: r"(?:alterad[oa]s?|revogad[oa]s?|substituíd[oa]s?|aditad[oa]s?|incluíd[oa]s?)\s(?:pelo|pela|por)",
    provision: r"(?:^|[\s(])((?:artigos?|art\.|capítulo|título|anexo)\s[\w.º°-]{1,12}(?:,\s(?:n\.º|inciso|alínea|parágrafo)\s\w{1,6},?){0,3})\s(?:do|da|dos|das)\s$",
    provision_after: "",
    acts: &[],
    before_name: "",
    generic: &[],
    translation: r"\b(?P<sure>est[ea]\s(?:\w+\s)?é\suma\s)?tradução\s(?P<kind>(?:não\soficial|livre|de\scortesia)\s)?(?:do|da|dos|das)\s",
    another: r"\b(?:alteram?|alteração|revogam?|revogação|substituem?|regulamenta|transpõe|transposição|execução|completam?|complementam?|adaptam?|adaptação)\b",
};
