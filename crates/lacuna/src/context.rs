//! What every command is given: where the store lies, how to speak, what time it is.

use std::path::PathBuf;

use lacuna_domain::progress::Progress;
use lacuna_domain::{Clock, Entropy};
use lacuna_store::{Location, Store, StoreError};

use crate::cli::Cli;

/// What every command is given.
pub(crate) struct Context {
    /// Where the store lies.
    pub(crate) location: Location,
    /// The folder for derived files, such as the search index.
    pub(crate) data: PathBuf,
    /// Whether to print JSON.
    pub(crate) json: bool,
    /// Who hears of progress.
    pub(crate) progress: Box<dyn Progress>,
    /// The present moment.
    pub(crate) clock: Clock,
    /// Unpredictable bytes.
    pub(crate) entropy: Entropy,
}

impl Context {
    /// From the global options.
    pub(crate) fn new(cli: &Cli) -> Self {
        let data = cli.data.clone().unwrap_or_else(|| PathBuf::from("lacuna-data"));
        Self {
            location: cli.database.clone().map_or_else(|| Location::Folder(data.clone()), Location::Postgres),
            data,
            json: cli.json,
            progress: crate::progress::for_terminal(cli.quiet),
            clock: crate::clock::system(),
            entropy: Entropy::new(|bytes| getrandom::fill(bytes).is_ok()),
        }
    }

    /// Opens the store, made when it is missing.
    pub(crate) async fn store(&self) -> Result<Store, StoreError> {
        Store::open(&self.location, self.clock).await
    }
}
