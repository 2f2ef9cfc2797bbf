# shellcheck shell=bash
# What the command does in a clone and in an installation: both source this.

say() { printf '%s\n' "$*" >&2; }

# Sets `java`.
find_java() {
  java=${JAVA_HOME:+$JAVA_HOME/bin/}java
  if ! command -v "$java" >/dev/null; then
    say "There is no Java${JAVA_HOME:+ in JAVA_HOME ($JAVA_HOME)}."
    say "Fix: install a JDK of version 17 or newer, and set JAVA_HOME to it."
    exit 2
  fi
}

check_java() {
  local version
  version=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.specification.version = //p')
  if [ "${version%%.*}" -lt 17 ] 2>/dev/null; then
    say "Java $version is too old."
    say "Fix: install a JDK of version 17 or newer, and set JAVA_HOME to it."
    exit 2
  fi
}

# archive CLASSPATH FILE: of the classes of the verbs that people wait for, which makes them start faster.
archive() {
  local folder new=$2.new.$$
  folder=$(mktemp -d)
  if "$java" -Xmx1g -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:ArchiveClassesAtExit="$new" -Xlog:cds=off -Xlog:cds+dynamic=off \
    -cp "$1" dev.headwater.runners.WarmUp "$folder" >"$2.log" 2>&1; then
    mv -f "$new" "$2" 2>/dev/null || true
  fi
  rm -rf "$folder" "$new"
}

# launch CLASSPATH ARCHIVE VERB...: in the place of this shell.
launch() {
  local classpath=$1 archive=$2 tty_out=0 tty_err=0 flags
  shift 2
  export OMP_NUM_THREADS=1
  # MKL's sums depend on where arrays lie in memory unless it is told otherwise.
  export MKL_CBWR=${MKL_CBWR:-AVX2,STRICT}
  export DJL_CACHE_DIR=${DJL_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/headwater}
  [ -t 1 ] && tty_out=1
  [ -t 2 ] && tty_err=1

  # What looks and ends at once is not worth the second compiler, nor threads for its garbage.
  case ${1:-} in
    run | play | replay | ingest | init | backfill | letters | profile | table) flags=(-XX:+UseParallelGC) ;;
    *) flags=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1) ;;
  esac
  if [ -f "$archive" ]; then flags+=("-XX:SharedArchiveFile=$archive"); fi

  # A user's classes come after ours; they are not in the archive.
  # shellcheck disable=SC2086 # options are several words
  exec "$java" -Xmx2g "${flags[@]}" -Xshare:auto -Xlog:cds=off -Xlog:cds+dynamic=off \
    -Dfile.encoding=UTF-8 -Djava.awt.headless=true \
    -Dai.djl.offline=true -Doffline=true \
    -Dai.djl.pytorch.num_threads=1 -Dai.djl.pytorch.num_interop_threads=1 \
    -Dheadwater.tty.out=$tty_out -Dheadwater.tty.err=$tty_err \
    ${JAVA_OPTS:-} ${HEADWATER_OPTS:-} \
    -cp "$classpath${HEADWATER_CLASSPATH:+:$HEADWATER_CLASSPATH}" dev.headwater.runners.Headwater "$@"
}
