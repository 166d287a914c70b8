//! `lacuna doctor`: looks at the installation and the store and says what to mend.

use std::fmt::Write as _;

use clap::Args as ClapArgs;
use lacuna_pipeline::classify::offline::OfflineEngine;
use lacuna_pipeline::codebooks;
use lacuna_store::Store;
use serde::Serialize;

use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Options of `lacuna doctor`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Exit code 2 when something needs mending; each finding says how.")]
pub struct Args {}

/// One thing looked at.
#[derive(Debug, Serialize)]
struct Finding {
    what: &'static str,
    sound: bool,
    found: String,
}

impl Finding {
    fn of(what: &'static str, result: Result<String, String>) -> Self {
        let sound = result.is_ok();
        Self { what, sound, found: result.unwrap_or_else(|mend| mend) }
    }
}

pub(crate) async fn run(_args: Args, context: &Context) -> anyhow::Result<Exit> {
    let mut findings = vec![
        Finding::of("version", Ok(env!("CARGO_PKG_VERSION").to_owned())),
        Finding::of("built-in codebook and engine", engine()),
        Finding::of("PDF text", Ok(pdf())),
    ];
    match context.store().await {
        Ok(store) => findings.extend(look(&store).await),
        Err(error) => findings.push(Finding::of("store", Err(error.to_string()))),
    }
    let sound = findings.iter().all(|finding| finding.sound);
    if context.json {
        output::json(&findings)?;
    } else {
        let mut text = String::new();
        for Finding { what, sound, found } in &findings {
            let mark = if *sound { "ok  " } else { "MEND" };
            let _ = writeln!(text, "{mark}  {what}: {found}");
        }
        output::text(&text)?;
    }
    Ok(if sound { Exit::Done } else { Exit::SomeFailed })
}

fn engine() -> Result<String, String> {
    let codebook = codebooks::ai_governance().map_err(|e| e.to_string())?;
    let engine = OfflineEngine::new(&codebook).map_err(|e| e.to_string())?;
    Ok(format!("{} {}, run {}", codebook.id, codebook.version, engine.config().id().short()))
}

fn pdf() -> String {
    if lacuna_pipeline::ingest::pdfium_found(None) {
        "PDFium found".to_owned()
    } else {
        "no PDFium found; PDF files are read by the built-in extractor and flagged, since columns may be mixed".to_owned()
    }
}

async fn look(store: &Store) -> Vec<Finding> {
    let documents = store.documents().await.map(|d| format!("{} documents", d.len()));
    let runs = async {
        let mut lines = Vec::new();
        for run in store.runs().await? {
            let counts = store.run_counts(&run.id).await?;
            lines.push(format!(
                "{} {} ({} coded, {} pending)",
                run.id.short(),
                run.name,
                counts.coded,
                counts.pending
            ));
        }
        Ok::<_, lacuna_store::StoreError>(if lines.is_empty() {
            "none yet".to_owned()
        } else {
            lines.join("; ")
        })
    };
    vec![
        Finding::of("store", documents.map_err(|e| e.to_string())),
        Finding::of("runs", runs.await.map_err(|e| e.to_string())),
    ]
}
