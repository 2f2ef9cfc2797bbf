#!/usr/bin/env bash
# How long the command takes to answer: --help, runs and trace of a small project. Arguments: [times, 9].
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
times=${1:-9}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/data"
printf 'id,town\n1,x\n2,y\n' >"$folder/data/a.csv"
cat >"$folder/headwater.yaml" <<'YAML'
project: start
sources:
  in: {files: data/*.csv, columns: {id: long, town: string}}
tables:
  rides: {from: in}
YAML
"$home/headwater" run "$folder" >&2

# The median of the wall's seconds.
median() {
  for _ in $(seq "$times"); do
    began=$(date +%s%N)
    "$home/headwater" "$@" >/dev/null
    echo $((($(date +%s%N) - began) / 1000000))
  done | sort -n | sed -n "$(((times + 1) / 2))p" | awk '{ printf "%.2f", $1 / 1000 }'
}
help_s=$(median --help)
runs_s=$(median runs "$folder")
trace_s=$(median trace "$folder" rides)
echo "RATIO start help_s=$help_s runs_s=$runs_s trace_s=$trace_s"
