-- Run ids grow with time: so the newest runs that wrote or read a thing are found without the others.
CREATE INDEX headwater_edges_by_run ON headwater_edges (kind, name, direction, run);
