// SPDX-License-Identifier: Apache-2.0
//
// VectorWriter: a record as instructions on vectors of 128 bits, for the loops that
// core/jit/loops.cc puts around it. Values are in locals: one register for four elements in lanes
// of 32 bits, two for lanes of 64. What is the same for all elements of the inner loop takes one,
// and is computed before it.
#ifndef WEBHLO_CORE_JIT_VECTOR_WRITER_H_
#define WEBHLO_CORE_JIT_VECTOR_WRITER_H_

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "core/jit/assembler.h"
#include "core/jit/loop_nest.h"
#include "core/jit/module_builder.h"
#include "core/jit/record.h"
#include "core/jit/speaker.h"

namespace webhlo::jit {

// A function while it is written. Its parameters are four addresses or numbers.
struct FunctionCode {
  Assembler assembler{std::vector<WasmType>(4, WasmType::kI32)};
  std::vector<uint32_t> constants;  // As it reads them in its run of the table.
  // Those of its own, by bits and width.
  std::map<std::pair<uint64_t, int>, uint32_t> indices;
};

class VectorWriter {
 public:
  std::vector<uint32_t> TakeParameters() { return std::move(parameters_); }

 protected:
  // A value is four elements.
  static constexpr int kElements = 4;
  // More in flight than the machine has chains for does not pay.
  static constexpr int kMaxVectors = 4;
  static constexpr WasmType I = WasmType::kI32;  // NOLINT(readability-identifier-naming)
  enum Parameter : uint32_t { kArgs, kConstants, kBegin, kEnd };
  struct Pointer {
    uint32_t slot;     // Of the address in `args`.
    uint32_t cell;     // Local that holds the element itself, in all lanes; 0: memory does.
    uint32_t row;      // Local: where the row begins.
    uint32_t current;  // Local: where the inner loop is.
    int64_t inner;     // Bytes for one step of the inner loop.
    int width;         // Bytes an element.
    ElementType element;
    // Where its value is, or its two parts are: of a result among `outputs`, of an accumulator
    // among those of all.
    uint32_t value;
  };

  // `outputs` as memory holds them, by part. The first inputs may be accumulators: they are not
  // loaded, but held in registers that the loop around the body sets.
  VectorWriter(const Record& record, const LoopNest& nest, std::span<const uint32_t> outputs,
               uint32_t num_accumulators, FunctionCode* code);

  // Inputs, then outputs: they lie one behind the other in `args`, or where `slots` says, or in the
  // locals `cells`. Those are of scalars: as memory holds them, in lanes of 32 or 64 bits.
  void LoadPointers(std::span<const uint32_t> slots = {}, std::span<const uint32_t> cells = {});
  // Once more the addresses that the loops move.
  void LoadRow(const Pointer& pointer);
  // Constants that live in locals: few of them do, many are loaded where they are used.
  void WriteConstants();
  // What does not vary in the inner loop.
  void WriteInvariants();
  // How many values to have in flight.
  int Vectors() const;
  // The varying part of the record for some vectors, instruction by instruction so that they
  // overlap. `lanes` 1: only one element counts.
  void WriteBody(int vectors, int lanes);
  // Ends what WriteBody began: the outputs' registers are free again.
  void FreeOutputs(int vectors);
  // The inner loop begins where the rows do, or at element `begin`.
  void PointAtRows();
  void PointAtBegin();
  // The results (outputs, or accumulators if there are any): the first `elements` (at most four) of
  // each vector; or as many of one as a local says, one to three.
  void Store(int vectors, int elements);
  void StoreTail(uint32_t left);

  // Accumulators: registers for them, their elements from memory; the outputs in their place.
  void LoadAccumulators(int vectors, int lanes);
  void SetAccumulators(int vectors, int lanes);
  void FreeAccumulators(int vectors, int lanes);
  void AddTo(uint32_t local, int64_t value);
  // while (left >= elements) { ...; left -= elements; }, `left` a local.
  template <class F>
  void WriteWhile(uint32_t left, int elements, F body) {
    const auto more = [&] {
      a_.Get(left);
      a_.I32(elements);
      a_.Do(Op::kI32GeU);
    };
    more();
    a_.If();
    a_.Loop();
    body();
    AddTo(left, -elements);
    more();
    a_.BranchIf(0);
    a_.End();
    a_.End();
  }

  // By register of a value; a value of one register has it twice.
  using Registers = std::array<uint32_t, 2>;
  // Of a part.
  int AccumulatorRegisters(size_t k, int lanes) const {
    const ElementType element = nest_.inputs[k].element;
    return lanes > 1 && ByteWidth(element) == 8 * NumParts(element) ? 2 : 1;
  }
  void WriteLoad(size_t input, int part, int at, int lanes);
  void GetArg(uint32_t id, int vector, int r);

  const LoopNest& nest_;
  const std::span<const uint32_t> outputs_;
  FunctionCode& code_;
  Assembler& a_;
  std::vector<Pointer> inputs_, results_;
  // A whole vector for the last element of an input would read far past the end.
  bool reads_far_ = false;
  std::array<std::vector<Registers>, kMaxVectors> accumulators_;

 private:
  // How an input moves along the inner loop.
  enum class Access : uint8_t { kSplat, kContiguous, kStrided };

  void Analyse();
  Access AccessOf(size_t input) const;
  bool IsAccumulator(const Inst& inst) const {
    return inst.operation == Operation::kInput && inst.immediate < num_accumulators_;
  }
  // Calls f(input, part, value, register) for the registers of the accumulators of a vector.
  template <class F>
  void ForEachAccumulator(int lanes, F f);
  int NumRegisters(uint32_t id, int lanes) const {
    return varying_[id] && lanes > 1 && LaneBytes(record_.insts()[id].lane) == 8 ? 2 : 1;
  }
  const Registers& RegistersOf(uint32_t id, int vector) const {
    return varying_[id] ? current_[static_cast<size_t>(vector)][id] : invariant_[id];
  }
  bool IsInLocal(uint32_t id) const { return varying_[id] || invariant_[id][0] != 0; }

  // Register `r` of `inst` into the local `out`.
  void WriteInst(uint32_t id, int vector, int lanes, int r, uint32_t out);
  // Elements of 8 bits come, and narrow results go, for two vectors or four at once.
  bool LoadsInPairs(const Inst& inst, int vectors, int lanes) const;
  void WriteLoadPair(size_t input, int vector, uint32_t low, uint32_t high);
  void StoreNarrow(const Pointer& pointer, int vectors);
  void WriteConversion(const Inst& inst, int vector, int r);
  void WriteScalars(const Inst& inst, int vector, int r, uint32_t out);
  void WriteConstant(const Inst& inst);
  const Registers& ResultOf(size_t k, int vector) const {
    return num_accumulators_ > 0 ? accumulators_[static_cast<size_t>(vector)][k]
                                 : RegistersOf(outputs_[k], vector);
  }
  void StoreOutput(const Pointer& pointer, int vector, int elements);
  uint32_t Pack(const Pointer& pointer, uint32_t value);
  uint32_t Interleave(const Pointer& pointer, int vector, int r);
  uint32_t NewVector();

  const Record& record_;
  const bool relaxed_simd_;
  const uint32_t num_accumulators_;   // Inputs that are.
  uint32_t scratch_ = 0;              // Local, v128.
  std::vector<uint32_t> parameters_;  // Indices of the callers' constants, or kUnused.

  std::vector<uint8_t> needed_, varying_;
  std::vector<uint32_t> last_use_;
  std::vector<Registers> invariant_;                         // By value; 0: not in a local.
  std::array<std::vector<Registers>, kMaxVectors> current_;  // Of varying values, by vector.
  std::vector<uint32_t> free_;
};

}  // namespace webhlo::jit

#endif  // WEBHLO_CORE_JIT_VECTOR_WRITER_H_
