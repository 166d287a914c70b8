//! Numbers as enumerators write them.

/// The value of a Roman numeral up to 399 in one case, such as `iv` or `XII`; `None` for anything else.
pub(super) fn roman(word: &str) -> Option<u32> {
    let digit = |b: u8| match b.to_ascii_lowercase() {
        b'i' => Some(1),
        b'v' => Some(5),
        b'x' => Some(10),
        b'l' => Some(50),
        b'c' => Some(100),
        _ => None,
    };
    if word.is_empty() || word.len() > 9 {
        return None;
    }
    let digits: Option<Vec<u32>> = word.bytes().map(digit).collect();
    let digits = digits?;
    let mut total = 0;
    for (at, value) in digits.iter().enumerate() {
        if digits.get(at + 1).is_some_and(|next| next > value) {
            total -= *value as i32;
        } else {
            total += *value as i32;
        }
    }
    let total = u32::try_from(total).ok()?;
    (total > 0 && to_roman(total) == word.to_ascii_lowercase()).then_some(total)
}

fn to_roman(mut value: u32) -> String {
    const STEPS: [(u32, &str); 9] =
        [(100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")];
    let mut out = String::new();
    for (step, sign) in STEPS {
        while value >= step {
            out.push_str(sign);
            value -= step;
        }
    }
    out
}

/// `a` is 1, `z` 26, `aa` 27 and so on for repeated letters; `None` for anything else.
pub(super) fn letters(word: &str) -> Option<u32> {
    let first = word.bytes().next()?.to_ascii_lowercase();
    if word.len() > 3 || !first.is_ascii_lowercase() || !word.bytes().all(|b| b.to_ascii_lowercase() == first)
    {
        return None;
    }
    Some(u32::from(first - b'a') + 1 + 26 * (word.len() as u32 - 1))
}

/// The value of a Chinese numeral such as 三, 十二 or 二百零五.
pub(crate) fn han(word: &str) -> Option<u32> {
    let (mut total, mut digit, mut any) = (0, 0, false);
    for c in word.chars() {
        any = true;
        match "〇一二三四五六七八九".chars().position(|d| d == c) {
            Some(value) => digit = value as u32,
            None => match c {
                '零' => digit = 0,
                '两' => digit = 2,
                '十' => (total, digit) = (total + 10 * digit.max(1), 0),
                '百' => (total, digit) = (total + 100 * digit.max(1), 0),
                '千' => (total, digit) = (total + 1000 * digit.max(1), 0),
                _ => return None,
            },
        }
    }
    any.then_some(total + digit)
}

/// Whether `c` is a Chinese numeral sign.
pub(super) fn is_han_digit(c: char) -> bool {
    "〇零一二两三四五六七八九十百千".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_are_read_and_words_are_not() {
        assert_eq!((roman("iv"), roman("XII"), roman("ivx"), roman("mix")), (Some(4), Some(12), None, None));
        assert_eq!((letters("c"), letters("BB"), letters("ab")), (Some(3), Some(28), None));
        assert_eq!(
            (han("十二"), han("二百零五"), han("二十"), han("条")),
            (Some(12), Some(205), Some(20), None)
        );
    }
}
