//! `lacuna crosstab A B`: two fields or dimensions crossed.

use anyhow::bail;
use clap::Args as ClapArgs;
use lacuna_pipeline::analyze::crosstab::{Base, Spec, Table, axis_name, cross, good_only};
use lacuna_store::catalogue::{Axis, Unit};
use serde::Serialize;

use crate::context::Context;
use crate::counted::values::check_values;
use crate::counted::{documents, in_public, left_out, table};
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna crosstab`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna crosstab risk jurisdiction
  lacuna crosstab risk year --good --of row --where form=hard_law
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
    /// What shares in `--json` are of
    #[arg(long, value_name = "BASE", default_value = "text", value_parser = ["text", "row", "column", "all"])]
    of: String,
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
        base: Base::from_id(&args.of).unwrap_or_default(),
    };
    let selection = counted.select(&args.conditions).await?;
    check_values(&counted.catalogue, selection.filter(), drafts)?;
    let found = cross(&counted.catalogue, &selection, &spec);
    if context.json {
        let unit = if args.texts { "texts" } else { "documents" };
        let of = args.of.as_str();
        let (rows, columns) = (args.rows.as_str(), args.columns.as_str());
        output::json(&Answer { rows, columns, unit, of, table: &found, private_left_out: drafts })?;
    } else {
        let names = [Some(&spec.rows), spec.columns.as_ref()];
        let names: Vec<String> = names.into_iter().flatten().map(|a| axis_name(a, codebook)).collect();
        let left_out = left_out(drafts).map(|line| format!("\n\n{line}")).unwrap_or_default();
        output::text(&format!("{}{left_out}", words(&found, &names.join(" by "), args.texts)))?;
    }
    Ok(Exit::Done)
}

fn words(found: &Table, title: &str, texts: bool) -> String {
    let unit = if texts { "different texts" } else { "documents" };
    let all = match found.documents {
        1 if texts => "1 text".to_owned(),
        n if texts => format!("{n} {unit}"),
        n => documents(n),
    };
    let short = |text: &str| text.chars().take(18).collect::<String>();
    let mut rows =
        vec![std::iter::once(String::new()).chain(found.columns.iter().map(|c| short(&c.label))).collect()];
    // What each column is of: without it a large count may only be that of a large column.
    rows.push(
        std::iter::once(unit.to_owned()).chain(found.columns.iter().map(|c| c.count.to_string())).collect(),
    );
    let cells = found.panels.first().map(|panel| panel.cells.as_slice()).unwrap_or_default();
    for (row, cells) in found.rows.iter().zip(cells) {
        let label: String = row.label.chars().take(40).collect();
        rows.push(std::iter::once(label).chain(cells.iter().map(|cell| cell.count.to_string())).collect());
    }
    format!("{title}: {all}, {} classified\n\n{}", found.classified, table(&rows))
}
