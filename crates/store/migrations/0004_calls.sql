-- Finished answers of language models by the hash of their request; failures never come here.
CREATE TABLE answers (
  request {text} PRIMARY KEY,
  engine {text} NOT NULL,
  at {text} NOT NULL,
  body {blob} NOT NULL
);

-- The ledger: one row for each HTTP attempt, never changed. micros is the price in millionths of a dollar;
-- priced is 0 where the price file did not know the model.
CREATE TABLE calls (
  id {serial},
  run {text} NOT NULL,
  text {text} NOT NULL,
  step {text} NOT NULL,
  request {text} NOT NULL,
  attempt BIGINT NOT NULL,
  engine {text} NOT NULL,
  at {text} NOT NULL,
  status BIGINT NOT NULL,
  outcome {text} NOT NULL,
  input_fresh BIGINT NOT NULL,
  input_cached BIGINT NOT NULL,
  cache_write BIGINT NOT NULL,
  output BIGINT NOT NULL,
  micros BIGINT NOT NULL,
  priced BIGINT NOT NULL,
  latency_ms BIGINT NOT NULL,
  batch BIGINT NOT NULL,
  provider_id {text}
);
CREATE INDEX calls_by_run ON calls (run, id);

-- Batches that a provider has taken and whose results are not all merged; body is the batch as crates/llm writes it.
CREATE TABLE batches (
  engine {text} NOT NULL,
  id {text} NOT NULL,
  submitted_at {text} NOT NULL,
  body {blob} NOT NULL,
  PRIMARY KEY (engine, id)
);
