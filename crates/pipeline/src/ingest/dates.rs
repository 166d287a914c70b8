//! Dates as catalogues and files write them.

use jiff::civil::Date;

/// Reads a calendar date: `2024-05-27`, the same with a time after it, `2024/05/27`, `20240527` or `5/27/2024`
/// (month first, as the AGORA archive's spreadsheets have it). `None` for anything else, such as `2024-13-45`.
pub(crate) fn parse(text: &str) -> Option<Date> {
    let text = text.trim();
    let day = text.split(['T', ' ']).next()?;
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    match parts.as_slice() {
        [year, month, date] if year.len() == 4 => build(year, month, date),
        [month, date, year] if year.len() == 4 && day.contains('/') => build(year, month, date),
        [all] if all.len() == 8 && all.is_ascii() => build(&all[..4], &all[4..6], &all[6..]),
        _ => None,
    }
}

fn build(year: &str, month: &str, day: &str) -> Option<Date> {
    let number =
        |text: &str| if text.bytes().all(|b| b.is_ascii_digit()) { text.parse::<i16>().ok() } else { None };
    let (month, day) = (i8::try_from(number(month)?).ok()?, i8::try_from(number(day)?).ok()?);
    Date::new(number(year)?, month, day).ok().filter(|date| date.year() >= 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_or_refused() {
        for text in
            ["2024-05-27", " 2024/05/27 ", "5/27/2024", "2024-05-27T10:00:00Z", "20240527", "2024.5.27"]
        {
            assert_eq!(parse(text).map(|d| d.to_string()).as_deref(), Some("2024-05-27"), "{text}");
        }
        for text in ["2024-13-45", "", "soon", "2024", "27-05-2024", "2024-02-30", "-2024-1-1", "0000-01-01"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
