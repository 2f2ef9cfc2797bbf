#!/usr/bin/env bash
# Memory of an ingest with sketches, each in a small heap: 12 and 192 million rows of the flights, 1,000 columns, 2,000 partitions in random order.
# Arguments: [heap of each, 512m] [rows of 1,000 columns, 40000] [rows of 2,000 partitions, 2000000].
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
heap=${1:-512m}
classpath=$("$here/classpath")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

java_() { # HEAP ARGUMENTS
  local most=$1
  shift
  java "-Xmx$most" -XX:+UseSerialGC "-Djava.io.tmpdir=$work" -cp "$classpath" dev.headwater.benchmarks.Memory "$@"
}
for files in 4 64; do
  mkdir -p "$work/rows$files"
  for i in $(seq "$files"); do ln -s "$here/../examples/flights/data/flights-3m.parquet" "$work/rows$files/$i.parquet"; done
done
java_ 3g make columns "$work/columns" "${2:-40000}"
java_ 3g make partitions "$work/partitions" "${3:-2000000}"
for what in rows4 rows64 columns "partitions part"; do
  read -r name by <<<"$what"
  java_ "$heap" ingest "$name" "$work/$name" ${by:+"$by"} | tee -a "$work/out" >&2 ||
    echo "MEMORY $name inf MB reachable: it does not fit -Xmx$heap" | tee -a "$work/out" >&2
  rm -rf "$work"/headwater-*
done
awk '
  $1 == "MEMORY" { mb[$2] = $3 }
  END {
    printf "RATIO memory rows=%.2f columns1000_mb=%s partitions2000_mb=%s\n",
      mb["rows64"] / mb["rows4"], mb["columns"], mb["partitions"]
  }' "$work/out"
