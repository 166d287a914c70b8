//! `lacuna crosstab A B`: two fields or dimensions crossed.

use anyhow::bail;
use clap::Args as ClapArgs;
use lacuna_pipeline::analyze::crosstab::{Base, Cell, Spec, Table, axis_name, cross, good_only};
use lacuna_pipeline::analyze::findings::percent;
use lacuna_store::catalogue::{Axis, Unit};
use serde::Serialize;

use crate::context::Context;
use crate::counted::values::check_values;
use crate::counted::{Legend, blocks, documents, in_public, left_out, line_width};
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna crosstab`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna crosstab risk jurisdiction
  lacuna crosstab risk year --good --of row --where form=hard_law
  lacuna crosstab risk authority --width 160
  lacuna crosstab actor/target/types jurisdiction --json
  lacuna crosstab risk 'column.Validated?'")]
pub struct Args {
    /// On the rows: a field, a dimension, `year`, `risk/2.2` (levels of a code), `actor/target/types` or `column.NAME` (an own column of the catalogue)
    rows: String,
    /// On the columns, as for rows
    columns: String,
    /// Conditions of the set, as in an address: jurisdiction=Colorado
    #[arg(long = "where", value_name = "NAME=VALUE")]
    conditions: Vec<String>,
    /// Count the highest level only
    #[arg(long)]
    good: bool,
    /// Count identical texts once
    #[arg(long)]
    texts: bool,
    /// Print shares beside the counts, of these documents; those in `--json` are of `text` where nothing is said
    #[arg(long, value_name = "BASE", value_parser = ["text", "row", "column", "all"])]
    of: Option<String>,
    /// Characters of a line, beyond which columns go on below; those of the terminal, 100 where there is none
    #[arg(long, value_name = "N")]
    width: Option<usize>,
    /// Run whose labels are counted, by id, first digits, engine or name
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
}

#[derive(Serialize)]
struct Answer<'a> {
    rows: &'a str,
    columns: &'a str,
    unit: &'a str,
    of: &'a str,
    table: &'a Table,
    private_left_out: u64,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let (counted, drafts) = in_public(context, args.run.as_deref()).await?;
    let codebook = counted.catalogue.codebook();
    if args.rows == args.columns {
        bail!("rows and columns must be different");
    }
    let axis = |text: &str| -> anyhow::Result<Axis> {
        let axis = counted.catalogue.parse_axis(text)?;
        Ok(if args.good { good_only(axis, codebook) } else { axis })
    };
    let spec = Spec {
        rows: axis(&args.rows)?,
        columns: Some(axis(&args.columns)?),
        panels: None,
        unit: if args.texts { Unit::Texts } else { Unit::Documents },
        base: args.of.as_deref().and_then(Base::from_id).unwrap_or_default(),
    };
    let selection = counted.select(&args.conditions).await?;
    check_values(&counted.catalogue, selection.filter(), drafts)?;
    let found = cross(&counted.catalogue, &selection, &spec)?;
    if context.json {
        let unit = if args.texts { "texts" } else { "documents" };
        let of = spec.base.id();
        let (rows, columns) = (args.rows.as_str(), args.columns.as_str());
        output::json(&Answer { rows, columns, unit, of, table: &found, private_left_out: drafts })?;
    } else {
        let names = [Some(&spec.rows), spec.columns.as_ref()];
        let names: Vec<String> = names.into_iter().flatten().map(|a| axis_name(a, codebook)).collect();
        let left_out = left_out(drafts).map(|line| format!("\n\n{line}")).unwrap_or_default();
        let printed = Printed {
            title: names.join(" by "),
            texts: args.texts,
            shares: args.of.is_some().then_some(spec.base),
            width: args.width.unwrap_or_else(line_width),
        };
        output::text(&format!("{}{left_out}", printed.words(&found)))?;
    }
    Ok(Exit::Done)
}

/// How a table is printed.
struct Printed {
    title: String,
    texts: bool,
    /// What shares are of, where they are printed.
    shares: Option<Base>,
    /// Characters of a line.
    width: usize,
}

/// Characters of the name of a column.
const HEAD: usize = 18;
/// Characters of the name of a row.
const ROW: usize = 40;

impl Printed {
    fn words(&self, found: &Table) -> String {
        let mut parts = vec![self.lead(found)];
        let mut legend = Legend::default();
        parts.push(blocks(&self.rows(found, &mut legend), self.width));
        parts.extend(Some(legend.lines()).filter(|lines| !lines.is_empty()));
        parts.join("\n\n")
    }

    /// What was counted.
    fn lead(&self, found: &Table) -> String {
        let all = match found.documents {
            1 if self.texts => "1 text".to_owned(),
            n if self.texts => format!("{n} {}", self.unit()),
            n => documents(n),
        };
        let unit = if self.texts { Unit::Texts } else { Unit::Documents };
        let of = |base: Base| format!("; shares are of {}", base.name(unit));
        let shares = self.shares.map(of).unwrap_or_default();
        format!("{}: {all}, {} classified{shares}", self.title, found.classified)
    }

    const fn unit(&self) -> &'static str {
        if self.texts { "different texts" } else { "documents" }
    }

    fn rows(&self, found: &Table, legend: &mut Legend) -> Vec<Vec<String>> {
        let line = |label: String, total: String, cells: Vec<String>| -> Vec<String> {
            let total = (self.shares == Some(Base::Row)).then_some(total);
            std::iter::once(label).chain(total).chain(cells).collect()
        };
        let heads = found.columns.iter().map(|column| legend.short(&column.label, HEAD)).collect();
        // What each column is of: without it a large count may only be that of a large column.
        let counts = found.columns.iter().map(|column| column.count.to_string()).collect();
        let mut rows = vec![
            line(String::new(), self.unit().to_owned(), heads),
            line(self.unit().to_owned(), found.documents.to_string(), counts),
        ];
        if let Some(panel) = found.panels.first() {
            for ((row, total), cells) in found.rows.iter().zip(&panel.row_counts).zip(&panel.cells) {
                let cells = cells.iter().map(|cell| self.cell(*cell)).collect();
                rows.push(line(legend.short(&row.label, ROW), total.to_string(), cells));
            }
        }
        rows
    }

    /// A count, with its share where shares are printed and there is one.
    fn cell(&self, cell: Cell) -> String {
        match self.shares.and_then(|_| percent(cell.within, cell.of)) {
            Some(share) => format!("{} ({share})", cell.count),
            None => cell.count.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use lacuna_domain::filter::{Condition, Field};
    use lacuna_pipeline::analyze::crosstab::{Line, Panel};

    use super::*;

    fn line(label: &str, count: u64) -> Line {
        let condition = Condition::Field(Field::Authority, label.to_owned());
        Line { label: label.to_owned(), count, condition }
    }

    fn found() -> Table {
        let cells = vec![vec![Cell { count: 2, within: 2, of: 4 }, Cell { count: 0, within: 0, of: 0 }]];
        Table {
            rows: vec![line("2.2 Security", 4)],
            columns: vec![line("Office of Tides of Norvale", 4), line("Office of Tides of Ostmark", 0)],
            panels: vec![Panel {
                line: None,
                documents: 5,
                classified: 4,
                row_counts: vec![4],
                column_counts: vec![4, 0],
                cells,
            }],
            documents: 5,
            classified: 4,
        }
    }

    #[test]
    fn columns_that_begin_alike_are_told_apart_and_shares_say_of_what() {
        let found = found();
        let title = "Risk coverage by Authority".to_owned();
        let printed = Printed { title, texts: false, shares: Some(Base::Column), width: 60 };
        assert_eq!(
            printed.words(&found),
            "Risk coverage by Authority: 5 documents, 4 classified; shares are of documents of the column\n\n\
             \x20             Office of Tid… [1]  Office of Tid… [2]\n\
             documents                      4                   0\n\
             2.2 Security            2 (50 %)                   0\n\n\
             [1] Office of Tides of Norvale\n\
             [2] Office of Tides of Ostmark"
        );
        let printed = Printed { texts: true, ..printed };
        let texts = printed.words(&found);
        assert!(
            texts.contains("5 different texts, 4 classified; shares are of texts of the column"),
            "{texts}"
        );
        let narrow = Printed { width: 40, shares: None, ..printed }.words(&found);
        assert_eq!(narrow.matches("2.2 Security").count(), 2, "{narrow}");
        assert!(
            narrow.lines().skip(1).all(|line| line.chars().count() <= 40) && !narrow.contains('%'),
            "{narrow}"
        );
    }

    #[test]
    fn shares_of_rows_stand_beside_the_documents_of_each_row_and_none_is_rounded_to_nothing() {
        let mut found = found();
        found.panels[0].cells[0] =
            vec![Cell { count: 1, within: 1, of: 400 }, Cell { count: 0, within: 0, of: 0 }];
        found.panels[0].row_counts = vec![400];
        let title = "Risk coverage by Authority".to_owned();
        let printed = Printed { title, texts: false, shares: Some(Base::Row), width: 90 }.words(&found);
        assert!(printed.contains("shares are of documents of the row"), "{printed}");
        let cells = |start: &str| -> Vec<String> {
            let line = printed.lines().find(|line| line.starts_with(start)).unwrap();
            line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect()
        };
        assert_eq!(cells("documents"), ["documents", "5", "4", "0"], "{printed}");
        assert_eq!(cells("2.2"), ["2.2 Security", "400", "1 (under 1 %)", "0"], "{printed}");
    }
}
