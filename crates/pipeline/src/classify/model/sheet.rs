//! A codebook as a language model reads it.

use lacuna_domain::codebook::{Code, Codebook, Dimension, Kind};

use super::order::Order;

/// The codebook as text, in the order of `permute`. Everything that decides is in it; cue terms are not.
pub(super) fn sheet(codebook: &Codebook, permute: Option<u64>) -> String {
    let mut out = format!("# Codebook: {}\n{}\n", codebook.title, codebook.description);
    if !codebook.ground_rules.is_empty() {
        out += "\nGround rules\n";
        codebook.ground_rules.iter().for_each(|rule| out += &format!("- {rule}\n"));
    }
    for (dimension, codes) in Order::of(codebook, permute).0 {
        describe(&mut out, dimension, &codes);
    }
    out.trim_end().to_owned()
}

fn describe(out: &mut String, dimension: &Dimension, codes: &[&Code]) {
    *out += &format!("\n## Dimension `{}`: {}\n{}\n", dimension.id, dimension.name, dimension.question);
    dimension.rules.iter().for_each(|rule| *out += &format!("- {rule}\n"));
    match &dimension.kind {
        Kind::Ordinal { levels } => {
            *out += "Levels, in \"level\":\n";
            for (index, level) in levels.iter().enumerate() {
                let silent = if index == 0 { " (no entry)" } else { "" };
                *out += &format!("- {} {}{silent}: {}\n", level.value, level.name, level.rule);
            }
        }
        Kind::Flag => *out += "An entry says yes; no entry says no.\n",
        Kind::Choice => {
            *out += "At most one entry, its answer in \"option\"; none when nothing in the text decides.\n";
        }
        Kind::Actor { types } => {
            *out += "Codes are roles. \"holders\" are named exactly as the text names them; a role that the text \
                     gives to nobody has no entry. \"kinds\" of holders:\n";
            for code in types {
                *out += &format!("- `{}` {}: {}\n", code.id, code.name, code.definition);
            }
        }
    }
    *out += "Codes:\n";
    for code in codes {
        entry(out, code);
    }
}

fn entry(out: &mut String, code: &Code) {
    *out += &format!("- `{}` {}: {}", code.id, code.name, code.definition.trim_end_matches('.'));
    if !code.include.is_empty() {
        *out += &format!(". Includes: {}", code.include.join("; "));
    }
    for exclusion in &code.exclude {
        *out += &format!(". Not: {}", exclusion.text);
        if let Some(see) = &exclusion.see {
            *out += &format!(" (see `{see}`)");
        }
    }
    *out += ".\n";
    for case in &code.boundary {
        *out += &format!("  - {} → {}\n", case.question, case.decision);
    }
}
