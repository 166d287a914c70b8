//! The methods appendix: how far the labels of a run can be trusted, in a form that a paper can cite.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use jiff::Timestamp;
use lacuna_domain::run::{Labeller, MODE, Run};
use lacuna_domain::{Codebook, DocumentId, RunId, sha256_hex};
use lacuna_store::catalogue::{Audience, Catalogue};
use lacuna_store::{RunCounts, Store, StoreError};

use super::agreement_text::{measure_name, number, with_interval};
use super::corrected_text;
use crate::analyze::agreement::report::{DRAWS, DimensionAgreement, PairAgreement, SEED, estimate};
use crate::analyze::agreement::study::Measure;
use crate::analyze::corrected::{CodeShare, Decided};
use crate::classify::offline::card::Cards;
use crate::review::sample::Sample;
use crate::verify::checks::CheckReport;

/// Everything the appendix is made of.
#[derive(Debug)]
pub struct Material {
    /// The run.
    pub run: Run,
    /// Its codebook.
    pub codebook: Codebook,
    /// Its counts.
    pub counts: RunCounts,
    /// Documents of the store.
    pub documents: usize,
    /// Runs of people and imported labels under the codebook.
    pub labellers: Vec<Run>,
    /// Samples drawn under the codebook: number, when, sample.
    pub samples: Vec<(i64, Timestamp, Sample)>,
    /// Agreement measured with the run, and between labellers.
    pub pairs: Vec<PairAgreement>,
    /// Documents that each labeller read.
    pub read: BTreeMap<RunId, BTreeSet<DocumentId>>,
    /// SHA-256 over the ids of all public documents, each with the id of its newest text: what the run was asked about.
    pub corpus: String,
    /// What training found of weights.
    pub cards: Cards,
    /// How common each code is once the machine's errors are taken out, where a sample was read.
    pub corrected: Vec<CodeShare>,
    /// What the checks found.
    pub checks: Option<CheckReport>,
    /// Version of this program.
    pub version: String,
    /// When the appendix was written.
    pub at: Timestamp,
}

impl Material {
    /// Reads it from a store.
    pub async fn read(
        store: &Store,
        run: Run,
        codebook: Codebook,
        version: &str,
        at: Timestamp,
    ) -> Result<Self, StoreError> {
        let same =
            |other: &Run| other.config.codebook_hash == codebook.hash && other.labeller != Labeller::Machine;
        let labellers: Vec<Run> = store.runs().await?.into_iter().filter(same).collect();
        let samples: Vec<(i64, Timestamp, Sample)> = store.samples().await?;
        let known = |id: &str| id == run.id.as_str() || labellers.iter().any(|l| l.id.as_str() == id);
        let pairs: Vec<PairAgreement> = store.agreements().await?;
        let mut read = BTreeMap::new();
        for labeller in &labellers {
            let sheets = store.sheets_of_run(&labeller.id).await?;
            read.insert(labeller.id.clone(), sheets.into_iter().map(|sheet| sheet.document).collect());
        }
        let corrected = corrected(store, &run, &codebook, &samples).await?;
        Ok(Self {
            read,
            corrected,
            corpus: corpus(store).await?,
            counts: store.run_counts(&run.id).await?,
            documents: store.documents().await?.len(),
            samples: samples.into_iter().filter(|(.., s)| s.codebook_hash == codebook.hash).collect(),
            pairs: pairs.into_iter().filter(|p| known(&p.a.run) && known(&p.b.run)).collect(),
            cards: Cards::read(store).await?,
            checks: store.checks(&run.id).await?,
            version: version.to_owned(),
            labellers,
            run,
            codebook,
            at,
        })
    }
}

/// The corrected shares of the run; nothing is counted where no sample was drawn under it.
async fn corrected(
    store: &Store,
    run: &Run,
    codebook: &Codebook,
    samples: &[(i64, Timestamp, Sample)],
) -> Result<Vec<CodeShare>, StoreError> {
    if !samples.iter().any(|(.., sample)| sample.run == run.id.as_str()) {
        return Ok(vec![]);
    }
    let catalogue = Catalogue::load(store, Some(&run.id), codebook, Audience::Public).await?;
    let decided = Decided::read(store, &catalogue, &Arc::new(codebook.clone())).await?;
    Ok(decided.every_share(&catalogue))
}

async fn corpus(store: &Store) -> Result<String, StoreError> {
    let private: BTreeSet<DocumentId> =
        store.documents().await?.into_iter().filter(|d| d.metadata.private).map(|d| d.id).collect();
    let mut lines: Vec<String> = store
        .latest_versions()
        .await?
        .into_iter()
        .filter(|version| !private.contains(&version.document))
        .map(|version| format!("{} {}\n", version.document, version.text))
        .collect();
    lines.sort();
    Ok(sha256_hex(lines.concat().as_bytes()))
}

/// The appendix as Markdown.
pub fn markdown(material: &Material) -> String {
    let mut out = String::from("# Reliability of the labels\n\n");
    setting(&mut out, material);
    labellers(&mut out, material);
    samples(&mut out, material);
    statistics(&mut out);
    for pair in &material.pairs {
        pair_section(&mut out, pair);
    }
    card(&mut out, material);
    corrected_text::section(&mut out, &material.corrected);
    if material.pairs.is_empty() {
        out += "## Agreement\n\nNot measured: nobody’s labels were compared with those of this run.\n\n";
    }
    checks(&mut out, material);
    out
}

/// The appendix as one HTML page without script.
pub fn html(material: &Material) -> String {
    let source = markdown(material);
    let parser = pulldown_cmark::Parser::new_ext(&source, pulldown_cmark::Options::ENABLE_TABLES);
    let mut body = String::new();
    pulldown_cmark::html::push_html(&mut body, parser);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Reliability of the labels</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"></head>\n<body>\n{body}</body>\n</html>\n"
    )
}

fn setting(out: &mut String, material: &Material) {
    let Material { run, codebook, counts, .. } = material;
    let _ =
        writeln!(out, "Written by Lacuna {} on {}.\n", material.version, material.at.strftime("%Y-%m-%d"));
    let _ = writeln!(out, "## Setting\n");
    let _ = writeln!(
        out,
        "- Codebook: {} {}, SHA-256 `{}`",
        plain(&codebook.title),
        codebook.version,
        codebook.hash
    );
    let _ = writeln!(out, "- Run: {}, engine `{}`, id `{}`", plain(&run.name), run.config.engine, run.id);
    for (name, value) in &run.config.parameters {
        let _ = writeln!(out, "- {name}: `{value}`");
    }
    let _ = writeln!(
        out,
        "- Documents: {}; texts coded {}, left out on purpose {}, failed {}; labels with a located passage {}, claims \
         that fell for want of one {}\n- Public documents and their newest texts, one line `id text` each, sorted: SHA-256 `{}`\n",
        material.documents,
        counts.coded,
        counts.skipped,
        counts.failed,
        counts.positives,
        counts.rejected,
        material.corpus
    );
}

fn labellers(out: &mut String, material: &Material) {
    out.push_str("## Who else labelled\n\n");
    if material.labellers.is_empty() {
        out.push_str("Nobody.\n\n");
    }
    for run in &material.labellers {
        // People's runs bear their mode in the name.
        let mode = run.config.parameters.get(MODE).map_or("imported", String::as_str);
        let mode = if run.name.contains(mode) { String::new() } else { format!(" ({mode})") };
        let _ = writeln!(
            out,
            "- {}{mode}, {} documents: {}; run `{}`",
            plain(&run.name),
            material.read.get(&run.id).map_or(0, BTreeSet::len),
            run.agreement_words(),
            run.id
        );
    }
    out.push('\n');
}

fn samples(out: &mut String, material: &Material) {
    out.push_str("## Samples\n\n");
    if material.samples.is_empty() {
        out.push_str("No probability sample was drawn: agreement below speaks of the documents compared, not of all.\n\n");
    }
    for (number, at, sample) in &material.samples {
        let drawn = sample.drawn().count();
        let chances = sample.units.iter().map(|unit| unit.probability);
        let _ = writeln!(
            out,
            "- Sample {number}, logged {}: design {:?}, seed {}, {drawn} of {} documents, each with a known probability from \
             {:.4} to {:.4}, guided by run `{}`; {}",
            at.strftime("%Y-%m-%d %H:%M"),
            sample.design,
            sample.seed,
            sample.units.len(),
            chances.clone().fold(1.0, f64::min),
            chances.fold(0.0, f64::max),
            sample.run,
            readers(material, sample)
        );
    }
    out.push('\n');
}

/// How much of a sample each labeller of people read.
fn readers(material: &Material, sample: &Sample) -> String {
    let of = |run: &Run| {
        let read = material.read.get(&run.id)?;
        let count = sample.drawn().filter(|unit| read.contains(&unit.document)).count();
        (count > 0).then(|| format!("{} read {count}", plain(&run.name)))
    };
    let readers: Vec<String> = material.labellers.iter().filter_map(of).collect();
    if readers.is_empty() { "nobody has read of it yet".to_owned() } else { readers.join(", ") }
}

fn statistics(out: &mut String) {
    let _ = write!(
        out,
        "## Statistics\n\nScales are declared by the codebook; categories that nobody used count. Cohen’s kappa (1960), \
         with linear and quadratic weights (1968); Krippendorff’s alpha (2011), nominal for flags and ordinal for \
         levels; Gwet’s AC1 and AC2 (2014); precision and recall of the second labeller with the first as reference. \
         Intervals are 95 % percentile intervals from documents drawn anew with replacement, all labels of a document \
         together; by default {DRAWS} draws, seed {SEED}. “Undefined” means that nothing varies. A mean over codes is over \
         those for which the statistic is defined.\n\n"
    );
}

fn pair_section(out: &mut String, pair: &PairAgreement) {
    let _ = writeln!(out, "## {} and {}\n", plain(&pair.a.name), plain(&pair.b.name));
    let _ = writeln!(
        out,
        "{}, {} documents, measured {}. Reference: {}.\n",
        capital(&pair.words),
        pair.documents,
        pair.at.strftime("%Y-%m-%d"),
        plain(&pair.a.name)
    );
    if let Some(warning) = pair.in_sample_words() {
        let _ = writeln!(
            out,
            "**{}.** What follows says nothing of documents it has not seen.\n",
            capital(&warning)
        );
    }
    for dimension in &pair.dimensions {
        dimension_section(out, dimension);
    }
}

fn dimension_section(out: &mut String, dimension: &DimensionAgreement) {
    let headline = dimension.headline;
    let _ = writeln!(out, "### {}\n", plain(&dimension.name));
    let _ = writeln!(out, "| statistic | all labels | mean of codes |\n|---|---|---|");
    for measure in Measure::ALL {
        let (pooled, mean) = (estimate(&dimension.pooled, measure), estimate(&dimension.mean, measure));
        if pooled.value.is_some() || mean.value.is_some() {
            let _ = writeln!(
                out,
                "| {} | {} | {} |",
                measure_name(measure),
                with_interval(pooled),
                with_interval(mean)
            );
        }
    }
    if let Some(worst) = &dimension.worst {
        let _ = writeln!(
            out,
            "\nWorst code: {} ({:.3}). Undefined for {} of {} codes.",
            plain(&worst.name),
            worst.value,
            dimension.undefined,
            dimension.codes.len()
        );
    }
    let _ = writeln!(
        out,
        "\n| code | n | positive | percent | {} | precision | recall |\n|---|---|---|---|---|---|---|",
        measure_name(headline)
    );
    for code in &dimension.codes {
        let bare = |measure| number(code.get(measure).value);
        let _ = writeln!(
            out,
            "| {} {} | {} | {} / {} | {} | {} | {} | {} |",
            code.code,
            plain(&code.name),
            code.n,
            code.positives[0],
            code.positives[1],
            bare(Measure::Percent),
            with_interval(code.get(headline)),
            bare(Measure::Precision),
            bare(Measure::Recall)
        );
    }
    out.push('\n');
    let shown: Vec<String> = dimension
        .codes
        .iter()
        .filter_map(|c| c.examples.first().map(|e| (c, e)))
        .take(8)
        .map(|(c, e)| format!("{} on `{}`: {} against {}", plain(&c.name), e.document, e.a, e.b))
        .collect();
    if !shown.is_empty() {
        let _ = writeln!(out, "Examples of differences, the reference first: {}.\n", shown.join("; "));
    }
}

/// What training found of the engine's weights, on documents that they had not seen.
fn card(out: &mut String, material: &Material) {
    let run = &material.run;
    let Some(card) = material.cards.of(run) else { return };
    let Some(measured) = card.measured else { return };
    let _ = writeln!(
        out,
        "## The engine on documents that it had not seen\n\n{}: {}, {} texts, measured {}; weights `{}`.\n\n\
         | dimension | code | n | positive | precision | recall | statistic | agreement |\n|---|---|---|---|---|---|---|---|",
        capital(&card.words),
        card.who,
        card.texts.len(),
        measured.strftime("%Y-%m-%d"),
        card.weights
    );
    for code in &card.codes {
        if card.figures(run, &code.dimension, &code.code).is_some() {
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} | {} | {} |",
                code.dimension,
                code.code,
                code.n,
                code.positives,
                number(code.precision),
                number(code.recall),
                measure_name(code.measure),
                with_interval(code.agreement)
            );
        }
    }
    out.push('\n');
}

fn checks(out: &mut String, material: &Material) {
    let Some(report) = &material.checks else { return };
    let _ = writeln!(
        out,
        "## Checks that need nobody’s labels\n\n| what must hold | looked at | faults |\n|---|---|---|"
    );
    for check in &report.checks {
        let _ = writeln!(out, "| {} | {} | {} |", check.name, check.looked_at, check.faults);
    }
    out.push('\n');
}

/// `text` without what Markdown or HTML would read as its own.
pub(super) fn plain(text: &str) -> String {
    text.replace(['|', '<', '>', '`', '*', '_', '[', ']', '\n', '\r'], " ")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
