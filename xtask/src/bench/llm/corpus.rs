//! Stores full of made-up documents, and copies of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::sh;

/// Sentences of a law that never was.
const SENTENCES: [&str; 8] = [
    "The harbour office shall keep a register of every machine that sorts cargo by learned rules.",
    "An operator shall test such a machine for unequal treatment of ships before it is used.",
    "Whoever is refused a berth by a machine may ask a person to look at the refusal within ten days.",
    "The operator shall tell the harbour office of a serious incident within three working days.",
    "Records of decisions are kept for five years and are open to the inspectors of the harbour.",
    "A machine that watches persons on the quay shall not store their faces beyond one week.",
    "The harbour office may fine an operator that does not keep the register up to date.",
    "Nothing in this part applies to scales, clocks and lamps that learn nothing.",
];

/// The text of document `n` with about `bytes` bytes; no two are alike.
pub(super) fn document(n: usize, bytes: usize) -> String {
    let mut text = format!("Harbour Machines Act {n}\n\n");
    let mut section = 0;
    while text.len() < bytes {
        section += 1;
        let pick = |k: usize| SENTENCES[(n / 7 + section * 3 + k * (1 + n % 5)) % SENTENCES.len()];
        text.push_str(&format!(
            "Section {section}. {} {} Quay {} is exempt in case {}.\n\n",
            pick(0),
            pick(1),
            n % 97,
            n
        ));
    }
    text
}

/// A data folder with `count` documents of about `bytes` bytes.
pub(super) fn store(binary: &Path, scratch: &Path, count: usize, bytes: usize) -> anyhow::Result<PathBuf> {
    let (texts, data) = (scratch.join(format!("texts-{count}")), scratch.join(format!("store-{count}")));
    fs::create_dir_all(&texts)?;
    for n in 0..count {
        fs::write(texts.join(format!("act-{n:06}.txt")), document(n, bytes))?;
    }
    sh::output(lacuna(binary, &data).arg("ingest").arg(&texts))?;
    fs::remove_dir_all(&texts)?;
    Ok(data)
}

/// A copy of a data folder.
pub(super) fn copy(from: &Path, to: &Path) -> anyhow::Result<PathBuf> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).context("copy the store")?;
        }
    }
    Ok(to.to_owned())
}

/// The binary on a data folder.
pub(super) fn lacuna(binary: &Path, data: &Path) -> Command {
    let mut command = Command::new(binary);
    command.arg("--quiet").arg("--data").arg(data);
    command
}
