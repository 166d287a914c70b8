//! How long work tells what it is doing; the binary shows bars or lines, tests stay silent.

/// A listener to the progress of one stage.
pub trait Progress: Send + Sync {
    /// A stage begins; `total` units of work are known of.
    fn start(&self, stage: &str, total: Option<u64>);
    /// `units` more are done.
    fn advance(&self, units: u64);
    /// What stands beside the count just now, such as what was spent.
    fn status(&self, _line: &str) {}
    /// Something worth a line, such as a file that failed.
    fn note(&self, line: &str);
}

/// Says nothing.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Progress for Silent {
    fn start(&self, _stage: &str, _total: Option<u64>) {}
    fn advance(&self, _units: u64) {}
    fn note(&self, _line: &str) {}
}
