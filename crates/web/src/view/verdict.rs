//! How a code stands in a set, as a mark that reads without colour.

use lacuna_pipeline::analyze::gaps::Verdict;
use serde::Serialize;

/// A verdict as pages show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct VerdictView(pub Verdict);

impl VerdictView {
    /// The mark as SVG; whoever shows it puts the name beside it.
    pub const fn svg(self) -> &'static str {
        match self.0 {
            Verdict::NoDocument => {
                r#"<svg class="glyph v0" viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="4.6" stroke-dasharray="2.2 1.6"/></svg>"#
            }
            Verdict::OnlyDefunct => {
                r#"<svg class="glyph v1" viewBox="0 0 12 12" aria-hidden="true"><path d="M2.2 2.2 9.8 9.8M9.8 2.2 2.2 9.8"/></svg>"#
            }
            Verdict::OnlyNonBinding => {
                r#"<svg class="glyph v2" viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="4.6"/><circle class="dot" cx="6" cy="6" r="1.7"/></svg>"#
            }
            Verdict::OnlyMinimal => {
                r#"<svg class="glyph g1" viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="4.6"/><path d="M6 1.4a4.6 4.6 0 0 0 0 9.2z"/></svg>"#
            }
            Verdict::Covered => {
                r#"<svg class="glyph g2" viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="4.6"/></svg>"#
            }
        }
    }

    /// Name for readers.
    pub const fn name(self) -> &'static str {
        self.0.name()
    }

    /// What it says.
    pub const fn meaning(self) -> &'static str {
        self.0.meaning()
    }

    /// Stable identifier.
    pub const fn id(self) -> &'static str {
        self.0.id()
    }
}
