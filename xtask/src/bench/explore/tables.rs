//! Whole tables of a made store, taken as readers take them away.

use std::time::Duration;

use super::super::report::Report;
use super::super::serve::{self, Taken};

/// How long a table may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// Bytes that are enough of the widest table, which has thousands for each document.
const ENOUGH: u64 = 64_000_000;

/// Keys of figures, addresses, and how many bytes are enough.
const ASKED: [(&str, &str, u64); 4] = [
    ("documents_csv_s", "/documents.csv", u64::MAX),
    ("judgements_csv_s", "/judgements.csv?risk=7.4:3&jurisdiction=United+States&year=2019", u64::MAX),
    ("feed_atom_s", "/feed.atom", u64::MAX),
    ("wide_csv_64mb_s", "/wide.csv", ENOUGH),
];

/// What asking for one table came to.
#[derive(Debug)]
pub(super) struct Table {
    key: &'static str,
    path: &'static str,
    /// Seconds and bytes, or why there is no figure.
    taken: Result<(f64, u64), String>,
}

/// Asks for each table once. One that breaks off is told like one that takes too long: all else was measured by then.
pub(super) fn take(address: &str) -> Vec<Table> {
    let table = |(key, path, most)| {
        let taken = match serve::take_within(address, path, most, PATIENCE) {
            Ok(taken) => read(taken, most),
            Err(error) => Err(format!("{error:#}")),
        };
        Table { key, path, taken }
    };
    ASKED.into_iter().map(table).collect()
}

fn read(taken: Option<Taken>, most: u64) -> Result<(f64, u64), String> {
    let patience = PATIENCE.as_secs();
    match taken {
        None => Err(format!("it had not begun within {patience} s")),
        Some(Taken { status: 200, bytes, seconds, whole }) if whole || bytes >= most => Ok((seconds, bytes)),
        Some(Taken { status: 200, bytes, .. }) => {
            Err(format!("{:.1} MB of it came within {patience} s", megabytes(bytes)))
        }
        Some(Taken { status, seconds, .. }) => {
            Err(format!("the server answered {status} after {seconds:.1} s"))
        }
    }
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Puts the seconds of each table into the report, and its size into the conditions.
pub(super) fn tell(tables: &[Table], report: &mut Report) {
    let mut sizes = Vec::with_capacity(tables.len());
    for Table { key, path, taken } in tables {
        match taken {
            Ok((seconds, bytes)) => {
                report.figure(key, *seconds, "s", "printed");
                sizes.push(format!("{path} {:.1} MB", megabytes(*bytes)));
            }
            Err(why) => report.unmeasured(key, "s", "printed", &format!("{path}: {why}")),
        }
    }
    report.conditions.push(format!("tables taken as they are, not compressed: {}", sizes.join(", ")));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_figure_only_where_as_much_of_it_came_as_was_asked_for() {
        let taken = |status, bytes, whole| Some(Taken { status, bytes, seconds: 2.0, whole });
        assert_eq!(read(taken(200, 70, true), u64::MAX), Ok((2.0, 70)));
        assert_eq!(read(taken(200, 64, false), 64), Ok((2.0, 64)), "as much as is enough");
        assert!(read(taken(200, 70, false), u64::MAX).is_err(), "cut short by time");
        assert!(read(taken(504, 10, true), u64::MAX).unwrap_err().contains("504"));
        assert!(read(None, u64::MAX).is_err());
    }
}
