// SPDX-License-Identifier: Apache-2.0
//
// BatchFunction: a computation on scalars (the region of a sort, a scatter, a reduce_window), done
// for many elements at a time.
#ifndef WEBHLO_CORE_KERNELS_BATCH_FUNCTION_H_
#define WEBHLO_CORE_KERNELS_BATCH_FUNCTION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/graph/op_def.h"
#include "core/kernels/kernel.h"

namespace webhlo {

class BatchFunction {
 public:
  // Kernels that gather their operands first call it with so many elements.
  static constexpr int64_t kBatch = 64;
  // Inputs and outputs together.
  static constexpr size_t kMaxArgs = 32;
  // Tensors whose elements a kernel folds, sorts or scatters together.
  static constexpr size_t kMaxTensors = 8;
  // Inputs may be read so many bytes beyond the last element.
  static constexpr size_t kReadBeyond = 64;

  virtual ~BatchFunction() = default;
  // `args`: contiguous inputs, then outputs; an output may be the memory of an input as wide as it.
  virtual void Run(void* const* args, int64_t count) const = 0;
};

// A function of the JIT's (jit::EmitMap over one loop).
std::unique_ptr<BatchFunction> MakeJitFunction(uint32_t function, const void* constants);

// TileFunctions, one after the other, over numbered values: inputs, then constants, then what steps
// compute.
struct TileProgram {
  struct Step {
    TileFunction tile;
    std::vector<uint32_t> operands;
    uint32_t result;
  };
  static constexpr size_t kMaxOperands = 4;
  static constexpr size_t kMaxValues = 48;

  std::vector<int> widths;  // Bytes, by value.
  uint32_t num_inputs = 0;
  std::vector<std::vector<uint8_t>> constants;  // One element each.
  std::vector<Step> steps;
  std::vector<uint32_t> results;
};
// At most kMaxValues values and results, and kMaxOperands operands a step.
std::unique_ptr<BatchFunction> MakeTileFunction(TileProgram program);

// `function` over `count` elements; `widths`: bytes of an element, by operand and of the result.
// `cost`: what an element costs besides.
std::unique_ptr<Kernel> MakeMap(std::unique_ptr<BatchFunction> function, std::vector<int> widths,
                                int64_t count, int64_t cost);

// Room for a batch of elements, with what functions may read beyond.
struct BatchBuffer {
  alignas(16) uint8_t bytes[BatchFunction::kBatch * 8 + BatchFunction::kReadBeyond];
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_BATCH_FUNCTION_H_
