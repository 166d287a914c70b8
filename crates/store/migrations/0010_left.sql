-- What a run could not label is asked for without reading what it could, and events by what they are.
CREATE INDEX outcomes_with_rejections ON outcomes (run, text) WHERE rejected > 0;
CREATE INDEX outcomes_uncoded ON outcomes (run, text) WHERE state <> 'coded';
CREATE INDEX events_by_run ON events (run, kind, id);
