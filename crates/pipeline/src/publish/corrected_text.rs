//! Corrected shares as a section of the methods appendix.

use std::fmt::Write as _;

use super::reliability_report::plain;
use crate::analyze::corrected::CodeShare;

/// Writes the shares of `codes`, one table for each sample; nothing where there are none.
pub(super) fn section(out: &mut String, codes: &[CodeShare]) {
    if codes.is_empty() {
        return;
    }
    out.push_str(
        "## Shares corrected for the machine’s errors\n\n\
         Share of the documents that could be drawn to which a code applies. Design-based supervised learning (Egami, \
         Hinck, Stewart and Wei 2023): the mean of `g + (R / π)(Y − g)`, with `g` the machine’s label, `Y` what people \
         say, `R` whether the document was drawn and `π` its known chance. Prediction-powered inference (Angelopoulos, \
         Duchi and Zrnic 2023): simple samples only. What was adjudicated counts first, then what was coded blind; \
         assisted and imported labels and triage enter no estimate. Brackets hold normal 95 % intervals, shown between 0 \
         and 1. A code is left out where people have not spoken of it on every document drawn.\n\n",
    );
    let mut samples: Vec<&str> = Vec::new();
    for code in codes {
        if !samples.contains(&code.corrected.sample.as_str()) {
            samples.push(&code.corrected.sample);
        }
    }
    for sample in samples {
        let of_sample: Vec<&CodeShare> =
            codes.iter().filter(|code| code.corrected.sample == sample).collect();
        let Some(first) = of_sample.first() else { continue };
        let _ = writeln!(
            out,
            "### {}: people read {} of {} documents\n\n\
             | dimension | code | the machine’s share | design-based | prediction-powered |\n|---|---|---|---|---|",
            plain(sample),
            first.corrected.read,
            first.corrected.of
        );
        for code in of_sample {
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} |",
                plain(&code.dimension),
                plain(&code.title()),
                code.corrected.naive_words(),
                code.corrected.words(),
                code.corrected.powered_words().unwrap_or_else(|| "–".to_owned())
            );
        }
        out.push('\n');
    }
}
