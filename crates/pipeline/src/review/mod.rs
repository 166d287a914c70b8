//! Brings sheets of decisions in and out of files.
