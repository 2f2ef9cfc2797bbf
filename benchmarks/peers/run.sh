#!/usr/bin/env bash
# run.sh MODULE MAIN args...   One process: its RESULT lines, also appended to work/results.tsv.
# HEAP (default -Xmx6g) and JOPTS are options for the JVM; T is the longest it may take, in seconds (600). A module that is not built is built first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source ./modules
m=$1 main=$2
shift 2
[ -f "$m/target/classpath.txt" ] && [ -d "$m/target/classes" ] || ./build.sh "$m"
mkdir -p "$WORK/f12m" "$WORK/tmp"
for i in 0 1 2 3; do
  [ -f "$WORK/f12m/part-$i.parquet" ] || cp "$FLIGHTS" "$WORK/f12m/part-$i.parquet"
done
opens=()
if [ "$m" = spark ] || [ "$m" = flink ] || [ "$m" = beamflink ] || [ "$m" = kafka ] || [ "$m" = kafkabeam ]; then # reflection, Kryo
  for p in lang lang.invoke lang.reflect io net nio util util.concurrent util.concurrent.atomic; do
    opens+=("--add-opens=java.base/java.$p=ALL-UNNAMED")
  done
  for p in sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
    opens+=("--add-opens=java.base/$p=ALL-UNNAMED")
  done
elif [ "$m" = plain ]; then # Arrow
  opens+=("--add-opens=java.base/java.nio=ALL-UNNAMED")
fi
err=$WORK/tmp/$m.$$.err
# shellcheck disable=SC2086
if ! timeout "${T:-600}" java ${HEAP:--Xmx6g} -XX:+UseParallelGC "${opens[@]}" -Dorg.slf4j.simpleLogger.defaultLogLevel=error \
  -Dbench.work="$WORK" -Dbench.flights="$FLIGHTS" ${JOPTS:-} \
  -cp "$m/target/classes:$(cat "$m/target/classpath.txt")" "peers.$main" "$@" 2>"$err" | grep RESULT; then
  grep -E 'Exception|Error' "$err" | head -3 | cut -c1-300 >&2
  echo "failed: $m $main $*; its errors are in $err" >&2
  exit 1
fi
rm -f "$err"
