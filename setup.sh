#!/bin/sh
# The two commands of this project on a Debian machine:
#   sh setup.sh demo    installs what is missing, builds, converts and runs the bundled network, compares with TensorFlow
#   sh setup.sh test    the same set-up, then the whole test suite
# Both put TensorRT-RTX, which builds engines without a GPU, into the build folder unless there is a TensorRT that does
# (the tests: TensorRT-RTX); --no-tensorrt leaves that out.
# Packages need root or sudo; without either, the line to run is printed. Build folder: $TFPORT_BUILD, default build/.
set -eu
cd "$(dirname "$0")"
build=${TFPORT_BUILD:-build}

packages="cmake ninja-build gcc g++ libc6-dev pkg-config libdnnl-dev libsnappy-dev libjansson-dev libhdf5-dev zlib1g-dev libre2-dev libicu-dev"
python_packages="python3 python3-venv" # to get TensorRT-RTX, and for tests
test_packages="binutils libcmocka-dev"
extra_test_packages="libonnx-testdata libgvc6 haproxy iproute2 openmpi-bin" # more of ONNX's own tests, 6 MB; pictures of graphs; Triton
                                              # servers behind one address, 5 MB; processes that share a folder of samples, 20 MB

# Debian's database says what is missing; elsewhere the tools themselves must be there.
missing() {
    for p in "$@"; do
        dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'install ok installed' || printf '%s ' "$p"
    done
}

install_packages() {
    command -v dpkg-query >/dev/null || { echo "setup: no Debian package tools here; the packages are: $*" >&2; return 0; }
    need=$(missing "$@")
    [ -n "$need" ] || return 0
    if [ "$(id -u)" = 0 ]; then as=
    elif command -v sudo >/dev/null; then as=sudo
    else
        echo "setup: packages are missing and need root; run this once, then this script again:" >&2
        echo "  apt-get update && apt-get install -y --no-install-recommends $need" >&2
        exit 5
    fi
    echo "setup: installing $need"
    $as apt-get update -qq
    # shellcheck disable=SC2086
    $as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $need >/dev/null 2>&1 ||
        { echo "setup: the packages could not be installed: $need" >&2; exit 5; }
}

compile() {
    cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE="${TFPORT_BUILD_TYPE:-Release}" "$@" >/dev/null
    cmake --build "$build"
}

python_environment() {
    [ -x "$build/venv/bin/python" ] || python3 -m venv "$build/venv"
}

# Packages from the Python index, for tests only. Without a network the tests that need them are skipped by name.
test_environment() {
    python_environment
    "$build/venv/bin/python" -c 'import onnx, onnxruntime, numpy, yaml' 2>/dev/null ||
        "$build/venv/bin/pip" install -q --disable-pip-version-check -r tests/requirements.txt ||
        echo "setup: the Python packages of tests/requirements.txt could not be installed; tests that need them are skipped" >&2
}

# get WHAT FOLDER: tools/get-WHAT with the Python of the environment.
get() {
    PATH="$PWD/$build/venv/bin:$build/venv/bin:$PATH" sh "tools/get-$1" "$2"
}

# get_tensorrt PATTERN: unless `tfport tensorrt --json` finds one that is like it.
get_tensorrt() {
    [ "$with_tensorrt" = yes ] || return 0
    for f in "$build"/tensorrt/libtensorrt_rtx.so.*; do [ ! -e "$f" ] || return 0; done
    ! "$build/tfport" tensorrt --json 2>/dev/null | grep -q "$1" || return 0
    echo "setup: getting TensorRT-RTX"
    python_environment
    get tensorrt-rtx "$build/tensorrt" ||
        echo "setup: TensorRT-RTX could not be had; what needs it is left out" >&2
}

# A server for the tests of the Triton backend: 55 MB, some ten seconds; without a network they are skipped by name.
get_triton() {
    [ ! -x "$build/triton/pytriton/tritonserver/bin/tritonserver" ] || return 0
    echo "setup: getting a Triton server"
    get triton "$build/triton" ||
        echo "setup: no Triton server could be had; its tests are skipped" >&2
}

with_tensorrt=yes
[ "${2:-}" != --no-tensorrt ] || with_tensorrt=no
case "${2:-}" in
'' | --no-tensorrt) ;;
*) set -- usage ;;
esac
case "${1:-}" in
demo)
    [ $with_tensorrt = no ] || packages="$packages $python_packages"
    install_packages $packages
    compile -DTFP_TESTS=OFF
    get_tensorrt '"name"'
    sh demo/run.sh "$build"
    ;;
test)
    install_packages $packages $python_packages $test_packages
    (install_packages $extra_test_packages) || echo "setup: without $extra_test_packages its tests are left out" >&2
    compile -DTFP_TESTS=ON
    test_environment
    get_tensorrt '"rtx": true'
    get_triton
    ctest --test-dir "$build" --output-on-failure -j "$(nproc)"
    ;;
*)
    echo "usage: sh setup.sh demo|test [--no-tensorrt]" >&2
    exit 1
    ;;
esac
