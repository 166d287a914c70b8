//! Agreement as plain text for terminals and as CSV.

use std::fmt::Write as _;

use crate::analyze::agreement::Agreement;
use crate::analyze::agreement::report::{DimensionAgreement, PairAgreement, estimate};
use crate::analyze::agreement::study::{Estimate, Measure};

/// A value for readers: three places, or "undefined".
pub fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "undefined".to_owned(), three)
}

/// Three places; what rounds to zero has no sign.
fn three(value: f64) -> String {
    let words = format!("{value:.3}");
    if words == "-0.000" { "0.000".to_owned() } else { words }
}

/// `0.812 (0.640 to 0.921)`.
pub fn with_interval(estimate: Estimate) -> String {
    match (estimate.low, estimate.high) {
        (Some(low), Some(high)) => {
            format!("{} ({} to {})", number(estimate.value), three(low), three(high))
        }
        _ => number(estimate.value),
    }
}

/// Name of a measure for readers.
pub const fn measure_name(measure: Measure) -> &'static str {
    match measure {
        Measure::Percent => "Percent agreement",
        Measure::Kappa => "Cohen’s kappa",
        Measure::KappaLinear => "Kappa, linear weights",
        Measure::KappaQuadratic => "Kappa, quadratic weights",
        Measure::Alpha => "Krippendorff’s alpha",
        Measure::Ac1 => "Gwet’s AC1",
        Measure::Ac2 => "Gwet’s AC2, quadratic weights",
        Measure::Precision => "Precision",
        Measure::Recall => "Recall",
        Measure::F1 => "F1",
        Measure::SignedError => "Signed error",
    }
}

/// The agreement for a terminal; with `codes` every code, else the worst one of each dimension.
pub fn text(agreement: &Agreement, codes: bool) -> String {
    let mut out = String::new();
    for pair in &agreement.pairs {
        pair_text(&mut out, pair, codes);
    }
    for dimension in &agreement.together {
        let _ = writeln!(out, "{}: all {} labellers", dimension.dimension, agreement.labellers.len());
        for (code, together) in &dimension.codes {
            let _ = writeln!(
                out,
                "  {code:<28} percent {}  Fleiss {}  alpha {}  Gwet {}",
                number(together.percent.value),
                number(together.fleiss.value),
                number(together.alpha.value),
                number(together.gwet.value)
            );
        }
    }
    let _ = write!(
        out,
        "95 % intervals from {} draws of {} documents, seed {}",
        agreement.draws, agreement.documents, agreement.seed
    );
    if agreement.other_text > 0 {
        let _ = write!(out, "; {} documents left out, read in different texts", agreement.other_text);
    }
    out
}

fn pair_text(out: &mut String, pair: &PairAgreement, codes: bool) {
    let _ = writeln!(out, "{} (reference) and {}: {} documents", pair.a.name, pair.b.name, pair.documents);
    let _ = writeln!(out, "{}", pair.words);
    if let Some(warning) = pair.in_sample_words() {
        let _ = writeln!(out, "{warning}; it says nothing of documents it has not seen");
    }
    for dimension in &pair.dimensions {
        dimension_text(out, dimension, codes);
    }
    for group in &pair.groups {
        let _ = writeln!(out, "  {} ({} documents)", group.group, group.documents);
        for (dimension, headline) in &group.dimensions {
            let _ = writeln!(out, "    {dimension:<12} {}", with_interval(*headline));
        }
    }
    out.push('\n');
}

fn dimension_text(out: &mut String, dimension: &DimensionAgreement, codes: bool) {
    let headline = dimension.headline;
    let _ = writeln!(
        out,
        "\n  {}: {} {}, mean of codes {}",
        dimension.name,
        measure_name(headline),
        with_interval(estimate(&dimension.pooled, headline)),
        with_interval(estimate(&dimension.mean, headline)),
    );
    if let Some(worst) = &dimension.worst {
        let _ = writeln!(
            out,
            "    worst code {} {} {:.3}; undefined for {} of {} codes",
            worst.code,
            worst.name,
            worst.value,
            dimension.undefined,
            dimension.codes.len()
        );
    }
    for measure in [Measure::Percent, Measure::Alpha, Measure::Ac1, Measure::Precision, Measure::Recall] {
        let pooled = estimate(&dimension.pooled, measure);
        let _ = writeln!(out, "    {:<24} {}", measure_name(measure), with_interval(pooled));
    }
    if let Some(names) = dimension.names {
        let types = dimension.types.unwrap_or_default();
        let _ =
            writeln!(out, "    actor names F1 {}, types F1 {}", with_interval(names), with_interval(types));
    }
    let evidence = &dimension.evidence;
    if evidence.compared > 0 {
        let (share, f1) = (number(evidence.share()), number(evidence.mean_f1));
        let _ = writeln!(
            out,
            "    evidence overlaps in {share} of {} shared labels, F1 of words {f1}",
            evidence.compared
        );
    }
    if let Some(confidence) = &dimension.confidence {
        let (brier, ece) = (number(confidence.brier), number(confidence.ece));
        let _ = writeln!(out, "    probabilities: Brier {brier}, calibration error {ece}");
    }
    for code in dimension.codes.iter().filter(|_| codes) {
        let _ = writeln!(
            out,
            "    {:<28} n {:>5}  positive {:>4}/{:<4} percent {}  {} {}",
            code.code,
            code.n,
            code.positives[0],
            code.positives[1],
            number(code.get(Measure::Percent).value),
            headline.id(),
            with_interval(code.get(headline)),
        );
    }
}

/// Columns of [`rows`].
pub const COLUMNS: [&str; 15] = [
    "reference",
    "reference_run",
    "labeller",
    "labeller_run",
    "what",
    "dimension",
    "code",
    "n",
    "in_sample",
    "measure",
    "value",
    "low",
    "high",
    "undefined_draws",
    "measured_at",
];

/// One row per pair, dimension, code and measure; the code is `*mean` or `*pooled` for a whole dimension.
pub fn rows(pairs: &[PairAgreement], at: &str) -> Vec<[String; 15]> {
    let mut rows = Vec::new();
    for pair in pairs {
        for dimension in &pair.dimensions {
            let n = pair.documents;
            let whole = [("*mean", n, &dimension.mean), ("*pooled", n, &dimension.pooled)];
            let codes = dimension.codes.iter().map(|c| (c.code.as_str(), c.n, &c.measures));
            for (code, n, estimates) in whole.into_iter().chain(codes) {
                for (measure, estimate) in estimates {
                    rows.push(row(pair, &dimension.dimension, code, n, (*measure, *estimate), at));
                }
            }
        }
    }
    rows
}

fn row(
    pair: &PairAgreement,
    dimension: &str,
    code: &str,
    n: usize,
    (measure, estimate): (Measure, Estimate),
    at: &str,
) -> [String; 15] {
    let cell = |value: Option<f64>| value.map_or_else(String::new, |v| format!("{v:.6}"));
    [
        pair.a.name.clone(),
        pair.a.run.clone(),
        pair.b.name.clone(),
        pair.b.run.clone(),
        pair.words.clone(),
        dimension.to_owned(),
        code.to_owned(),
        n.to_string(),
        pair.in_sample.to_string(),
        measure.id().to_owned(),
        estimate.value.map_or_else(|| "undefined".to_owned(), |v| format!("{v:.6}")),
        cell(estimate.low),
        cell(estimate.high),
        estimate.undefined_draws.to_string(),
        at.to_owned(),
    ]
}
