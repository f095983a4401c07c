#!/bin/sh
# Processes of Open MPI's mpirun share a folder of samples: on this machine one of them is killed and a sample is wrong; on two hosts, which
# are network namespaces, one host vanishes behind its link and another time with its processes. --resume does what is missing and no more.
# All traffic stays in the namespaces. Skipped without mpirun, and the hosts without the right to make namespaces.
# usage: mpirun.sh TFPORT DEMO-FOLDER [hosts]
tfport=$1 demo=$2 on=${3:-here}
. "$(dirname "$0")/expect.sh"
command -v mpirun >/dev/null || finish_skipped "there is no mpirun"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 TMPDIR="$out"
model=$demo/digits.pb n=202

# Each sample begins with another of the images.
mkdir "$out/in"
i=0
while [ $i -lt $n ]; do
    folder=$out/in/s$(printf %03d $i)
    mkdir "$folder"
    { head -c 128 "$demo/images.npy"; tail -c +$((129 + i * 256)) "$demo/images.npy"; tail -c +129 "$demo/images.npy" | head -c $((i * 256)); } \
        >"$folder/image.npy"
    i=$((i + 1))
done
expect 0 "$n samples of $n" run "$model" --samples "$out/in" -o "$out/one" --threads 1

# What a process of mpirun runs: its number on the system is known.
cat >"$out/job" <<'J'
#!/bin/sh
echo $$ >"$TMPDIR/pid.$OMPI_COMM_WORLD_RANK"
exec "$@"
J
# What mpirun calls in place of ssh: HOST COMMAND..; a host has a name of its own.
cat >"$out/agent" <<'A'
#!/bin/sh
number=${1##*.}
shift
exec ip netns exec "$NAMESPACES-$number" unshare --uts sh -c "hostname host$number; $*"
A
chmod +x "$out/job" "$out/agent"

# start PROCESSES FOLDER [OPTIONS]: in the background, as $job.
start() {
    processes=$1 results=$2
    shift 2
    rm -f "$out"/pid.*
    # shellcheck disable=SC2086
    $enter timeout 120 mpirun $places -n "$processes" "$out/job" "$tfport" run "$model" --samples "$out/in" -o "$results" "$@" >"$out/said" 2>&1 </dev/null &
    job=$!
}

# ended 0|1 [SAMPLES]: what became of it, and how many samples the processes say that they did.
ended() {
    wait $job
    code=$?
    [ $((code != 0)) = "$1" ] || fail "mpirun ended with $code: $(cat "$out/said")"
    did=$(sed -n 's/^rank [0-9]*\/[0-9]* (.*): \([0-9]*\) samples of .*/\1/p' "$out/said" | awk '{ sum += $1 } END { print sum + 0 }')
    [ -z "${2:-}" ] || [ "$did" = "$2" ] || fail "$did samples were done, not $2: $(cat "$out/said")"
}

# in_the_middle RANK.. : waits until those have results, and stops them; their shares are not done.
in_the_middle() {
    for rank in "$@"; do
        tries=0
        until [ -e "$results/s00$rank/Identity.npy" ] || [ $tries = 3000 ]; do
            tries=$((tries + 1))
            sleep 0.01
        done
        kill -STOP "$(cat "$out/pid.$rank")" || fail "rank $rank is not in the middle: $(cat "$out/said")"
    done
}

count() {
    find "$1" -name Identity.npy | wc -l
}

# resumed PROCESSES FOLDER: what is missing is done, and nothing else.
resumed() {
    missing=$((n - $(count "$2")))
    [ $missing -gt 0 ] || fail "nothing was missing"
    touch "$out/stamp"
    sleep 0.02
    start "$1" "$2" --resume
    ended 0 $missing
    [ "$(find "$2" -name Identity.npy -newer "$out/stamp" | wc -l)" = $missing ] || fail "--resume wrote other than the $missing that were missing"
    diff -r "$out/one" "$2" >"$out/diff" || fail "$2 is not what one process gives: $(head -c 500 "$out/diff")"
}

# -- this machine ------------------------------------------------------------------------------------------------------
here() {
    enter='' places=--oversubscribe
    start 4 "$out/four"
    ended 0 $n
    for rank in 0 1 2 3; do
        grep -q "^rank $rank/4 ($(hostname)): 5[01] samples of $n in .* a second; results in $out/four" "$out/said" || fail "no line for rank $rank: $(cat "$out/said")"
    done
    diff -r "$out/one" "$out/four" >/dev/null || fail "four processes give other results than one"

    start 4 "$out/killed"
    in_the_middle 2
    kill -KILL "$(cat "$out/pid.2")"
    ended 1
    resumed 4 "$out/killed"

    head -c 100 "$out/in/s150/image.npy" >"$out/cut"
    mv "$out/in/s150/image.npy" "$out/whole"
    mv "$out/cut" "$out/in/s150/image.npy"
    start 4 "$out/wrong"
    ended 1
    grep -q "tfport: sample s150: .*s150/image.npy" "$out/said" || fail "a wrong sample is not named: $(cat "$out/said")"
    mv "$out/whole" "$out/in/s150/image.npy"
    resumed 3 "$out/wrong"
}

# -- two hosts ---------------------------------------------------------------------------------------------------------
front=tfport-$$-1 # mpirun's
export NAMESPACES=tfport-$$

# The kernel tells that a link is up up to a second later; before that, packets are lost. A question for an address that was asked while the
# link was down fails within three seconds, and connections that wait for it with it.
links_settle() {
    tries=0
    until [ "$(ip -n "$front" -o link show up | grep -c 'state UP')" = 3 ] && ! asking || [ $tries = 500 ]; do
        tries=$((tries + 1))
        sleep 0.02
    done
}

asking() {
    for i in 1 11 12; do ip -n $NAMESPACES-$i neigh show; done | grep -Eq 'INCOMPLETE|PROBE'
}

make_hosts() {
    for i in 1 11 12; do ip netns add $NAMESPACES-$i && ip -n $NAMESPACES-$i link set lo up || return; done
    ip -n "$front" link add bridge type bridge && ip -n "$front" address add 10.199.1.1/24 dev bridge && ip -n "$front" link set bridge up || return
    for i in 11 12; do
        ip -n $NAMESPACES-$i link add eth type veth peer name host$i netns "$front" && ip -n $NAMESPACES-$i address add 10.199.1.$i/24 dev eth &&
            ip -n $NAMESPACES-$i link set eth up && ip -n "$front" link set host$i master bridge up || return
    done
    links_settle
}

kill_host() {
    ip netns pids $NAMESPACES-"$1" | xargs -r kill -KILL
}

remove_hosts() {
    for i in 1 11 12; do
        kill_host $i 2>/dev/null
        ip netns delete $NAMESPACES-$i 2>/dev/null
    done
}

hosts() {
    trap 'remove_hosts; rm -rf "$out"' EXIT
    make_hosts 2>/dev/null || finish_skipped "network namespaces are not permitted here"
    enter="ip netns exec $front"
    printf '10.199.1.11 slots=2\n10.199.1.12 slots=2\n' >"$out/both"
    head -n 1 "$out/both" >"$out/first"
    # A host that does not answer for three seconds is lost.
    usual="--mca plm_rsh_agent $out/agent --mca oob_tcp_keepalive_time 1 --mca oob_tcp_keepalive_intvl 1 --mca oob_tcp_keepalive_probes 2"
    places="$usual --hostfile $out/both"
    start 4 "$out/two"
    ended 0 $n
    for host in 11 12; do
        [ "$(grep -c "^rank ./4 (host$host): .* samples of" "$out/said")" = 2 ] || fail "host $host had not two processes: $(cat "$out/said")"
    done
    diff -r "$out/one" "$out/two" >/dev/null || fail "two hosts give other results than one process"

    start 4 "$out/vanished"
    in_the_middle 2 3
    ip -n "$front" link set host12 down
    ended 1
    grep -q "lost communication with a remote daemon" "$out/said" || fail "mpirun does not miss a host: $(cat "$out/said")"
    kill_host 12
    places="$usual --hostfile $out/first"
    resumed 2 "$out/vanished"
    ip -n "$front" link set host12 up
    links_settle

    places="$usual --hostfile $out/both"
    start 4 "$out/dead"
    in_the_middle 2 3
    kill_host 12
    ended 1
    resumed 4 "$out/dead"
}

"$on"
finish
