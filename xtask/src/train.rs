//! `cargo xtask train`: the weights that ship in the binary, from ../shared/codings/dev.

use std::fs;
use std::process::Command;

use anyhow::Context;
use lacuna_pipeline::classify::offline::card::Card;
use lacuna_pipeline::classify::offline::train::train;

use crate::{bench, sh};

/// Where the weights lie in the repository.
const WEIGHTS: &str = "crates/pipeline/models/offline-1.bin";

/// Trains and writes the weights; says their hash, which the golden test of the engine guards. Runs itself again in a
/// release build, which is many times faster.
pub(crate) fn run() -> anyhow::Result<()> {
    if cfg!(debug_assertions) {
        return sh::run(Command::new("cargo").args([
            "run",
            "--release",
            "--quiet",
            "--package",
            "xtask",
            "--",
            "train",
        ]));
    }
    let (docs, codebook) = bench::material()?;
    let weights = train(&docs, &codebook)?;
    let path = sh::root().join(WEIGHTS);
    fs::write(&path, weights.to_bytes()).with_context(|| format!("write {}", path.display()))?;
    let card = Card::of_training(weights.hash(), &docs, &codebook);
    bench::write_card(&card)?;
    sh::say(&format!("{} documents, weights {}", docs.len(), weights.hash()));
    sh::say("not measured yet: `cargo xtask bench quality --card` measures the new weights");
    Ok(())
}
