//! Test, bench and doc-check commands.
fn main() {}
