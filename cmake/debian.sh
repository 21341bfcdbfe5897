# SPDX-License-Identifier: Apache-2.0
# Packages of another Debian suite than the host's, without touching the host: apt with a private
# state folder. Sourced by get_emscripten.sh and get_sources.sh. Signatures are checked with the
# host's Debian keys, and apt checks the digest of everything it downloads.

# debian_mirror: the mirror that the host itself uses.
debian_mirror() {
  local found
  found=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/*.sources 2>/dev/null
          sed -n 's/^deb \(\[[^]]*\] *\)\?\([^ ]*\) .*/\2/p' /etc/apt/sources.list 2>/dev/null)
  found=$(grep -m 1 '/debian/*$' <<<"$found" || true)
  echo "${WEBHLO_DEBIAN_MIRROR:-${found:-http://deb.debian.org/debian}}"
}

# suite_open FOLDER SUITE: reads the package lists of SUITE into FOLDER, for suite_apt.
suite_open() {
  suite_state=$1
  local keys=/usr/share/keyrings/debian-archive-keyring.gpg mirror
  mirror=$(debian_mirror)
  mkdir -p "$suite_state"/{state/lists/partial,cache/archives/partial}
  : >"$suite_state/state/status"
  printf '%s [signed-by=%s] %s %s main\n' deb "$keys" "$mirror" "$2" deb-src "$keys" "$mirror" "$2" \
    >"$suite_state/sources.list"
  suite_apt apt-get -qq update
}

# suite_apt COMMAND ARG...: an apt program on the suite that suite_open opened.
suite_apt() {
  local program=$1
  shift
  "$program" -o Dir::Etc::sourcelist="$suite_state/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::Etc::preferencesparts=/dev/null -o Dir::State="$suite_state/state" \
    -o Dir::State::status="$suite_state/state/status" -o Dir::Cache="$suite_state/cache" \
    -o Acquire::Languages=none -o Acquire::Retries=3 -o APT::Update::Error-Mode=any \
    -o APT::Sandbox::User=root "$@"
}
