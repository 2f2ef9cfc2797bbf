#!/usr/bin/env bash
# A stream of 1 KB rows into a table on embedded Flink, a commit each ten seconds, beside a batch of the same rows: rows/s, heap, files.
# Arguments: [minutes, 10] [milliseconds of the longest bundle, 10000]. The disk gets some 10 GB in ten minutes, and they go again.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
classpath=$("$here/classpath")
exec java -Xmx2g -XX:+UseParallelGC --add-opens=java.base/java.util=ALL-UNNAMED -cp "$classpath" \
  dev.headwater.benchmarks.Streams "${1:-10}" "${2:-10000}"
