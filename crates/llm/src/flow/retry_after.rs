//! How long a provider asks to wait.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::HeaderMap;

/// Longer waits are not believed.
const LONGEST: Duration = Duration::from_hours(1);

/// Reads `retry-after-ms`, or `retry-after` as seconds or as a date (RFC 9110, section 10.2.3). A date is compared with the
/// answer's own `date` where it has one, so that a wrong clock here does not matter.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let seconds = |text: &str| {
        let number: f64 = text.parse().ok()?;
        (0.0..1e9).contains(&number).then(|| Duration::from_secs_f64(number))
    };
    if let Some(wait) = text("retry-after-ms").and_then(seconds) {
        return Some((wait / 1000).min(LONGEST));
    }
    let asked = text("retry-after")?;
    if let Some(wait) = seconds(asked) {
        return Some(wait.min(LONGEST));
    }
    let until = date(asked)?;
    let now = text("date").and_then(date).unwrap_or(now);
    let wait = Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO);
    Some(wait.min(LONGEST))
}

fn date(text: &str) -> Option<Timestamp> {
    Some(rfc2822::parse(text).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn read(headers: &[(&'static str, &'static str)]) -> Option<Duration> {
        let map = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        retry_after(&map, "2026-01-01T00:00:00Z".parse().unwrap())
    }

    #[test]
    fn seconds_milliseconds_and_dates() {
        assert_eq!(read(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(read(&[("retry-after", "0.25")]), Some(Duration::from_millis(250)));
        assert_eq!(
            read(&[("retry-after-ms", "120"), ("retry-after", "1")]),
            Some(Duration::from_millis(120))
        );
        let date = "Thu, 01 Jan 2026 00:00:30 GMT";
        assert_eq!(read(&[("retry-after", date)]), Some(Duration::from_secs(30)));
        let theirs = ("date", "Thu, 01 Jan 2026 00:00:20 GMT");
        assert_eq!(read(&[("retry-after", date), theirs]), Some(Duration::from_secs(10)));
        assert_eq!(read(&[("retry-after", "Wed, 31 Dec 2025 00:00:00 GMT")]), Some(Duration::ZERO));
        assert_eq!(read(&[("retry-after", "999999999")]), Some(LONGEST));
        assert_eq!(read(&[("retry-after", "soon")]), None);
        assert_eq!(read(&[]), None);
    }
}
