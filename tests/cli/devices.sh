#!/bin/sh
# Several devices: samples in folders, a batch that is shared, processes that share the samples, what is refused.
# usage: devices.sh TFPORT DEMO-FOLDER
tfport=$1 demo=$2
. "$(dirname "$0")/expect.sh"
model=$demo/digits.pb
core=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
samples=$out/samples
for i in 0 1 2 3 4 5 6; do mkdir -p "$samples/s$i"; cp "$demo/images.npy" "$samples/s$i/image.npy"; done
expect 0 "" run "$model" --input image="$demo/images.npy" --output Identity="$out/one.npy" --threads 1

# same_as_one FOLDER HOW-MANY
same_as_one() {
    n=0
    for f in "$1"/*/Identity.npy; do
        cmp -s "$f" "$out/one.npy" || fail "$f is not what one device gives"
        n=$((n + 1))
    done
    [ $n = "$2" ] || fail "$1: $n results, not $2"
}

expect 0 "7 samples of 7" run "$model" --samples "$samples" -o "$out/all" --devices "cpu:$core"
case $got in *"cpu:$core"*"7 samples, "*) ;; *) fail "no line for the device: $got" ;; esac
same_as_one "$out/all" 7
expect 0 "7 samples of 7" run "$model" --samples "$samples" -o "$out/usual" --threads 1
same_as_one "$out/usual" 7
# A device that is none is out, the rest goes on.
expect 0 "out after 0 samples: cpu:999999: there is no such core" run "$model" --samples "$samples" -o "$out/rest" --devices "cpu:999999,cpu:$core"
same_as_one "$out/rest" 7

# Processes that share the samples, as launchers number them, and one that died.
expect 0 "3 samples of 7" run "$model" --samples "$samples" -o "$out/ranks" --rank 1/2 --threads 1
OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_LOCAL_RANK=0 expect 0 "4 samples of 7" run "$model" --samples "$samples" -o "$out/ranks" --threads 1
same_as_one "$out/ranks" 7
rm "$out/ranks/s3/Identity.npy"
expect 0 "1 samples of 7" run "$model" --samples "$samples" -o "$out/ranks" --resume --threads 1
same_as_one "$out/ranks" 7
SLURM_PROCID=2 SLURM_STEP_NUM_TASKS=4 expect 0 "rank 2/4 (" run "$model" --samples "$samples" -o "$out/slurm" --threads 1
case $got in *"2 samples of 7"*) ;; *) fail "rank 2 of 4: $got" ;; esac
# Slurm's batch script is no process of a step; MPICH's launcher may be one, and what it starts is not.
SLURM_PROCID=0 SLURM_NTASKS=4 expect 0 "7 samples of 7" run "$model" --samples "$samples" -o "$out/slurm" --threads 1
PMI_RANK=1 PMI_SIZE=2 SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=1 expect 0 "rank 1/2 (" run "$model" --samples "$samples" -o "$out/slurm" --threads 1
# What a launcher says is taken as it is or refused; --rank goes before it.
for said in abc/4 4/4 -1/4 0/0 1.5/4 /4 3/ 99999999999999999999/4 0/99999999999999999999 ' 1/4'; do
    OMPI_COMM_WORLD_RANK=${said%/*} OMPI_COMM_WORLD_SIZE=${said#*/} expect 1 "OMPI_COMM_WORLD_RANK is '${said%/*}' and OMPI_COMM_WORLD_SIZE '${said#*/}'" \
        run "$model" --samples "$samples" -o "$out/none"
done
OMPI_COMM_WORLD_SIZE=4 expect 1 "OMPI_COMM_WORLD_RANK is ''" run "$model" --samples "$samples" -o "$out/none"
PMI_RANK=x PMI_SIZE=2 expect 1 "PMI_RANK is 'x'" run "$model" --samples "$samples" -o "$out/none"
OMPI_COMM_WORLD_RANK=abc OMPI_COMM_WORLD_SIZE=4 expect 0 "rank 0/7 (" run "$model" --samples "$samples" -o "$out/by_hand" --rank 0/7 --threads 1
same_as_one "$out/by_hand" 1
# More processes than devices: they share; fewer: each has several.
OMPI_COMM_WORLD_RANK=5 OMPI_COMM_WORLD_SIZE=6 OMPI_COMM_WORLD_LOCAL_RANK=5 OMPI_COMM_WORLD_LOCAL_SIZE=6 \
    expect 0 "cpu:$core" run "$model" --samples "$samples" -o "$out/shared" --devices "cpu,cpu:$core"
case $got in *"cpu  "*) fail "process 5 of two devices has both: $got" ;; esac
OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_LOCAL_RANK=0 OMPI_COMM_WORLD_LOCAL_SIZE=1 \
    expect 0 "cpu:$core" run "$model" --samples "$samples" -o "$out/shared" --devices "cpu,cpu:$core"
case $got in *"cpu  "*) ;; *) fail "the only process of a machine has not both devices: $got" ;; esac
for local in abc -1 99999999999999999999; do
    OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=1 OMPI_COMM_WORLD_LOCAL_RANK=$local OMPI_COMM_WORLD_LOCAL_SIZE=$local \
        expect 0 "7 samples of 7" run "$model" --samples "$samples" -o "$out/local" --threads 1
done
# Halves that a killed process left go when their sample is done again.
rm "$out/ranks/s2/Identity.npy"
touch "$out/ranks/s2/Identity.npy.123.0.part" "$out/ranks/s2/Identity.npy.mine"
expect 0 "1 samples of 7" run "$model" --samples "$samples" -o "$out/ranks" --resume --threads 1
[ "$(ls "$out/ranks/s2" | tr '\n' ' ')" = "Identity.npy Identity.npy.mine " ] || fail "--resume left $(ls "$out/ranks/s2")"

# One batch.
expect 0 "" run "$model" --input image="$demo/images.npy" --output Identity="$out/shared.npy" --devices "cpu:$core,cpu"
cmp -s "$out/shared.npy" "$out/one.npy" || fail "a shared batch gives other numbers"
expect 0 "cpu:$core" run "$model" --input image="$demo/images.npy" --output Identity="$out/twice.npy" --devices "cpu:$core" --instances 2
[ "$(printf '%s\n' "$got" | grep -c "^cpu:$core .* samples")" = 2 ] || fail "not two sessions: $got"
cmp -s "$out/twice.npy" "$out/one.npy" || fail "a batch that two sessions share gives other numbers"
expect 0 "times" bench "$model" --devices "cpu:$core" --shape image=4x8x8x1 --duration 0.1
expect 0 '"scaling": ' bench "$model" --devices "cpu:$core" --shape image=4x8x8x1 --duration 0.1 --json

# Wrong usage and bad samples.
expect 1 "needs -o DIR" run "$model" --samples "$samples"
expect 1 "--instances is for" run "$model" --input image="$demo/images.npy" --instances 2
expect 1 "--instances is for" bench "$model" --instances 2
expect 1 "more than 256" run "$model" --samples "$samples" -o "$out/none" --devices "cpu:$core" --instances 1000
expect 1 "--resume is for --samples" run "$model" --input image="$demo/images.npy" --resume
expect 1 "-o is for --samples" run "$model" --input image="$demo/images.npy" -o "$out/none"
expect 1 "device 'x'" run "$model" --samples "$samples" -o "$out/none" --devices x
expect 1 "named twice" run "$model" --samples "$samples" -o "$out/none" --devices "cpu:$core,cpu:$core"
expect 5 "no such core" run "$model" --samples "$samples" -o "$out/none" --devices cpu:999999
expect 1 "--rank '4/4'" run "$model" --samples "$samples" -o "$out/none" --rank 4/4
expect 6 "--samples $out/nosuch" run "$model" --samples "$out/nosuch" -o "$out/none"
mkdir "$out/empty"
expect 1 "no folder of a sample" run "$model" --samples "$out/empty" -o "$out/none"
head -c 100 "$demo/images.npy" >"$samples/s4/image.npy"
expect 2 "sample s4: " run "$model" --samples "$samples" -o "$out/cut" --devices "cpu:$core"
rm "$samples/s4/image.npy"
expect 2 "s4/image.npy" run "$model" --samples "$samples" -o "$out/cut" --devices "cpu:$core"
finish
