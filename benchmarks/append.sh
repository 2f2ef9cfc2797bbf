#!/usr/bin/env bash
# Parquet files into a committed Iceberg table: Flink's own sink, Beam's IcebergIO, plain Java and DuckDB beside ours.
# Arguments: [repetitions, 4] in each of two rounds; the first of each process warms up and does not count.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
reps=${1:-4}
classpath=$("$here/classpath")
work=$here/peers/work
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for m in plain duck flink beam beamflink; do
  [ -f "$here/peers/$m/target/classpath.txt" ] || "$here/peers/build.sh" "$m"
done

ours() { # direct|flink full|none
  java -Xmx2g -XX:+UseParallelGC -cp "$classpath" dev.headwater.benchmarks.Append "$work/f12m" "$1" "$2" "$reps" |
    tee -a "$out" >&2
}
peer() { "$here/peers/run.sh" "$@" | tee -a "$out" >&2; }

for round in 1 2; do
  echo "Round $round, 12,000,000 rows. Flink's own sink, two slots:" >&2
  JOPTS=-Dreuse=true peer flink FlinkPeer w1 "$reps"
  echo "Headwater on Flink [local], two slots, without and with sketches:" >&2
  ours flink none
  ours flink full
  echo "DuckDB's COPY (no Iceberg) and plain Java, two threads:" >&2
  peer duck Duck w1 "$reps"
  peer plain Plain w1 "$reps"
done
echo "Headwater on the DirectRunner:" >&2
ours direct none
ours direct full
echo "Beam's IcebergIO on the DirectRunner and on Flink, 3,000,000 rows:" >&2
peer beam BeamPeer w1 Direct 3000000 2
peer beamflink BeamPeer w1 Flink 3000000 2

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
  # Seconds for a row of one, over those of the other.
  function times(slow, fast) { return (w[slow] / size[slow]) / (w[fast] / size[fast]) }
  /^RESULT/ { split($0, f, "\t"); add(f[2], f[4], f[3], f[5], f[6]) }
  /^OURS/ { add("headwater." $2, $6, $3, $4, $5) }
  END {
    printf "%-24s %10s %8s %8s %11s %10s\n", "medians", "rows", "cold s", "warm s", "rows/s", "warm CPU s"
    for (i = 1; i <= names; i++) {
      k = order[i]
      w[k] = median(wall[k]); c[k] = median(work[k])
      printf "%-24s %10d %8.2f %8.2f %11d %10.2f\n", k, size[k], median(cold[k]), w[k], size[k] / w[k], c[k]
    }
    o = "headwater.flink.none"; s = "headwater.flink.full"; d = "headwater.direct.none"
    printf "RATIO append flink=%.2f flink_sketches=%.2f icebergio=%.1f icebergio_direct=%.1f duckdb=%.2f plain=%.2f flink_cpu=%.2f flink_sketches_cpu=%.2f\n",
      times("w1.flink", o), times("w1.flink", s), times("w1.beam.Flink", o), times("w1.beam.Direct", d),
      times("w1.duckdb", o), times("w1.plain", o), c["w1.flink"] / c[o], c["w1.flink"] / c[s]
  }' "$out"
