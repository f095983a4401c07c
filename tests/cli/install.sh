#!/bin/sh
# Installs into a scratch folder and builds the example against it, by CMake package and by pkg-config; both must run.
# usage: install.sh BUILD-FOLDER SOURCE-FOLDER
set -eu
build=$1 source=$2
to=$(mktemp -d)
trap 'rm -rf "$to"' EXIT
cmake --install "$build" --prefix "$to/usr" >/dev/null
cmake -G Ninja -S "$source/examples" -B "$to/cmake" -DCMAKE_PREFIX_PATH="$to/usr" -DCMAKE_BUILD_TYPE=Release $INSTALL_TEST_FLAGS >/dev/null
cmake --build "$to/cmake" >/dev/null
data=$source/demo/digits
"$to/cmake/digits" "$data/digits.pb" "$data/images.npy" "$data/labels.npy" "$data/tensorflow.npy"
pc=$(dirname "$(find "$to/usr" -name tfport.pc)")
sed -i "s|^prefix=.*|prefix=$to/usr|" "$pc/tfport.pc"
# shellcheck disable=SC2046
cc "$source/examples/digits.c" $INSTALL_TEST_CFLAGS $(PKG_CONFIG_PATH=$pc pkg-config --cflags --libs tfport) -lm -o "$to/digits"
LD_LIBRARY_PATH=$(PKG_CONFIG_PATH=$pc pkg-config --variable=libdir tfport) \
    "$to/digits" "$data/digits.pbtxt" "$data/images.npy" "$data/labels.npy" "$data/tensorflow.npy"
# The library exports its public functions and nothing else.
bad=$(nm -D --defined-only "$to"/usr/lib*/*/libtfport.so "$to"/usr/lib*/libtfport.so 2>/dev/null | awk '$2 ~ /[TDBR]/ && $3 !~ /^tfp_/ { print $3 }' | grep -vE '^(_init|_fini|__asan|__ubsan|__odr_asan)' || true)
[ -z "$bad" ] || { echo "exported besides tfp_*: $bad"; exit 1; }
# The public header alone, as C99 and as C++.
echo '#include <tfport/tfport.h>' >"$to/h.c"
cc -std=c99 -Wall -Wextra -Wpedantic -Werror -I"$to/usr/include" -fsyntax-only "$to/h.c"
c++ -x c++ -Wall -Wextra -Wpedantic -Werror -I"$to/usr/include" -fsyntax-only "$to/h.c"
