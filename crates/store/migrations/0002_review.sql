-- People who sign in. role is reader, coder, adjudicator or admin; password is a PHC string.
CREATE TABLE users (
  name {text} PRIMARY KEY,
  role {text} NOT NULL,
  password {text} NOT NULL,
  added_at {text} NOT NULL,
  removed_at {text}
);

-- id is the SHA-256 of the token that the browser holds.
CREATE TABLE sessions (
  id {text} PRIMARY KEY,
  name {text} NOT NULL REFERENCES users (name),
  csrf {text} NOT NULL,
  started_at {text} NOT NULL,
  expires_at {text} NOT NULL
);

-- Tries to sign in that failed, for the limit on them.
CREATE TABLE failed_sign_ins (
  id {serial},
  name {text} NOT NULL,
  at {text} NOT NULL
);
CREATE INDEX failed_sign_ins_by_name ON failed_sign_ins (name, at);

-- Append only: who did what.
CREATE TABLE audit (
  id {serial},
  at {text} NOT NULL,
  name {text} NOT NULL,
  action {text} NOT NULL,
  subject {text} NOT NULL
);

-- What a coder is to read. While a blind one is open, blind decisions on the document are shown to nobody else.
CREATE TABLE assignments (
  id {serial},
  name {text} NOT NULL,
  document {text} NOT NULL REFERENCES documents (id),
  codebook {text} NOT NULL,
  mode {text} NOT NULL,
  stream {text} NOT NULL,
  assigned_at {text} NOT NULL,
  done_at {text},
  UNIQUE (name, document, codebook, mode)
);
CREATE INDEX assignments_by_document ON assignments (document, mode);

-- Documents drawn with known probabilities, logged before anybody reads a label. body is the packed sample.
CREATE TABLE samples (
  id {serial},
  at {text} NOT NULL,
  name {text} NOT NULL,
  body {blob} NOT NULL
);

-- What readers report, and what became of it.
CREATE TABLE reports (
  id {serial},
  at {text} NOT NULL,
  document {text} NOT NULL REFERENCES documents (id),
  dimension {text} NOT NULL,
  code {text} NOT NULL,
  run {text} NOT NULL,
  body {text} NOT NULL,
  state {text} NOT NULL,
  outcome {text},
  decided_by {text},
  decided_at {text}
);

-- Agreement as it was measured, newest last; a is the reference. body is the packed pair.
CREATE TABLE agreements (
  id {serial},
  a {text} NOT NULL,
  b {text} NOT NULL,
  at {text} NOT NULL,
  body {blob} NOT NULL
);
CREATE INDEX agreements_by_b ON agreements (b);
