//! How laws say what their terms mean: one table a language, as patterns without regard to case. `\s` stands wherever a
//! text may wrap.
//!
//! # How to add a language
//! Write its table, beginning from the nearest one, name it in [`LANGUAGES`], and add sentences of it to the tests.

/// The forms of one language; a blank one is not used in it.
pub(super) struct Language {
    /// ISO 639-1 code.
    pub(super) code: &'static str,
    /// Words right before a term, or a list of terms, that say that it will be explained: "on entend par".
    pub(super) opens: &'static str,
    /// What stands before a term that is explained after it: "par" in "par « X », on entend".
    pub(super) by: &'static str,
    /// What may stand between such words and the term.
    pub(super) article: &'static str,
    /// Words right after such a term.
    pub(super) understood: &'static str,
    /// Words right after a term wherever it stands.
    pub(super) means: &'static str,
    /// Words right before a term by which those after it say something else.
    pub(super) unless: &'static str,
    /// Words right after a term with which a sentence or an entry of a list begins.
    pub(super) is: &'static str,
    /// Terms without marks, each as a group.
    pub(super) bare: &'static str,
    /// The same after the enumerator of an entry of a list that was announced.
    pub(super) listed: &'static str,
}

/// What counts entries of a list: `1.`, `(a)`, `1°`, `IV –`, `（一）`, `一、`, `•`.
pub(super) const ENUMERATOR: &str = r"(?:(?:[(（]?(?:[0-9]{1,3}(?:\.[0-9]{1,2}){0,3}|[a-z]{1,2}|[ivxl]{1,6}|[一二三四五六七八九十]{1,3})\s?[)）]|(?:[0-9]{1,3}(?:\.[0-9]{1,2}){0,3}|[a-z]|[ivxl]{1,6}|[一二三四五六七八九十]{1,3})[.．、]|[0-9]{1,3}\.?[°º]\)?|(?:[0-9]{1,3}|[ivxl]{1,6})\s?[-–—]|[一二三四五六七八九十]{1,3}\s|[•●▪◦–—-])\s*)";

/// An entry without marks: its term up to the colon.
const UP_TO_COLON: &str = r"(\p{L}[^:;.,«»„“”]{1,78}?)\s?:\s";

/// The languages in which definitions are read.
pub(super) static LANGUAGES: [Language; 8] =
    [ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE, CHINESE, JAPANESE];

const ENGLISH: Language = Language {
    code: "en",
    opens: "",
    by: "",
    article: "",
    understood: "",
    means: r"[^.;]{0,60}?\b(?:means|shall\s+mean|has\s+the\s+(?:same\s+)?meaning|have\s+the\s+meanings?|refers\s+to)\b",
    unless: "",
    is: "",
    bare: "",
    listed: "",
};

const GERMAN: Language = Language {
    code: "de",
    opens: r"(?:im\s+Sinne|für\s+(?:die\s+)?Zwecke)\s+(?:dies|de[rs]\s+(?:vorliegend|Gesetz|Verordnung|Richtlinie|Satzung|Absatz|Artikel|§))[^.;:„“”»«]{0,90}?\s(?:bezeichne[tn]|bedeute[tn]|ist|sind|gilt|gelten)(?:\s+(?:als|der|die|das|den))?(?:\s+(?:Ausdr[uü]cke?|Begriffe?))?|(?:bezeichne[tn]|bedeute[tn])\s+(?:der|die)\s+(?:Ausdr[uü]cke?|Begriffe?)|folgenden?\s+Begriffsbestimmungen|versteht\s+man\s+unter",
    by: "unter",
    article: "(?:dem|der|einem|einer|ein|eine)(?:\\s+(?:Begriff|Ausdruck))?",
    understood: r"(?:(?:ist|sind|wird|werden)\b[^.;]{0,200}?\bverst(?:ehen|anden)\b|versteht\b)",
    means: r"(?:im\s+Sinne\s[^.;„“]{1,60}?\s)?(?:bezeichne[tn]|bedeute[tn]|meint|steht\s+für)\b",
    // "Er wird als „Kran“ bezeichnet" names him.
    unless: "als",
    is: r"(?:ist|sind)(?:\s+(?:ein(?:e[nr]?)?|jede[rns]?|alle|derjenige|diejenigen?)|,?\s+wer)\b",
    bare: "",
    listed: UP_TO_COLON,
};

const FRENCH: Language = Language {
    code: "fr",
    opens: r"(?:on\s+entend|il\s+faut\s+entendre)\s+par|définitions\s+suivantes(?:\s+s['’]appliquent)?",
    by: "par",
    article: "une?|des|les?|la|l['’]",
    understood: r"(?:(?:l['’])?on\s+entend|il\s+faut\s+entendre|s['’]entend(?:ent)?|est\s+entendue?)\b",
    means: r"(?:au\s+sens\s[^.;«»]{1,60}?\s)?(?:désigne(?:nt)?|signifie(?:nt)?|s['’]entend(?:ent)?)\b",
    unless: "",
    is: r"(?:est|sont)\s+(?:une?|toute?s?|tous|des)\b",
    bare: "",
    listed: UP_TO_COLON,
};

const SPANISH: Language = Language {
    code: "es",
    opens: r"se\s+(?:entender(?:á|án)|entienden?)\s+por|entiéndase\s+por|siguientes\s+definiciones|definiciones\s+siguientes",
    by: "por",
    article: "un[ao]?s?|el|l[ao]s?",
    understood: r"se\s+(?:entender(?:á|án)|entienden?)\b",
    means: r"(?:significan?|significará|designan?|se\s+refieren?\s+a|se\s+entiende\s+como)\b",
    unless: "",
    is: r"(?:es|son)\s+(?:una?|tod[ao]s?|cualquier|aquel(?:la|los|las)?)\b",
    bare: "",
    listed: UP_TO_COLON,
};

const ITALIAN: Language = Language {
    code: "it",
    opens: r"(?:si\s+|s['’])intend(?:e|ono)\s+per|si\s+intendono\s*:|seguenti\s+definizioni|definizioni\s+seguenti",
    by: "per",
    article: "un[ao]?|il|l[aoe]|gli|i|un['’]|l['’]",
    understood: r"(?:si\s+|s['’])intend(?:e|ono|erà)\b",
    means: r"(?:significa(?:no)?|indica(?:no)?|designa(?:no)?)\b",
    unless: "",
    is: r"(?:è|sono)\s+(?:un[ao]?|ogni|qualsiasi|qualunque|tutt[aeio])\b",
    bare: "",
    listed: UP_TO_COLON,
};

const PORTUGUESE: Language = Language {
    code: "pt",
    opens: r"entendem?-se(?:,[^.;:«»“”]{1,60},)?\s+(?:por|como)|consideram?-se\s*:|para\s+(?:os\s+)?(?:fins|efeitos)\s+d[^.;:«»“”]{1,90}?\sconsideram?-se|seguintes\s+definições|definições\s+seguintes",
    by: "por",
    article: "uma?|os?|as?",
    understood: r"(?:entendem?-se|se\s+entendem?)\b",
    means: r"(?:significam?|designam?|referem?-se\s+a)\b",
    unless: "",
    is: r"(?:é|são)\s+(?:uma?|tod[ao]s?|qualquer|cada)\b",
    bare: "",
    listed: UP_TO_COLON,
};

const CHINESE: Language = Language {
    code: "zh",
    opens: "",
    by: "",
    article: "",
    understood: "",
    // 指出, 指导, 指定 and their like are other verbs.
    means: "[，：]?(?:是指|系指|係指|指的是|意指|指(?:[^出导導定示标標明令引责責控]|$))",
    unless: "",
    is: "",
    bare: r"本\p{Han}{1,5}所[称稱]的?\s?([^，。；：、“”「」（）\s]{2,40}?)\s?[，,]?\s?(?:是指|系指|係指|指的是|指)|(?:^|[\s。；;：:])(?:[（(][一二三四五六七八九十0-9]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|[0-9]{1,2}[.、．])\s*([^，。；：、“”「」\s]{2,40}?)(?:\s?[，,]?\s?(?:是指|系指|係指|指的是)|\s?[，,：:]\s?指)|(?:^|[。；])\s*([\p{Han}A-Za-z]{2,20})[，,]\s?(?:是指|系指|係指)",
    listed: "",
};

const JAPANESE: Language = Language {
    code: "ja",
    opens: "用語の(?:意義|定義)は[^。]{0,60}(?:よる|とおり(?:とする|である)?)",
    by: "",
    article: "",
    understood: "",
    means: "とは[、，]?[^。]{1,300}?(?:をいう|をいい|を指す|を意味する|のことである)",
    unless: "",
    is: "",
    bare: r"において[、，]?\s?([\p{Han}\p{Katakana}ー]{2,40})とは[、，][^。]{1,300}?(?:をいう|をいい)",
    listed: r"([^\s。、，「」]{2,40})\s+[^。]{1,300}?(?:をいう|をいい)",
};
