-- What was accepted of runs without being made anew.
CREATE TABLE headwater_adoptions (
  run TEXT NOT NULL REFERENCES headwater_runs (id),
  place INTEGER NOT NULL,
  parameters TEXT NOT NULL,
  stage_version TEXT NOT NULL,
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (run, place)
);
