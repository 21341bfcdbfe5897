#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# get_emscripten.sh FOLDER FINAL: unpacks Emscripten from Debian packages into FOLDER, made to run
# from FINAL (the folder is renamed once it is whole). Nothing outside FOLDER is written, no root is
# needed. The suite with the newest LLVM is taken first; its version is recorded, not pinned, since
# Debian's testing suite moves. The programs bring their own C library: they run on older Debians.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/debian.sh"
root=$1 final=$2

case $(dpkg --print-architecture) in
  amd64) triplet=x86_64-linux-gnu loader=ld-linux-x86-64.so.2 ;;
  arm64) triplet=aarch64-linux-gnu loader=ld-linux-aarch64.so.1 ;;
  *) echo "no Emscripten for this processor: $(dpkg --print-architecture)" >&2; exit 1 ;;
esac

# A mirror may lag behind the testing suite, or be frozen: its lists are taken past their date too,
# their signature is checked all the same.
echo 'Acquire::Check-Valid-Until "false";' >"$root/apt.conf"
export APT_CONFIG=$root/apt.conf

download() {  # download SUITE: all packages of the suite's Emscripten into $root/debs
  local llvm xml
  rm -rf "$root"/{apt,debs}
  mkdir -p "$root/debs"
  suite_open "$root/apt" "$1" || return
  llvm=$(suite_apt apt-cache depends emscripten | grep -o 'clang-[0-9]*' | head -1 | cut -d- -f2)
  [ -n "$llvm" ] || return
  xml=$(suite_apt apt-cache depends "libllvm$llvm" | grep -o 'libxml2[-0-9a-z]*' | head -1)
  (cd "$root/debs" && suite_apt apt-get -qq download emscripten binaryen "clang-$llvm" "lld-$llvm" \
    "llvm-$llvm" "libllvm$llvm" "libclang-cpp$llvm" "libclang-common-$llvm-dev" node-acorn patchelf \
    libc6 libgcc-s1 libstdc++6 zlib1g libzstd1 liblzma5 libz3-4 libedit2 libffi8 libbsd0 libmd0 \
    libtinfo6 "$xml")
}

for suite in forky trixie; do
  echo "Emscripten of Debian $suite"
  if download $suite; then break; fi
  [ $suite != trixie ] || { echo "no Emscripten to be had from $(debian_mirror)" >&2; exit 1; }
done
for deb in "$root"/debs/*.deb; do dpkg -x "$deb" "$root"; done
llvm=$(ls "$root/usr/lib" | sed -n 's/^llvm-\([0-9]*\)$/\1/p')

# The programs find their own loader and libraries. libLLVM and libclang-cpp carry a RUNPATH, which
# makes the RPATH of the program void for what they load: they need their own.
libs=$root/usr/lib/$triplet
[ -e "$libs/$loader" ] || { echo "$loader is not where it was expected: $libs" >&2; exit 1; }
elf() { "$libs/$loader" --library-path "$libs" "$root/usr/bin/patchelf" "$@"; }
rpath=$final/usr/lib/$triplet:$final/usr/lib/llvm-$llvm/lib
for file in $(find "$root/usr/lib/llvm-$llvm/bin" "$root"/usr/bin/wasm* -exec readlink -f {} + | sort -u); do
  [ -f "$file" ] && elf --print-interpreter "$file" >/dev/null 2>&1 || continue
  elf --set-interpreter "$final/usr/lib/$triplet/$loader" --force-rpath --set-rpath "$rpath" "$file"
done
for file in $(find "$libs" "$root/usr/lib/llvm-$llvm/lib" -type f \
    \( -name 'libLLVM*.so*' -o -name 'libclang-cpp*.so*' \)); do
  elf --force-rpath --set-rpath "$rpath" "$file"
done

ln -sfn nodejs "$root/usr/share/node_modules"  # imports between ES modules do not read NODE_PATH
cache=$final/cache
[ ! -d "$root/usr/share/emscripten/cache/sysroot" ] || cache=$final/usr/share/emscripten/cache
printf "LLVM_ROOT = '%s'\nBINARYEN_ROOT = '%s'\nNODE_JS = 'node'\nCACHE = '%s'\n" \
  "$final/usr/lib/llvm-$llvm/bin" "$final/usr" "$cache" >"$root/emscripten.cfg"
for package in emscripten "clang-$llvm" binaryen; do
  dpkg-deb --show --showformat '${Package} ${Version}\n' "$root/debs/${package}_"*.deb
done >"$root/version"
rm -rf "$root"/{apt,apt.conf,debs} "$root"/usr/share/{doc,man,locale}
