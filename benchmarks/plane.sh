#!/usr/bin/env bash
# Five light steps over RowBatch against the same over Beam's Row, on the DirectRunner and embedded Flink.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
classpath=$("$here/classpath")
exec java -Xmx2g -Djava.awt.headless=true -cp "$classpath" dev.headwater.benchmarks.Plane "$@"
