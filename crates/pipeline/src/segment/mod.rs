//! Cuts a text into passages: pure, and without loss.
