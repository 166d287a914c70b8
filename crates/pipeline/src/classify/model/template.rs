//! Prompt templates: files under `prompts/`, with `{{names}}` that are filled in.

/// The role, the rules of work and the codebook; the same for every text.
pub(super) const CODING: &str = include_str!("../../../prompts/coding.md");
/// The fields of an answer's entries.
pub(super) const FORM: &str = include_str!("../../../prompts/form.md");
/// Asks for summaries too.
pub(super) const SUMMARIES: &str = include_str!("../../../prompts/summaries.md");
/// The document between its fence lines.
pub(super) const DOCUMENT: &str = include_str!("../../../prompts/document.md");
/// What is asked, last.
pub(super) const QUESTION: &str = include_str!("../../../prompts/question.md");
/// Goes before a part of a long document.
pub(super) const WINDOW: &str = include_str!("../../../prompts/window.md");
/// Settles what the parts of a long document gave.
pub(super) const ADJUDICATE: &str = include_str!("../../../prompts/adjudicate.md");
/// Asks for a malformed answer again.
pub(super) const REPAIR_FORM: &str = include_str!("../../../prompts/repair-form.md");
/// Asks for evidence again.
pub(super) const REPAIR_EVIDENCE: &str = include_str!("../../../prompts/repair-evidence.md");

/// Every template, for the hash that goes into the run's id.
pub(super) const ALL: [&str; 9] =
    [CODING, FORM, SUMMARIES, DOCUMENT, QUESTION, WINDOW, ADJUDICATE, REPAIR_FORM, REPAIR_EVIDENCE];

/// `template` with each `{{name}}` replaced once, from left to right; what is filled in is not read again, so a
/// document that holds `{{form}}` stays as it is.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + values.iter().map(|(_, v)| v.len()).sum::<usize>());
    let mut rest = template.trim_end();
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((name, tail)) = after.split_once("}}") else {
            out.push_str("{{");
            rest = after;
            continue;
        };
        out.push_str(values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| *value));
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_is_filled_in_is_not_read_again() {
        assert_eq!(fill("{{a}} and {{b}}\n", &[("a", "{{b}}"), ("b", "2")]), "{{b}} and 2");
    }

    #[test]
    fn templates_name_only_what_is_filled_in() {
        let known =
            "form codebook place fence document part parts carried passages problems beginning claims";
        let known: BTreeSet<&str> = known.split(' ').collect();
        for template in ALL {
            for piece in template.split("{{").skip(1) {
                let name = piece.split("}}").next().unwrap();
                assert!(known.contains(name), "{name}");
            }
        }
    }
}
