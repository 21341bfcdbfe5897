// SPDX-License-Identifier: Apache-2.0
//
// VectorWriter: a record as instructions on vectors of 128 bits, for the loops that
// core/jit/loops.cc puts around it. A turn of such a loop takes so many elements: 4 to 64, of which
// a value fills as many registers as its lanes need, or the low part of one; or one element, which
// is in all lanes of a register. Values are in locals. What is the same for all elements of the
// inner loop takes one register, and is computed before it.
#ifndef WEBHLO_CORE_JIT_VECTOR_WRITER_H_
#define WEBHLO_CORE_JIT_VECTOR_WRITER_H_

#include <algorithm>
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
  // The smallest turn but one of a single element.
  static constexpr int kFew = 4;
  // A turn of these lets most kinds of lanes fill registers.
  static constexpr int kMany = 16;
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
  // locals `cells`. Those are of scalars, as memory holds them.
  void LoadPointers(std::span<const uint32_t> slots = {}, std::span<const uint32_t> cells = {});
  // Once more the addresses that the loops move.
  void LoadRow(const Pointer& pointer);
  // Constants that live in locals: few of them do, many are loaded where they are used.
  void WriteConstants();
  // What does not vary in the inner loop.
  void WriteInvariants();
  // How many elements a turn had best take.
  int MostElements() const;
  // Calls f(elements) for the turns of the loops that take a number of elements, one after the
  // other what the loop before leaves over: at most `most`, and at last kFew.
  template <class F>
  static void ForEachTurn(int most, F f) {
    f(most);
    if (most > kMany) f(kMany);
    if (most > kFew) f(kFew);
  }
  // The varying part of the record for so many elements, instruction by instruction so that their
  // registers overlap.
  void WriteBody(int elements);
  // Ends what WriteBody began: the outputs' registers are free again.
  void FreeOutputs(int elements);
  // The inner loop begins where the rows do, or at element `begin`.
  void PointAtRows();
  void PointAtBegin();
  // The first `elements` of the results (outputs, or accumulators if there are any); or as many as
  // a local says, one to three.
  void Store(int elements);
  void StoreTail(uint32_t left);

  // Accumulators: registers for them, their elements from memory; the outputs in their place.
  void LoadAccumulators(int elements);
  void SetAccumulators(int elements);
  void FreeAccumulators(int elements);
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

  // By register of a value; those that it has not are the first.
  using Registers = std::array<uint32_t, 8>;
  static int NumRegisters(int elements, int width) { return std::max(elements * width / 16, 1); }
  // Bytes of an input's part.
  int WidthOfPart(size_t input) const {
    const ElementType element = nest_.inputs[input].element;
    return ByteWidth(element) / NumParts(element);
  }
  void WriteLoad(size_t input, int part, int at, int elements);
  void GetArg(uint32_t id, int r);

  const LoopNest& nest_;
  const std::span<const uint32_t> outputs_;
  FunctionCode& code_;
  Assembler& a_;
  std::vector<Pointer> inputs_, results_;
  // A whole vector for the last element of an input would read far past the end.
  bool reads_far_ = false;
  std::vector<Registers> accumulators_;

 private:
  // How an input moves along the inner loop.
  enum class Access : uint8_t { kSplat, kContiguous, kStrided };

  void Analyse();
  Access AccessOf(size_t input) const;
  bool IsAccumulator(const Inst& inst) const {
    return inst.operation == Operation::kInput && inst.immediate < num_accumulators_;
  }
  // Whether it makes lanes twice as wide of an input's elements as memory has them: one instruction
  // loads them so.
  bool IsExtendingLoad(const Inst& inst) const;
  // Calls f(input, part, value, register) for the registers of the accumulators.
  template <class F>
  void ForEachAccumulator(int elements, F f);
  int RegistersOfValue(uint32_t id, int elements) const {
    return NumRegisters(varying_[id] ? elements : 1, LaneBytes(record_.insts()[id].lane));
  }
  const Registers& RegistersOf(uint32_t id) const {
    return varying_[id] ? current_[id] : invariant_[id];
  }
  bool IsInLocal(uint32_t id) const { return varying_[id] || invariant_[id][0] != 0; }

  // Register `r` of `inst` into the local `out`.
  void WriteInst(uint32_t id, int elements, int r, uint32_t out);
  void WriteExtendingLoad(const Inst& inst, int elements, int r);
  void WriteConversion(const Inst& inst, int r);
  void WriteScalars(const Inst& inst, int r, uint32_t out);
  void WriteConstant(const Inst& inst);
  // Loads the constants among the arguments that no local holds, once for so many registers;
  // answers which. Until they are taken away, locals hold them.
  std::vector<uint32_t> LoadConstantsOf(const Inst& inst, int registers);
  const Registers& ResultOf(size_t k) const {
    return num_accumulators_ > 0 ? accumulators_[k] : RegistersOf(outputs_[k]);
  }
  void StoreOutput(const Pointer& pointer, int elements);
  uint32_t Interleave(const Pointer& pointer, int r);
  uint32_t NewVector();

  const Record& record_;
  const bool relaxed_simd_;
  const uint32_t num_accumulators_;   // Inputs that are.
  uint32_t scratch_ = 0;              // Local, v128.
  std::vector<uint32_t> parameters_;  // Indices of the callers' constants, or kUnused.

  std::vector<uint8_t> needed_, varying_;
  std::vector<uint32_t> last_use_;
  std::vector<Registers> invariant_,
      current_;  // By value; 0: not in a local. Current: varying ones.
  std::vector<uint32_t> free_;
};

}  // namespace webhlo::jit

#endif  // WEBHLO_CORE_JIT_VECTOR_WRITER_H_
