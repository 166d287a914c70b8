//! How much of a chart a page draws. Whatever the axes hold, pictures and tables have a bound; the files are whole.

use lacuna_domain::Codebook;
use lacuna_pipeline::analyze::crosstab::{Spec, Table, axis_name};
use lacuna_store::catalogue::Axis;

use super::Chart;
use crate::view::chart::SERIES;

/// Pictures of one chart, each with its table.
const PANELS: usize = 12;
/// Cells of all pictures of a chart together, and of all tables behind them.
const CELLS: usize = 4_000;
/// Rows that a picture shows.
const ROWS: usize = 60;
/// Fewest lines that stay beside a side that is kept whole.
const BESIDE: usize = 8;
/// Columns that a heat-map shows.
const COLUMNS: usize = 50;

/// The rows and columns that stand in each picture or table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Rows passed over at the beginning: of those that follow each other in time the latest stay.
    pub(super) skipped: usize,
    /// Rows after them.
    pub(super) rows: usize,
    /// Columns from the first; one where there are no columns, since each row has one cell then.
    pub(super) columns: usize,
}

/// What is drawn of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Drawn {
    /// Panels from the first.
    pub(super) panels: usize,
    /// Of each picture; never more than stands in its table.
    pub(super) picture: Part,
    /// Of each table behind a picture.
    pub(super) table: Part,
    chart: Chart,
}

impl Drawn {
    /// What a chart of this kind draws of `table`.
    pub(super) fn of(chart: Chart, spec: &Spec, table: &Table) -> Self {
        let panels = table.panels.len().min(PANELS);
        let cells = CELLS / panels.max(1);
        let part = |(rows, columns): (usize, usize)| Part {
            skipped: if spec.rows.is_time() { table.rows.len().saturating_sub(rows) } else { 0 },
            rows,
            columns,
        };
        let (rows, columns) = fit(table.rows.len(), table.columns.len().max(1), cells);
        // One colour more is that of all further columns together.
        let most = if chart == Chart::Heat { COLUMNS } else { SERIES + 1 };
        Self {
            panels,
            picture: part(fit(rows.min(ROWS), columns.min(most), cells)),
            table: part((rows, columns)),
            chart,
        }
    }

    /// What a page leaves out, for its readers; empty where all is drawn.
    pub(super) fn notes(&self, spec: &Spec, table: &Table, codebook: &Codebook) -> Vec<String> {
        let beyond = |shown: usize, all: usize, what: &str| {
            (self.chart != Chart::Table && all > shown)
                .then(|| format!("{} {what} stand in the table and the files.", all - shown))
        };
        let picture = self.pictured();
        let pictured = [
            beyond(picture.rows, self.table.rows, rows_left(spec)),
            beyond(picture.columns, self.table.columns, "more columns"),
        ];
        let undrawn = self.left_out(self.table, spec, table, codebook).into_iter().map(|left| {
            format!("{left} are not drawn; choose some by a filter. All are in the CSV and the JSON.")
        });
        pictured.into_iter().flatten().chain(undrawn).collect()
    }

    /// What its pictures leave out, for who has them as a file, beside which there is no table.
    pub(super) fn file_notes(&self, spec: &Spec, table: &Table, codebook: &Codebook) -> Vec<String> {
        if self.chart == Chart::Table {
            return vec![];
        }
        let left = self.left_out(self.pictured(), spec, table, codebook);
        left.into_iter().map(|left| format!("{left} are not drawn here.")).collect()
    }

    /// What can be seen in a picture: one that stacks columns has all of them, the smallest drawn together.
    const fn pictured(&self) -> Part {
        if self.chart.is_stacked() { Part { columns: usize::MAX, ..self.picture } } else { self.picture }
    }

    /// How many rows, columns and panels stand beyond those of `part`, each with the name of its axis.
    fn left_out(&self, part: Part, spec: &Spec, table: &Table, codebook: &Codebook) -> Vec<String> {
        let beyond = |shown: usize, all: usize, what: &str, axis: Option<&Axis>| {
            let axis = axis.filter(|_| all > shown)?;
            Some(format!("{} {what} of “{}”", all - shown, axis_name(axis, codebook)))
        };
        let columns = table.columns.len().max(1);
        let all = [
            beyond(part.rows, table.rows.len(), rows_left(spec), Some(&spec.rows)),
            beyond(part.columns, columns, "more columns", spec.columns.as_ref()),
            beyond(self.panels, table.panels.len(), "more values", spec.panels.as_ref()),
        ];
        all.into_iter().flatten().collect()
    }
}

/// What rows are called that are not drawn: of those that follow each other in time the first ones.
const fn rows_left(spec: &Spec) -> &'static str {
    if spec.rows.is_time() { "earlier rows" } else { "more rows" }
}

/// Rows and columns that together have at most so many cells; the shorter side is kept whole where it leaves room for some
/// of the other.
fn fit(rows: usize, columns: usize, cells: usize) -> (usize, usize) {
    let whole = cells / BESIDE;
    if rows.saturating_mul(columns) <= cells {
        (rows, columns)
    } else if rows <= columns.min(whole) {
        (rows, cells / rows.max(1))
    } else if columns <= rows.min(whole) {
        (cells / columns.max(1), columns)
    } else {
        (cells.isqrt(), cells.isqrt())
    }
}

#[cfg(test)]
mod tests {
    use lacuna_domain::enactment::DateKind;
    use lacuna_domain::filter::{Condition, DateRange, Field};
    use lacuna_pipeline::analyze::crosstab::{Base, Cell, Line, Panel};
    use lacuna_store::catalogue::Unit;

    use super::*;

    fn line(at: usize) -> Line {
        let condition = Condition::Date(DateKind::Adopted, DateRange::Undated);
        Line { label: format!("line {at}"), count: 1, condition }
    }

    fn chart(rows: Axis, [high, wide, panels]: [usize; 3]) -> (Spec, Table) {
        let lines = |n: usize| (0..n).map(line).collect::<Vec<_>>();
        let cells = vec![vec![Cell { count: 1, within: 1, of: 10 }; wide.max(1)]; high];
        let panel = |line: Line| Panel {
            line: Some(line),
            documents: 10,
            classified: 10,
            row_counts: vec![1; high],
            column_counts: vec![1; wide],
            cells: cells.clone(),
        };
        let panels = lines(panels).into_iter().map(panel).collect();
        let table = Table { rows: lines(high), columns: lines(wide), panels, documents: 10, classified: 10 };
        let columns = Some(Axis::Field(Field::Collection));
        let stack = Some(Axis::Field(Field::Jurisdiction));
        (Spec { rows, columns, panels: stack, unit: Unit::Documents, base: Base::Text }, table)
    }

    fn codebook() -> Codebook {
        Codebook::parse(crate::sample::CODEBOOK).unwrap()
    }

    #[test]
    fn no_chart_draws_more_cells_than_the_bound_and_what_is_left_out_is_said() {
        let wide = [[1, 0, 1], [500, 25, 20], [25, 500, 20], [900, 900, 40], [9000, 0, 1], [1, 9000, 13]];
        for size in wide {
            for kind in Chart::ALL {
                let (spec, table) = chart(Axis::Field(Field::Authority), size);
                let drawn = Drawn::of(kind, &spec, &table);
                for part in [drawn.picture, drawn.table] {
                    assert!(part.rows >= 1 && part.columns >= 1 && drawn.panels >= 1, "{size:?}: {drawn:?}");
                    assert!(part.rows * part.columns * drawn.panels <= CELLS, "{size:?}: {drawn:?}");
                }
            }
        }
        let (spec, table) = chart(Axis::Field(Field::Authority), [500, 18, 20]);
        let notes = Drawn::of(Chart::Heat, &spec, &table).notes(&spec, &table, &codebook()).join(" ");
        assert!(
            notes.contains("8 more values of “Jurisdiction” are not drawn; choose some by a filter"),
            "{notes}"
        );
        assert!(notes.contains("482 more rows of “Authority” are not drawn"), "{notes}");
        assert!(notes.contains("All are in the CSV and the JSON"), "{notes}");
        let notes = Drawn::of(Chart::Heat, &spec, &table).file_notes(&spec, &table, &codebook()).join(" ");
        assert!(notes.contains("8 more values of “Jurisdiction” are not drawn here."), "{notes}");
        assert!(!notes.contains("CSV") && !notes.contains("filter"), "{notes}");
    }

    #[test]
    fn every_code_stays_where_there_are_more_places_than_can_be_drawn() {
        let (spec, table) = chart(Axis::Field(Field::Authority), [84, 24, 14]);
        let drawn = Drawn::of(Chart::Heat, &spec, &table);
        assert_eq!((drawn.table.rows, drawn.table.columns), (13, 24));
    }

    #[test]
    fn stacked_bars_draw_every_column_though_not_each_by_itself() {
        for kind in [Chart::Bars, Chart::Multiples, Chart::Timeline] {
            let (spec, table) = chart(Axis::Field(Field::Authority), [10, 25, 1]);
            let drawn = Drawn::of(kind, &spec, &table);
            assert_eq!(drawn.picture.columns, SERIES + 1, "{kind:?}");
            assert!(drawn.notes(&spec, &table, &codebook()).is_empty(), "{kind:?}: {drawn:?}");
            assert!(drawn.file_notes(&spec, &table, &codebook()).is_empty(), "{kind:?}: {drawn:?}");
        }
    }

    #[test]
    fn a_chart_that_fits_is_whole_and_a_long_time_keeps_its_latest_years() {
        let (spec, table) = chart(Axis::Field(Field::Authority), [30, 8, 2]);
        let drawn = Drawn::of(Chart::Bars, &spec, &table);
        assert!(drawn.notes(&spec, &table, &codebook()).is_empty(), "{drawn:?}");
        let (spec, table) = chart(Axis::Year, [70, 8, 1]);
        let drawn = Drawn::of(Chart::Timeline, &spec, &table);
        assert_eq!(drawn.picture, Part { skipped: 10, rows: 60, columns: 8 });
        assert_eq!(drawn.table, Part { skipped: 0, rows: 70, columns: 8 });
        let notes = drawn.notes(&spec, &table, &codebook());
        assert_eq!(notes, ["10 earlier rows stand in the table and the files."]);
        let notes = drawn.file_notes(&spec, &table, &codebook());
        assert_eq!(notes, ["10 earlier rows of “Year” are not drawn here."], "a file has no table");
    }
}
