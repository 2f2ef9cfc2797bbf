#!/usr/bin/env bash
# What events add to a run and its end, with a slow server; trace and impact over an archive of runs.
# Arguments: [runs, 100000]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
classpath=$("$here/classpath")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
java() { command java -Xmx1g -XX:+UseSerialGC --add-opens=java.base/java.util=ALL-UNNAMED -cp "$classpath" "$@"; }
java dev.headwater.benchmarks.LineageEnds "$work" "$here/../examples/flights"
run() { java dev.headwater.benchmarks.LineageArchive "$work" "$@"; }
run fill "${1:-100000}"
run ask
