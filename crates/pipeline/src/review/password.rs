//! How the passwords of the people who review are kept: Argon2id in the PHC string form.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};

/// Shortest password taken, in characters.
pub const SHORTEST: usize = 10;

/// Why a password cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error("the password has {0} characters; use {SHORTEST} to 200")]
    Length(usize),
    /// The hash could not be made.
    #[error("the password cannot be hashed: {0}; try another")]
    Hash(String),
}

/// The PHC string of `password`; `salt` must be fresh random bytes.
pub fn hash(password: &str, salt: &[u8; 16]) -> Result<String, PasswordError> {
    let length = password.chars().count();
    if !(SHORTEST..=200).contains(&length) {
        return Err(PasswordError::Length(length));
    }
    let failed = |error: argon2::password_hash::Error| PasswordError::Hash(error.to_string());
    let salt = SaltString::encode_b64(salt).map_err(failed)?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt).map_err(failed)?;
    Ok(hash.to_string())
}

/// Whether `password` is the one that `kept` was made from. With `None` as much time passes as for a wrong one, so that
/// an answer does not tell whether a name exists.
pub fn matches(password: &str, kept: Option<&str>) -> bool {
    // Made from random bytes that were thrown away.
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$gQ0bZf0y9xw1m5m0s0B8o3m5QbqE0k8Y1wqjvM3vN2k";
    let Ok(parsed) = PasswordHash::new(kept.unwrap_or(NOBODY)) else { return false };
    let right = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
    right && kept.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_nothing_else() {
        let kept = hash("correct horse battery", &[7; 16]).unwrap();
        assert!(kept.starts_with("$argon2id$") && !kept.contains("horse"));
        assert!(matches("correct horse battery", Some(&kept)));
        assert!(!matches("correct horse batterz", Some(&kept)));
        assert!(!matches("correct horse battery", None));
        assert_ne!(kept, hash("correct horse battery", &[8; 16]).unwrap(), "salted");
        assert_eq!(hash("short", &[7; 16]), Err(PasswordError::Length(5)));
    }
}
