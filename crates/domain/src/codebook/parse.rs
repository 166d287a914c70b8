//! Reads a codebook file and checks everything in it, each problem with its line and its mend.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::{Boundary, Code, Codebook, Cues, Dimension, Exclusion, Group, Kind, Level, Units};
use crate::hash::sha256_hex;
use crate::ids::CodeId;

/// One thing wrong in a codebook file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line in the file, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub mend: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}; {}", self.line, self.what, self.mend)
    }
}

/// Everything wrong in a codebook file, in the order of lines.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the codebook has {} problem{}\n{}", .0.len(), if .0.len() == 1 { "" } else { "s" },
    .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct CodebookError(pub Vec<Problem>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    codebook: RawHead,
    #[serde(default)]
    dimension: Vec<RawDimension>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHead {
    id: Spanned<String>,
    version: Spanned<String>,
    title: Spanned<String>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    ground_rules: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDimension {
    id: Spanned<String>,
    name: Spanned<String>,
    kind: Spanned<String>,
    path: Option<Spanned<String>>,
    units: Option<[String; 2]>,
    #[serde(default)]
    question: String,
    #[serde(default)]
    rules: Vec<String>,
    #[serde(default)]
    level: Vec<RawLevel>,
    #[serde(default)]
    group: Vec<RawGroup>,
    #[serde(default)]
    code: Vec<RawCode>,
    #[serde(default, rename = "type")]
    types: Vec<RawCode>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLevel {
    value: Spanned<u8>,
    name: Spanned<String>,
    #[serde(default)]
    rule: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGroup {
    id: Spanned<String>,
    name: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCode {
    id: Spanned<String>,
    name: Spanned<String>,
    short: Option<Spanned<String>>,
    group: Option<Spanned<String>>,
    definition: Option<Spanned<String>>,
    #[serde(default)]
    include: Vec<String>,
    #[serde(default)]
    exclude: Vec<RawExclusion>,
    #[serde(default)]
    boundary: Vec<Boundary>,
    #[serde(default)]
    cues: BTreeMap<String, Cues>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawExclusion {
    text: String,
    see: Option<Spanned<String>>,
}

/// Collects problems while the raw file is turned into a codebook.
struct Checker<'s> {
    source: &'s str,
    problems: Vec<Problem>,
}

impl Checker<'_> {
    fn problem(&mut self, at: Range<usize>, what: impl Into<String>, mend: impl Into<String>) {
        let line = self.source.get(..at.start).unwrap_or_default().matches('\n').count() + 1;
        self.problems.push(Problem { line, what: what.into(), mend: mend.into() });
    }

    fn id<T: std::str::FromStr>(&mut self, raw: &Spanned<String>) -> Option<T> {
        let parsed = raw.get_ref().parse().ok();
        if parsed.is_none() {
            let what = format!("{:?} cannot be an id", raw.get_ref());
            self.problem(raw.span(), what, "use 1 to 64 of a-z, 0-9, '.', '_' and '-'");
        }
        parsed
    }

    fn filled(&mut self, raw: &Spanned<String>, field: &str) -> String {
        if raw.get_ref().trim().is_empty() {
            self.problem(raw.span(), format!("{field} is empty"), "write it, readers will see it");
        }
        raw.get_ref().trim().to_owned()
    }

    fn unique(&mut self, raw: &Spanned<String>, seen: &mut BTreeSet<String>, list: &str) {
        if !seen.insert(raw.get_ref().clone()) {
            self.problem(
                raw.span(),
                format!("{list} id {:?} is there twice", raw.get_ref()),
                "rename one of them",
            );
        }
    }
}

pub(super) fn parse(source: &str) -> Result<Codebook, CodebookError> {
    let raw: RawFile = toml::from_str(source).map_err(|e| syntax_error(source, &e))?;
    let mut check = Checker { source, problems: vec![] };
    let id = check.id(&raw.codebook.id);
    let version = check.filled(&raw.codebook.version, "the codebook's version");
    let title = check.filled(&raw.codebook.title, "the codebook's title");
    if raw.dimension.is_empty() {
        let mend = "add a [[dimension]] with at least one [[dimension.code]]";
        check.problem(raw.codebook.id.span(), "there is no dimension", mend);
    }
    let (mut ids, mut paths) = (BTreeSet::new(), BTreeSet::new());
    let mut dimensions = Vec::new();
    for raw in &raw.dimension {
        check.unique(&raw.id, &mut ids, "dimension");
        check.unique(raw.path.as_ref().unwrap_or(&raw.id), &mut paths, "dimension path");
        dimensions.extend(dimension(&mut check, raw));
    }
    check.problems.sort_by_key(|p| p.line);
    match id {
        Some(id) if check.problems.is_empty() => Ok(Codebook {
            id,
            version,
            title,
            description: raw.codebook.description.trim().to_owned(),
            ground_rules: raw.codebook.ground_rules,
            dimensions,
            hash: sha256_hex(source.as_bytes()),
        }),
        _ => Err(CodebookError(check.problems)),
    }
}

fn syntax_error(source: &str, error: &toml::de::Error) -> CodebookError {
    let at = error.span().map_or(0, |span| span.start);
    let line = source.get(..at).unwrap_or_default().matches('\n').count() + 1;
    let mend = "compare with docs/reference/codebook.md".to_owned();
    CodebookError(vec![Problem { line, what: error.message().to_owned(), mend }])
}

fn dimension(check: &mut Checker<'_>, raw: &RawDimension) -> Option<Dimension> {
    let id = check.id(&raw.id);
    let name = check.filled(&raw.name, "the dimension's name");
    let path = raw.path.as_ref().unwrap_or(&raw.id);
    let path_id: Option<CodeId> = check.id(path);
    let kind = kind(check, raw);
    let groups = groups(check, raw);
    if raw.code.is_empty() {
        let what = format!("dimension {:?} has no code", raw.id.get_ref());
        check.problem(raw.id.span(), what, "add a [[dimension.code]]");
    }
    let codes = codes(check, &raw.code, &raw.group, "code");
    let (id, kind): (crate::ids::DimensionId, Kind) = (id?, kind?);
    let [one, many] = raw.units.clone().unwrap_or_else(|| ["code".to_owned(), "codes".to_owned()]);
    let choice_label = matches!(kind, Kind::Choice).then(|| id.as_str().parse().ok()).flatten();
    Some(Dimension {
        id,
        name,
        path: path_id?.to_string(),
        question: raw.question.trim().to_owned(),
        rules: raw.rules.clone(),
        kind,
        units: Units { one, many },
        groups,
        codes,
        choice_label,
    })
}

fn kind(check: &mut Checker<'_>, raw: &RawDimension) -> Option<Kind> {
    let word = raw.kind.get_ref().as_str();
    if word != "ordinal"
        && let Some(level) = raw.level.first()
    {
        let mend = "remove the levels or set kind = \"ordinal\"";
        check.problem(level.value.span(), format!("a {word} dimension has no levels"), mend);
    }
    if word != "actor"
        && let Some(first) = raw.types.first()
    {
        let mend = "remove the types or set kind = \"actor\"";
        check.problem(first.id.span(), format!("a {word} dimension has no types"), mend);
    }
    match word {
        "ordinal" => Some(Kind::Ordinal { levels: levels(check, raw) }),
        "flag" => Some(Kind::Flag),
        "choice" => Some(Kind::Choice),
        "actor" => Some(Kind::Actor { types: codes(check, &raw.types, &[], "type") }),
        _ => {
            let mend = "use ordinal, flag, choice or actor";
            check.problem(raw.kind.span(), format!("{word:?} is no kind of dimension"), mend);
            None
        }
    }
}

fn levels(check: &mut Checker<'_>, raw: &RawDimension) -> Vec<Level> {
    if raw.level.len() < 2 {
        let mend = "add [[dimension.level]] entries, the lowest (negative) one first";
        check.problem(raw.kind.span(), "an ordinal scale needs at least two levels", mend);
    }
    for pair in raw.level.windows(2) {
        let (low, high) = (*pair[0].value.get_ref(), *pair[1].value.get_ref());
        if high != low.saturating_add(1) {
            let what = format!("level {high} follows level {low}");
            check.problem(pair[1].value.span(), what, "list levels lowest first, each one above the last");
        }
    }
    raw.level
        .iter()
        .map(|l| Level {
            value: *l.value.get_ref(),
            name: check.filled(&l.name, "the level's name"),
            rule: l.rule.trim().to_owned(),
        })
        .collect()
}

fn groups(check: &mut Checker<'_>, raw: &RawDimension) -> Vec<Group> {
    let mut seen = BTreeSet::new();
    raw.group
        .iter()
        .map(|g| {
            check.unique(&g.id, &mut seen, "group");
            Group { id: g.id.get_ref().clone(), name: check.filled(&g.name, "the group's name") }
        })
        .collect()
}

fn codes(check: &mut Checker<'_>, raw: &[RawCode], groups: &[RawGroup], list: &str) -> Vec<Code> {
    let known: BTreeSet<&str> = raw.iter().map(|c| c.id.get_ref().as_str()).collect();
    let mut seen = BTreeSet::new();
    let mut codes = Vec::new();
    for raw in raw {
        check.unique(&raw.id, &mut seen, list);
        codes.extend(code(check, raw, groups, &known));
    }
    codes
}

fn code(check: &mut Checker<'_>, raw: &RawCode, groups: &[RawGroup], known: &BTreeSet<&str>) -> Option<Code> {
    let id = check.id(&raw.id);
    let name = check.filled(&raw.name, "the code's name");
    let definition = if let Some(text) = &raw.definition {
        check.filled(text, "the definition")
    } else {
        let mend = "add definition = \"…\"; coders and engines work from it";
        check.problem(raw.id.span(), format!("code {:?} has no definition", raw.id.get_ref()), mend);
        String::new()
    };
    let short = raw.short.as_ref().map_or_else(|| name.chars().take(28).collect(), |s| s.get_ref().clone());
    if let Some(raw) = &raw.short
        && raw.get_ref().chars().count() > 28
    {
        check.problem(raw.span(), "the short name is over 28 characters", "shorten it; charts have no room");
    }
    if let Some(group) = &raw.group
        && !groups.iter().any(|g| g.id.get_ref() == group.get_ref())
    {
        let what = format!("group {:?} is not declared", group.get_ref());
        check.problem(group.span(), what, "add a [[dimension.group]] with this id or correct the name");
    }
    let exclude = raw.exclude.iter().map(|e| exclusion(check, e, known)).collect();
    check_cues(check, raw);
    Some(Code {
        id: id?,
        name,
        short,
        group: raw.group.as_ref().map(|g| g.get_ref().clone()),
        definition,
        include: raw.include.clone(),
        exclude,
        boundary: raw.boundary.clone(),
        cues: raw.cues.clone(),
    })
}

fn exclusion(check: &mut Checker<'_>, raw: &RawExclusion, known: &BTreeSet<&str>) -> Exclusion {
    let see = raw.see.as_ref().and_then(|see| {
        if !known.contains(see.get_ref().as_str()) {
            let what = format!("an exclusion points at {:?}, which is no code here", see.get_ref());
            check.problem(see.span(), what, "name a code of the same dimension or leave `see` out");
        }
        check.id(see)
    });
    Exclusion { text: raw.text.clone(), see }
}

fn check_cues(check: &mut Checker<'_>, raw: &RawCode) {
    for (language, cues) in &raw.cues {
        if language.len() != 2 || !language.bytes().all(|b| b.is_ascii_lowercase()) {
            let what = format!("{language:?} is no language code");
            check.problem(raw.id.span(), what, "use two letters of ISO 639-1, such as en, fr or zh");
        }
        let terms = cues.strong.iter().chain(&cues.weak).chain(&cues.not);
        for term in terms.filter(|t| t.trim_matches(['*', ' ']).is_empty()) {
            let what = format!("code {:?} has the empty cue {term:?}", raw.id.get_ref());
            check.problem(raw.id.span(), what, "write at least one letter, or remove it");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
[codebook]
id = "small"
version = "1"
title = "Small"

[[dimension]]
id = "topic"
name = "Topic"
kind = "ordinal"
[[dimension.level]]
value = 1
name = "None"
[[dimension.level]]
value = 2
name = "Some"
[[dimension.code]]
id = "a"
name = "A"
definition = "About a."
[dimension.code.cues.en]
strong = ["alpha*"]
"#;

    fn problems(source: &str) -> String {
        Codebook::parse(source).unwrap_err().0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_small_codebook_is_enough() {
        let codebook = Codebook::parse(SMALL).unwrap();
        assert_eq!(codebook.labelled_codes().count(), 1);
        assert_eq!(codebook.dimensions[0].units.many, "codes");
        assert_eq!(codebook.dimension("topic").unwrap().highest(), 2);
    }

    #[test]
    fn every_problem_is_named_with_line_and_mend() {
        let broken = SMALL.replace("value = 2", "value = 4").replace(
            "definition = \"About a.\"",
            "definition = \" \"\ngroup = \"x\"\nexclude = [{ text = \"b\", see = \"b\" }]",
        );
        insta::assert_snapshot!(problems(&broken), @r#"
        line 15: level 4 follows level 1; list levels lowest first, each one above the last
        line 20: the definition is empty; write it, readers will see it
        line 21: group "x" is not declared; add a [[dimension.group]] with this id or correct the name
        line 22: an exclusion points at "b", which is no code here; name a code of the same dimension or leave `see` out
        "#);
    }

    /// The loader's own error for an unknown field names every field it takes; the page must describe each.
    #[test]
    fn the_reference_page_describes_every_field() {
        let page = include_str!("../../../../docs/reference/codebook.md");
        let with =
            |place: &str, field: &str| problems(&SMALL.replacen(place, &format!("{place}\n{field}"), 1));
        let places = [
            ("title = \"Small\"", "zzz = 1"),
            ("kind = \"ordinal\"", "zzz = 1"),
            ("name = \"None\"", "zzz = 1"),
            ("name = \"A\"", "zzz = 1"),
            ("strong = [\"alpha*\"]", "zzz = []"),
        ];
        for (place, field) in places {
            let told = with(place, field);
            let fields: Vec<&str> =
                told.split('`').skip(1).step_by(2).filter(|name| *name != "zzz").collect();
            assert!(fields.len() > 2, "{told}");
            for name in fields {
                assert!(page.contains(&format!("| `{name}` |")), "{name} is not described");
            }
        }
    }

    #[test]
    fn duplicate_ids_bad_kinds_and_unknown_fields_are_refused() {
        let twice = format!("{SMALL}\n[[dimension.code]]\nid = \"a\"\nname = \"B\"\ndefinition = \"b\"\n");
        assert!(problems(&twice).contains("line 25: code id \"a\" is there twice"), "{}", problems(&twice));
        assert!(problems(&SMALL.replace("ordinal", "scale")).contains("no kind of dimension"));
        assert!(problems(&SMALL.replace("title", "titel")).contains("line 5"));
    }
}
