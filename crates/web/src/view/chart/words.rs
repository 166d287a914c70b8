//! How much room words take in a picture, where nothing measures them: letter by letter, wide ones twice.

/// Places that a letter takes: two for those of East Asian scripts and pictographs, which are as wide as they are high.
const fn places(letter: char) -> usize {
    match letter {
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// Places that `text` takes.
pub(crate) fn room(text: &str) -> usize {
    text.chars().map(places).sum()
}

/// At most `most` places of `text`, cut with an ellipsis.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if room(text) <= most {
        return text.to_owned();
    }
    let (short, _) = split(text, most.saturating_sub(1));
    format!("{short}…")
}

/// The same, with the number kept that stands in brackets at the end of a name with its count.
pub(crate) fn cut_counted(text: &str, most: usize) -> String {
    let counted = text
        .rsplit_once(" (")
        .filter(|(_, end)| end.strip_suffix(')').is_some_and(|count| count.parse::<u64>().is_ok()));
    match counted {
        Some((name, end)) => {
            let left = most.saturating_sub(room(end) + 2);
            format!("{} ({end}", cut(name, left))
        }
        None => cut(text, most),
    }
}

/// `text` in lines of at most `most` places, broken between words where it can be.
pub(crate) fn wrapped(text: &str, most: usize) -> Vec<String> {
    // A line has room for any letter.
    let most = most.max(2);
    let mut lines = Vec::new();
    let mut line = String::new();
    for mut word in text.split_whitespace() {
        let joint = usize::from(!line.is_empty());
        if room(&line) + joint + room(word) > most && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        while room(word) > most {
            let (piece, rest) = split(word, most);
            lines.push(piece.to_owned());
            word = rest;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The first letters of `text` that fit in so many places, and the rest.
fn split(text: &str, most: usize) -> (&str, &str) {
    let mut taken = 0;
    let end = text.char_indices().find(|(_, letter)| {
        taken += places(*letter);
        taken > most
    });
    text.split_at(end.map_or(text.len(), |(at, _)| at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_longer_than_its_room_and_no_letter_is_lost() {
        for text in [
            "The Act on the safety of automated systems of 2031",
            "Verordnungsdurchführungsbestimmungsänderungsgesetz über Aufsicht",
            "关于自动化系统安全的法律草案 second reading",
            "  a   b  ",
            "",
        ] {
            for most in [1, 2, 7, 13, 80] {
                let lines = wrapped(text, most);
                assert!(lines.iter().all(|line| room(line) <= most.max(2)), "{most}: {lines:?}");
                let letters = |text: &str| text.split_whitespace().collect::<String>();
                assert_eq!(letters(&lines.join(" ")), letters(text), "{most}");
            }
        }
    }

    #[test]
    fn wide_letters_take_two_places() {
        assert_eq!(cut("Norvale", 7), "Norvale");
        assert_eq!(cut("New Norvale", 7), "New No…");
        assert_eq!(cut("自动化系统", 7), "自动化…");
        assert!(room(&cut("自动化系统安全", 6)) <= 6);
    }

    #[test]
    fn a_count_is_not_cut_off() {
        assert_eq!(cut_counted("Department of Long Names (41)", 18), "Department o… (41)");
        assert_eq!(cut_counted("Norvale (41)", 18), "Norvale (41)");
        assert_eq!(cut_counted("Department of Names (State)", 12), "Department …");
    }
}
