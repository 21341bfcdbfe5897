// SPDX-License-Identifier: Apache-2.0
//
// ModuleBuilder: functions, imports and constants become WebAssembly modules, as many as it takes
// to keep each at a size that engines compile at once.
//
// A module imports one memory, {e: {m}}, and helper functions (core/jit/helpers.h) by their names,
// {e: {sine, ...}}; it exports functions f0, f1, ... . It has no memory, table or globals of its
// own: constants lie in a table in linear memory that all modules share, whose address the
// functions get as a parameter.
#ifndef WEBHLO_CORE_JIT_MODULE_BUILDER_H_
#define WEBHLO_CORE_JIT_MODULE_BUILDER_H_

#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/jit/assembler.h"
#include "core/jit/helpers.h"

namespace webhlo::jit {

struct ModuleOptions {
  bool shared_memory = false;
  bool relaxed_simd = false;  // Whether functions may use relaxed SIMD instructions.
};

struct JitModule {
  std::vector<uint8_t> bytes;
  uint32_t num_functions = 0;
};

// Everything that an installer needs. A plain value without addresses: it can be kept and compared.
struct JitBinary {
  std::vector<JitModule> modules;  // Functions are numbered through them.
  std::vector<uint8_t> constants;  // The table, to be laid at a 4-byte aligned address.
  uint32_t num_functions = 0;
  size_t num_bytes = 0;  // Of all modules.
};

class ModuleBuilder {
 public:
  explicit ModuleBuilder(const ModuleOptions& options) : options_(options) {}

  const ModuleOptions& options() const { return options_; }

  // Offset of a 32-bit constant in the table; equal ones are shared.
  uint32_t Constant(uint32_t bits);
  // Function index of a helper.
  uint32_t Import(const Helper& helper);
  // Whether engines take a function of that size at all.
  static bool Fits(const Assembler& function);
  // Adds a complete function that fits and returns its number.
  uint32_t AddFunction(std::string name, Assembler function);
  uint32_t num_functions() const { return static_cast<uint32_t>(functions_.size()); }

  // Programs repeat themselves. `key` says all that a function depends on: the number of the one
  // that was added last under that key, or null.
  const uint32_t* FindFunction(const std::string& key) const;
  void SetKey(std::string key, uint32_t function) { by_key_[std::move(key)] = function; }

  JitBinary Finish() const;
  // What `inspect --stage jit` shows.
  std::string Annotated() const;

 private:
  struct Function {
    std::string name;
    Assembler code;
  };

  JitModule Module(size_t begin, size_t end) const;

  ModuleOptions options_;
  std::vector<uint32_t> constants_;
  std::unordered_map<uint32_t, uint32_t> constant_offsets_;  // By bits.
  std::unordered_map<std::string, uint32_t> by_key_;
  std::vector<Helper> helpers_;
  std::vector<Function> functions_;
};

}  // namespace webhlo::jit

#endif  // WEBHLO_CORE_JIT_MODULE_BUILDER_H_
