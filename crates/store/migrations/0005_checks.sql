-- What the checks that need nobody's labels found of a run last; body is the packed report.
CREATE TABLE checks (
  run {text} PRIMARY KEY REFERENCES runs (id),
  at {text} NOT NULL,
  body {blob} NOT NULL
);
