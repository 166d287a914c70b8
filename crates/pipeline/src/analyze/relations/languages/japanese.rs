//! Japanese.

use lacuna_domain::Confidence;
use lacuna_domain::relation::{RelationKind, StatedKind, TimeUnit};

use super::{Days, Deeds, Language, States, Whole};

/// The words of Japanese.
pub(super) const LANGUAGE: Language =
    Language { code: "ja", spaced: false, days: DAYS, whole: WHOLE, deeds: DEEDS };

const DAYS: Days = Days {
    months: &[],
    day: r"(?P<e1>令和|平成)\s?(?P<y1>[0-9０-９元一二三四五六七八九十]{1,3})\s?年\s?(?P<n1>[0-9０-９一二三四五六七八九十]{1,2})\s?月\s?(?P<d1>[0-9０-９一二三四五六七八九十]{1,3})\s?日|(?P<y2>[0-9０-９]{4})\s?年\s?(?P<n2>[0-9０-９]{1,2})\s?月\s?(?P<d2>[0-9０-９]{1,2})\s?日",
    eras: &[("令和", 2018), ("平成", 1988)],
    counts: &[],
    units: &[
        ("日", TimeUnit::Day),
        ("週間", TimeUnit::Week),
        ("月", TimeUnit::Month),
        ("か月", TimeUnit::Month),
        ("箇月", TimeUnit::Month),
        ("年", TimeUnit::Year),
    ],
    // Without 起算して the day of the event is not counted.
    delay: r"EVENTの日から(?:起算して|(?P<later>))\s?COUNT\s?UNITを経過した日",
    adopted: "成立",
    in_force: "施行",
    published: "公布",
    of: "",
    of_this: "",
    states: &[
        States::new(StatedKind::Sunset, "", "(?:限り|に)[、，]?(?:その効力を失う|失効する)"),
        States::new(StatedKind::InForce, "", "(?:から|より|に)(?:施行|発効)する"),
        States::new(StatedKind::AppliesFrom, "", "(?:から|より|以後)適用する"),
    ],
};

const WHOLE: Whole = Whole {
    subject: "この(?:法律|政令|省令|条例|規則|告示|要綱)は[、，]?",
    will: "",
    and: "",
    link: "",
    governing: &[],
    conditions: &[],
    reserves: &["ただし"],
    quoting: &[],
};

const DEEDS: Deeds = Deeds {
    done: &[
        (
            "の?一部を(?:次のように|以下のように|改正する法律により)?\\s?改正(?:する|し)",
            RelationKind::Amends,
            Confidence::High,
        ),
        ("の?全部を改正する", RelationKind::Supersedes, Confidence::High),
        ("(?:は|を)[、，]?\\s?廃止する", RelationKind::Revokes, Confidence::High),
        ("(?:を|の)(?:実施|施行)するため", RelationKind::Implements, Confidence::High),
        ("(?:に基づき|の規定に基づき|の規定により)", RelationKind::Implements, Confidence::Low),
    ],
    doing: &[],
    around: &[],
    article: "",
    agent: "",
    provision: "",
    provision_after: "の?(第[0-9０-９〇一二三四五六七八九十百千]{1,8}[条章節項])",
    acts: &[r"([\p{Han}\p{Katakana}ー--[办]]{2,30}(?:法律|法|条例|規則))"],
    before_name: "",
    generic: &["日本国憲法"],
    translation: r"「?(?P<name>[\p{Han}\p{Katakana}ー]{3,40})」?\s?の?(?P<sure>仮訳|非公式訳|日本語訳)",
    another: "改正|廃止|実施",
};
