//! The only crate that names a database driver or the search index.
