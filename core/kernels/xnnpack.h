// SPDX-License-Identifier: Apache-2.0
//
// What our kernels share that run XNNPACK's operators.
//
// XNNPACK is told how many threads there will be when a kernel is made; small problems run on the
// caller alone. Weights we pack ourselves, in the layout that it reads (core/kernels/matmul/
// panels.h): so they are packed in pieces, shared by kernels of other sizes, and can be unpacked.
// Where that is not its layout, it proposes no kernel. A clamp keeps NaN: where XNNPACK's would
// not, we clamp what it has computed, while that is in cache.
#ifndef WEBHLO_CORE_KERNELS_XNNPACK_H_
#define WEBHLO_CORE_KERNELS_XNNPACK_H_

#include <xnnpack.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <numeric>
#include <string_view>

#include "core/base/status.h"
#include "core/kernels/clamp.h"
#include "core/threads/piece_range.h"
#include "core/threads/pthreadpool.h"
#include "core/threads/thread_pool.h"

namespace webhlo {

struct DeleteOperator {
  void operator()(xnn_operator_t op) const { xnn_delete_operator(op); }
};
using XnnOperator = std::unique_ptr<xnn_operator, DeleteOperator>;

Status CheckXnn(xnn_status status, std::string_view what);
// Whether XNNPACK can run here at all.
bool XnnpackRuns();

// XNNPACK sizes its tiles by the pool that a reshape gets; one that only knows its size will do.
template <typename Reshape>
Status ReshapeFor(size_t num_threads, std::string_view what, Reshape&& reshape) {
  pthreadpool pool{.num_threads = num_threads};
  return CheckXnn(reshape(&pool), what);
}

// How many threads an operator of so much work is for.
int ThreadsFor(double flops, int num_threads);
// A product as XNNPACK cuts it: cells of some rows times some columns. For one thread it takes all
// columns at once, which may be more than a piece. The number of threads to tell it, so that it
// makes about as many cells of a row of cells as there are pieces in it.
size_t ThreadsToTell(int threads, double rows, double columns, double k);

// How the run of an operator falls into pieces: one number a stage.
template <size_t kStages>
struct StagePieces {
  std::array<size_t, kStages> counts;
  size_t count() const { return std::accumulate(counts.begin(), counts.end(), size_t{0}); }
};
size_t PiecesFor(double cost);

// `stages`: the pieces of each stage.
void RunOperator(xnn_operator_t op, std::span<const size_t> stages, PieceRange pieces,
                 int num_threads, ThreadPool& threads);

// Bytes of so many floats. Exact where it matters, and never wraps.
double FloatBytes(std::initializer_list<int64_t> factors);
// XNNPACK computes sizes and offsets in size_t, which WebAssembly has 32 bits of. (Other builds
// test what runs there.)
inline bool FitsSize(double bytes) { return bytes <= INT32_MAX; }
inline bool FitsSize(std::initializer_list<int64_t> factors) {
  return FitsSize(FloatBytes(factors));
}

// XNNPACK packs weights through a "weights cache", which we play: it is always told that the
// weights are there already, at the address that `context` points to.
struct PanelsHolder {
  PanelsHolder() = default;
  PanelsHolder(const PanelsHolder&) = delete;
  PanelsHolder& operator=(const PanelsHolder&) = delete;

  const void* panels = nullptr;
  xnn_weights_cache_provider provider = {
      .context = this,
      .look_up = [](void*, const xnn_weights_cache_look_up_key*) -> size_t { return 0; },
      .reserve_space = [](void*, size_t) -> void* { return nullptr; },
      .look_up_or_insert = [](void*, const xnn_weights_cache_look_up_key*, void*,
                              size_t) -> size_t { return 0; },
      .is_finalized = [](void*) { return true; },
      .offset_to_addr = [](void* context, size_t) -> void* {
        return const_cast<void*>(static_cast<PanelsHolder*>(context)->panels);
      },
      .delete_cache = [](void*) { return xnn_status_success; },
  };
};
// What an operator is made with whose weights a PanelsHolder has. Never read.
inline constexpr float kNoWeights = 0;

// The width of XNNPACK's panels on this processor. 0 if its layout is not that of panels.h.
int64_t PanelWidth();

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_XNNPACK_H_
