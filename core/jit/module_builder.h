// SPDX-License-Identifier: Apache-2.0
//
// ModuleBuilder: functions, imports and constants become one WebAssembly module.
//
// The module imports one memory, {e: {m}}, and helper functions (core/jit/helpers.h) by their
// names, {e: {sine, ...}}; it exports functions f0, f1, ... . It has no memory, table or globals of
// its own: constants lie in a table in linear memory, whose address the functions get as a
// parameter. Only limits of size are errors; everything else was checked as it was assembled.
#ifndef WEBHLO_CORE_JIT_MODULE_BUILDER_H_
#define WEBHLO_CORE_JIT_MODULE_BUILDER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/status.h"
#include "core/jit/assembler.h"
#include "core/jit/helpers.h"

namespace webhlo::jit {

struct ModuleOptions {
  bool shared_memory = false;
  bool relaxed_simd = false;  // Whether functions may use relaxed SIMD instructions.
};

// Everything that an installer needs. A plain value without addresses: it can be kept and compared.
struct JitBinary {
  std::vector<uint8_t> bytes;
  std::vector<uint8_t> constants;  // The table, to be laid at a 4-byte aligned address.
  uint32_t num_functions = 0;
};

class ModuleBuilder {
 public:
  explicit ModuleBuilder(const ModuleOptions& options) : options_(options) {}

  const ModuleOptions& options() const { return options_; }

  // Offset of a 32-bit constant in the table; equal ones are shared.
  uint32_t Constant(uint32_t bits);
  // Function index of a helper.
  uint32_t Import(const Helper& helper);
  // Adds a complete function, exported as `f<returned index>`.
  uint32_t AddFunction(std::string name, Assembler function);
  uint32_t num_functions() const { return static_cast<uint32_t>(functions_.size()); }

  // The module, or why it is too large for an engine.
  Result<JitBinary> Finish() const;
  // What `inspect --stage jit` shows.
  std::string Annotated() const;

 private:
  struct Function {
    std::string name;
    Assembler code;
  };

  ModuleOptions options_;
  std::vector<uint32_t> constants_;
  std::vector<Helper> helpers_;
  std::vector<Function> functions_;
};

}  // namespace webhlo::jit

#endif  // WEBHLO_CORE_JIT_MODULE_BUILDER_H_
