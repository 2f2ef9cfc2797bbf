#!/usr/bin/env bash
# The features step on 3,000,000 flights, read and write included, against DuckDB's RANGE windows and an expert's DuckDB.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
classpath=$("$here/classpath")
exec java -Xmx2g -Djava.awt.headless=true -Duser.timezone=UTC -cp "$classpath" \
  dev.headwater.benchmarks.FeatureWindows "$here/../examples/flights/data/flights-3m.parquet" "$@"
