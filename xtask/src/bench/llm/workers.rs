//! Three workers on one PostgreSQL, one of them killed every second.

use std::process::{Child, Command};
use std::time::Duration;

use mock_llm::Mock;

use super::kills::{AT_ONCE, DOCUMENTS, LATENCY, labels, lost, repaid};
use super::{Ground, corpus, process};
use crate::bench::report::Report;
use crate::postgres::Postgres;
use crate::sh;

const WORKERS: usize = 3;

/// Kills a worker a second and starts another in its place, lets the last three finish, and compares with an unbroken run.
pub(super) async fn run(ground: &Ground<'_>, report: &mut Report) -> anyhow::Result<()> {
    let postgres = Postgres::ensure()?;
    let data = ground.scratch.join("workers");
    let lacuna = || {
        let mut command = corpus::lacuna(ground.binary, &data);
        command.args(["--database", &postgres.url]);
        command
    };
    let texts = ground.scratch.join("workers-texts");
    std::fs::create_dir_all(&texts)?;
    for n in 0..DOCUMENTS {
        std::fs::write(texts.join(format!("act-{n:06}.txt")), corpus::document(n, 4_200))?;
    }
    sh::output(lacuna().arg("ingest").arg(&texts))?;

    let whole = corpus::copy(&ground.store(DOCUMENTS)?, &ground.scratch.join("workers-whole"))?;
    let mock = Mock::start(ground.behaviour(LATENCY, "workers-whole")).await?;
    process::finish(&mut process::classify(ground.binary, &whole, &mock, AT_ONCE)).await?;
    drop(mock);

    let mock = Mock::start(ground.behaviour(LATENCY, "workers")).await?;
    let start = || -> anyhow::Result<Child> {
        let mut command: Command = lacuna();
        command.args(["worker", "--engine", "openai-chat:mock", "--endpoint", &mock.v1()]);
        command.args(["--concurrency", &AT_ONCE.to_string(), "--dead-after", "3"]);
        process::start(command.env("OPENAI_API_KEY", "sk-mock"))
    };
    let mut workers = (0..WORKERS).map(|_| start()).collect::<anyhow::Result<Vec<_>>>()?;
    let mut kills = 0;
    while kills < ground.options.kills && mock.counters().answered < DOCUMENTS as u64 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let place = kills % WORKERS;
        if workers[place].try_wait()?.is_none() {
            workers[place].kill()?;
            workers[place].wait()?;
            kills += 1;
            workers[place] = start()?;
        } else {
            break;
        }
    }
    for worker in &mut workers {
        while worker.try_wait()?.is_none() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    report.figure("workers_kills", kills as f64, "kills", "printed");
    let paid_again = repaid(&mock);
    report.figure("workers_repaid", paid_again as f64, "calls", "printed");
    report.figure("workers_excess_repaid", (paid_again - (kills * AT_ONCE) as i64) as f64, "calls", "≤ 0");
    let one = labels(&mut corpus::lacuna(ground.binary, &whole))?;
    let other = labels(&mut lacuna())?;
    report.figure("workers_lost_rows", lost(&one, &other) as f64, "rows", "0");
    report.figure("workers_output_identical", f64::from(u8::from(one == other)), "1 = yes", "1");
    Ok(())
}
