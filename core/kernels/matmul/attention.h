// SPDX-License-Identifier: Apache-2.0
//
// Attention: softmax(finish(q k)) v, some queries at a time, so that their scores stay in the
// second cache: nobody else sees them, and memory has no room for them. Computes what two products
// in tiles with a softmax between them compute, to the last bit.
#ifndef WEBHLO_CORE_KERNELS_MATMUL_ATTENTION_H_
#define WEBHLO_CORE_KERNELS_MATMUL_ATTENTION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "core/kernels/choice.h"
#include "core/kernels/elementwise.h"
#include "core/kernels/kernel.h"

namespace webhlo {

// Operands q [batch, m, k], k [batch, k, n], v [batch, n, d]; result [batch, m, d].
struct AttentionSizes {
  int64_t batch = 1;
  int64_t m = 0;                   // Queries,
  int64_t k = 0;                   // the length of one;
  int64_t n = 0;                   // keys;
  int64_t d = 0;                   // the length of a value.
  bool transposed_keys = false;    // [batch, n, k]
  bool transposed_values = false;  // [batch, d, n]
  bool zero_masked_rows = false;   // As in SoftmaxRow.
  size_t extras = 0;               // Operands behind these, of `finish` alone.
};

double Flops(const AttentionSizes& sizes);

// Whether a kernel exists for any number of threads.
bool FitsAttention(const AttentionSizes& sizes);
std::optional<KernelChoice> ProposeAttention(const AttentionSizes& sizes, int num_threads);
// `finish`: what is done to the scores [batch, m, n], which it finds where the result is; some rows
// at a time. May be null.
std::unique_ptr<Kernel> MakeAttention(const AttentionSizes& sizes, const KernelChoice& choice,
                                      std::unique_ptr<ElementwiseLoop> finish);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MATMUL_ATTENTION_H_
