//! Two axes crossed, and the table of one dimension's codes.

use lacuna_domain::CodeId;
use lacuna_domain::codebook::{Dimension, Kind};
use lacuna_domain::filter::{CodeTest, Condition, DateRange, UNDETERMINED, Years};
use roaring::RoaringBitmap;

use super::Catalogue;
use super::axis::{Axis, Span, level_test};
use super::cube::{Base, Cell, Cube, Spec};
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

/// A value of an axis with its documents, whatever the selection.
pub(super) struct Line {
    pub(super) subject: Subject,
    pub(super) condition: Condition,
    pub(super) documents: RoaringBitmap,
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

    /// Crosses two axes, of which one at least is short, over a selection. Where the filter already chooses values of an
    /// axis, only those stand on it.
    pub fn crosstab(&self, selection: &Selection, rows: &Axis, columns: &Axis) -> Crosstab {
        let (rows, columns) = (rows.clone(), Some(columns.clone()));
        let spec = Spec { rows, columns, panels: None, unit: Unit::Documents, base: Base::All };
        let Cube { rows, columns, slices, documents, coded } = self.cube_of_any_size(selection, &spec);
        let counts = |cells: Vec<Cell>| cells.into_iter().map(|cell| cell.count).collect();
        let cells = slices.into_iter().flat_map(|slice| slice.cells).map(counts).collect();
        Crosstab { rows, columns, cells, documents, coded }
    }

    /// The values of an axis within a selection.
    pub fn axis(&self, selection: &Selection, axis: &Axis, unit: Unit) -> Vec<AxisValue> {
        self.named(selection, axis, self.lines(selection, axis), unit)
    }

    /// The documents of a line within a selection, whatever else its filter says about the same subject.
    pub(super) fn count_line(&self, selection: &Selection, line: &Line, unit: Unit) -> u64 {
        let base = selection.without(&self.columns.all, &[&line.subject]);
        match unit {
            Unit::Documents => base.intersection_len(&line.documents),
            Unit::Texts => self.distinct_texts(&(base.as_ref() & &line.documents)),
        }
    }

    /// Lines as readers see them.
    pub(super) fn named(
        &self,
        selection: &Selection,
        axis: &Axis,
        lines: Vec<Line>,
        unit: Unit,
    ) -> Vec<AxisValue> {
        let value = |line: Line| AxisValue {
            label: match axis {
                Axis::Codes(..) => line.condition.subject_label(&self.codebook),
                Axis::Period(_, span) => period_label(&line.condition, *span),
                _ => line.condition.value_label(&self.codebook),
            },
            count: self.count_line(selection, &line, unit),
            condition: line.condition,
        };
        lines.into_iter().map(value).collect()
    }

    /// The values of an axis that have documents in the selection; codes, options and levels are all there.
    pub(super) fn lines(&self, selection: &Selection, axis: &Axis) -> Vec<Line> {
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
