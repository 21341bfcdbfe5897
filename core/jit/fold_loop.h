// SPDX-License-Identifier: Apache-2.0
//
// FoldLoop: the loops of a fold (core/jit/loops.h) around a record, as a function or as a part of
// one.
#ifndef WEBHLO_CORE_JIT_FOLD_LOOP_H_
#define WEBHLO_CORE_JIT_FOLD_LOOP_H_

#include <cstdint>
#include <span>

#include "core/jit/vector_writer.h"

namespace webhlo::jit {

// The nest's inputs are the accumulators, then the elements; its one loop is over accumulators.
class FoldLoop : public VectorWriter {
 public:
  FoldLoop(const Record& record, const LoopNest& nest, int64_t stride,
           std::span<const uint32_t> outputs, FunctionCode* code)
      : VectorWriter(record, nest, outputs, static_cast<uint32_t>(nest.outputs.size()), code),
        stride_(stride) {}

  // All of a function.
  void Write();

  // A part of one: what it needs once, and the loops over `count` elements for each accumulator.
  void Prepare(std::span<const uint32_t> slots, std::span<const uint32_t> cells);
  void WriteOnce(int64_t count);

 private:
  void WriteLoops();
  void WriteLoop(int elements);
  void WriteTail();
  // Loads accumulators and folds the elements into them.
  void WriteFold(int elements);

  const int64_t stride_;  // Of the fold, in elements.
  uint32_t left_ = 0;     // Local: accumulators still to do.
  uint32_t count_ = 0;    // Local: elements of each.
  uint32_t step_ = 0;     // Local: those still to do.
};

// Folds runs of elements that lie one behind the other, each into a result of its own, by a
// computation that may take them in any order. Not of complex numbers. The nest's inputs are the
// initial value and the elements; its one loop is over results.
class RunFoldLoop : public VectorWriter {
 public:
  RunFoldLoop(const Record& record, const LoopNest& nest, std::span<const uint32_t> outputs,
              FunctionCode* code)
      : VectorWriter(record, nest, outputs, 2, code) {}

  void Prepare(std::span<const uint32_t> slots, std::span<const uint32_t> cells);
  void WriteOnce(int64_t count);

 private:
  enum Input : size_t { kInitial, kElement };
  void WriteRun(int64_t count);
  // An input's elements from `at` on, as the accumulators (kInitial) or what they meet (kElement).
  void Load(size_t input, size_t as, int at, int elements);
  // Accumulators become what the record makes of them and what they meet.
  void Combine(int elements);
  void CombineAll(int elements);

  uint32_t left_ = 0, step_ = 0;  // Locals: results, and elements of one.
};

}  // namespace webhlo::jit

#endif  // WEBHLO_CORE_JIT_FOLD_LOOP_H_
