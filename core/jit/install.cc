// SPDX-License-Identifier: Apache-2.0
#include "core/jit/install.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/strings.h"

#if defined(__EMSCRIPTEN__)
#include <emscripten.h>
#endif

namespace webhlo::jit {

#if defined(__wasm_relaxed_simd__)
const bool kRelaxedSimd = true;
#else
const bool kRelaxedSimd = false;
#endif
#if defined(WEBHLO_THREADS)
const bool kSharedMemory = true;
#else
const bool kSharedMemory = false;
#endif

#if defined(__EMSCRIPTEN__)

// clang-format off
EM_JS_DEPS(webhlo_jit, "$wasmTable,$UTF8ToString,$stringToUTF8,$lengthBytesUTF8");

// Compiles and instantiates the module on this thread and puts its functions at `index` of this
// thread's table. Imports are name pointers and table indices, by turns. Answers 0, or 1 with the
// engine's words in `error` (`error_size` bytes). The bytes are copied: the constructor takes no
// view of shared memory.
EM_JS(int, webhlo_jit_install,
      (const uint8_t* bytes, size_t size, uint32_t num_functions, uint32_t index,
       const void* names, size_t num_names, char* error, size_t error_size), {
  try {
    bytes >>>= 0;
    const imports = {m: wasmMemory};
    for (let i = 0; i < num_names; ++i) {
      const name = UTF8ToString(HEAPU32[(names >>> 2) + 2 * i]);
      imports[name] = wasmTable.get(HEAPU32[(names >>> 2) + 2 * i + 1]);
    }
    const compiled = new WebAssembly.Module(HEAPU8.slice(bytes, bytes + size));
    const instance = new WebAssembly.Instance(compiled, {e: imports});
    const missing = index + num_functions - wasmTable.length;
    if (missing > 0) wasmTable.grow(missing);
    for (let i = 0; i < num_functions; ++i) wasmTable.set(index + i, instance.exports["f" + i]);
    return 0;
  } catch (e) {
    stringToUTF8(String(e), error, error_size);
    return 1;
  }
});

EM_JS(uint32_t, webhlo_jit_table_size, (void), { return wasmTable.length; });
// clang-format on

namespace {

struct InstalledModule {
  std::vector<uint8_t> bytes;
  uint32_t num_functions;
  uint32_t index;
  // What JavaScript reads: name, table index, name, ...
  std::vector<uintptr_t> imports;
  std::vector<std::string> names;
};

std::string InstallHere(const InstalledModule& module) {
  char error[512] = "";
  const int failed = webhlo_jit_install(module.bytes.data(), module.bytes.size(),
                                        module.num_functions, module.index, module.imports.data(),
                                        module.names.size(), error, sizeof(error));
  return failed ? std::string(error[0] ? error : "refused") : std::string();
}

// A worker that runs out of memory for code cannot be helped: it would call an empty table entry.
void InstallOnWorker(void* context) { InstallHere(*static_cast<InstalledModule*>(context)); }

}  // namespace

bool Available() { return true; }

Result<uint32_t> Install(const JitBinary& binary, ImportResolver resolve, ThreadPool* pool) {
  // Indices beyond what any thread's table holds at its start, and beyond earlier modules.
  static uint32_t next = webhlo_jit_table_size();
  const uint32_t first = next;
  for (const JitModule& module : binary.modules) {
    auto installed = std::make_unique<InstalledModule>();
    installed->bytes = module.bytes;
    installed->num_functions = module.num_functions;
    installed->index = next;
    installed->names = binary.imports;
    for (const std::string& name : installed->names) {
      installed->imports.push_back(reinterpret_cast<uintptr_t>(name.c_str()));
      installed->imports.push_back(reinterpret_cast<uintptr_t>(resolve(name)));
    }
    if (const std::string error = InstallHere(*installed); !error.empty()) {
      return Unsupported(StrCat("the engine refused the JIT module: ", error));
    }
    next += module.num_functions;
    // Lives as long as threads may start: for good.
    if (pool && pool->num_threads() > 1) {
      pool->AddThreadHook(&InstallOnWorker, installed.release());
    }
  }
  return first;
}

#else

bool Available() { return false; }

Result<uint32_t> Install(const JitBinary&, ImportResolver, ThreadPool*) {
  return Unsupported("native builds have no JIT");
}

#endif

}  // namespace webhlo::jit
