//! Own columns of a catalogue: what its source records and no [`Field`](super::Field) stands for, by the column's name.

/// What an own column's parameter and axis begin with; its name follows.
const PREFIX: &str = "column.";

/// Longest name and longest value by which documents are chosen and counted, in characters.
const LONGEST: usize = 200;

/// The parameter of an own column, which is its axis too: `Validated?` → `column.Validated?`.
pub fn column_parameter(name: &str) -> String {
    format!("{PREFIX}{name}")
}

/// The name of the own column that a parameter or an axis stands for, however long; `None` where it stands for none.
pub fn column_of(parameter: &str) -> Option<&str> {
    parameter.strip_prefix(PREFIX).map(str::trim)
}

/// Whether documents can be chosen and counted by a column of this name, or by this value of one: 1 to 200 characters,
/// without white space around them.
pub fn is_column_text(text: &str) -> bool {
    !text.is_empty() && text.trim().len() == text.len() && text.chars().nth(LONGEST).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_names_its_column() {
        for name in ["Validated?", "a b&c=d%25", "column.x", "政策 来源"] {
            assert_eq!(column_of(&column_parameter(name)), Some(name));
        }
        assert_eq!((column_of("columns"), column_of("tag"), column_of("column.")), (None, None, Some("")));
        assert!(is_column_text(&"策".repeat(200)) && !is_column_text(&"策".repeat(201)));
        assert!(!is_column_text("") && !is_column_text(" x") && is_column_text("x y"));
    }
}
