//! Rules about pages of documentation.

use std::collections::BTreeSet;

/// Checks the Markdown of one file: a chapter that begins twice was pasted twice.
pub(super) fn check_text(shown: &str, text: &str) -> Vec<String> {
    let (mut known, mut broken) = (BTreeSet::new(), Vec::new());
    let mut in_code = false;
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if !in_code && line.starts_with("## ") && !known.insert(line.trim_end()) {
            broken.push(format!("{shown}:{}: {line:?} begins a second time", number + 1));
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chapter_that_begins_twice_is_named_with_its_line_and_what_stands_in_code_is_none() {
        let page = "# Lamps\n\n## Oil\n### Price\n\n## Wicks\n### Price\n\n```\n## Oil\n```\n";
        assert_eq!(check_text("docs/lamps.md", page), Vec::<String>::new());
        let twice = format!("{page}\n## Oil \n");
        let broken = check_text("docs/lamps.md", &twice);
        assert!(broken.len() == 1 && broken[0].starts_with("docs/lamps.md:13: "), "{broken:?}");
    }
}
