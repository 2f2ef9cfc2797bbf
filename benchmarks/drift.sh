#!/usr/bin/env bash
# Drift of a table told from its sketches, against counting its rows on the DirectRunner.
# Arguments: [rows, 12000000] [repetitions, 4]; the first of each warms up and does not count.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
classpath=$("$here/classpath")
out=$(mktemp)
trap 'rm -f "$out"' EXIT

java -Xmx2g -XX:+UseParallelGC -cp "$classpath" dev.headwater.benchmarks.Drifts \
  "$here/../examples/flights/data" "${1:-12000000}" "${2:-4}" | tee "$out" >&2

awk '
  function median(list,   count, i, j, t, v) {
    count = split(list, v, " ")
    for (i = 1; i <= count; i++) for (j = i + 1; j <= count; j++) if (v[j] + 0 < v[i] + 0) { t = v[i]; v[i] = v[j]; v[j] = t }
    return count % 2 ? v[(count + 1) / 2] : (v[count / 2] + v[count / 2 + 1]) / 2
  }
  /^OURS/ && $3 > 1 { wall[$2] = wall[$2] " " $4; work[$2] = work[$2] " " $5 }
  END {
    printf "%-10s %8s %10s\n", "medians", "warm s", "warm CPU s"
    for (k in wall) printf "%-10s %8.4f %10.4f\n", k, median(wall[k]), median(work[k])
    printf "RATIO drift rows=%.0f rows_cpu=%.0f\n", median(wall["rows"]) / median(wall["sketches"]), median(work["rows"]) / median(work["sketches"])
  }' "$out"
