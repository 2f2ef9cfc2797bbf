#!/usr/bin/env bash
# `headwater run` of a fresh copy of examples/flights with -Xmx2g: 3,000,000 rows, then the file four times.
# Arguments: [3] runs the 3,000,000 rows alone. KEEP=1 leaves the copies for a look.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
only=${1:-}
work=$(mktemp -d)
running=
finish() {
  [ -z "$running" ] || kill "$running" 2>/dev/null || true
  [ "${KEEP:-0}" = 1 ] && echo "The copies are in $work." >&2 || rm -rf "$work"
}
trap finish EXIT

copy() { # FOLDER FILES
  mkdir -p "$1/data"
  cp -r "$root"/examples/flights/contracts "$root"/examples/flights/headwater.yaml "$1/"
  for ((i = 1; i <= $2; i++)); do cp "$root/examples/flights/data/flights-3m.parquet" "$1/data/flights-$i.parquet"; done
}

run() { # FOLDER: sets seconds, rss (MB)
  local began ended high
  began=$(date +%s%N) rss=0
  "$root/headwater" run "$1" >"$1/out.txt" 2>"$1/err.txt" &
  running=$!
  while kill -0 "$running" 2>/dev/null; do # the script becomes the JVM, and VmHWM is the process's peak
    high=$(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$running/status" 2>/dev/null || true)
    [ "${high:-0}" -gt "$rss" ] && rss=$high
    sleep 0.2
  done
  if ! wait "$running"; then
    cat "$1/out.txt" "$1/err.txt" >&2
    echo "headwater run $1 failed" >&2
    exit 1
  fi
  ended=$(date +%s%N)
  running=
  rss=$((rss / 1024))
  seconds=$(awk -v n=$((ended - began)) 'BEGIN { printf "%.1f", n / 1e9 }')
  cat "$1/out.txt" >&2
}

# Builds what is missing. The class archive of so short a command would be a poor one; the first run makes its own.
"$root/headwater" --help >/dev/null
rm -f "$root"/target/headwater/classes.jsa*
copy "$work/flights3" 1
run "$work/flights3"
s3=$seconds r3=$rss
printf '%-12s %10s %12s\n' rows seconds 'peak RSS MB'
printf '%-12s %10s %12s\n' 3,000,000 "$s3" "$r3"
[ "$only" = 3 ] && { echo "RATIO whole seconds=$s3 rss3_mb=$r3"; exit; }
copy "$work/flights12" 4
run "$work/flights12"
printf '%-12s %10s %12s\n' 12,000,000 "$seconds" "$rss"
awk -v a="$s3" -v b="$seconds" -v ra="$r3" -v rb="$rss" \
  'BEGIN { printf "RATIO whole seconds=%s seconds12over3=%.2f seconds12=%s rss3_mb=%s rss12_mb=%s\n", a, b / a, b, ra, rb }'
