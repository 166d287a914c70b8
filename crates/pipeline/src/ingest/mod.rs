//! Turns AGORA releases, files, folders and addresses into documents and immutable versions.
