// SPDX-License-Identifier: Apache-2.0
//
// Large products in tiles: with constant right-hand sides, and with computed ones.
#include <algorithm>
#include <utility>

#include "core/base/math.h"
#include "core/base/memory.h"
#include "core/kernels/matmul/panels_kernel.h"
#include "core/kernels/matmul/sizes.h"
#include "core/kernels/matmul/tiles.h"
#include "core/kernels/xnnpack.h"

namespace webhlo {
namespace {

// An item of x [m, k] times the panels.
void MultiplyItem(size_t form, const TileGrid::Item& item, const float* x, const PanelShape& shape,
                  const float* panels, ClampRange clamp, float* y) {
  MultiplyPanels(form, x + item.row * shape.k, item.last_row - item.row, shape, panels, item.column,
                 item.last_column - item.column, clamp, y + item.row * shape.n);
}

TileGrid GridOf(const FullyConnectedSizes& s, int threads) { return {s.m, s.k, s.n, s.k, threads}; }

class TiledFullyConnected : public PanelsKernel {
 public:
  TiledFullyConnected(const FullyConnectedSizes& s, int threads,
                      std::unique_ptr<ElementwiseLoop> finish)
      : PanelsKernel(TiledPanelsOf(s), 1, s.transposed_weights, s.has_bias, s.extras),
        sizes_(s),
        grid_(GridOf(s, threads)),
        finish_(std::move(finish)),
        item_cost_(grid_.cost + (finish_ ? CeilDiv(finish_->cost(), grid_.items()) : 0)),
        pieces_(grid_.items(), item_cost_) {}

  size_t pieces() const override { return pieces_.count(); }
  int64_t cost() const override { return pieces_.cost(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    const float* x = static_cast<const float*>(args[0]);
    float* y = static_cast<float*>(args[result()]);
    const auto [begin, end] = pieces_.Items(0, pieces);
    TileRace().Run(pool, begin, end, item_cost_, [&](size_t form, int64_t first, int64_t last) {
      for (int64_t i = first; i < last; ++i) {
        const TileGrid::Item item = grid_.at(i);
        MultiplyItem(form, item, x, shape_, packed(), sizes_.clamp, y);
        if (finish_) finish_->RunElements(args, item.row * sizes_.n, item.last_row * sizes_.n);
      }
    });
  }

 private:
  const FullyConnectedSizes sizes_;
  const TileGrid grid_;
  const std::unique_ptr<ElementwiseLoop> finish_;
  const int64_t item_cost_;
  const Pieces pieces_;
};

PanelShape PanelsOf(const BatchMatMulSizes& s) { return {s.k, s.n, TiledWidth(s.n)}; }

class TiledBatchMatMul : public Kernel {
 public:
  TiledBatchMatMul(const BatchMatMulSizes& s, int threads)
      : sizes_(s), shape_(PanelsOf(s)), grid_(s.m, s.k, s.n, s.k, threads) {
    packing_.Add(s.batch * shape_.count(), PackCost(shape_, s.transposed_rhs));
    products_.Add(s.batch * grid_.items(), grid_.cost);
  }

  // Stages that are little work together are one piece.
  size_t pieces() const override {
    return cost() <= max_piece_cost ? 1 : packing_.count() + products_.count();
  }
  int64_t cost() const override { return packing_.cost() + products_.cost(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    if (this->pieces() == 1) pieces = {0, packing_.count() + products_.count()};
    const float* lhs = static_cast<const float*>(args[0]);
    const float* rhs = static_cast<const float*>(args[1]);
    float* result = static_cast<float*>(args[2 + sizes_.extras]);
    float* panels = static_cast<float*>(args[3 + sizes_.extras]);
    packing_.Run(pieces.Take(packing_.count()), pool, [&](int64_t begin, int64_t end) {
      PackBatch(shape_, rhs, sizes_.transposed_rhs, begin, end, panels);
    });
    if (pieces.empty()) return;
    const auto [begin, end] = products_.Items(0, pieces);
    TileRace().Run(pool, begin, end, grid_.cost, [&](size_t form, int64_t first, int64_t last) {
      for (int64_t i = first; i < last; ++i) {
        const int64_t g = i / grid_.items();
        MultiplyItem(form, grid_.at(i % grid_.items()), lhs + g * sizes_.m * sizes_.k, shape_,
                     panels + g * shape_.floats(), {}, result + g * sizes_.m * sizes_.n);
      }
    });
  }

 private:
  const BatchMatMulSizes sizes_;
  const PanelShape shape_;
  const TileGrid grid_;
  Pieces packing_, products_;
};

}  // namespace

double Flops(const FullyConnectedSizes& s) {
  return 2.0 * static_cast<double>(s.m) * static_cast<double>(s.k) * static_cast<double>(s.n);
}

double Flops(const BatchMatMulSizes& s) {
  return 2.0 * static_cast<double>(s.batch) * static_cast<double>(s.m) * static_cast<double>(s.k) *
         static_cast<double>(s.n);
}

std::optional<KernelChoice> ProposeTiled(const FullyConnectedSizes& s, int num_threads) {
  if (s.k > kMaxTiledDepth) return std::nullopt;
  std::optional<KernelChoice> choice = ProposePanels(s, TiledPanelsOf(s));
  if (choice) choice->parameters = {ThreadsFor(Flops(s), num_threads)};
  return choice;
}

bool TiledFinishesRows(const FullyConnectedSizes& s, const KernelChoice& choice) {
  const TileGrid grid = GridOf(s, static_cast<int>(choice.parameters.at(0)));
  return grid.column_blocks == 1 && grid.row_blocks > 1;
}

std::unique_ptr<Kernel> MakeTiled(const FullyConnectedSizes& sizes, const KernelChoice& choice,
                                  std::unique_ptr<ElementwiseLoop> finish) {
  return std::make_unique<TiledFullyConnected>(sizes, static_cast<int>(choice.parameters.at(0)),
                                               std::move(finish));
}

std::optional<KernelChoice> ProposeTiledBatch(const BatchMatMulSizes& s, int num_threads) {
  std::optional<KernelChoice> choice = ProposeFewRows(s);
  if (!choice || s.k > kMaxTiledDepth || !FitsSize({s.batch, s.k + 1, s.n + 16}))
    return std::nullopt;
  choice->parameters = {ThreadsFor(Flops(s), num_threads)};
  const double packed = FloatBytes({s.batch, PanelsOf(s).floats()});
  // Of a narrow rhs the packed form is several times as large.
  if (packed >
      FloatBytes({s.batch, s.k, s.n}) + FloatBytes({s.batch, s.m, s.n}) + kScratchAllowance) {
    return std::nullopt;
  }
  choice->scratch_bytes = static_cast<uint64_t>(packed);
  return choice;
}

std::unique_ptr<Kernel> MakeTiledBatch(const BatchMatMulSizes& sizes, const KernelChoice& choice) {
  return std::make_unique<TiledBatchMatMul>(sizes, static_cast<int>(choice.parameters.at(0)));
}

}  // namespace webhlo
