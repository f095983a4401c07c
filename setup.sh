#!/bin/sh
# The two commands of this project on a Debian machine:
#   sh setup.sh demo    installs what is missing, builds, converts and runs the bundled network, compares with TensorFlow
#   sh setup.sh test    the same set-up, then the whole test suite
# Packages need root or sudo; without either, the line to run is printed. Build folder: $TFPORT_BUILD, default build/.
set -eu
cd "$(dirname "$0")"
build=${TFPORT_BUILD:-build}

packages="cmake ninja-build gcc libc6-dev pkg-config libdnnl-dev libsnappy-dev libjansson-dev"
test_packages="g++ binutils libcmocka-dev python3 python3-venv"

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

# Packages from the Python index, for tests only. Without a network the tests that need them are skipped by name.
python_environment() {
    [ -x "$build/venv/bin/python" ] || python3 -m venv "$build/venv"
    "$build/venv/bin/python" -c 'import onnx, onnxruntime, numpy' 2>/dev/null ||
        "$build/venv/bin/pip" install -q --disable-pip-version-check -r tests/requirements.txt ||
        echo "setup: the Python packages of tests/requirements.txt could not be installed; tests that need them are skipped" >&2
}

case "${1:-}" in
demo)
    install_packages $packages
    compile -DTFP_TESTS=OFF
    sh demo/run.sh "$build"
    ;;
test)
    install_packages $packages $test_packages
    compile -DTFP_TESTS=ON
    python_environment
    ctest --test-dir "$build" --output-on-failure -j "$(nproc)"
    ;;
*)
    echo "usage: sh setup.sh demo|test" >&2
    exit 1
    ;;
esac
