//! English.

use lacuna_domain::Confidence;
use lacuna_domain::relation::{RelationKind, StatedKind, TimeUnit};

use super::{Days, Deeds, Language, States, Whole};

/// The words of English.
pub(super) const LANGUAGE: Language =
    Language { code: "en", spaced: true, days: DAYS, whole: WHOLE, deeds: DEEDS };

const DAYS: Days = Days {
    months: &[
        ("january", 1),
        ("february", 2),
        ("march", 3),
        ("april", 4),
        ("may", 5),
        ("june", 6),
        ("july", 7),
        ("august", 8),
        ("september", 9),
        ("october", 10),
        ("november", 11),
        ("december", 12),
    ],
    day: r"(?P<m1>MONTH)\s(?P<d1>[0-9]{1,2}),\s?(?P<y1>[0-9]{4})|(?P<d2>[0-9]{1,2})\s(?P<m2>MONTH)\s(?P<y2>[0-9]{4})",
    eras: &[],
    counts: COUNTS,
    units: &[
        ("day", TimeUnit::Day),
        ("days", TimeUnit::Day),
        ("week", TimeUnit::Week),
        ("weeks", TimeUnit::Week),
        ("month", TimeUnit::Month),
        ("months", TimeUnit::Month),
        ("year", TimeUnit::Year),
        ("years", TimeUnit::Year),
    ],
    delay: r"(?:the\s)?(?:COUNT\s(?:\([0-9]{1,4}\)\s)?(?:calendar\s|full\s)?)?UNIT\s(?:(?P<next>after|following)|from)\s(?:the\s)?(?:(?:date|day)\sof\s(?:the\s)?)?(?:its\s|that\sof\sits\s)?EVENT(?:\sof\s(?:this|these|the\spresent)\s\w+)?",
    adopted: r"enactment(?:\sinto\slaw)?|adoption|passage|promulgation|becoming\slaw",
    in_force: r"entry\sinto\s(?:force|effect)|(?:coming|entering)\sinto\s(?:force|effect|operation)|effective\sdate",
    published: "publication",
    of: "of",
    of_this: r"of\s(?:this|these|the\s(?:present\s)?(?:act|order|regulation|law|decree|directive)\b)|of\sits\b",
    states: &[
        States::new(
            StatedKind::Sunset,
            r"(?:expires?|shall\sexpire|sunsets?|(?:is|are)\srepealed|terminates?|remains?\sin\s(?:effect|force)\s(?:only\s)?until|ceases?\sto\s(?:have|be\sin)\s(?:effect|force))",
            "",
        ),
        States::new(
            StatedKind::AppliesFrom,
            r"(?:shall\sapply|applies|apply)\s(?:to\s[^.;\n]{0,60}?\s)?(?:from|on\sand\safter|on\sor\safter|beginning|starting|as\sof)",
            "",
        ),
        States::new(
            StatedKind::InForce,
            r"takes?\seffect|(?:enters?|comes?|go(?:es)?)\sinto\s(?:force|effect|operation)",
            "",
        ),
        States {
            kind: StatedKind::InForce,
            before: r"(?:shall\sbe|is|becomes?)\seffective|effective(?:\sdate)?",
            after: "",
            ends_if: r",\s(?:this|the|such|section)\b[^.;\n]{0,60}?\b(?:repealed|no\s(?:force|longer)|ceases?|expires?|terminates?)\b",
        },
    ],
};

const COUNTS: &[(&str, u32)] = &[
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("fifteen", 15),
    ("eighteen", 18),
    ("twenty", 20),
    ("twentieth", 20),
    ("twenty-four", 24),
    ("thirty", 30),
    ("thirtieth", 30),
    ("thirty-six", 36),
    ("forty-five", 45),
    ("sixty", 60),
    ("ninety", 90),
    ("one hundred twenty", 120),
    ("one hundred and twenty", 120),
    ("one hundred eighty", 180),
    ("one hundred and eighty", 180),
];

const WHOLE: Whole = Whole {
    subject: r"(?:this(?:\s+executive)?\s+(?:act|law|order|decree|ordinance|directive|regulation)|these(?:\s+interim|\s+provisional)?\s+(?:measures|regulations))(?:\s+and\s+the\s+amendments\s+made\s+by\s+this\s+[a-z]+)?",
    will: r"\s+(?:shall|will|is\s+to|are\s+to)",
    and: r"and(?:\s+it)?",
    link: r"on|as\s+of|from|and\s+after|beginning|starting|at\s+midnight|at\s+the\s+end\s+of|the\s+(?:date|day)\s+(?:that|which)\s+is",
    governing: &["of", "under", "by", "in", "to", "with", "from", "which", "before"],
    conditions: &["if", "unless", "until", "when", "upon", "contingent", "assuming"],
    reserves: &["or", "if", "unless", "until", "provided", "subject", "whichever", "contingent", "upon"],
    quoting: &["read", "reads", "follows"],
};

const DEEDS: Deeds = Deeds {
    done: &[
        (r"(?:is|are)\s+(?:hereby\s+|further\s+)?amended\b", RelationKind::Amends, Confidence::High),
        (
            r"(?:is|are)\s+(?:hereby\s+|further\s+)?(?:revoked|repealed|rescinded)\b",
            RelationKind::Revokes,
            Confidence::High,
        ),
        (r"(?:is|are)\s+(?:hereby\s+|further\s+)?superseded\b", RelationKind::Supersedes, Confidence::High),
    ],
    doing: &[
        (
            r"revokes?|revoking|rescinds?|rescinding|repeals?|repealing",
            RelationKind::Revokes,
            Confidence::High,
        ),
        (r"supersedes?|superseding|replaces", RelationKind::Supersedes, Confidence::High),
        (r"amends?|amending", RelationKind::Amends, Confidence::High),
        (r"implements?|implementing|implementation\s+of", RelationKind::Implements, Confidence::High),
        (
            r"(?:as\s+)?(?:required|directed|called\s+for)\s+(?:by|in)",
            RelationKind::Implements,
            Confidence::Medium,
        ),
        (r"pursuant\s+to|in\s+accordance\s+with", RelationKind::Implements, Confidence::Low),
        (
            r"this\s+\w+\s+(?:is|forms)\s+(?:an?\s+)?(?:integral\s+)?part\s+of",
            RelationKind::PartOf,
            Confidence::Medium,
        ),
    ],
    around: &[],
    article: r"the\s+",
    agent: r"(?:amended|added|inserted|enacted|established|repealed|redesignated|codified|authorized)\s+by",
    provision: r"\b((?:(?:sections?|sec\.|title|article|part|subpart|chapter|division|subtitle|subsection|paragraph)\s+[0-9a-z().–-]{1,20}\s+(?:of|in|to)\s+(?:the\s+)?){0,4}(?:sections?|sec\.|title|article|part|subpart|chapter|division|subtitle|subsection|paragraph)\s+[0-9a-z().–-]{1,20})\s+(?:of|in|to)\s+(?:the\s+)?$",
    provision_after: "",
    acts: &[
        r"\b((?:(?:[A-Z]\.|[A-Z][\w’'&-]*,?|\([A-Z]\w+\)) (?:(?:of|and|for|in|the|to|on|or|by|with|from) ){0,3}){1,14}Act(?: of \d{4}| for Fiscal Year \d{4}|, \d{4})?)\b",
    ],
    before_name: r"(?:(?:sub)?(?:title|part|chapter|division|section)|article)\s(?:[0-9][\w.-]*|[ivxlc]+|[a-z])\.?\s(?:of\s)?(?:the\s)?|[ivxlc]+\sof\s(?:the\s)?|[a-z]\sof\s(?:the\s)?|(?:the|in|under|of|by|this|that)\s(?:the\s)?",
    generic: &[],
    translation: r"\b(?P<sure>(?:this\s(?:document\s|text\s|version\s)?is\s(?:an?\s|the\s)?(?:\w+\s){0,3}?)|(?:unofficial|non-official|courtesy|informal|provisional|convenience|english)\s(?:english\s|language\s)?)?translation\sof\s(?:the\s)?",
    // Names of laws have "supplemental" and "adaptation" of themselves.
    another: r"\b(?:(?:amend|revo[ck]|repeal|rescind|rescission|implement|supersed|replac|transpos)\w*|(?:supplement|complement|adapt)(?:s|ing)|pursuant\sto|(?:established|required|laid\sdown)\s(?:by|in|under))\b",
};
