#!/usr/bin/env bash
# Parquet files through a contract into a committed Iceberg table, against plain Java and Beam's IcebergIO.
# Arguments: [repetitions, 5]; the first one of each warms up and does not count.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
reps=${1:-5}
classpath=$("$here/classpath")
work=$here/peers/work
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for m in plain beam; do [ -f "$here/peers/$m/target/classpath.txt" ] || "$here/peers/build.sh" "$m"; done

echo "plain Java, two threads, 12,000,000 rows" >&2
"$here/peers/run.sh" plain Plain w1 "$reps" | tee -a "$out" >&2
ours() {
  echo "Headwater on the DirectRunner, contract checked, $2 rows, partitioned by $3" >&2
  java -Xmx2g -XX:+UseParallelGC -cp "$classpath" dev.headwater.benchmarks.Ingest "$1" "$3" "$reps" | tee -a "$out" >&2
}
ours "$work/f12m" 12,000,000 none
ours "$work/f12m" 12,000,000 month
ours "$here/../examples/flights/data" 3,000,000 none
echo "Beam's IcebergIO on the DirectRunner, 3,000,000 rows" >&2
"$here/peers/run.sh" beam BeamPeer w1 Direct 3000000 2 | tee -a "$out" >&2

awk '
  function median(list, count,   i, j, t, v) {
    split(list, v, " ")
    for (i = 1; i <= count; i++) for (j = i + 1; j <= count; j++) if (v[j] < v[i]) { t = v[i]; v[i] = v[j]; v[j] = t }
    return count % 2 ? v[(count + 1) / 2] : (v[count / 2] + v[count / 2 + 1]) / 2
  }
  function add(name, rows, repetition, seconds) {
    size[name] = rows
    if (repetition == 1) { cold[name] = seconds; if (!(name in n)) order[++names] = name; n[name] += 0 }
    else { all[name] = all[name] " " seconds; n[name]++ }
  }
  function warm(name) { return n[name] ? median(all[name], n[name]) : cold[name] }
  /^RESULT/ { split($0, f, "\t"); add(f[2], f[4], f[3], f[5]) }
  /^OURS/ { add("headwater." $2 "." $5, $5, $3, $4); letters = $7 }
  END {
    printf "%-28s %12s %9s %9s %14s\n", "", "rows", "cold s", "warm s", "rows/s"
    for (i = 1; i <= names; i++) {
      k = order[i]
      printf "%-28s %12d %9.2f %9.2f %14d\n", k, size[k], cold[k], warm(k), size[k] / warm(k)
    }
    ours = warm("headwater.none.12000000")
    printf "RATIO ingest plain=%.2f icebergio=%.1f rows_per_s=%d month_partitions=%.2f\n",
      warm("w1.plain") / ours,
      (warm("w1.beam.Direct") / 3000000) / (ours / 12000000),
      12000000 / ours, warm("w1.plain") / warm("headwater.month.12000000")
  }' "$out"
