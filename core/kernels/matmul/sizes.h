// SPDX-License-Identifier: Apache-2.0
//
// Products of f32 matrices as their kernels see them. Each kernel has a Propose function, which
// answers nothing where it cannot compute these sizes, and a Make function for a choice of its own.
#ifndef WEBHLO_CORE_KERNELS_MATMUL_SIZES_H_
#define WEBHLO_CORE_KERNELS_MATMUL_SIZES_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "core/base/status.h"
#include "core/graph/precision.h"
#include "core/kernels/choice.h"
#include "core/kernels/clamp.h"
#include "core/kernels/elementwise.h"
#include "core/kernels/kernel.h"
#include "core/kernels/moves/places.h"

namespace webhlo {

// [m, k] * [k, n] + bias, the weights and the bias being constant. The kernel's operands are
// (input, weights) or (input, weights, bias), its one result is [m, n]. Packs weights and bias in
// panels, whose form does not depend on m and the clamp.
struct FullyConnectedSizes {
  int64_t m = 0;
  int64_t k = 0;
  int64_t n = 0;
  bool transposed_weights = false;  // [n, k] instead of [k, n].
  bool has_bias = false;
  size_t extras = 0;  // Operands behind these, which the kernel does not read.
  ClampRange clamp = {};
};

// Row by row, as panels lie in memory.
std::optional<KernelChoice> ProposeRows(const FullyConnectedSizes& sizes);
// For one row, as tiles of it have few sums.
bool PrefersRows(const FullyConnectedSizes& sizes);
std::unique_ptr<Kernel> MakeRows(const FullyConnectedSizes& sizes);

// With weights in fewer bits (core/kernels/matmul/compact.h), where they are large enough to
// matter; what is packed so cannot be undone.
std::optional<KernelChoice> ProposeCompact(const FullyConnectedSizes& sizes, Precision precision,
                                           int num_threads);
std::unique_ptr<Kernel> MakeCompact(const FullyConnectedSizes& sizes, const KernelChoice& choice);

// Operands (matrix [n, k], indices), result: its rows at these places. What it packs of the matrix
// is what such a product packs of it, transposed and without a bias.
std::unique_ptr<Kernel> MakeCompactGather(const FullyConnectedSizes& sizes, Precision precision,
                                          WindowPlaces places);

double Flops(const FullyConnectedSizes& sizes);

// In tiles (core/kernels/matmul/tiles.h).
std::optional<KernelChoice> ProposeTiled(const FullyConnectedSizes& sizes, int num_threads);
// Whether such a choice should run what follows on some rows at a time, while they are in cache: it
// is made with `finish` then, whose arguments are its own.
bool TiledFinishesRows(const FullyConnectedSizes& sizes, const KernelChoice& choice);
std::unique_ptr<Kernel> MakeTiled(const FullyConnectedSizes& sizes, const KernelChoice& choice,
                                  std::unique_ptr<ElementwiseLoop> finish = nullptr);

std::optional<KernelChoice> ProposeXnnFullyConnected(const FullyConnectedSizes& sizes,
                                                     int num_threads);
Result<std::unique_ptr<Kernel>> MakeXnnFullyConnected(const FullyConnectedSizes& sizes,
                                                      const KernelChoice& choice);

// `batch` products [m, k] * [k, n], nothing constant. Operands (lhs, rhs), result [batch, m, n].
struct BatchMatMulSizes {
  int64_t batch = 1;
  int64_t m = 0;
  int64_t k = 0;
  int64_t n = 0;
  bool transposed_rhs = false;  // [n, k] instead of [k, n].
  size_t extras = 0;            // Operands behind these, which the kernel does not read.
};

double Flops(const BatchMatMulSizes& sizes);

// Packs the rhs in scratch.
std::optional<KernelChoice> ProposeTiledBatch(const BatchMatMulSizes& sizes, int num_threads);
std::unique_ptr<Kernel> MakeTiledBatch(const BatchMatMulSizes& sizes, const KernelChoice& choice);

// Likewise.
std::optional<KernelChoice> ProposeXnnBatchMatMul(const BatchMatMulSizes& sizes, int num_threads);
Result<std::unique_ptr<Kernel>> MakeXnnBatchMatMul(const BatchMatMulSizes& sizes,
                                                   const KernelChoice& choice);

std::optional<KernelChoice> ProposeFewRows(const BatchMatMulSizes& sizes);
bool PrefersFewRows(const BatchMatMulSizes& sizes);
std::unique_ptr<Kernel> MakeFewRows(const BatchMatMulSizes& sizes);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MATMUL_SIZES_H_
