//! Labels that came from outside the run that is shown.

use lacuna_domain::Codebook;
use lacuna_domain::codebook::Dimension;
use lacuna_domain::decision::{Mode, Sheet};
use serde::Serialize;

use crate::view::Glyph;

/// A label from outside the run that is shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ImportedLabel {
    /// Name of the dimension.
    pub dimension: String,
    /// Name of the code.
    pub name: String,
    /// Name of the value.
    pub level: String,
    /// How it looks.
    pub glyph: Glyph,
    /// Quotes given; most imported labels have none.
    pub quotes: Vec<String>,
    /// Address of the code's page.
    pub href: String,
}

/// Labels of one labeller outside the run that is shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ImportedSheet {
    /// Who.
    pub labeller: String,
    /// `imported`, `blind`, `assisted`, `adjudicated`.
    pub mode: Mode,
    /// Title of the codebook.
    pub codebook: String,
    /// Whether a second person checked it, as the source says.
    pub validated: bool,
    /// When it was decided or brought in.
    pub day: String,
    /// Positive labels.
    pub labels: Vec<ImportedLabel>,
    /// Codes the labeller could have set and did not.
    pub negative: usize,
    /// Address of the run's page.
    pub run_href: String,
}

impl ImportedSheet {
    /// Whether any of the labels rests on a passage.
    pub fn has_quotes(&self) -> bool {
        self.labels.iter().any(|label| !label.quotes.is_empty())
    }

    /// The sheet under its codebook, where that is known.
    pub fn of(sheet: &Sheet, codebook: Option<&Codebook>) -> Self {
        let mut labels = Vec::new();
        for decision in &sheet.decisions {
            let dimension = codebook.and_then(|c| c.dimension(decision.dimension.as_str()));
            let lowest = dimension.map_or(0, Dimension::lowest);
            if decision.value.is_positive(lowest) {
                let code = dimension.and_then(|d| d.code(decision.code.as_str()));
                labels.push(ImportedLabel {
                    dimension: dimension.map_or_else(|| decision.dimension.to_string(), |d| d.name.clone()),
                    name: code.map_or_else(|| decision.code.to_string(), |c| c.name.clone()),
                    level: dimension.map_or_else(String::new, |d| d.value_name(&decision.value).to_owned()),
                    glyph: dimension.map_or(Glyph::Full, |d| Glyph::of(d, &decision.value)),
                    quotes: decision.evidence.iter().map(|e| e.quote().to_owned()).collect(),
                    href: dimension.map_or_else(
                        || crate::address::code(decision.dimension.as_str(), decision.code.as_str()),
                        |d| crate::view::code_href(d, &decision.code, &decision.value),
                    ),
                });
            }
        }
        Self {
            labeller: sheet.labeller.clone(),
            mode: sheet.mode,
            codebook: codebook.map_or_else(|| sheet.codebook.to_string(), |c| c.title.clone()),
            validated: sheet.validated,
            day: crate::view::day(sheet.at),
            negative: sheet.decisions.len() - labels.len(),
            labels,
            run_href: crate::address::run(&sheet.run),
        }
    }
}
