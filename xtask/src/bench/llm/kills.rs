//! SIGKILL at random points: what is paid twice, what is lost, and whether the outcome is the same.

use std::collections::HashSet;
use std::time::Duration;

use lacuna_domain::hash::sha256_hex;
use mock_llm::Mock;
use serde_json::Value;

use super::{Ground, corpus, process};
use crate::bench::report::Report;
use crate::sh;

pub(super) const DOCUMENTS: usize = 400;
pub(super) const AT_ONCE: usize = 16;
pub(super) const LATENCY: Duration = Duration::from_millis(150);

/// Kills one process again and again and lets the last one finish.
pub(super) async fn run(ground: &Ground<'_>, report: &mut Report) -> anyhow::Result<()> {
    let store = ground.store(DOCUMENTS)?;
    let whole = corpus::copy(&store, &ground.scratch.join("whole"))?;
    let mock = Mock::start(ground.behaviour(LATENCY, "whole")).await?;
    process::finish(&mut process::classify(ground.binary, &whole, &mock, AT_ONCE)).await?;
    drop(mock);

    let broken = corpus::copy(&store, &ground.scratch.join("broken"))?;
    let mock = Mock::start(ground.behaviour(LATENCY, "broken")).await?;
    let (mut excess, mut in_flight_sum) = (i64::MIN, 0);
    for kill in 0..ground.options.kills {
        let mut child = process::start(&mut process::classify(ground.binary, &broken, &mock, AT_ONCE))?;
        // Seeded: the same points on every machine, from the start of the process on.
        let digits = sha256_hex(format!("kill {kill}").as_bytes());
        let millis = 100 + u64::from_str_radix(&digits[..6], 16).unwrap_or(0) % 700;
        tokio::time::sleep(Duration::from_millis(millis)).await;
        child.kill()?;
        let in_flight = mock.counters().in_flight;
        child.wait()?;
        // What was in flight is paid all the same.
        tokio::time::sleep(LATENCY + Duration::from_millis(100)).await;
        in_flight_sum += in_flight as i64;
        // Each kill may cost as many answers as the client had places: asked for, or come and not yet written down.
        excess = excess.max(repaid(&mock) - (kill * AT_ONCE) as i64);
    }
    process::finish(&mut process::classify(ground.binary, &broken, &mock, AT_ONCE)).await?;
    let repaid_all = repaid(&mock);
    report.figure(
        "kill_excess_repaid_max",
        excess.max(repaid_all - (ground.options.kills * AT_ONCE) as i64) as f64,
        "calls",
        "≤ 0",
    );
    report.figure("kill_repaid", repaid_all as f64, "calls", "printed");
    report.figure("kill_in_flight", in_flight_sum as f64, "calls", "printed");
    let of = |data| labels(&mut corpus::lacuna(ground.binary, data));
    let (one, other) = (of(&whole)?, of(&broken)?);
    report.figure("kill_lost_rows", lost(&one, &other) as f64, "rows", "0");
    report.figure("kill_output_identical", f64::from(u8::from(one == other)), "1 = yes", "1");
    Ok(())
}

/// Answers paid beyond the first for each question.
pub(super) fn repaid(mock: &Mock) -> i64 {
    let rows = mock.rows();
    let distinct: HashSet<&str> = rows.iter().map(|row| row.hash.as_str()).collect();
    (rows.len() - distinct.len()) as i64
}

/// Every judgement of a store, without the times at which it was made.
pub(super) fn labels(command: &mut std::process::Command) -> anyhow::Result<Vec<String>> {
    let text = sh::output(command.args(["export", "judgements", "--format", "jsonl"]))?;
    let mut rows = Vec::new();
    for line in text.lines() {
        let mut row: Value = serde_json::from_str(line)?;
        if let Value::Object(fields) = &mut row {
            fields.retain(|name, _| !name.contains("at") || !name.ends_with("at"));
        }
        rows.push(row.to_string());
    }
    rows.sort();
    Ok(rows)
}

pub(super) fn lost(whole: &[String], broken: &[String]) -> usize {
    let there: HashSet<&String> = broken.iter().collect();
    whole.iter().filter(|row| !there.contains(row)).count()
}
