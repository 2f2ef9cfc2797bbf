#!/usr/bin/env bash
# A batch as bytes and back: RowBatchBytes against Arrow IPC (JMH).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
classpath=$("$here/classpath")
exec java --add-opens=java.base/java.nio=ALL-UNNAMED -cp "$classpath" dev.headwater.benchmarks.Bytes "$@"
