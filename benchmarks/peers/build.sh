#!/usr/bin/env bash
# build.sh [MODULE...]   Compiles modules (all without an argument) and resolves their class paths.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source ./modules
modules=("$@")
[ ${#modules[@]} -gt 0 ] || modules=("${MODULES[@]}")
for m in "${modules[@]}"; do
  mvn -q -B -ntp -pl "$m" -am package dependency:build-classpath -Dmdep.outputFile=target/classpath.txt >&2
done
