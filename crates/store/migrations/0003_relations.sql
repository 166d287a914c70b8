-- How instruments stand to each other. Rows from texts and the catalogue are derived and made again; imported ones stay.
CREATE TABLE relations (
  id {text} PRIMARY KEY,
  source {text} NOT NULL,
  subject {text} NOT NULL,
  object {text},
  body {text} NOT NULL
);
CREATE INDEX relations_by_subject ON relations (subject);
CREATE INDEX relations_by_object ON relations (object);

-- Dates that texts state, derived like the relations.
CREATE TABLE stated_dates (
  text {text} PRIMARY KEY,
  body {text} NOT NULL
);

-- Releases are added, never changed; a file is packed as texts are.
CREATE TABLE releases (
  id {text} PRIMARY KEY,
  at {text} NOT NULL,
  body {text} NOT NULL
);
CREATE TABLE release_files (
  release {text} NOT NULL REFERENCES releases (id),
  name {text} NOT NULL,
  content {blob} NOT NULL,
  PRIMARY KEY (release, name)
);
