//! People who sign in, their sessions, and the log of what they did.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::store::Store;
use crate::value::{Row, args};

/// What somebody may do; each role may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees the state of the review.
    Reader,
    /// Codes documents that are assigned.
    Coder,
    /// Settles what coders disagree on, and reports.
    Adjudicator,
    /// Assigns documents and sees the log.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Reader, Self::Coder, Self::Adjudicator, Self::Admin];

    /// Stable identifier.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Coder => "coder",
            Self::Adjudicator => "adjudicator",
            Self::Admin => "admin",
        }
    }

    /// The role with this identifier.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.id() == id)
    }
}

/// Somebody who may sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct User {
    /// The name, also that of the labeller.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// PHC string of the password.
    #[serde(skip)]
    pub password: String,
    /// When they were added.
    pub added_at: Timestamp,
}

/// A session that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub name: String,
    /// Their role now.
    pub role: Role,
    /// What forms of the session must carry.
    pub csrf: String,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditLine {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub name: String,
    /// What, such as `sign in` or `decide`.
    pub action: String,
    /// On what.
    pub subject: String,
}

impl Store {
    /// Adds somebody, or gives somebody known a new role and password, which ends their sessions.
    pub async fn put_user(&self, name: &str, role: Role, password: &str) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let sql = "INSERT INTO users (name, role, password, added_at) VALUES ($1, $2, $3, $4) ON CONFLICT (name) \
                   DO UPDATE SET role = excluded.role, password = excluded.password, removed_at = NULL";
        tx.execute(sql, args![name, role.id(), password, self.clock.now()]).await?;
        tx.execute("DELETE FROM sessions WHERE name = $1", args![name]).await?;
        tx.touch().await?;
        tx.commit().await
    }

    /// Takes the right to sign in away and ends the sessions; decisions stay. Answers whether the name was known.
    pub async fn remove_user(&self, name: &str) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let sql = "UPDATE users SET removed_at = $2 WHERE name = $1 AND removed_at IS NULL";
        let known = tx.execute(sql, args![name, self.clock.now()]).await? > 0;
        tx.execute("DELETE FROM sessions WHERE name = $1", args![name]).await?;
        tx.touch().await?;
        tx.commit().await?;
        Ok(known)
    }

    /// Everybody who may sign in, by name.
    pub async fn users(&self) -> Result<Vec<User>, StoreError> {
        let sql = "SELECT name, role, password, added_at FROM users WHERE removed_at IS NULL ORDER BY name";
        self.db.fetch(sql, vec![]).await?.iter().map(user).collect()
    }

    /// Somebody who may sign in.
    pub async fn user(&self, name: &str) -> Result<Option<User>, StoreError> {
        let sql = "SELECT name, role, password, added_at FROM users WHERE removed_at IS NULL AND name = $1";
        self.db.fetch_optional(sql, args![name]).await?.map(|row| user(&row)).transpose()
    }

    /// Begins a session known by `id`, the hash of its token, until `until`; `old` ends with it.
    pub async fn start_session(
        &self,
        id: &str,
        name: &str,
        csrf: &str,
        until: Timestamp,
        old: Option<&str>,
    ) -> Result<(), StoreError> {
        let (mut tx, now) = (self.db.begin().await?, self.clock.now());
        tx.execute("DELETE FROM sessions WHERE expires_at < $1 OR id = $2", args![now, old.unwrap_or("")])
            .await?;
        let sql = "INSERT INTO sessions (id, name, csrf, started_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
        tx.execute(sql, args![id, name, csrf, now, until]).await?;
        tx.execute("DELETE FROM failed_sign_ins WHERE name = $1", args![name]).await?;
        tx.commit().await
    }

    /// The session known by `id`, if it has not ended and its holder may still sign in.
    pub async fn session(&self, id: &str) -> Result<Option<Session>, StoreError> {
        let sql = "SELECT s.name, u.role, s.csrf FROM sessions s JOIN users u ON u.name = s.name \
                   WHERE s.id = $1 AND s.expires_at > $2 AND u.removed_at IS NULL";
        let row = self.db.fetch_optional(sql, args![id, self.clock.now()]).await?;
        row.map(|row| {
            Ok(Session { name: row.text(0)?.to_owned(), role: role(&row, 1)?, csrf: row.text(2)?.to_owned() })
        })
        .transpose()
    }

    /// Ends a session.
    pub async fn end_session(&self, id: &str) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        tx.execute("DELETE FROM sessions WHERE id = $1", args![id]).await?;
        tx.commit().await
    }

    /// Notes that somebody failed to sign in as `name`.
    pub async fn note_failed_sign_in(&self, name: &str) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let sql = "INSERT INTO failed_sign_ins (name, at) VALUES ($1, $2)";
        tx.execute(sql, args![name, self.clock.now()]).await?;
        tx.commit().await
    }

    /// Tries to sign in that failed since `since`: as `name`, and in all.
    pub async fn failed_sign_ins(&self, name: &str, since: Timestamp) -> Result<(i64, i64), StoreError> {
        let own = "SELECT count(*) FROM failed_sign_ins WHERE name = $1 AND at > $2";
        let all = "SELECT count(*) FROM failed_sign_ins WHERE at > $1";
        let count = |row: Option<Row>| row.map_or(Ok(0), |row| row.int(0));
        Ok((
            count(self.db.fetch_optional(own, args![name, since]).await?)?,
            count(self.db.fetch_optional(all, args![since]).await?)?,
        ))
    }

    /// Writes a line into the log.
    pub async fn audit(&self, name: &str, action: &str, subject: &str) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let sql = "INSERT INTO audit (at, name, action, subject) VALUES ($1, $2, $3, $4)";
        let subject = crate::events::plain(subject);
        tx.execute(sql, args![self.clock.now(), crate::events::plain(name), action, subject]).await?;
        tx.commit().await
    }

    /// The newest `limit` lines of the log, newest first.
    pub async fn audit_lines(&self, limit: usize) -> Result<Vec<AuditLine>, StoreError> {
        let sql = "SELECT name, at, action, subject FROM audit ORDER BY id DESC LIMIT $1";
        let line = |row: &Row| {
            Ok(AuditLine {
                at: row.parse(1)?,
                name: row.text(0)?.to_owned(),
                action: row.text(2)?.to_owned(),
                subject: row.text(3)?.to_owned(),
            })
        };
        self.db.fetch(sql, args![limit as i64]).await?.iter().map(line).collect()
    }
}

fn user(row: &Row) -> Result<User, StoreError> {
    Ok(User {
        name: row.text(0)?.to_owned(),
        role: role(row, 1)?,
        password: row.text(2)?.to_owned(),
        added_at: row.parse(3)?,
    })
}

fn role(row: &Row, column: usize) -> Result<Role, StoreError> {
    let id = row.text(column)?;
    Role::from_id(id).ok_or_else(|| row.unreadable(column, format!("unknown role {id:?}")))
}
