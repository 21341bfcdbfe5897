// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/matmul/panels_kernel.h"

#include <algorithm>

#include "core/base/strings.h"
#include "core/kernels/matmul/tiles.h"
#include "core/kernels/xnnpack.h"

namespace webhlo {
namespace {

class RowsKernel : public PanelsKernel {
 public:
  explicit RowsKernel(const FullyConnectedSizes& sizes)
      : PanelsKernel(TiledPanelsOf(sizes), 1, sizes.transposed_weights, sizes.has_bias,
                     sizes.extras),
        cost_(static_cast<int64_t>(Flops(sizes) / kFlopsPerCost) + 4 * shape_.floats()),
        rows_(shape_, sizes.m, sizes.clamp.min, sizes.clamp.max) {}

  size_t pieces() const override { return rows_.pieces().count(); }
  int64_t cost() const override { return cost_; }
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    rows_.Run(static_cast<const float*>(args[0]), packed(), static_cast<float*>(args[result()]),
              pieces, pool);
  }

 private:
  const int64_t cost_;
  const RowsByPanels rows_;
};

}  // namespace

PanelShape TiledPanelsOf(const FullyConnectedSizes& s) { return {s.k, s.n, TiledWidth(s.n)}; }

std::optional<KernelChoice> ProposePanels(const FullyConnectedSizes& s, const PanelShape& shape) {
  if (s.m < 1 || s.k < 1 || s.n < 1 || !s.clamp.IsValid() ||
      !FitsSize({s.k + 1, s.n + shape.width}) || !FitsSize({s.m, s.k}) || !FitsSize({s.m, s.n})) {
    return std::nullopt;
  }
  return KernelChoice{
      .sizes = StrCat(s.m, "x", s.k, "x", s.n, s.has_bias ? " bias" : "", Describe(s.clamp)),
      .pack_key = PanelsKey(shape, 1, s.transposed_weights, s.has_bias),
      .packed_operands = uint64_t{s.has_bias ? 6u : 2u},
  };
}

PanelsKernel::PanelsKernel(const PanelShape& shape, int64_t groups, bool transposed, bool has_bias,
                           size_t extras)
    : PackedWeightsKernel(has_bias, extras, groups * shape.floats()),
      shape_(shape),
      transposed_(transposed),
      // Packing reads and writes; a transposed matrix in small bits.
      pack_pieces_(groups * shape.count(), shape.panel_floats() * (transposed ? 12 : 8)) {}

template <typename F>
void PanelsKernel::ForGroups(PieceRange pieces, F f) const {
  const auto [begin, end] = pack_pieces_.Items(0, pieces);
  for (int64_t item = begin; item < end;) {
    const int64_t group = item / shape_.count(), first = item - group * shape_.count();
    const int64_t last = std::min(shape_.count(), first + end - item);
    f(group, first, last);
    item += last - first;
  }
}

void PanelsKernel::PackWeights(const float* weights, const float* bias, PieceRange pieces,
                               float* packed) const {
  ForGroups(pieces, [&](int64_t group, int64_t first, int64_t last) {
    PackPanels(shape_, weights + group * shape_.n * shape_.k, transposed_,
               bias == nullptr ? nullptr : bias + group * shape_.n, first, last,
               packed + group * shape_.floats());
  });
}

void PanelsKernel::UnpackWeights(const float* packed, PieceRange pieces, float* weights,
                                 float* bias) const {
  ForGroups(pieces, [&](int64_t group, int64_t first, int64_t last) {
    UnpackPanels(shape_, packed + group * shape_.floats(), transposed_, first, last,
                 weights + group * shape_.n * shape_.k,
                 bias == nullptr ? nullptr : bias + group * shape_.n);
  });
}

std::optional<KernelChoice> ProposeRows(const FullyConnectedSizes& sizes) {
  return ProposePanels(sizes, TiledPanelsOf(sizes));
}

bool PrefersRows(const FullyConnectedSizes& sizes) { return sizes.m == 1; }

std::unique_ptr<Kernel> MakeRows(const FullyConnectedSizes& sizes) {
  return std::make_unique<RowsKernel>(sizes);
}

}  // namespace webhlo
