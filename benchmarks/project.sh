#!/usr/bin/env bash
# How long the plan of a large project takes, when nothing has changed and when all has. Arguments: [targets, 500] [times, 5].
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
targets=${1:-500}
times=${2:-5}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/data"
echo 'project: many' >"$folder/headwater.yaml"
# A table of a file, three made of it one after the other, and a view: files of 20 folders.
for ((i = 0; i < targets / 5; i++)); do
  team="$folder/teams/t$((i % 20))"
  mkdir -p "$team"
  seq 100 | awk 'BEGIN { print "at,k,x" } { printf "2001-01-01T00:%02d:00,k%d,%d\n", $1 % 60, $1 % 7, $1 }' >"$folder/data/$i.csv"
  cat >"$team/g$i.hw.yaml" <<YAML
sources: {f$i: data/$i.csv}
tables:
  t$i: {from: f$i, time: at, tags: hourly}
  a$i: {sql: "select k, x from t$i where x > 3"}
  b$i: {sql: "select k, count(*) as n from a$i group by k"}
  c$i: {sql: "select n from b$i"}
features:
  v$i: {from: t$i, key: k, time: at, windows: [1h], values: {n: count(*)}}
YAML
done

# The median of the whole command's seconds.
median() {
  for _ in $(seq "$times"); do
    began=$(date +%s%N)
    "$home/headwater" "$@" >/dev/null
    echo $((($(date +%s%N) - began) / 1000000))
  done | sort -n | sed -n "$(((times + 1) / 2))p" | awk '{ printf "%.2f", $1 / 1000 }'
}
"$home/headwater" list "$folder" | tail -n +2 | wc -l >&2
new=$(median plan "$folder")
"$home/headwater" run --quiet "$folder" >&2
fresh=$(median plan "$folder")
echo "RATIO project plan${targets}_s=$fresh new_s=$new limit=2"
