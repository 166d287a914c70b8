-- What processes at work have set aside of a run's budget for calls that may be in flight.
CREATE TABLE holds (
  run {text} NOT NULL,
  holder {text} NOT NULL,
  micros BIGINT NOT NULL,
  at {text} NOT NULL,
  PRIMARY KEY (run, holder)
);
