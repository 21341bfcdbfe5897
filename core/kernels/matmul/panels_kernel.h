// SPDX-License-Identifier: Apache-2.0
//
// What the kernels share whose weights are packed in panels, of products and convolutions: they
// differ in who multiplies.
#ifndef WEBHLO_CORE_KERNELS_MATMUL_PANELS_KERNEL_H_
#define WEBHLO_CORE_KERNELS_MATMUL_PANELS_KERNEL_H_

#include <cstdint>
#include <optional>

#include "core/kernels/matmul/panels.h"
#include "core/kernels/matmul/sizes.h"
#include "core/kernels/packed_floats.h"

namespace webhlo {

class PanelsKernel : public PackedWeightsKernel {
 public:
  size_t pack_pieces() const override { return pack_pieces_.count(); }

 protected:
  // The weights are `groups` matrices, one after the other; several are transposed ones.
  PanelsKernel(const PanelShape& shape, int64_t groups, bool transposed, bool has_bias,
               size_t extras);
  void PackWeights(const float* weights, const float* bias, PieceRange pieces,
                   float* packed) const override;
  void UnpackWeights(const float* packed, PieceRange pieces, float* weights,
                     float* bias) const override;

  const PanelShape shape_;  // Of a group.

 private:
  // f(group, first, last): these panels of the group.
  template <typename F>
  void ForGroups(PieceRange pieces, F f) const;

  const bool transposed_;
  const Pieces pack_pieces_;  // Over the panels of all groups.
};

// Of our own loops; XNNPACK has a width of its own.
PanelShape TiledPanelsOf(const FullyConnectedSizes& sizes);
// The choice but for what each kernel adds; nothing where panels do not do.
std::optional<KernelChoice> ProposePanels(const FullyConnectedSizes& sizes,
                                          const PanelShape& shape);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MATMUL_PANELS_KERNEL_H_
