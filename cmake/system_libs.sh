#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# system_libs.sh FOLDER: makes Emscripten compile its system libraries into its cache, once, by
# linking a small program with and without threads the way the project links.
set -euo pipefail
root=$1
cat >"$root/probe.cc" <<'CODE'
#include <emscripten/bind.h>

#include <cmath>
#include <memory>
#include <string>
#include <thread>
#include <vector>

static std::vector<std::unique_ptr<std::string>> kept;
static double Probe(double x) {
#ifdef __EMSCRIPTEN_PTHREADS__
  std::thread([] {}).detach();
#endif
  kept.push_back(std::make_unique<std::string>("x"));
  return std::exp(x) + kept.size();
}
EMSCRIPTEN_BINDINGS(probe) { emscripten::function("probe", &Probe); }
int main() { return 0; }
CODE
flags="-std=c++20 -fno-exceptions -fno-rtti -DEMSCRIPTEN_HAS_UNBOUND_TYPE_NAMES=0 -lembind"
for threads in -pthread ""; do
  em++ $flags $threads -O3 -sMALLOC=emmalloc -sFILESYSTEM=0 -sEXPORT_ES6 "$root/probe.cc" -o "$root/probe.mjs"
  em++ $flags $threads -O1 -sNODERAWFS -sEXIT_RUNTIME "$root/probe.cc" -o "$root/probe.mjs"
done
# A module without glue.
echo 'extern "C" int Probe() { return 0; }' >"$root/probe.cc"
em++ -O1 --no-entry -sMALLOC=none -sALLOW_MEMORY_GROWTH -sEXPORTED_FUNCTIONS=_Probe \
  "$root/probe.cc" -o "$root/probe.wasm"
