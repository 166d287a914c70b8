//! Catalogue columns → [`Metadata`]: the same names for AGORA releases and for `--meta` files.

use jiff::civil::Date;
use lacuna_domain::Metadata;
use lacuna_domain::enactment::{Enactment, StatusEvent};

use super::dates;
use super::table::{Row, boolean, column_key};

/// Status and dates of one row, turned into a history when all columns are read.
#[derive(Default)]
struct Dates {
    activity: String,
    activity_date: Option<Date>,
    others: Vec<(Enactment, String, Date)>,
}

/// Writes every field of `row` into `metadata`, except columns for which `leave_out` holds. Blank fields change
/// nothing; columns that no field stands for go to [`Metadata::extra`]. Answers what could not be read.
pub(super) fn apply(row: Row<'_>, metadata: &mut Metadata, leave_out: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut dates = Dates::default();
    for (column, field) in row.fields() {
        if !field.is_empty() && !leave_out(column) {
            set(column, field, metadata, &mut dates, &mut warnings);
        }
    }
    dates.write(metadata, &mut warnings);
    warnings
}

fn set(column: &str, field: &str, metadata: &mut Metadata, dates: &mut Dates, warnings: &mut Vec<String>) {
    let key = column_key(column);
    let text = || Some(field.to_owned());
    match key.as_str() {
        "official name" | "title" => field.clone_into(&mut metadata.official_name),
        "casual name" | "short title" => metadata.casual_name = text(),
        "authority" | "issuer" => metadata.authority = text(),
        "jurisdiction" => metadata.jurisdiction = text(),
        "parent authorities" | "parent authority" => metadata.parent_authorities = list(field),
        "collections" | "collection" => metadata.collections = list(field),
        "applies to" => metadata.applies_to = list(field),
        "link to document" | "link" | "url" => metadata.link = text(),
        "official plaintext source" | "text source" => metadata.text_source = text(),
        "short summary" => metadata.short_summary = text(),
        "long summary" | "summary" => metadata.long_summary = text(),
        "licence" | "license" => metadata.licence = text(),
        "most recent activity" | "status" | "enactment" => field.clone_into(&mut dates.activity),
        _ if !flag(&key, field, column, metadata, warnings)
            && !date(&key, field, column, metadata, dates, warnings) =>
        {
            metadata.extra.insert(column.trim().to_owned(), field.to_owned());
        }
        _ => {}
    }
}

fn list(field: &str) -> Vec<String> {
    field.split(';').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Sets the yes/no field that `key` names; `false` when it names none.
fn flag(key: &str, field: &str, column: &str, metadata: &mut Metadata, warnings: &mut Vec<String>) -> bool {
    let addressee = match key {
        "primarily applies to the government" => Some("government"),
        "primarily applies to the private sector" => Some("private sector"),
        "summaries and tags may include unreviewed machine output"
        | "unreviewed machine output"
        | "fiction"
        | "private" => None,
        _ => return false,
    };
    let Some(value) = boolean(field) else {
        warnings.push(format!("{column:?} is {field:?}, neither true nor false; read as false"));
        metadata.extra.insert(column.trim().to_owned(), field.to_owned());
        return true;
    };
    match (addressee, key) {
        (Some(name), _) => {
            metadata.applies_to.retain(|known| known != name);
            if value {
                metadata.applies_to.push(name.to_owned());
            }
        }
        (None, "fiction") => metadata.fiction = value,
        (None, "private") => metadata.private = value,
        (None, _) => metadata.unreviewed_machine_output = value,
    }
    true
}

/// Sets the date that `key` names; `false` when it names none.
fn date(
    key: &str,
    field: &str,
    column: &str,
    metadata: &mut Metadata,
    dates: &mut Dates,
    warnings: &mut Vec<String>,
) -> bool {
    let Some(kind) = date_kind(key) else { return false };
    let Some(date) = dates::parse(field) else {
        warnings.push(format!("{column:?} is {field:?}, which is no date; write it as YYYY-MM-DD"));
        metadata.extra.insert(column.trim().to_owned(), field.to_owned());
        return true;
    };
    match kind {
        Dated::Step(state) => dates.others.push((state, state.name().to_owned(), date)),
        Dated::Activity => dates.activity_date = Some(date),
        Dated::Retrieved => metadata.retrieved = Some(date),
        Dated::AppliesFrom => metadata.applies_from = Some(date),
        Dated::Sunset => metadata.sunset = Some(date),
    }
    true
}

/// What a date column dates.
enum Dated {
    Step(Enactment),
    Activity,
    Retrieved,
    AppliesFrom,
    Sunset,
}

fn date_kind(key: &str) -> Option<Dated> {
    let words = key.strip_suffix(" date").or_else(|| key.strip_suffix(" on")).unwrap_or(key);
    Some(match words {
        "proposed" | "introduced" => Dated::Step(Enactment::Proposed),
        "enacted" | "adopted" | "passed" => Dated::Step(Enactment::Adopted),
        "in force" | "effective" | "in force from" | "entry into force" => Dated::Step(Enactment::InForce),
        "superseded" | "replaced" => Dated::Step(Enactment::Superseded),
        "revoked" | "repealed" | "rescinded" => Dated::Step(Enactment::Revoked),
        "defunct" | "withdrawn" | "lapsed" => Dated::Step(Enactment::Defunct),
        "applies from" | "application" => Dated::AppliesFrom,
        "sunset" | "expires" | "expiry" => Dated::Sunset,
        "official plaintext retrieved" | "retrieved" => Dated::Retrieved,
        "most recent activity" | "status" | "date" => Dated::Activity,
        _ => return None,
    })
}

impl Dates {
    /// The history, oldest first, and the present state. A row without status and dates leaves both as they are.
    fn write(self, metadata: &mut Metadata, warnings: &mut Vec<String>) {
        if self.activity.is_empty() && self.activity_date.is_none() && self.others.is_empty() {
            return;
        }
        let mut history: Vec<StatusEvent> = self
            .others
            .into_iter()
            .map(|(state, source_word, date)| StatusEvent { state, date: Some(date), source_word })
            .collect();
        let state = state_of(&self.activity);
        if state == Enactment::Unknown && !self.activity.is_empty() {
            warnings.push(format!("status {:?} is not known; kept as the source's word", self.activity));
        }
        let told = history.iter().any(|event| event.state == state && event.date == self.activity_date);
        if !told {
            let source_word = if self.activity.is_empty() { "Dated".to_owned() } else { self.activity };
            if let Some(later) =
                history.iter().find(|event| event.date > self.activity_date && self.activity_date.is_some())
            {
                let what = format!("dated {} after the latest activity", later.source_word.to_lowercase());
                metadata.extra.insert("Note on dates".to_owned(), what);
            }
            history.push(StatusEvent { state, date: self.activity_date, source_word });
        }
        history.sort_by_key(|event| (event.date.is_none(), event.date, event.state));
        metadata.enactment = state;
        metadata.history = history;
    }
}

fn state_of(word: &str) -> Enactment {
    match column_key(word).as_str() {
        "proposed" | "introduced" | "draft" => Enactment::Proposed,
        "enacted" | "passed" | "adopted" | "published" => Enactment::Adopted,
        "not yet in force" | "not in force yet" => Enactment::NotYetInForce,
        "in force" | "effective" => Enactment::InForce,
        "superseded" | "replaced" => Enactment::Superseded,
        "repealed" | "revoked" | "rescinded" => Enactment::Revoked,
        "defunct" | "withdrawn" | "failed" | "lapsed" | "expired" => Enactment::Defunct,
        _ => Enactment::Unknown,
    }
}
