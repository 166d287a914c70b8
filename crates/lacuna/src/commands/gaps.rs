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

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use lacuna_pipeline::analyze::gaps::CodeGap;

    use super::*;

    /// A code with other counts in every place.
    fn code(code: &str, short: &str, verdict: Verdict) -> CodeGap {
        CodeGap {
            code: code.to_owned(),
            name: format!("{short} in full"),
            short: short.to_owned(),
            group: None,
            verdict,
            none_at_highest: false,
            any: 11,
            full: 9,
            there_any: 10,
            standing_any: 8,
            standing_full: 7,
            binding_any: 6,
            binding_full: 5,
            expected_missed: Some(0.44),
        }
    }

    /// Two codes among classified documents of which so many were there on the day.
    fn found(there: u64) -> Gaps {
        let open = CodeGap {
            binding_any: 0,
            binding_full: 0,
            expected_missed: None,
            ..code("2.2", "Security", Verdict::OnlyNonBinding)
        };
        Gaps {
            dimension: "risk".to_owned(),
            name: "Risk coverage".to_owned(),
            on: date(2031, 5, 4),
            documents: 15,
            classified: 14,
            there,
            standing: 13,
            binding: 12,
            knows_form: true,
            ranked: there >= 10,
            codes: vec![open, code("2.1", "Privacy", Verdict::Covered)],
        }
    }

    /// The cells of each line of the table, which is the second paragraph.
    fn cells(printed: &str) -> Vec<Vec<&str>> {
        let lines = printed.split("\n\n").nth(1).unwrap().lines();
        lines.map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()).collect()
    }

    const HEAD: [&str; 6] = ["code", "any", "standing", "binding", "binding, highest", "missed?"];
    const OPEN: [&str; 6] = ["2.2 Security", "11", "8", "0", "0", "?"];
    const COVERED: [&str; 6] = ["2.1 Privacy", "11", "8", "6", "5", "0.4"];

    #[test]
    fn every_count_stands_under_its_head_and_the_widest_gap_first() {
        let printed = words(&found(14));
        let lead =
            "Risk coverage: 15 documents, 14 classified, 13 not defunct and 12 binding on 2031-05-04\n\n";
        assert!(printed.starts_with(lead), "{printed}");
        let verdicts = [["-- Only non-binding"], ["-- Covered well by binding documents"]];
        let expected: [&[&str]; 5] = [&HEAD, &verdicts[0], &OPEN, &verdicts[1], &COVERED];
        assert_eq!(cells(&printed), expected);
        assert!(printed.contains("Only documents without binding force among these 14 speak to “Security”."));
        assert!(printed.contains("an absence means: no AI-specific instrument among these 14 documents"));
    }

    #[test]
    fn codes_that_fewer_than_ten_documents_could_speak_to_are_not_ranked() {
        let printed = words(&found(9));
        assert!(printed.contains(": 15 documents, 14 classified, 9 there, 13 not defunct"), "{printed}");
        let expected: [&[&str]; 3] = [&HEAD, &OPEN, &COVERED];
        assert_eq!(cells(&printed), expected);
        let why = "fewer than 10 classified documents there on 2031-05-04: nothing is ranked";
        assert!(printed.contains(why) && !printed.contains("speak to “"), "{printed}");
    }
}
