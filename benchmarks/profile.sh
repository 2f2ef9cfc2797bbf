#!/usr/bin/env bash
# What sketches cost a writer of 12,000,000 rows, and a table's profile from them, against plain Java and DuckDB that scan.
# Arguments: [repetitions, 4]; the first of each process warms up and does not count.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
reps=${1:-4}
classpath=$("$here/classpath")
out=$(mktemp)
trap 'rm -f "$out"' EXIT

echo "Headwater, one thread, batches in memory:" >&2
java -Xmx3g -XX:+UseParallelGC -cp "$classpath" \
  dev.headwater.benchmarks.Profiles "$here/../examples/flights/data" "$reps" | tee -a "$out" >&2
if [ "${PEERS:-1}" = 1 ]; then
  for m in plain duck; do [ -f "$here/peers/$m/target/classpath.txt" ] || "$here/peers/build.sh" "$m"; done
  [ -d "$here/peers/work/wh" ] || "$here/peers/prepare.sh"
  echo "Plain Java (Iceberg's Arrow reader, DataSketches), two threads; DuckDB, one query, two threads:" >&2
  "$here/peers/run.sh" plain Profile w2 "$reps" | tee -a "$out" >&2
  "$here/peers/run.sh" duck Duck w2agg "$reps" | tee -a "$out" >&2
fi

awk '
  function median(list,   count, i, j, t, v) {
    count = split(list, v, " ")
    for (i = 1; i <= count; i++) for (j = i + 1; j <= count; j++) if (v[j] + 0 < v[i] + 0) { t = v[i]; v[i] = v[j]; v[j] = t }
    return count % 2 ? v[(count + 1) / 2] : (v[count / 2] + v[count / 2 + 1]) / 2
  }
  function add(name, repetition, seconds, cpu) {
    if (!(name in seen)) { order[++names] = name; seen[name] = 1 }
    if (repetition > 1) { wall[name] = wall[name] " " seconds; work[name] = work[name] " " cpu }
  }
  /^RESULT/ { split($0, f, "\t"); add(f[2], f[3], f[5], f[6]) }
  /^OURS/ { add($2, $3, $4, $5) }
  END {
    printf "%-26s %8s %10s\n", "medians", "warm s", "warm CPU s"
    for (i = 1; i <= names; i++) {
      k = order[i]
      w[k] = median(wall[k]); c[k] = median(work[k])
      printf "%-26s %8.3f %10.3f\n", k, w[k], c[k]
    }
    printf "RATIO profile write=%.2f", c["write_sketches"] / c["write"]
    if ("w2.plain" in c) printf " plain_cpu=%.1f", c["w2.plain"] / c["sketch"]
    for (k in c) if (k ~ /duckdb/) printf " duckdb_cpu=%.1f", c[k] / c["sketch"]
    printf "\n"
  }' "$out"
