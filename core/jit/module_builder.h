// SPDX-License-Identifier: Apache-2.0
//
// ModuleBuilder: functions, imports and constants become WebAssembly modules, as many as it takes
// to keep each at a size that engines compile at once.
//
// A module imports one memory, {e: {m}}, and lane functions (core/jit/lane_function.h) by their
// names, {e: {"stablehlo.sine.f32", ...}}; it exports functions f0, f1, ... . It has no memory,
// table or globals of its own: constants lie in a table in linear memory that all modules share. A
// function gets the address of its own run of them as a parameter, so that functions which differ
// in constants only are one.
#ifndef WEBHLO_CORE_JIT_MODULE_BUILDER_H_
#define WEBHLO_CORE_JIT_MODULE_BUILDER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/jit/assembler.h"

namespace webhlo::jit {

struct ModuleOptions {
  bool shared_memory = false;
  bool relaxed_simd = false;  // Whether functions may use relaxed SIMD instructions.
};

// A function from outside.
struct Import {
  std::string name;
  Signature signature;
};

struct JitModule {
  std::vector<uint8_t> bytes;
  uint32_t num_functions = 0;
  bool operator==(const JitModule&) const = default;
};

// Everything that an installer needs. A plain value without addresses: it can be kept and compared.
struct JitBinary {
  std::vector<JitModule> modules;    // Functions are numbered through them.
  std::vector<std::string> imports;  // Names, the same for all modules.
  std::vector<uint8_t> constants;    // The table, to be laid at a 4-byte aligned address.
  uint32_t num_functions = 0;
  size_t num_bytes = 0;  // Of all modules.
};

// A function as one of its callers sees it: its number, and where in the table the constants for
// this caller begin.
struct JitFunction {
  uint32_t number = 0;
  uint32_t constants = 0;  // A byte offset.
};

// What a function is to all of its callers: which may differ in some of the constants.
struct JitTemplate {
  static constexpr uint32_t kUnused = 0xffffffff;

  uint32_t number = 0;
  std::vector<uint32_t> constants;   // 32 bits each, in the order in which the function has them.
  std::vector<uint32_t> parameters;  // Indices of those that are the caller's, or kUnused.
};

class ModuleBuilder {
 public:
  explicit ModuleBuilder(const ModuleOptions& options) : options_(options) {}
  ModuleBuilder(const ModuleBuilder&) = delete;
  ModuleBuilder& operator=(const ModuleBuilder&) = delete;

  const ModuleOptions& options() const { return options_; }

  // Function index of an import.
  uint32_t AddImport(const Import& import);
  const Import& import(uint32_t index) const { return imports_[index]; }
  // Adds a complete function, unless one with the same code is there, and answers its number.
  // Nothing when engines do not take a function of that size.
  std::optional<uint32_t> AddFunction(std::string name, Assembler code);
  // The function for a caller with these constants.
  JitFunction Call(const JitTemplate& function, std::span<const uint32_t> parameters);
  uint32_t num_functions() const { return static_cast<uint32_t>(functions_.size()); }

  // Programs repeat themselves. `key` says all that a function depends on: the one that was kept
  // under that key, or null.
  const JitTemplate* Find(const std::string& key) const;
  void Keep(std::string key, const JitTemplate& function) {
    by_key_.try_emplace(std::move(key), function);
  }

  JitBinary Finish() const;
  // What `inspect --stage jit` shows.
  std::string Annotated() const;

 private:
  struct Function {
    std::string name;
    Assembler code;
    std::string_view body;  // Bytes: a key of by_body_.
  };

  JitModule Module(size_t begin, size_t end) const;

  ModuleOptions options_;
  std::vector<uint32_t> constants_;
  std::unordered_map<std::string, JitTemplate> by_key_;
  std::unordered_map<std::string, uint32_t> by_body_;  // Numbers.
  std::unordered_map<std::string, uint32_t> runs_;     // Of constants: offsets by their bytes.
  std::vector<Import> imports_;
  std::vector<Function> functions_;
};

}  // namespace webhlo::jit

#endif  // WEBHLO_CORE_JIT_MODULE_BUILDER_H_
