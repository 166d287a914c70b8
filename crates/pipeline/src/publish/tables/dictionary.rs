//! The data dictionary: what the columns of every table mean, and of which type they are.

use crate::publish::export::EXTRA;

/// Type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A day, `2026-11-27`.
    Date,
    /// A list or object as JSON text.
    List,
}

impl Type {
    /// The type's name in a Frictionless table schema.
    pub const fn frictionless(self) -> &'static str {
        match self {
            Self::Text | Self::List => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Date => "date",
        }
    }
}

/// Columns that are not plain text, or whose name does not say everything.
const COLUMNS: &[(&str, Type, &str)] = &[
    ("document", Type::Text, "document id, source:id"),
    ("title", Type::Text, "the name to show first"),
    ("official_name", Type::Text, "official name, or the best title found in the file"),
    ("casual_name", Type::Text, "name in common use"),
    ("authority", Type::Text, "issuing authority as catalogued"),
    ("jurisdiction", Type::Text, "jurisdiction, resolved through the authority and its parents"),
    ("parent_authorities", Type::List, "authorities above the issuing one, nearest first"),
    ("collections", Type::List, "collections the document belongs to"),
    ("applies_to", Type::List, "whom it applies to, as catalogued"),
    (
        "enactment",
        Type::Text,
        "where the instrument stands: proposed, adopted, not_yet_in_force, in_force, superseded, revoked, defunct, unknown",
    ),
    (
        "state",
        Type::Text,
        "where the instrument stands, with what other instruments did to it and what its text sets; states as in enactment",
    ),
    (
        "state_source",
        Type::Text,
        "who says where the instrument stands: catalogue and its word, own text, or the id of the document that ended it; blank \
         where nobody does",
    ),
    ("date", Type::Date, "day of the most recent dated event"),
    ("year", Type::Integer, "year of the most recent dated event"),
    ("introduced", Type::Date, "first day on which it was introduced or proposed"),
    ("adopted", Type::Date, "first day on which it was passed or adopted"),
    ("in_force", Type::Date, "first day on which it entered into force"),
    ("ended", Type::Date, "first day on which it was superseded, revoked or otherwise ended"),
    ("history", Type::List, "what happened when, oldest first"),
    ("applies_from", Type::Date, "day from which its duties apply"),
    ("sunset", Type::Date, "day on which it ends by itself"),
    ("retrieved", Type::Date, "day on which the text was taken from its source"),
    ("link", Type::Text, "page of the instrument"),
    ("text_source", Type::Text, "where the text was taken from"),
    ("short_summary", Type::Text, "the source's short summary"),
    ("long_summary", Type::Text, "the source's long summary"),
    ("licence", Type::Text, "terms under which the text may be used, where known"),
    ("unreviewed_machine_output", Type::Boolean, "the source's own flag on summaries and tags"),
    ("version", Type::Text, "id of the version of the document whose text was read"),
    ("ingested_at", Type::Text, "when the version came into the store"),
    ("media_type", Type::Text, "media type of the original file"),
    ("bytes_hash", Type::Text, "SHA-256 of the original file"),
    ("version_number", Type::Integer, "number of the latest version, from 1"),
    ("text", Type::Text, "SHA-256 of the text"),
    ("text_length", Type::Integer, "characters of the text, in code points"),
    ("language", Type::Text, "main language of the text, ISO 639-1"),
    ("letter_share", Type::Number, "share of letters among characters that are no space, 0 to 1"),
    ("faults", Type::List, "faults of the text"),
    ("notes", Type::List, "notes on how the text was extracted"),
    ("same_text_as", Type::List, "other documents with the same text"),
    ("fiction", Type::Boolean, "invented for demonstration"),
    ("standing", Type::Text, "classified, or why there are no labels"),
    ("classified", Type::Boolean, "whether the document was classified"),
    ("coding", Type::Text, "whether the text was classified"),
    ("coding_reason", Type::Text, "why it was not"),
    ("run", Type::Text, "id of the run whose labels these are"),
    ("engine", Type::Text, "engine of the run"),
    ("codebook", Type::Text, "name and version of the codebook"),
    (
        "code_precision",
        Type::Number,
        "share of the run's positive labels of the code that the other labeller shares",
    ),
    (
        "code_recall",
        Type::Number,
        "share of the other labeller's positive labels of the code that the run found",
    ),
    ("code_agreement", Type::Number, "agreement on the code; empty where nothing varies"),
    ("code_agreement_measure", Type::Text, "the statistic of the agreement"),
    ("code_measured_n", Type::Integer, "documents that both labelled"),
    ("code_measured_against", Type::Text, "what was measured, against whom and when, or \"not measured\""),
    (
        "corrected_share",
        Type::Number,
        "share of documents with the machine's errors taken out, 0 to 1, from a sample people read",
    ),
    ("corrected_low", Type::Number, "lower end of its 95 % interval"),
    ("corrected_high", Type::Number, "upper end of its 95 % interval"),
    ("corrected_sample", Type::Text, "the sample that people read"),
    ("in_sample", Type::Integer, "documents compared that the engine was trained on"),
    ("private", Type::Boolean, "not for the public"),
    ("dimension", Type::Text, "dimension of the codebook"),
    ("code", Type::Text, "code within the dimension"),
    (
        "value",
        Type::Text,
        "a level, 1 or 0 for yes or no, or an option; blank where the text does not decide",
    ),
    ("level", Type::Text, "name of the value"),
    ("reasoning", Type::Text, "what decides"),
    ("role", Type::Text, "role, on rows of actors"),
    ("entity", Type::Text, "who holds the role, in the words of the text; blank where nobody does"),
    ("types", Type::List, "types of those who hold the role"),
    ("evidence", Type::List, "located quotes, strongest first, with positions in code points of the text"),
    ("positive", Type::Boolean, "whether the label claims anything"),
    ("probability", Type::Number, "calibrated probability of the value given, 0 to 1"),
    ("confidence", Type::Text, "high, medium or low"),
    ("reviewed", Type::Boolean, "a person decided on the label"),
    ("rejected", Type::Boolean, "a claim fell for want of evidence"),
    ("quote", Type::Text, "words of the text"),
    ("start", Type::Integer, "first position of the quote"),
    ("end", Type::Integer, "one past its last position"),
    ("passage", Type::Integer, "number of the passage, from 0; the anchor #p-N of the text page"),
    ("documents", Type::Integer, "documents counted"),
    ("positive_labels", Type::Integer, "labels that claim something, counted"),
    ("coded", Type::Integer, "documents classified: the denominator of shares"),
    ("covered", Type::Integer, "documents above the lowest level"),
    ("count", Type::Integer, "documents counted"),
    ("total", Type::Integer, "documents in all"),
    ("share", Type::Number, "share of the denominator"),
    ("holds", Type::Boolean, "no: the relation found is wrong"),
    (
        "whole",
        Type::Boolean,
        "whether the sentence speaks of the whole instrument; else it may be about a part",
    ),
];

/// Columns whose names mean something else in other tables: table, column, meaning.
const OF_TABLE: &[(&str, &str, &str)] = &[
    ("relations", "from", "id of the document that says or does something"),
    ("relations", "from_title", "its title"),
    ("relations", "kind", "how it stands to the other, such as amends or revokes"),
    ("relations", "to", "id of the other document; blank where it is none of this corpus"),
    ("relations", "cited", "title of the other document, or the words by which it is cited"),
    ("relations", "provision", "the part that is cited"),
    ("relations", "quote", "the words that say so"),
    ("relations", "confidence", "how sure the relation is: high, medium or low"),
    ("relations", "source", "who says so: text, catalogue or imported"),
    (
        "relations",
        "from_href",
        "address of the document's page on the site that gave the table; in a published site, its file",
    ),
    ("relations", "to_href", "the same of the other document; blank where it is none of this corpus"),
    ("stated_dates", "kind", "what the day means: in_force, applies_from or sunset"),
    ("stated_dates", "date", "the day that the text states, outright or by another day of the document"),
    ("stated_dates", "quote", "the words that state it"),
    ("stated_dates", "reckoned", "how the day was counted; blank where the text gives it outright"),
    (
        "stated_dates",
        "href",
        "address of the passage on the site that gave the table; in a published site, of its file",
    ),
    ("codes", "name", "name of the code"),
    ("codes", "highest_level", "documents at the highest level, with a yes, or with this option"),
    ("codes", "levels_between", "documents between the lowest and the highest level"),
    ("codes", "classified_documents", "documents classified: the denominator of shares"),
];

/// Endings of the columns that say how far the labels of a code in a wide table can be trusted; the first two are numbers.
const MEASURED: [(&str, &str); 3] = [
    ("_precision", "share of the run's positive labels of this code that the other labeller shares"),
    ("_recall", "share of the other labeller's positive labels of this code that the run found"),
    ("_measured", "what was measured of this code, against whom and when, or \"not measured\""),
];

/// The type of a column of this name, whatever the table.
pub fn type_of(column: &str) -> Type {
    if let Some((_, kind, _)) = COLUMNS.iter().find(|(name, ..)| *name == column) {
        return *kind;
    }
    if MEASURED.iter().take(2).any(|(ending, _)| column.ends_with(ending)) {
        Type::Number
    } else {
        Type::Text
    }
}

/// What a column of this name means in a table; blank where nothing is known of it.
pub fn meaning_of(table: &str, column: &str) -> String {
    if let Some((.., meaning)) = OF_TABLE.iter().find(|(of, name, _)| (*of, *name) == (table, column)) {
        return (*meaning).to_owned();
    }
    if let Some((_, _, meaning)) = COLUMNS.iter().find(|(name, ..)| *name == column) {
        return (*meaning).to_owned();
    }
    if let Some(source) = column.strip_prefix(EXTRA) {
        return format!("column {source:?} of the source");
    }
    if column.ends_with("_coverage") {
        return "name of the level of this code; blank where the document was not classified".to_owned();
    }
    let measured = MEASURED.iter().find(|(ending, _)| column.ends_with(ending));
    measured.map_or_else(String::new, |(_, meaning)| (*meaning).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::export::JudgementRow;

    #[test]
    fn a_column_means_what_its_table_says_it_means() {
        assert_eq!(meaning_of("judgements", "confidence"), "high, medium or low");
        assert!(meaning_of("relations", "confidence").contains("relation"));
        assert_eq!(meaning_of("judgements", "levels_between"), "", "nothing is made up");
        let silent: Vec<&str> =
            JudgementRow::columns().filter(|column| meaning_of("judgements", column).is_empty()).collect();
        assert!(silent.is_empty(), "{silent:?} mean nothing");
    }
}
