// SPDX-License-Identifier: Apache-2.0
//
// MapLoop: the loops of a map (core/jit/loops.h) around a record, as a function or as a part of
// one.
#ifndef WEBHLO_CORE_JIT_MAP_LOOP_H_
#define WEBHLO_CORE_JIT_MAP_LOOP_H_

#include <cstdint>
#include <span>
#include <vector>

#include "core/jit/vector_writer.h"

namespace webhlo::jit {

class MapLoop : public VectorWriter {
 public:
  MapLoop(const Record& record, const LoopNest& nest, std::span<const uint32_t> outputs,
          FunctionCode* code)
      : VectorWriter(record, nest, outputs, 0, code) {}

  // All of a function.
  void Write();

  // A part of one: what it needs once, and the loops over all of the nest.
  void Prepare(std::span<const uint32_t> slots, std::span<const uint32_t> cells);
  void WriteOnce();

 private:
  void WriteRows();
  void WriteInner(int64_t count);  // -1: as many as the local `left_` says.
  void WriteLoop(int elements);
  void WriteTail(int64_t count);
  void Advance(int elements);

  std::vector<uint32_t> index_;           // Locals: the outer loops' indices.
  uint32_t left_ = 0;                     // Local: elements of the inner loop still to do.
  uint32_t begin_ = kBegin, end_ = kEnd;  // Locals: the rows.
};

}  // namespace webhlo::jit

#endif  // WEBHLO_CORE_JIT_MAP_LOOP_H_
