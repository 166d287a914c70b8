//! Numbers as lists write them: letters, Roman and Chinese numerals.

/// `number` in the style that HTML's `type` attribute names: `a`, `A`, `i`, `I`, anything else decimal.
pub(super) fn letterwise(style: char, number: u64) -> String {
    match style {
        'a' => letters(number),
        'A' => letters(number).to_uppercase(),
        'i' => roman(number),
        'I' => roman(number).to_uppercase(),
        _ => number.to_string(),
    }
}

/// `number` in the style that Word's `numFmt` names; `None` for styles without a number.
pub(super) fn word_style(style: &str, number: u64) -> Option<String> {
    Some(match style {
        "bullet" | "none" => return None,
        "lowerLetter" => letters(number),
        "upperLetter" => letters(number).to_uppercase(),
        "lowerRoman" => roman(number),
        "upperRoman" => roman(number).to_uppercase(),
        "decimalZero" => format!("{number:02}"),
        "chineseCounting"
        | "chineseCountingThousand"
        | "ideographDigital"
        | "japaneseCounting"
        | "taiwaneseCountingThousand" => chinese(number),
        _ => number.to_string(),
    })
}

/// a … z, aa, bb … as Word counts beyond 26.
fn letters(number: u64) -> String {
    let Some(from_zero) = number.checked_sub(1) else { return number.to_string() };
    let letter = char::from(b'a' + u8::try_from(from_zero % 26).unwrap_or(0));
    std::iter::repeat_n(letter, usize::try_from(from_zero / 26 + 1).unwrap_or(1).min(10)).collect()
}

fn roman(number: u64) -> String {
    const PARTS: [(u64, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    if number == 0 || number > 3999 {
        return number.to_string();
    }
    let mut left = number;
    let mut roman = String::new();
    for (value, word) in PARTS {
        while left >= value {
            roman.push_str(word);
            left -= value;
        }
    }
    roman
}

fn chinese(number: u64) -> String {
    const DIGITS: [&str; 10] = ["〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |n: u64| DIGITS[usize::try_from(n % 10).unwrap_or(0)];
    match number {
        0..=9 => digit(number).to_owned(),
        10..=99 => {
            let tens = if number < 20 { "" } else { digit(number / 10) };
            let ones = if number.is_multiple_of(10) { "" } else { digit(number) };
            format!("{tens}十{ones}")
        }
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_lists_write_them() {
        assert_eq!([1, 26, 27].map(letters), ["a", "z", "aa"]);
        assert_eq!([4, 9, 14, 1990].map(roman), ["iv", "ix", "xiv", "mcmxc"]);
        assert_eq!([3, 10, 11, 20, 35].map(chinese), ["三", "十", "十一", "二十", "三十五"]);
        assert_eq!(word_style("bullet", 1), None);
    }
}
