//! Chinese.

use lacuna_domain::Confidence;
use lacuna_domain::relation::{RelationKind, StatedKind, TimeUnit};

use super::{Days, Deeds, Language, States, Whole};

/// The words of Chinese.
pub(super) const LANGUAGE: Language =
    Language { code: "zh", spaced: false, days: DAYS, whole: WHOLE, deeds: DEEDS };

const DAYS: Days = Days {
    months: &[],
    day: r"(?P<y1>[0-9０-９〇一二三四五六七八九]{4})\s?年\s?(?P<n1>[0-9０-９一二三四五六七八九十]{1,2})\s?月\s?(?P<d1>[0-9０-９一二三四五六七八九十]{1,3})\s?日",
    eras: &[],
    counts: &[],
    units: &[
        ("日", TimeUnit::Day),
        ("天", TimeUnit::Day),
        ("周", TimeUnit::Week),
        ("月", TimeUnit::Month),
        ("年", TimeUnit::Year),
    ],
    delay: r"(?:本\p{Han}{1,3})?EVENT(?:之日起?|后)满?\s?COUNT\s?个?UNIT(?:之?后|起)",
    adopted: "通过|颁布|公布|发布",
    in_force: "施行|生效|实施",
    published: "",
    of: "",
    of_this: "",
    states: &[
        States::new(StatedKind::Sunset, "有效期[至到]|自|于|从", "起?(?:失效|废止|停止执行)"),
        States::new(StatedKind::Sunset, "有效期[至到]", ""),
        States::new(StatedKind::InForce, "自|从|于", "(?:起|开始)?(?:正式)?(?:施行|实施|生效|执行)"),
        States::new(StatedKind::AppliesFrom, "自|从", "起?适用"),
    ],
};

const WHOLE: Whole = Whole {
    subject: "本(?:法|办法|条例|规定|规则|细则|决定|标准|指引|通知|意见)",
    will: "",
    and: "",
    link: "",
    governing: &[],
    conditions: &[],
    reserves: &[],
    quoting: &["修改为"],
};

const DEEDS: Deeds = Deeds {
    done: &[
        (
            r"(?:同时|予以|即行|自[^。；《]{0,20}?起)\s?废止|废止(?:[。；，\s]|$)",
            RelationKind::Revokes,
            Confidence::High,
        ),
        ("作(?:出)?如下修改|修改为|予以修改", RelationKind::Amends, Confidence::High),
    ],
    doing: &[
        ("废止|撤销", RelationKind::Revokes, Confidence::High),
        ("修改|修订|修正", RelationKind::Amends, Confidence::High),
        ("代替|取代", RelationKind::Supersedes, Confidence::High),
        ("为了?(?:贯彻|落实|实施|执行)|贯彻落实", RelationKind::Implements, Confidence::Medium),
        ("根据|依据|依照|按照", RelationKind::Implements, Confidence::Low),
    ],
    around: &[],
    article: "",
    agent: "经|被",
    provision: "",
    provision_after: "(第[0-9〇零一二三四五六七八九十百千]{1,8}[条章节款项])",
    acts: &[r"《([^《》\n]{2,60})》"],
    before_name: "",
    generic: &[],
    translation: r"《(?P<name>[^《》\n]{2,60})》\s?的?(?P<sure>非官方译文|中文译本|中文译文|译文|译本)",
    another: "修改|废止|修正|实施|贯彻|补充",
};
