// SPDX-License-Identifier: Apache-2.0
//
// Install: a module's functions reach the function tables of all threads, so that C++ can call them
// by pointer. Each thread of WebAssembly has a table of its own; indices are chosen once and used
// in all of them. The calling thread installs at once, pool threads before their next task.
#ifndef WEBHLO_CORE_JIT_INSTALL_H_
#define WEBHLO_CORE_JIT_INSTALL_H_

#include <cstdint>
#include <string_view>

#include "core/base/status.h"
#include "core/jit/module_builder.h"
#include "core/threads/thread_pool.h"

namespace webhlo::jit {

// What this variant of the WebAssembly build is.
extern const bool kRelaxedSimd;
extern const bool kSharedMemory;

// Whether this build can run modules at all: only WebAssembly builds can.
bool Available();

// Where an import of that name is.
using ImportResolver = const void* (*)(std::string_view name);

// Installs the functions of all modules one after the other; the answer is the table index of the
// first, never 0. An engine that refuses a module gives `unsupported`. Functions stay for the life
// of the instance.
// All calls come from one thread.
Result<uint32_t> Install(const JitBinary& binary, ImportResolver resolve, ThreadPool* pool);

}  // namespace webhlo::jit

#endif  // WEBHLO_CORE_JIT_INSTALL_H_
