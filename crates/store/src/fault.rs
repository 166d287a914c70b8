//! Turns what a driver says into a [`StoreError`] that says what to do next.

use crate::error::StoreError;

/// The error for what the driver of the database at `place` says.
pub(crate) fn of(error: &sqlx::Error, place: &str) -> StoreError {
    let place = place.to_owned();
    let reason = error.to_string();
    match error {
        sqlx::Error::Database(inner) => {
            let code = inner.code().unwrap_or_default().into_owned();
            let reason = inner.message().to_owned();
            if inner.is_foreign_key_violation() {
                return StoreError::Dangling { place, reason };
            }
            of_code(&code, place, reason)
        }
        sqlx::Error::Configuration(_) => StoreError::BadUrl { reason },
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) => StoreError::Unreachable { place, reason },
        sqlx::Error::PoolTimedOut if place.starts_with("postgres") => {
            StoreError::Unreachable { place, reason }
        }
        sqlx::Error::PoolTimedOut => StoreError::Locked { place },
        _ => StoreError::Database { place, reason },
    }
}

/// SQLite gives extended result codes as numbers, PostgreSQL five characters.
fn of_code(code: &str, place: String, reason: String) -> StoreError {
    if code.len() == 5 {
        return of_postgres(code, place, reason);
    }
    let code: u32 = code.parse().unwrap_or_default();
    match (code & 0xff, code) {
        (5 | 6, _) => StoreError::Locked { place },
        (8 | 3, _) => StoreError::ReadOnly { place },
        // A write that comes up short reads as an input-output error when a file-size limit is the cause.
        (13, _) | (10, 778 | 1546 | 4874) => StoreError::DiskFull { place },
        (11 | 26, _) => StoreError::Damaged { place, reason },
        _ => StoreError::Database { place, reason },
    }
}

fn of_postgres(code: &str, place: String, reason: String) -> StoreError {
    match code {
        "25006" | "42501" => StoreError::ReadOnly { place },
        "53100" => StoreError::DiskFull { place },
        "55P03" | "40001" | "40P01" => StoreError::Locked { place },
        "XX001" | "XX002" => StoreError::Damaged { place, reason },
        _ if code.starts_with("28") || code.starts_with("3D") || code.starts_with("57P") => {
            StoreError::Unreachable { place, reason }
        }
        _ if code.starts_with("08") || code.starts_with("53") => StoreError::Unreachable { place, reason },
        _ => StoreError::Database { place, reason },
    }
}
