-- Type words in braces differ between the databases: {text} compares byte by byte on both, {blob} is raw bytes,
-- {serial} counts up by itself. Nullable columns are {text}. Times are RFC 3339 with nine decimals, so they sort as text.

-- One row: counts the commits that change what pages show.
CREATE TABLE revision (
  id BIGINT PRIMARY KEY,
  value BIGINT NOT NULL
);
INSERT INTO revision (id, value) VALUES (1, 0);

-- Texts are addressed by their hash; content is packed (see packed.rs).
CREATE TABLE texts (
  id {text} PRIMARY KEY,
  language {text},
  quality {text} NOT NULL,
  content {blob} NOT NULL
);

-- sort_key makes agora:9 come before agora:10. current is the version whose bytes were seen last.
CREATE TABLE documents (
  id {text} PRIMARY KEY,
  sort_key {text} NOT NULL,
  current {text},
  fiction BIGINT NOT NULL,
  metadata {text} NOT NULL
);
CREATE INDEX documents_by_sort_key ON documents (sort_key);
CREATE INDEX documents_by_fiction ON documents (fiction);

CREATE TABLE versions (
  id {text} PRIMARY KEY,
  document {text} NOT NULL REFERENCES documents (id),
  number BIGINT NOT NULL,
  bytes_hash {text} NOT NULL,
  media_type {text} NOT NULL,
  text {text} NOT NULL REFERENCES texts (id),
  ingested_at {text} NOT NULL,
  page_starts {text} NOT NULL,
  notes {text} NOT NULL,
  UNIQUE (document, number)
);
CREATE INDEX versions_by_text ON versions (text);

CREATE TABLE codebooks (
  hash {text} PRIMARY KEY,
  id {text} NOT NULL,
  version {text} NOT NULL,
  added_at {text} NOT NULL,
  source {text} NOT NULL
);

CREATE TABLE runs (
  id {text} PRIMARY KEY,
  codebook {text} NOT NULL,
  config {text} NOT NULL,
  labeller {text} NOT NULL,
  name {text} NOT NULL,
  started_at {text} NOT NULL,
  finished_at {text}
);
CREATE INDEX runs_by_codebook ON runs (codebook, finished_at);

-- What became of a text in a run: state is coded, skipped or failed; body is the packed coding.
CREATE TABLE outcomes (
  run {text} NOT NULL REFERENCES runs (id),
  text {text} NOT NULL REFERENCES texts (id),
  state {text} NOT NULL,
  at {text} NOT NULL,
  reason {text},
  positives BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  body {blob} NOT NULL,
  PRIMARY KEY (run, text)
);

-- Sheets of decisions are added, never changed; number orders those of one document.
CREATE TABLE sheets (
  document {text} NOT NULL REFERENCES documents (id),
  number BIGINT NOT NULL,
  run {text} NOT NULL,
  labeller {text} NOT NULL,
  mode {text} NOT NULL,
  at {text} NOT NULL,
  body {blob} NOT NULL,
  PRIMARY KEY (document, number)
);
CREATE INDEX sheets_by_run ON sheets (run);

-- Authorities and collections as the sources describe them.
CREATE TABLE entries (
  kind {text} NOT NULL,
  name {text} NOT NULL,
  body {text} NOT NULL,
  PRIMARY KEY (kind, name)
);

-- Append only: quotes that were not found, texts that failed.
CREATE TABLE events (
  id {serial},
  at {text} NOT NULL,
  kind {text} NOT NULL,
  run {text},
  text {text},
  message {text} NOT NULL
);
