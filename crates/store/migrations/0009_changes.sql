-- What changed of documents besides their texts. Append only; the id is a hash of what makes the change one, so that work
-- done again after it was stopped adds nothing. run is that of the labels, where the change is of labels.
CREATE TABLE changes (
  id {text} PRIMARY KEY,
  document {text} NOT NULL,
  at {text} NOT NULL,
  run {text},
  body {text} NOT NULL
);
CREATE INDEX changes_by_document ON changes (document, at);
