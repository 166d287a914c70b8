//! `lacuna gaps`: which codes a set of documents leaves open.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use anyhow::{Context as _, bail};
use clap::Args as ClapArgs;
use jiff::civil::Date;
use lacuna_domain::Filter;
use lacuna_domain::codebook::{Dimension, Kind};
use lacuna_domain::filter::{Condition, NONE};
use lacuna_pipeline::analyze::findings;
use lacuna_pipeline::analyze::gaps::{Gaps, States, Verdict, gaps};
use lacuna_store::Store;
use lacuna_store::catalogue::{Audience, Catalogue, Record};
use serde::Serialize;

use crate::context::Context;
use crate::counted::{Counted, table};
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

/// `1 document`, `2 documents`.
pub(crate) fn documents(n: u64) -> String {
    if n == 1 { "1 document".to_owned() } else { format!("{n} documents") }
}

/// What the shown run counts among the documents that anybody may see, and how many private drafts are left out.
pub(crate) async fn in_public(context: &Context, run: Option<&str>) -> anyhow::Result<(Counted, u64)> {
    let Counted { store, catalogue } = Counted::open(context, run).await?;
    let (catalogue, drafts) = without_drafts(&store, catalogue).await?;
    Ok((Counted { store, catalogue }, drafts))
}

/// The catalogue without private drafts, which stand in no list, and how many there are.
pub(crate) async fn without_drafts(store: &Store, catalogue: Catalogue) -> anyhow::Result<(Catalogue, u64)> {
    let all = catalogue.select(&Filter::default(), None);
    let private = |number: &u32| catalogue.record(*number).is_some_and(Record::private);
    let drafts = all.documents().iter().filter(private).count() as u64;
    if drafts == 0 {
        return Ok((catalogue, 0));
    }
    let (run, codebook) = (catalogue.run(), catalogue.codebook());
    let public =
        Catalogue::load(store, run, codebook, Audience::Public).await.context("count the documents")?;
    Ok((public, drafts))
}

/// The line that says how many private drafts were left out, if any.
pub(crate) fn left_out(drafts: u64) -> Option<String> {
    match drafts {
        0 => None,
        1 => Some("1 private draft is left out; lacuna serve --local shows it".to_owned()),
        n => Some(format!("{n} private drafts are left out; lacuna serve --local shows them")),
    }
}

/// Values named when one is unknown.
const NEAREST: usize = 5;

/// Refuses a value that no document has: a table of zeros would read as a finding where a name is misspelt.
pub(crate) fn check_values(catalogue: &Catalogue, filter: &Filter, drafts: u64) -> anyhow::Result<()> {
    for condition in filter.conditions() {
        let Condition::Field(field, given) = &condition else { continue };
        if !catalogue.holding_alone(&condition).is_empty() {
            continue;
        }
        let all = catalogue.select(&Filter::default(), None);
        let mut known: Vec<(usize, u64, String)> = Vec::new();
        for value in catalogue.field_facet(&all, *field).into_iter().filter(|value| value.count > 0) {
            if let Condition::Field(_, name) = value.condition
                && name != NONE
            {
                known.push((shared_pairs(given, &name), value.count, name));
            }
        }
        known.sort_by_key(|(alike, count, _)| Reverse((*alike, *count)));
        let of = known.len();
        let nearest: Vec<String> = known.into_iter().take(NEAREST).map(|(_, _, name)| name).collect();
        let mend = match of {
            0 => "none has any value there".to_owned(),
            _ if of <= NEAREST => format!("known values are {}", nearest.join("; ")),
            _ => format!("nearest of {of} known values are {}", nearest.join("; ")),
        };
        let private = left_out(drafts).map(|line| format!(" ({line})")).unwrap_or_default();
        bail!("no document has {}={given}: {mend}{private}", field.id());
    }
    Ok(())
}

/// Pairs of neighbouring letters that two words share: enough to find the name that was meant.
fn shared_pairs(one: &str, other: &str) -> usize {
    let pairs = |text: &str| -> BTreeSet<(char, char)> {
        let letters: Vec<char> = text.to_lowercase().chars().collect();
        letters.iter().copied().zip(letters.iter().copied().skip(1)).collect()
    };
    pairs(one).intersection(&pairs(other)).count()
}
