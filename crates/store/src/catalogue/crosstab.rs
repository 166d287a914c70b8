//! Two axes crossed, and the table of one dimension's codes.

use lacuna_domain::CodeId;
use lacuna_domain::codebook::{Dimension, Kind};
use lacuna_domain::filter::{CodeTest, Condition, DateRange, UNDETERMINED, Years};
use roaring::RoaringBitmap;

use super::Catalogue;
use super::axis::{Axis, Span, level_test};
use super::select::{Selection, Subject};

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Documents.
    #[default]
    Documents,
    /// Identical texts once.
    Texts,
}

/// A row or column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AxisValue {
    /// The condition it stands for.
    pub condition: Condition,
    /// Name for readers.
    pub label: String,
    /// Length of the list of `filter.only(&condition)`.
    pub count: u64,
}

/// Two axes crossed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crosstab {
    /// Rows.
    pub rows: Vec<AxisValue>,
    /// Columns.
    pub columns: Vec<AxisValue>,
    /// Documents by row and column: the length of the list of `filter.only(row).only(column)`, and where both axes are
    /// about the same thing, of the documents for which both hold.
    pub cells: Vec<Vec<u64>>,
    /// Documents that pass the filter.
    pub documents: u64,
    /// Those of them that are coded: the denominator where an axis is a dimension.
    pub coded: u64,
}

/// Two axes crossed, once for each value of a third.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cube {
    /// Rows.
    pub rows: Vec<AxisValue>,
    /// Columns; one for all documents where no axis was given.
    pub columns: Vec<AxisValue>,
    /// Values of the third axis with their cells by row and column; one without a value where no axis was given.
    pub panels: Vec<(Option<AxisValue>, Vec<Vec<u64>>)>,
    /// Documents (or texts) that pass the filter.
    pub documents: u64,
    /// Those of them that are coded.
    pub coded: u64,
}

/// One code of a dimension over a selection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeCounts {
    /// The code.
    pub code: CodeId,
    /// Documents at each level, lowest first; for flags and roles levels 0 and 1.
    pub levels: Vec<(u8, u64)>,
    /// Documents above the lowest level.
    pub covered: u64,
    /// Coded documents of the selection: the denominator.
    pub coded: u64,
}

struct Line {
    subject: Subject,
    condition: Condition,
    documents: RoaringBitmap,
}

impl Catalogue {
    /// Documents at each level of each code of an ordinal, flag or actor dimension, within the selection.
    pub fn code_table(&self, selection: &Selection, dimension: &Dimension) -> Vec<CodeCounts> {
        let coded = selection.documents.intersection_len(self.coded());
        let count = |code: &CodeId, test: &CodeTest| {
            self.holding(&dimension.id, code, test).intersection_len(&selection.documents)
        };
        let row = |code: &CodeId| CodeCounts {
            code: code.clone(),
            levels: (dimension.lowest()..=dimension.highest())
                .map(|level| (level, count(code, &CodeTest::Levels { from: level, to: level })))
                .collect(),
            covered: count(code, &CodeTest::Covered),
            coded,
        };
        if dimension.kind == Kind::Choice {
            return vec![];
        }
        dimension.codes.iter().map(|code| row(&code.id)).collect()
    }

    /// Crosses two axes over a selection. Where the filter already chooses values of an axis, only those stand on it.
    pub fn crosstab(&self, selection: &Selection, rows: &Axis, columns: &Axis) -> Crosstab {
        self.crosstab_in(selection, rows, columns, Unit::Documents)
    }

    /// The same in documents, or in different texts.
    pub fn crosstab_in(&self, selection: &Selection, rows: &Axis, columns: &Axis, unit: Unit) -> Crosstab {
        let (row_lines, column_lines) = (self.lines(selection, rows), self.lines(selection, columns));
        let cells = row_lines.iter().map(|row| self.cells(selection, row, &column_lines, unit)).collect();
        Crosstab {
            rows: self.named(selection, rows, row_lines, unit),
            columns: self.named(selection, columns, column_lines, unit),
            cells,
            documents: self.count_of(&selection.documents, unit),
            coded: self.count_of(&(&selection.documents & self.coded()), unit),
        }
    }

    /// Crosses up to three axes over a selection. A cell is the length of the list of
    /// `filter.only(panel).only(row).only(column)`.
    pub fn cube(
        &self,
        selection: &Selection,
        rows: &Axis,
        columns: Option<&Axis>,
        panels: Option<&Axis>,
        unit: Unit,
    ) -> Cube {
        let row_lines = self.lines(selection, rows);
        let column_lines = columns.map(|axis| self.lines(selection, axis));
        let cells = |selection: &Selection| -> Vec<Vec<u64>> {
            let row = |row: &Line| {
                if let Some(columns) = &column_lines {
                    return self.cells(selection, row, columns, unit);
                }
                let base = selection.without(&self.columns.all, &[&row.subject]);
                vec![self.count_of(&(base.as_ref() & &row.documents), unit)]
            };
            row_lines.iter().map(row).collect()
        };
        let panels = match panels {
            None => vec![(None, cells(selection))],
            Some(axis) => {
                let lines = self.lines(selection, axis);
                let counted: Vec<_> =
                    lines.iter().map(|l| cells(&selection.narrowed_to(self, &l.condition))).collect();
                let named = self.named(selection, axis, lines, unit);
                named.into_iter().map(Some).zip(counted).collect()
            }
        };
        Cube {
            rows: self.named(selection, rows, row_lines, unit),
            columns: columns
                .zip(column_lines)
                .map(|(axis, lines)| self.named(selection, axis, lines, unit))
                .unwrap_or_default(),
            panels,
            documents: self.count_of(&selection.documents, unit),
            coded: self.count_of(&(&selection.documents & self.coded()), unit),
        }
    }

    /// The values of an axis within a selection.
    pub fn axis(&self, selection: &Selection, axis: &Axis, unit: Unit) -> Vec<AxisValue> {
        self.named(selection, axis, self.lines(selection, axis), unit)
    }

    fn named(&self, selection: &Selection, axis: &Axis, lines: Vec<Line>, unit: Unit) -> Vec<AxisValue> {
        let count = |line: &Line| {
            let base = selection.without(&self.columns.all, &[&line.subject]);
            match unit {
                Unit::Documents => base.intersection_len(&line.documents),
                Unit::Texts => self.distinct_texts(&(base.as_ref() & &line.documents)),
            }
        };
        let value = |line: Line| AxisValue {
            label: match axis {
                Axis::Codes(..) => line.condition.subject_label(&self.codebook),
                Axis::Period(_, span) => period_label(&line.condition, *span),
                _ => line.condition.value_label(&self.codebook),
            },
            count: count(&line),
            condition: line.condition,
        };
        lines.into_iter().map(value).collect()
    }

    fn cells(&self, selection: &Selection, row: &Line, columns: &[Line], unit: Unit) -> Vec<u64> {
        let mut last: Option<(&Subject, RoaringBitmap)> = None;
        let mut cells = Vec::with_capacity(columns.len());
        for column in columns {
            // Columns of one subject, or of subjects the filter does not speak of, share what the row leaves.
            let subject = &column.subject;
            let reuse = last.as_ref().is_some_and(|(before, _)| {
                *before == subject
                    || (!selection.parts.contains_key(before) && !selection.parts.contains_key(subject))
            });
            if !reuse {
                let base = selection.without(&self.columns.all, &[&row.subject, subject]);
                last = Some((subject, base.as_ref() & &row.documents));
            }
            cells.push(last.as_ref().map_or(0, |(_, left)| match unit {
                Unit::Documents => left.intersection_len(&column.documents),
                Unit::Texts => self.distinct_texts(&(left & &column.documents)),
            }));
        }
        cells
    }

    /// The values of an axis that have documents in the selection; codes, options and levels are all there.
    fn lines(&self, selection: &Selection, axis: &Axis) -> Vec<Line> {
        let conditions: Vec<Condition> = match axis {
            Axis::Field(field) => {
                self.field_facet(selection, *field).into_iter().map(|value| value.condition).collect()
            }
            Axis::Column(name) => {
                self.column_facet(selection, name).into_iter().map(|value| value.condition).collect()
            }
            Axis::Year => {
                let mut years = self.year_facet(selection);
                years.reverse();
                years.into_iter().map(|value| value.condition).collect()
            }
            Axis::Period(kind, span) => self.periods(selection, *kind, *span),
            Axis::Codes(id, test) => {
                let codes =
                    self.codebook.dimension(id.as_str()).map(|d| d.codes.as_slice()).unwrap_or_default();
                codes.iter().map(|c| Condition::Code(id.clone(), c.id.clone(), test.clone())).collect()
            }
            Axis::Levels(id, code) => {
                let dimension = self.codebook.dimension(id.as_str());
                let levels = dimension.map_or(0..=0, |d| d.lowest()..=d.highest());
                levels
                    .map(|level| Condition::Code(id.clone(), code.clone(), level_test(dimension, level)))
                    .collect()
            }
            Axis::Types(id, role) => {
                let kind = self.codebook.dimension(id.as_str()).map(|d| &d.kind);
                let types = if let Some(Kind::Actor { types }) = kind { types.as_slice() } else { &[] };
                let test = |t: &lacuna_domain::codebook::Code| CodeTest::Type(t.id.clone());
                types.iter().map(|t| Condition::Code(id.clone(), role.clone(), test(t))).collect()
            }
            Axis::Options(id) => {
                let codes =
                    self.codebook.dimension(id.as_str()).map(|d| d.codes.as_slice()).unwrap_or_default();
                let undetermined: Option<CodeId> = UNDETERMINED.parse().ok();
                let options = codes.iter().map(|code| code.id.clone()).chain(undetermined);
                options.map(|option| Condition::Option(id.clone(), option)).collect()
            }
        };
        let lines = conditions.into_iter().map(|condition| Line {
            subject: Subject::of(&condition),
            documents: self.passing(&condition, selection.filter.on),
            condition,
        });
        lines.filter(|line| stands(selection, axis, line)).collect()
    }
}

/// Such as `2024` or `2024 Q3`.
fn period_label(condition: &Condition, span: Span) -> String {
    match (condition, span) {
        (Condition::Date(_, DateRange::Range { from: Some(day), .. }), Span::Year) => day.year().to_string(),
        (Condition::Date(_, DateRange::Range { from: Some(day), .. }), Span::Quarter) => {
            format!("{} Q{}", day.year(), (day.month() - 1) / 3 + 1)
        }
        _ => "no date".to_owned(),
    }
}

/// Whether a line stands on the axis although the filter chooses among its values.
fn stands(selection: &Selection, axis: &Axis, line: &Line) -> bool {
    match (axis, &line.condition) {
        (Axis::Codes(..), _) => true,
        (Axis::Year, Condition::Years(Years::Range { from: year, .. })) => {
            let chosen = &selection.filter.years;
            chosen.is_empty() || chosen.iter().any(|years| years.holds(*year))
        }
        _ => selection.parts.get(&line.subject).is_none_or(|part| line.documents.is_subset(part)),
    }
}
