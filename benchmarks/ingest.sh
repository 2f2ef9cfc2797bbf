#!/usr/bin/env bash
# Parquet files through a contract into a committed Iceberg table, against plain Java and Beam's IcebergIO.
# Arguments: [repetitions, 4] in each of two rounds; the first of each process warms up and does not count.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
reps=${1:-4}
classpath=$("$here/classpath")
work=$here/peers/work
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for m in plain beam; do [ -f "$here/peers/$m/target/classpath.txt" ] || "$here/peers/build.sh" "$m"; done

ours() { # FOLDER none|month
  java -Xmx2g -XX:+UseParallelGC -cp "$classpath" dev.headwater.benchmarks.Ingest "$1" "$2" "$reps" | tee -a "$out" >&2
}
for round in 1 2; do
  echo "Round $round. Plain Java, two threads, 12,000,000 rows:" >&2
  "$here/peers/run.sh" plain Plain w1 "$reps" | tee -a "$out" >&2
  echo "Headwater on the DirectRunner, contract checked, 12,000,000 rows:" >&2
  ours "$work/f12m" none
done
echo "The same, partitioned by month; 3,000,000 rows; Beam's IcebergIO on the DirectRunner, 3,000,000 rows:" >&2
ours "$work/f12m" month
ours "$here/../examples/flights/data" none
"$here/peers/run.sh" beam BeamPeer w1 Direct 3000000 2 | tee -a "$out" >&2

awk '
  function median(list,   count, i, j, t, v) {
    count = split(list, v, " ")
    for (i = 1; i <= count; i++) for (j = i + 1; j <= count; j++) if (v[j] + 0 < v[i] + 0) { t = v[i]; v[i] = v[j]; v[j] = t }
    return count % 2 ? v[(count + 1) / 2] : (v[count / 2] + v[count / 2 + 1]) / 2
  }
  function add(name, rows, repetition, seconds, cpu) {
    if (!(name in size)) order[++names] = name
    size[name] = rows
    if (repetition == 1) cold[name] = cold[name] " " seconds
    else { wall[name] = wall[name] " " seconds; work[name] = work[name] " " cpu }
  }
  /^RESULT/ { split($0, f, "\t"); add(f[2], f[4], f[3], f[5], f[6]) }
  /^OURS/ { add("headwater " $2 " " $6, $6, $3, $4, $5) }
  END {
    printf "%-26s %10s %8s %8s %11s %10s\n", "medians", "rows", "cold s", "warm s", "rows/s", "warm CPU s"
    for (i = 1; i <= names; i++) {
      k = order[i]
      w[k] = median(wall[k]); c[k] = median(work[k])
      printf "%-26s %10d %8.2f %8.2f %11d %10.2f\n", k, size[k], median(cold[k]), w[k], size[k] / w[k], c[k]
    }
    o = "headwater none 12000000"; p = "w1.plain"; b = "w1.beam.Direct"
    printf "RATIO ingest plain=%.2f icebergio=%.1f plain_cpu=%.2f icebergio_cpu=%.1f\n",
      w[p] / w[o], w[b] * 4 / w[o], c[p] / c[o], c[b] * 4 / c[o]
  }' "$out"
