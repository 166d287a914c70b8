//! A draft is coded when it is dropped, by an engine that need not be the one whose labels the site shows: it is read
//! under the run that coded it.

use std::sync::Arc;

use lacuna_domain::Run;
use lacuna_domain::coding::Outcome;
use lacuna_domain::run::Labeller;

use super::Asked;
use crate::error::WebError;
use crate::state::{App, Snapshot};

impl Asked {
    /// The document under the run that coded it, where it is private and the run that is shown has not: of machine runs
    /// by a codebook of the same name, the one started last.
    pub(super) async fn under_its_coder(mut self, app: &App, snapshot: &Snapshot) -> Result<Self, WebError> {
        let coded = matches!(self.outcome, Some(Outcome::Coded(_)));
        let Some(version) = self.version.as_ref().filter(|_| self.document.metadata.private && !coded) else {
            return Ok(self);
        };
        for run in &snapshot.runs {
            if run.labeller != Labeller::Machine || run.config.codebook != snapshot.codebook.id {
                continue;
            }
            let outcome = app.outcome(&run.id, &version.text).await?;
            if matches!(outcome, Some(Outcome::Coded(_))) {
                self.codebook = Arc::clone(snapshot.codebook_of(run).unwrap_or(&snapshot.codebook));
                (self.run, self.outcome) = (Some(run.clone()), outcome);
                break;
            }
        }
        Ok(self)
    }

    /// The run under which the document is read, where it is not the one that is shown.
    pub(crate) fn other_run(&self, snapshot: &Snapshot) -> Option<&Run> {
        let shown = snapshot.run.as_ref().map(|run| &run.id);
        self.run.as_ref().filter(|run| Some(&run.id) != shown)
    }
}
