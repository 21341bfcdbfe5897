#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# get_sources.sh FOLDER: unpacks the third-party sources that the project compiles into FOLDER/NAME,
# from the Debian mirror. Versions are pinned (Debian trixie, a released suite), digests are checked.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/debian.sh"
root=$1

sources="
xnnpack      0.0~git20241108.4ea82e5-2  90bde2caef0f880f627bab0dc805a86c4b8070cd98e3243db3046ab3f3be1a99
pthreadpool  0.0~git20240616.560c60d-1  4cc3cbd933b28131d2a34edc54f76af9fb41bc490af5eae1a5bd3cd07ea90708
fxdiv        0.0~git20200417.b408327-4  7953482badaf4cb34026c3487c257b8e4ab2df061c019bd6fabbbc12ad52c44b
fp16         0.0~git20200514.4dfe081-5  7d7782b37b74136e0e12593a2a93ccbe7db831f4374cc408e44623d9b708b54e
highway      1.2.0-2                    7e0be78b8318e8bdbf6fa545d2ecb4c90f947df03f7aadc42c1967f019e63343
"

suite_open "$root/apt" trixie
mkdir "$root/tar"
while read -r name version digest; do
  [ -n "$name" ] || continue
  (cd "$root/tar" && suite_apt apt-get -qq source --download-only --tar-only "$name=$version")
  tar=$(ls "$root/tar/${name}"_*.orig.tar.?z)
  echo "$digest  $tar" | sha256sum --check --status ||
    { echo "$(basename "$tar"): the digest is not the pinned one" >&2; exit 1; }
  # Some tarballs have one top folder, some none.
  strip=$(tar tf "$tar" | cut -d/ -f1 | sort -u | wc -l)
  mkdir "$root/$name"
  tar xf "$tar" -C "$root/$name" --strip-components=$((strip == 1 ? 1 : 0))
  echo "$name $version"
done <<<"$sources"
rm -rf "$root"/{apt,tar}
