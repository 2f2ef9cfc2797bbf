#!/usr/bin/env bash
# all.sh ROUND [short]   One round of every workload, one process after the other; results in work/results.tsv.
# Round 1 also runs the two slow windowed cases. About 17 minutes on two cores; short leaves out DJL, Deequ and Beam's appends.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source ./modules
round=$1 short=${2:-}
r() {
  echo "# $(date +%T) load $(cut -d' ' -f1 /proc/loadavg) round $round: $*"
  timeout "${T:-240}" ./run.sh "$@" || echo "# failed or too slow: $*"
}
[ -d "$WORK/wh" ] || ./prepare.sh
r duck Duck w1 3; r plain Plain w1 2; r spark Spark w1 2; r flink FlinkPeer w1 2
r plain Plain scan-generic 3; r plain Plain scan-arrow 3; r duck Duck scan 3; r spark Spark scan 3
r duck Duck w2 3; r duck Duck w2agg 3; r plain Profile w2 3; r spark Spark w2 2
r duck Duck w4 3; r plain Features w4 3; r spark Spark w4 3
r plain Features w3 3; r plain Features w3 2 31; r duck Duck w3 1 2001-02-01
r beam BeamPeer empty Direct; r beamflink BeamPeer empty Flink; r spark Spark empty; r flink FlinkPeer empty
[ "$short" = short ] && exit
cache="-DDJL_CACHE_DIR=$WORK/djl-cache -Dai.djl.pytorch.num_interop_threads=1 -Dai.djl.pytorch.num_threads"
for n in 1 2; do
  JOPTS="$cache=$n" r djl DjlPeer train
  JOPTS="$cache=$n" r djl DjlPeer infer
done
[ "$round" = 1 ] && { T=300 r duck Duck w3 1; T=200 r spark Spark w3 1 2001-01-08; }
r beamflink BeamPeer w1 Flink 3000000 2; r beam BeamPeer w1 Direct 3000000 2
r spark Spark w2deequ 2
