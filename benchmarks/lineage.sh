#!/usr/bin/env bash
# Trace and impact over an archive of runs: milliseconds of the first question of a process.
# Arguments: [runs, 100000]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
classpath=$("$here/classpath")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
run() { java -Xmx1g -XX:+UseSerialGC --add-opens=java.base/java.util=ALL-UNNAMED -cp "$classpath" dev.headwater.benchmarks.LineageArchive "$work" "$@"; }
run fill "${1:-100000}"
run ask
