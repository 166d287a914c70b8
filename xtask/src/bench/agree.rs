//! Time of all agreement statistics of a study of the promised size.

use std::process::Command;
use std::time::Instant;

use lacuna_pipeline::analyze::agreement::bootstrap::Random;
use lacuna_pipeline::analyze::agreement::study::{Draws, Item, Measure, study};

use super::report::Report;
use crate::sh;

/// Documents, codes, labellers and draws that the product promises.
const DOCUMENTS: usize = 1_000;
const CODES: usize = 61;
const LABELLERS: usize = 3;
const DRAWS: usize = 2_000;

/// Times the study. Runs itself again in a release build, since the figure means nothing in another.
pub(crate) fn run(json: Option<&std::path::Path>) -> anyhow::Result<Option<Report>> {
    if cfg!(debug_assertions) {
        let mut command = Command::new("cargo");
        command.args(["run", "--release", "--quiet", "--package", "xtask", "--", "bench", "agree"]);
        if let Some(path) = json {
            command.arg("--json").arg(std::path::absolute(path)?);
        }
        sh::run(&mut command)?;
        return Ok(None);
    }
    let items = items();
    let pairs = [(0, 1), (0, 2), (1, 2)];
    let start = Instant::now();
    let draws = Draws::new(DOCUMENTS, DRAWS, 7);
    let found = study(&items, &pairs, &draws);
    let seconds = start.elapsed().as_secs_f64();
    let kappas = found.pairs[0].codes.iter().filter(|code| code[Measure::ALL.len() - 1].1.value.is_some());
    let mut report = Report::default();
    report.conditions.push(format!(
        "{DOCUMENTS} documents, {CODES} codes of 3 levels, {LABELLERS} labellers, {DRAWS} draws, {} processors",
        std::thread::available_parallelism().map_or(1, usize::from)
    ));
    report.figure("agree_seconds", seconds, "s", "≤ 3");
    report.figure("agree_codes_with_values", kappas.count() as f64, "codes", "61");
    Ok(Some(report))
}

/// Labels as rare as real ones: one document in eight speaks to a code, one label in ten is wrong.
fn items() -> Vec<Item> {
    let mut random = Random(11);
    let item = |_| {
        let truth: Vec<u8> = (0..DOCUMENTS)
            .map(|_| if random.unit() < 0.125 { 1 + random.below(2) as u8 } else { 0 })
            .collect();
        let labels: Vec<Vec<Option<u8>>> = (0..LABELLERS)
            .map(|_| {
                let mut noisy = |level: &u8| if random.unit() < 0.1 { random.below(3) as u8 } else { *level };
                truth.iter().map(|level| Some(noisy(level))).collect()
            })
            .collect();
        Item::new(3, true, &labels)
    };
    (0..CODES).map(item).collect()
}
