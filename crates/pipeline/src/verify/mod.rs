//! Locates every quote of a draft in the text; what is not found falls.
