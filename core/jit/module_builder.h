// SPDX-License-Identifier: Apache-2.0
//
// ModuleBuilder: functions, imports and constants become one WebAssembly module.
//
// The module imports one memory, {e: {m}}, and helper functions (core/jit/helpers.h) by their names,
// {e: {sine, ...}}; it exports functions f0, f1, ... . It has no memory, table or globals of its own:
// constants lie in a table in linear memory, whose address the functions get as a parameter. Only
// limits of size are errors; everything else was checked as it was assembled.
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

class ModuleBuilder {
 public:
  // `relaxed_simd`: whether functions may use relaxed SIMD instructions.
  ModuleBuilder(bool relaxed_simd, bool shared_memory)
      : relaxed_simd_(relaxed_simd), shared_memory_(shared_memory) {}

  bool relaxed_simd() const { return relaxed_simd_; }

  // Offset of a 32-bit constant in the table; equal ones are shared.
  uint32_t Constant(uint32_t bits);
  // Function index of a helper.
  uint32_t Import(const Helper& helper);
  // Adds a complete function, exported as `f<returned index>`.
  uint32_t AddFunction(std::string name, Assembler function);
  uint32_t num_functions() const { return static_cast<uint32_t>(functions_.size()); }

  // The table's bytes, to be laid at a 4-byte aligned address.
  std::vector<uint8_t> constants() const;
  // The module's bytes, or why it is too large for an engine.
  Result<std::vector<uint8_t>> Finish() const;
  // What `inspect --stage jit` shows.
  std::string Annotated() const;

 private:
  struct Function {
    std::string name;
    Assembler code;
  };

  bool relaxed_simd_;
  bool shared_memory_;
  std::vector<uint32_t> constants_;
  std::vector<Helper> helpers_;
  std::vector<Function> functions_;
};

}  // namespace webhlo::jit

#endif  // WEBHLO_CORE_JIT_MODULE_BUILDER_H_
