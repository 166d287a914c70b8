-- What training found of weights of one's own, by their hash; body is the packed card.
CREATE TABLE cards (
  weights {text} PRIMARY KEY,
  at {text} NOT NULL,
  body {blob} NOT NULL
);
