#!/usr/bin/env bash
# CSV and JSON lines into columns, beside DuckDB: CPU seconds of the same files with the same types.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
classpath=$("$here/classpath")
exec java -Xmx1g -cp "$classpath" dev.headwater.benchmarks.TextFiles \
  "${1:-$here/../examples/flights/data/flights-3m.parquet}" "${2:-${TMPDIR:-/tmp}/headwater-files}"
