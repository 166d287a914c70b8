//! `lacuna gaps`: which codes a set of documents leaves open.

use anyhow::Context as _;
use clap::Args as ClapArgs;
use jiff::civil::Date;
use lacuna_domain::codebook::{Dimension, Kind};
use lacuna_pipeline::analyze::findings;
use lacuna_pipeline::analyze::gaps::{Gaps, States, Verdict, gaps};
use serde::Serialize;

use crate::context::Context;
use crate::counted::values::check_values;
use crate::counted::{documents, in_public, left_out, table};
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna gaps`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Examples:
  lacuna gaps
  lacuna gaps jurisdiction=Colorado applies_to='private sector'
  lacuna gaps --dimension sector --on 2024-06-01 form=hard_law

Binding means hard law that is in force on the day. Below 10 documents nothing is ranked.")]
pub struct Args {
    /// Conditions of the set, as in an address: jurisdiction=Colorado, year=2024, sector=education
    #[arg(value_name = "NAME=VALUE")]
    conditions: Vec<String>,
    /// Dimension whose codes are asked for [default: the first of the codebook]
    #[arg(long, value_name = "DIMENSION")]
    dimension: Option<String>,
    /// Day on which documents must be in force [default: today]
    #[arg(long, value_name = "DAY")]
    on: Option<Date>,
    /// Run whose labels are counted, by id, first digits, engine or name
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
}

#[derive(Serialize)]
struct Answer<'g> {
    #[serde(flatten)]
    gaps: &'g Gaps,
    private_left_out: u64,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let (counted, drafts) = in_public(context, args.run.as_deref()).await?;
    let codebook = counted.catalogue.codebook();
    let fits = |d: &&Dimension| matches!(d.kind, Kind::Ordinal { .. } | Kind::Flag);
    let dimension = match &args.dimension {
        None => codebook.dimensions.iter().find(fits),
        Some(name) => codebook.dimension_at(name).filter(|d| fits(d)),
    };
    let dimension = dimension.context("this codebook has no such dimension whose codes can be covered")?;
    let today = || jiff::tz::Offset::UTC.to_datetime(context.clock.now()).date();
    let states = States::on(&counted.catalogue, args.on.unwrap_or_else(today));
    let selection = counted.select(&args.conditions).await?;
    check_values(&counted.catalogue, selection.filter(), drafts)?;
    let found = gaps(&counted.catalogue, &selection, dimension, &states);
    if context.json {
        output::json(&Answer { gaps: &found, private_left_out: drafts })?;
    } else {
        let left_out = left_out(drafts).map(|line| format!("\n\n{line}")).unwrap_or_default();
        output::text(&format!("{}{left_out}", words(&found)))?;
    }
    Ok(Exit::Done)
}

fn words(found: &Gaps) -> String {
    let there = if found.later() == 0 { String::new() } else { format!(" {} there,", found.there) };
    let mut out = format!(
        "{}: {}, {} classified,{there} {} not defunct and {} binding on {}\n\n",
        found.name,
        documents(found.documents),
        found.classified,
        found.standing,
        found.binding,
        found.on
    );
    let head = ["code", "any", "standing", "binding", "binding, highest", "missed?"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let mut last = None;
    for code in &found.codes {
        if found.ranked && last != Some(code.verdict) {
            rows.push(vec![format!("-- {}", code.verdict.name())]);
            last = Some(code.verdict);
        }
        rows.push(vec![
            format!("{} {}", code.code, code.short),
            code.any.to_string(),
            code.standing_any.to_string(),
            code.binding_any.to_string(),
            code.binding_full.to_string(),
            code.expected_missed.map_or_else(|| "?".to_owned(), |missed| format!("{missed:.1}")),
        ]);
    }
    out.push_str(&table(&rows));
    if !found.ranked {
        let there = if found.later() == 0 { String::new() } else { format!(" there on {}", found.on) };
        out.push_str(&format!("\n\nfewer than 10 classified documents{there}: nothing is ranked"));
    }
    for finding in findings::of_gaps(found) {
        out.push_str("\n\n");
        out.push_str(&finding);
    }
    if found.classified == 0 {
        out.push_str("\n\nno classified document is in this set; take a condition out");
    } else if found.count(Verdict::Covered) < found.codes.len() {
        out.push_str("\n\nan absence means: ");
        out.push_str(&found.absence());
    }
    out
}
