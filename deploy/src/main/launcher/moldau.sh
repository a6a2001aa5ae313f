#!/bin/sh
# Moldau in one file: this script finds a Java and fits it to the machine; the jar that it runs follows it in the file.
#
# Exit status 7: no Java that is recent enough. All others are the command's own; README.md lists them.
#
#   MOLDAU_JAVA_HOME     the Java to use, before JAVA_HOME, PATH and the usual folders
#   MOLDAU_JAVA_FOLDERS  folders of Javas to look into, in place of the usual ones
#   MOLDAU_JVM_OPTS      more options for it, after our own
#   KAFKA_HEAP_OPTS      the heap, in place of what is derived from the machine's memory
#   MOLDAU_AOT=off       neither use nor make the file that shortens the start

java_wanted=25

# Sets java_bin and java_id, and succeeds, when the folder $1 holds a Java that is recent enough.
try_java() {
    [ -x "$1/bin/java" ] || return 1
    version='' vendor='' arch='' runtime=''
    if [ -r "$1/release" ]; then
        while IFS='=' read -r key value; do
            case $key in
                JAVA_RUNTIME_VERSION) runtime=$value ;;
                JAVA_VERSION) version=$value ;;
                IMPLEMENTOR) vendor=$value ;;
                OS_ARCH) arch=$value ;;
            esac
        done <"$1/release"
    else
        version=$("$1/bin/java" -version 2>&1 | sed -n 's/.*version "\([^"]*\)".*/\1/p')
    fi
    version=${version#\"}
    major=${version%%[!0-9]*}
    [ "${major:-0}" -ge "$java_wanted" ] || return 1
    java_bin=$1/bin/java
    java_id="${runtime:-$version}-$vendor-$arch"
}

# The folder of the java on the PATH, whatever links lead there.
try_path() {
    found=$(command -v java) || return 1
    found=$(readlink -f "$found" 2>/dev/null) || return 1
    try_java "${found%/bin/java}"
}

find_java() {
    for home in "$MOLDAU_JAVA_HOME" "$JAVA_HOME"; do
        [ -n "$home" ] && try_java "$home" && return
    done
    try_path && return
    usual_folders="/usr/lib/jvm /usr/java /opt /opt/* /usr/local /usr/local/java $HOME/.sdkman/candidates/java
        $HOME/.jdks $HOME/.local/share/mise/installs/java /Library/Java/JavaVirtualMachines
        $HOME/Library/Java/JavaVirtualMachines /opt/homebrew/opt /home/linuxbrew/.linuxbrew/opt"
    # shellcheck disable=SC2086
    for home in $(printf '%s/* ' ${MOLDAU_JAVA_FOLDERS-$usual_folders}); do
        [ -d "$home/Contents/Home" ] && home=$home/Contents/Home
        try_java "$home" && return
    done
    echo "moldau: needs Java $java_wanted or later and found none in JAVA_HOME, on the PATH or in the usual folders;" \
        "install one (a JRE is enough) or set MOLDAU_JAVA_HOME to where it is." >&2
    exit 7
}

# Takes the limit in file $1 where it is lower than memory_mb. Sixteen digits and more mean no limit.
lower_memory_to() {
    [ -r "$1" ] && read -r limit <"$1" || return 0
    case $limit in
        '' | *[!0-9]* | ????????????????*) return 0 ;;
    esac
    [ $((limit / 1048576)) -lt "$memory_mb" ] && memory_mb=$((limit / 1048576))
    return 0
}

# Sets memory_mb: what this process may use, by the machine and by every cgroup that it is in.
find_memory() {
    memory_mb=2048
    if [ -r /proc/meminfo ]; then
        while read -r key value _; do
            [ "$key" = MemTotal: ] && memory_mb=$((value / 1024)) && break
        done </proc/meminfo
    elif bytes=$(sysctl -n hw.memsize 2>/dev/null); then
        memory_mb=$((bytes / 1048576))
    fi
    [ -r /proc/self/cgroup ] || return 0
    while IFS=: read -r _ controllers group; do
        case ",$controllers," in
            ,,) root=/sys/fs/cgroup file=memory.max ;;
            *,memory,*) root=/sys/fs/cgroup/memory file=memory.limit_in_bytes ;;
            *) continue ;;
        esac
        while :; do
            lower_memory_to "$root${group%/}/$file"
            [ -n "${group%/}" ] || break
            group=${group%/*}
        done
    done </proc/self/cgroup
}

# Prints $1, or the nearest of $2 and $3 when it is outside of them.
clamp() {
    if [ "$1" -lt "$2" ]; then echo "$2"; elif [ "$1" -gt "$3" ]; then echo "$3"; else echo "$1"; fi
}

# A broker lives for months: a quarter of the memory for the heap, so that the rest is page cache, and back to the
# system what it does not use.
broker_options() {
    find_memory
    heap=$(clamp $((memory_mb / 4)) 64 2048)
    direct=$(clamp $((memory_mb / 8)) 64 1024)
    options="-Xms24m -Xmx${heap}m -XX:MinHeapFreeRatio=20 -XX:MaxHeapFreeRatio=40 -XX:MaxDirectMemorySize=${direct}m"
    [ -n "$KAFKA_HEAP_OPTS" ] && options=$KAFKA_HEAP_OPTS
    options="$options -XX:+ExitOnOutOfMemoryError -XX:ReservedCodeCacheSize=64m -Dmoldau.memory=$memory_mb"
}

# A command lives for a second: the quick compiler is enough.
tool_options() {
    options='-Xms16m -Xmx512m -XX:TieredStopAtLevel=1'
}

# Sets aot to the start-up cache to use, and MOLDAU_AOT_FILE to where the process may put one for the next time.
find_aot() {
    aot=''
    [ "$MOLDAU_AOT" = off ] && return
    cache=${XDG_CACHE_HOME:-$HOME/.cache}/moldau
    stamp=$(stat -Lc '%s-%Y' "$self" 2>/dev/null || stat -Lf '%z-%m' "$self")
    made="$cache/$(printf '%s' "$java_id-$stamp" | tr -cd 'A-Za-z0-9.+_-').aot"
    # One made here fits this Java and this file; the one beside the file fits those that it was packaged with.
    if [ -r "$made" ]; then
        aot=$made
    else
        [ -r "${self%/*}/moldau.aot" ] && aot=${self%/*}/moldau.aot
        export MOLDAU_AOT_FILE="$made"
    fi
}

self=$0
case $self in */*) ;; *) self=./$self ;; esac
[ -L "$self" ] && self=$(readlink -f "$self")
find_java

# The two properties spare every start a fifth of its work: reflection that makes no classes for its few calls, and no
# JFR events of Netty's own (a recording that wants them sets io.netty.jfr.enabled=true).
common="-XX:+UseSerialGC -XX:+UseCompactObjectHeaders -XX:-UsePerfData
    -Djdk.reflect.useNativeAccessorOnly=true -Dio.netty.jfr.enabled=false
    --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"
terminal=false
[ -t 1 ] && terminal=true
# glibc's one arena per thread would cost tens of megabytes.
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"
case $1 in
    start | --train) broker_options ;;
    *) tool_options ;;
esac
if [ "$1" = --train ]; then
    folder=$(mktemp -d) || exit 1
    # shellcheck disable=SC2086
    "$java_bin" $common $options "-XX:AOTCacheOutput=$2" -Xlog:disable -cp "$self" io.moldau.cli.Training "$folder"
    status=$?
    rm -rf "$folder"
    exit $status
fi
find_aot
# shellcheck disable=SC2086
exec "$java_bin" $common $options ${aot:+"-XX:AOTCache=$aot" "-Dmoldau.aot=$aot"} -XX:AOTMode=auto -Xlog:disable \
    "-Dmoldau.executable=$self" "-Dmoldau.terminal=$terminal" $MOLDAU_JVM_OPTS -cp "$self" io.moldau.cli.Main "$@"
exit 1
