#!/usr/bin/env bash
# Two slots of a session cluster against one that is pinned to one core: a stage's wall, and a row's CPU seconds. Arguments: [copies of 3,000,000 rows, 4] [times, 3].
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
copies=${1:-4}
times=${2:-3}
work=$(mktemp -d)
. "$home/benchmarks/session"
trap 'end; rm -rf "$work"' EXIT
stages="flights airport_delays late_scores" # ingest, features, score

mkdir -p "$work/flights/data"
for ((i = 1; i <= copies; i++)); do cp "$home/examples/flights/data/flights-3m.parquet" "$work/flights/data/$i.parquet"; done
cp -r "$home/examples/flights/contracts" "$work/flights/"
# The example's, but for what is not measured: a short training, and all rows are scored.
cat >"$work/flights/headwater.yaml" <<'YAML'
project: flights
sources:
  flights_file: data/*.parquet
tables:
  flights:
    from: flights_file
    time: date
    partition: month(date)
    contract: contracts/flights.yaml
features:
  airport_delays:
    from: flights
    key: origin
    known: date + interval '6' hour
    windows: [3h, 24h, 7d]
    values:
      flights: count(*)
      mean_delay: avg(delay)
      late_share: share(delay > 15)
models:
  late:
    rows: flights
    time: date
    inputs:
      origin: {view: airport_delays, key: origin}
      distance: distance
      hour: extract(hour from date)
      weekday: extract(dow from date)
    label: delay > 15
    split: {by: date, train_until: 2001-01-05, holdout_until: 2001-01-07}
    network: {mlp: [64, 64]}
    training: {epochs: 1}
scores:
  late_scores: {model: late@champion, rows: flights}
YAML

measure() { # SLOTS: files TARGET-SLOTS.s and TARGET-SLOTS.cpu
  local target before
  for target in $stages; do
    stage "$work/flights" "$target" --cluster "$address" --parallelism="$1" >/dev/null # warm
    for _ in $(seq "$times"); do
      before=$(cpu)
      stage "$work/flights" "$target" --cluster "$address" --parallelism="$1" >>"$work/$target-$1.s"
      awk -v a="$before" -v b="$(cpu)" 'BEGIN { printf "%.2f\n", b - a }' >>"$work/$target-$1.cpu"
    done
  done
}

"$home/headwater" run --quiet "$work/flights" >&2
begin 1 taskset -c 0
measure 1
end
begin 2
measure 2
end
printf '%-16s %8s %8s %8s %8s\n' medians 's, 1' 's, 2' 'CPU s, 1' 'CPU s, 2'
for target in $stages; do
  printf '%-16s' "$target"
  for of in 1.s 2.s 1.cpu 2.cpu; do printf ' %8.2f' "$(median <"$work/$target-$of")"; done
  echo
done | tee "$work/table"
awk '
  { wall[NR] = $2 / $3; if ($5 / $4 > worst) worst = $5 / $4 }
  END { printf "RATIO scale ingest=%.2f features=%.2f score=%.2f cpu=%.2f\n", wall[1], wall[2], wall[3], worst }' "$work/table"
