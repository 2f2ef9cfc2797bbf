#!/usr/bin/env bash
# Three and five columns of 12,000,000 rows out of an Iceberg table, against other readers and DuckDB.
# Arguments: [repetitions, 5] in each of two rounds; the first of each process warms up and does not count.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
reps=${1:-5}
classpath=$("$here/classpath")
table=$here/peers/work/wh/db/flights
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for m in plain duck; do [ -f "$here/peers/$m/target/classpath.txt" ] || "$here/peers/build.sh" "$m"; done
"$here/peers/build.sh" plain duck
[ -d "$table/metadata" ] || "$here/peers/run.sh" plain Plain w1 1 >&2

ours() { # ours|mr 3|5
  java -Xmx2g -XX:+UseParallelGC -cp "$classpath" dev.headwater.benchmarks.Scan "$1" "$table" "$2" "$reps" | tee -a "$out" >&2
}
for round in 1 2; do
  for columns in 3 5; do
    echo "Round $round, $columns columns, two threads each:" >&2
    ours ours "$columns"
    ours mr "$columns"
    "$here/peers/run.sh" plain Plain "scan-arrow${columns#5}" "$reps" | tee -a "$out" >&2
    "$here/peers/run.sh" plain Plain "scan-generic${columns#5}" "$reps" | tee -a "$out" >&2
    "$here/peers/run.sh" duck Duck "scan${columns#5}" "$reps" | tee -a "$out" >&2
  done
done

awk '
  function median(list,   count, i, j, t, v) {
    count = split(list, v, " ")
    for (i = 1; i <= count; i++) for (j = i + 1; j <= count; j++) if (v[j] + 0 < v[i] + 0) { t = v[i]; v[i] = v[j]; v[j] = t }
    return count % 2 ? v[(count + 1) / 2] : (v[count / 2] + v[count / 2 + 1]) / 2
  }
  function add(name, repetition, seconds, cpu) {
    if (!(name in seen)) { seen[name] = 1; order[++names] = name }
    if (repetition > 1) { wall[name] = wall[name] " " seconds; work[name] = work[name] " " cpu }
  }
  /^RESULT/ { split($0, f, "\t"); sub(/^scan\./, "", f[2]); if (f[2] !~ /3$/) f[2] = f[2] "5"; add(f[2], f[3], f[5], f[6]) }
  /^SCAN/ { add($2, $3, $4, $5) }
  END {
    printf "%-12s %8s %8s %14s %14s\n", "medians", "warm s", "CPU s", "rows/s", "rows/CPU s"
    for (i = 1; i <= names; i++) {
      k = order[i]
      w[k] = median(wall[k]); c[k] = median(work[k])
      printf "%-12s %8.2f %8.2f %14d %14d\n", k, w[k], c[k], 12000000 / w[k], 12000000 / c[k]
    }
    o = "ours3"; five = "ours5"
    printf "RATIO scan arrow=%.2f duckdb=%.2f mr=%.2f generic=%.2f arrow_cpu=%.2f duckdb_cpu=%.2f mr_cpu=%.2f arrow5_cpu=%.2f\n",
      w["arrow3"] / w[o], w["duckdb3"] / w[o], w["mr3"] / w[o], w["generic3"] / w[o],
      c["arrow3"] / c[o], c["duckdb3"] / c[o], c["mr3"] / c[o], c["arrow5"] / c[five]
  }' "$out"
