// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/xnnpack.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "core/base/check.h"
#include "core/base/strings.h"
#include "core/kernels/matmul/panels.h"
#include "core/kernels/parallel.h"

namespace webhlo {
namespace {

// Below this a step takes about two microseconds, which a second thread cannot shorten.
constexpr double kMinFlopsForThreads = 200e3;

// A weights cache that shows what XNNPACK packs.
struct PackingProbe {
  static constexpr size_t kFloats = 1024;
  alignas(64) float packed[kFloats];
  xnn_weights_cache_provider provider;

  PackingProbe() {
    PanelsHolder holder;
    provider = holder.provider;
    provider.context = this;
    provider.look_up = [](void*, const xnn_weights_cache_look_up_key*) -> size_t {
      return SIZE_MAX;
    };
    provider.reserve_space = [](void* context, size_t size) -> void* {
      PackingProbe* probe = static_cast<PackingProbe*>(context);
      return size <= sizeof(probe->packed) ? probe->packed : nullptr;
    };
    // Padding is zero.
    std::fill(std::begin(packed), std::end(packed), 0.0f);
  }
};

// 1, 2, ...
template <size_t kCount>
void Number(float (&values)[kCount]) {
  for (size_t i = 0; i < kCount; ++i) values[i] = static_cast<float>(i + 1);
}

int64_t ProbePanelWidth() {
  constexpr int64_t kRows = 5, kColumns = 32;
  if (!XnnpackRuns()) return 0;
  PackingProbe probe;
  float weights[kRows * kColumns], bias[kColumns], expected[(kRows + 1) * kColumns];
  Number(weights);
  Number(bias);
  const ClampRange none;
  xnn_operator_t op = nullptr;
  if (xnn_create_fully_connected_nc_f32(kRows, kColumns, kRows, kColumns, weights, bias, none.min,
                                        none.max, 0, nullptr, &probe.provider,
                                        &op) != xnn_status_success) {
    return 0;
  }
  xnn_delete_operator(op);
  for (int64_t width : {8, 4}) {
    PackPanels({kRows, kColumns, width}, weights, true, bias, 0, kColumns / width, expected);
    if (std::equal(std::begin(expected), std::end(expected), probe.packed)) return width;
  }
  return 0;
}

}  // namespace

Status CheckXnn(xnn_status status, std::string_view what) {
  switch (status) {
    case xnn_status_success:
      return OkStatus();
    case xnn_status_out_of_memory:
      return OutOfMemory(StrCat(what, ": out of memory in XNNPACK"));
    default:
      return Internal(StrCat(what, ": XNNPACK answers status ", static_cast<int>(status)));
  }
}

bool XnnpackRuns() {
  static const xnn_status status = xnn_initialize(nullptr);
  return status == xnn_status_success;
}

int ThreadsFor(double flops, int num_threads) {
  return flops < kMinFlopsForThreads ? 1 : num_threads;
}

size_t ThreadsToTell(int threads, double rows, double columns, double k) {
  constexpr double kRowsOfCell = 4, kCellsPerThread = 5;
  const double parts =
      kRowsOfCell * columns * k * 2 / kFlopsPerCost / static_cast<double>(max_piece_cost);
  if (threads > 1 || parts <= 1) return static_cast<size_t>(threads);
  return static_cast<size_t>(
      std::max(2.0, columns * std::ceil(rows / kRowsOfCell) / (kCellsPerThread * parts)));
}

size_t PiecesFor(double cost) {
  return static_cast<size_t>(std::max(1.0, std::ceil(cost / static_cast<double>(max_piece_cost))));
}

void RunOperator(xnn_operator_t op, std::span<const size_t> stages, PieceRange pieces,
                 int num_threads, ThreadPool& threads) {
  pthreadpool pool{.num_threads = static_cast<size_t>(num_threads),
                   .threads = num_threads == 1 ? nullptr : &threads,
                   .pieces = pieces};
  const bool whole =
      pieces.begin == 0 && pieces.end == std::accumulate(stages.begin(), stages.end(), size_t{0});
  if (!whole) pool.stages = stages;
  const xnn_status status = xnn_run_operator(op, &pool);
  WEBHLO_CHECK(status == xnn_status_success);
}

double FloatBytes(std::initializer_list<int64_t> factors) {
  double product = 4;
  for (int64_t f : factors) product *= static_cast<double>(f);
  return product;
}

int64_t PanelWidth() {
  static const int64_t width = ProbePanelWidth();
  return width;
}

}  // namespace webhlo
