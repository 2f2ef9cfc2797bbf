#!/usr/bin/env bash
# From a CSV file of 1,000,000 flights to a trained, traced model: init, run and trace, one time each. Arguments: [rows, 1000000].
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
rows=${1:-1000000}
classpath=$("$home/benchmarks/classpath")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$home/headwater" --help >/dev/null # builds what is missing
java -Xmx1g -cp "$classpath" dev.headwater.benchmarks.FlightsCsv \
  "$home/examples/flights/data/flights-3m.parquet" "$rows" "$work/flights.csv"
echo "$(($(wc -l <"$work/flights.csv") - 1)) rows, $(($(wc -c <"$work/flights.csv") >> 20)) MB" >&2

total=0
measure() { # VERB ARGUMENTS...
  local began millis
  began=$(date +%s%N)
  "$home/headwater" "$@" >"$work/out" 2>"$work/err" || { cat "$work/out" "$work/err" >&2; exit 1; }
  millis=$((($(date +%s%N) - began) / 1000000))
  total=$((total + millis))
  awk -v verb="$1" -v ms="$millis" 'BEGIN { printf "%-8s %8.1f s\n", verb, ms / 1000 }'
}
cd "$work"
measure init shop --from flights.csv
cd shop
model=$(sed -n '/^models:/,$ s/^  \([A-Za-z0-9_]*\):.*/\1/p' headwater.yaml | head -n 1)
measure run
cat "$work/out" >&2
measure trace "model/$model"
cat "$work/out" >&2
awk -v ms="$total" 'BEGIN { printf "RATIO init total_s=%.1f limit_s=180\n", ms / 1000 }'
