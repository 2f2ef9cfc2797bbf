#!/usr/bin/env bash
# A topic of 1 KB JSON records into an Iceberg table, a commit each ten seconds: KafkaIO with IcebergIO, and Flink's KafkaSource and sink, beside ours.
# Arguments: [records in the topic, 12000000] [rounds, 2] [records for KafkaIO, 2000000]. The broker's disk gets half a KB for each record, and it goes again.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
records=${1:-12000000}
rounds=${2:-2}
few=${3:-$((records / 6))}
classpath=$("$here/classpath")
for m in kafka kafkabeam; do
  [ -f "$here/peers/$m/target/classpath.txt" ] || "$here/peers/build.sh" "$m"
done
out=$(mktemp)
folder=$(mktemp -d)
mkfifo "$folder/leash"
cleanup() {
  exec 7>&- || true
  wait 2>/dev/null || true
  rm -rf "$out" "$folder"
}
trap cleanup EXIT

# The broker and what fills it end when this end of the pipe is closed.
java -Xmx512m -cp "$classpath" dev.headwater.benchmarks.TopicToTable broker "$folder/broker" "$records" \
  <"$folder/leash" >"$folder/servers" 2>"$folder/broker.err" 7>&- &
filling=$!
exec 7>"$folder/leash"
echo "Filling a topic with $records records ..." >&2
until [ -s "$folder/servers" ]; do
  kill -0 $filling 2>/dev/null || { tail -n 5 "$folder/broker.err" >&2; exit 1; }
  sleep 0.5
done
servers=$(cat "$folder/servers")

for round in $(seq "$rounds"); do
  echo "Round $round. Flink's KafkaSource and Iceberg sink, two slots:" >&2
  HEAP=-Xmx2g T=600 "$here/peers/run.sh" kafka KafkaFlinkPeer "$servers" bench "$records" 7>&- | tee -a "$out" >&2
  echo "Headwater on Flink [local], two slots:" >&2
  timeout 600 java -Xmx2g -XX:+UseParallelGC --add-opens=java.base/java.util=ALL-UNNAMED -cp "$classpath" \
    dev.headwater.benchmarks.TopicToTable read "$servers" "$records" 7>&- 2>"$folder/err" | tee -a "$out" >&2 ||
    { tail -n 20 "$folder/err" >&2; exit 1; }
done
echo "Beam's KafkaIO and IcebergIO on Flink [local], two slots:" >&2
HEAP=-Xmx4g T=600 "$here/peers/run.sh" kafkabeam KafkaBeamPeer "$servers" bench "$few" 7>&- | tee -a "$out" >&2 ||
  echo "It brought nothing: it stands as none in the ratio." >&2

# Rows a second between the first commit and the last one that is not the rest; of the whole where there are too few.
awk '
  /^RESULT/ {
    split($0, f, "\t")
    n = split(f[7], c, " "); whole = 0; last = 0
    for (i = 1; i <= n; i++) { split(c[i], p, ":"); at[i] = p[1]; add[i] = p[2]; whole += p[2] }
    for (i = n; i > 1 && !last; i--) if (add[i] > 0.5 * add[i - 1]) last = i
    sum = 0
    for (i = 2; i <= last; i++) sum += add[i]
    steady = last > 2 && at[last] > at[1] ? sum / (at[last] - at[1]) : 0
    rate = steady > 0 ? steady : whole / f[5]
    k = f[2]
    if (!(k in best)) order[++names] = k
    all[k] = all[k] " " rate; times[k]++; sumrate[k] += rate; best[k] = 1
    printf "%-18s %10d rows %8.1f s %8.1f CPU s %3d commits %10d rows/s steady %10d rows/s in all %9d rows/CPU s\n",
      k, whole, f[5], f[6], n, steady, whole / f[5], whole / f[6]
  }
  END {
    o = sumrate["kafka.headwater"] / times["kafka.headwater"]
    beam = sumrate["kafka.beam"] > 0 ? sprintf("%.1f", o * times["kafka.beam"] / sumrate["kafka.beam"]) : "none"
    printf "RATIO kafka icebergio=%s flink=%.2f\n", beam, o * times["kafka.flink"] / sumrate["kafka.flink"]
  }' "$out"
