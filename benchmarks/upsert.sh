#!/usr/bin/env bash
# An upsert of 1% of the keys in 10,000,000 rows of 40 files: which files are rewritten, in three layouts.
# Arguments: [rows, 10000000] [repetitions, 3]; the first of the process warms up and does not count.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
classpath=$("$here/classpath")
out=$(mktemp)
trap 'rm -f "$out"' EXIT
java -Xmx2g -XX:+UseParallelGC -cp "$classpath" dev.headwater.benchmarks.Upserts "${1:-10000000}" "${2:-3}" | tee "$out" >&2
awk '
  $1 == "UPSERT" && $3 > 1 { n[$2]++; s[$2] += $4; held[$2] = $12; re[$2] = $16 }
  END {
    printf "RATIO upsert"
    for (l in n) printf " %s=%.2fs,%d/%d", l, s[l] / n[l], re[l], held[l]
    print ""
  }' "$out"
