-- What both dialects understand. Times are microseconds since 1970 UTC; maps are JSON.
CREATE TABLE headwater_runs (
  id TEXT PRIMARY KEY,
  project TEXT NOT NULL,
  stage TEXT NOT NULL,
  target TEXT NOT NULL,
  parent TEXT,
  started BIGINT NOT NULL,
  parameters TEXT NOT NULL,
  declaration TEXT NOT NULL,
  stage_version TEXT NOT NULL,
  metrics TEXT NOT NULL,
  status TEXT NOT NULL,
  ended BIGINT,
  error TEXT
);
CREATE INDEX headwater_runs_by_target ON headwater_runs (project, target, started);
CREATE INDEX headwater_runs_by_parent ON headwater_runs (parent);

CREATE TABLE headwater_edges (
  run TEXT NOT NULL REFERENCES headwater_runs (id),
  direction TEXT NOT NULL,
  place INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  PRIMARY KEY (run, direction, place)
);
CREATE INDEX headwater_edges_by_thing ON headwater_edges (kind, name, version, direction);

CREATE TABLE headwater_models (
  project TEXT NOT NULL,
  model TEXT NOT NULL,
  version INTEGER NOT NULL,
  run TEXT NOT NULL,
  location TEXT NOT NULL,
  digest TEXT NOT NULL,
  metrics TEXT NOT NULL,
  detail TEXT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (project, model, version),
  UNIQUE (project, model, run)
);

-- An alias is its newest move; moves are never changed.
CREATE TABLE headwater_alias_moves (
  project TEXT NOT NULL,
  model TEXT NOT NULL,
  name TEXT NOT NULL,
  move INTEGER NOT NULL,
  kind TEXT NOT NULL,
  version INTEGER NOT NULL,
  previous INTEGER,
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (project, model, name, move),
  FOREIGN KEY (project, model, version) REFERENCES headwater_models (project, model, version)
);

CREATE TABLE headwater_journal (
  sequence BIGINT PRIMARY KEY,
  entry_key TEXT NOT NULL UNIQUE,
  subject TEXT NOT NULL,
  payload TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  answer TEXT,
  written BIGINT NOT NULL
);
CREATE INDEX headwater_journal_by_state ON headwater_journal (state, sequence);
CREATE INDEX headwater_journal_by_subject ON headwater_journal (subject, sequence);

-- One row, locked by who appends: so the order of sequences is the order of commits.
CREATE TABLE headwater_journal_end (
  one INTEGER PRIMARY KEY,
  sequence BIGINT NOT NULL
);
INSERT INTO headwater_journal_end (one, sequence) VALUES (1, 0);

CREATE TABLE headwater_locks (
  project TEXT NOT NULL,
  target TEXT NOT NULL,
  owner TEXT NOT NULL,
  host TEXT NOT NULL,
  pid BIGINT NOT NULL,
  process_started BIGINT NOT NULL,
  since BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  PRIMARY KEY (project, target)
);
