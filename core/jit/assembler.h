// SPDX-License-Identifier: Apache-2.0
//
// Assembler: the code of one WebAssembly function, checked as it is written. It keeps the operand
// types of the stack and the open blocks, so a wrong instruction sequence fails where it is emitted
// (a CHECK: our defect) and not in an engine. core/jit/module_builder.h makes modules of functions.
#ifndef WEBHLO_CORE_JIT_ASSEMBLER_H_
#define WEBHLO_CORE_JIT_ASSEMBLER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/jit/opcodes.h"

namespace webhlo::jit {

enum class WasmType : uint8_t { kI32 = 0x7f, kI64 = 0x7e, kF32 = 0x7d, kF64 = 0x7c, kV128 = 0x7b };

std::string_view WasmTypeName(WasmType type);

// LEB128, as the binary format writes numbers.
void AppendUnsigned(std::vector<uint8_t>* out, uint64_t value);
void AppendSigned(std::vector<uint8_t>* out, int64_t value);

// The type of a function that JIT code imports.
struct Signature {
  std::vector<WasmType> parameters;
  WasmType result;
};

class Assembler {
 public:
  explicit Assembler(std::vector<WasmType> parameters);

  // Parameters are locals 0, 1, ...
  uint32_t AddLocal(WasmType type);

  void Get(uint32_t local);
  void Set(uint32_t local);
  void I32(int32_t value);
  void Do(Op op);                       // Without immediates.
  void Access(Op op, uint32_t offset);  // Loads and stores.
  void Lane(Op op, int lane);           // extract_lane, replace_lane.
  void AccessLane(Op op, uint32_t offset, int lane);
  // Bytes, each one of the 32 of two vectors; words of 32 bits, each one of the eight.
  void ShuffleBytes(const std::array<uint8_t, 16>& bytes);
  void Shuffle(const std::array<uint8_t, 4>& words);
  void Call(uint32_t function, const Signature& signature);

  // Blocks take and give nothing. Branches count blocks outwards from 0.
  void Block();
  void Loop();
  void If();
  void Else();
  void End();
  void Branch(uint32_t depth);
  void BranchIf(uint32_t depth);

  // A remark on what follows, for Annotated.
  void Note(std::string text);

  const std::vector<WasmType>& parameters() const { return parameters_; }
  size_t num_locals() const { return locals_.size(); }

  // The body as the code section holds it, without its size. The function must be complete.
  std::string Body() const;
  // One instruction a line: offset, bytes, text.
  std::string Annotated() const;

 private:
  struct Frame {
    bool loop;
    bool unreachable;
    size_t height;
  };

  void Byte(uint8_t byte) { code_.push_back(byte); }
  void Push(WasmType type) { stack_.push_back(type); }
  void Pop(WasmType type);
  void Encode(Op op);
  void ApplyTypes(Op op);
  void Open(uint8_t opcode, bool loop);

  std::vector<WasmType> parameters_;
  std::vector<WasmType> locals_;
  std::vector<WasmType> stack_;
  std::vector<Frame> frames_;
  std::vector<uint8_t> code_;
  std::vector<std::pair<size_t, std::string>> notes_;
};

}  // namespace webhlo::jit

#endif  // WEBHLO_CORE_JIT_ASSEMBLER_H_
