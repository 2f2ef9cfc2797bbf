#!/usr/bin/env bash
# What a session cluster costs over embedded Flink: the whole command for a small project, and stages of 3,000,000 rows. Arguments: [times, 3].
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
times=${1:-3}
work=$(mktemp -d)
. "$home/benchmarks/session"
trap 'end; rm -rf "$work"' EXIT
stages="flights airport_delays"

mkdir -p "$work/small/data" "$work/flights/data"
printf 'id,town\n1,x\n2,y\n' >"$work/small/data/a.csv"
cat >"$work/small/headwater.yaml" <<'YAML'
project: small
sources:
  in: {files: data/*.csv, columns: {id: long, town: string}}
tables:
  rides: {from: in}
YAML
cp "$home/examples/flights/data/flights-3m.parquet" "$work/flights/data/"
cp -r "$home"/examples/flights/contracts "$home"/examples/flights/headwater.yaml "$work/flights/"

# The wall's seconds of the whole command.
submit() {
  local began
  began=$(date +%s%N)
  stage "$work/small" rides "$@" >/dev/null
  awk -v n=$(($(date +%s%N) - began)) 'BEGIN { printf "%.2f\n", n / 1e9 }'
}

"$home/headwater" --help >/dev/null # builds what is missing
begin 2
here=(--runner=flink --parallelism=2)
there=(--cluster "$address" --parallelism=2)
# What is sent first is not counted: the workers are as cold as the command always is.
submit "${there[@]}" >/dev/null
for target in $stages; do stage "$work/flights" "$target" "${there[@]}" >/dev/null; done
for _ in $(seq "$times"); do # by turns, so that a busy moment meets both
  submit "${here[@]}" >>"$work/submit-here"
  submit "${there[@]}" >>"$work/submit-there"
  for target in $stages; do
    stage "$work/flights" "$target" "${here[@]}" >>"$work/$target-here"
    stage "$work/flights" "$target" "${there[@]}" >>"$work/$target-there"
  done
done

printf '%-16s %10s %10s\n' 'medians, s' embedded cluster
for what in submit $stages; do
  printf '%-16s %10.2f %10.2f\n' "$what" "$(median <"$work/$what-here")" "$(median <"$work/$what-there")"
done | tee "$work/table"
awk '
  $1 == "submit" { submit = $3 - $2; next }
  $3 / $2 > worst { worst = $3 / $2 }
  END { printf "RATIO cluster submit_s=%.1f stage=%.2f\n", submit, worst }' "$work/table"
