#!/usr/bin/env bash
# prepare.sh   What w2, w4 and the scans read: hourly means (DuckDB) and an Iceberg table of 12,000,000 rows (plain).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
./run.sh duck Duck prep
./run.sh plain Plain w1 1
