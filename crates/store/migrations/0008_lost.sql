-- Whether the money is for batches: those survive the process that submitted them, calls in flight do not.
ALTER TABLE holds ADD COLUMN batch BIGINT NOT NULL DEFAULT 0;
-- The guess at the input tokens of a call, made before it was sent; 0 where none was made. What providers count is compared with it.
ALTER TABLE calls ADD COLUMN guess BIGINT NOT NULL DEFAULT 0;
