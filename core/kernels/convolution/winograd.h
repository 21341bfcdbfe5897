// SPDX-License-Identifier: Apache-2.0
//
// Convolution of NHWC images with filters of 3x3 by Winograd's F(4x4, 3x3): 36 products of numbers
// for 16 results of a channel, where the definition has 144. A. Lavin and S. Gray, "Fast Algorithms
// for Convolutional Neural Networks", 2015, with the points 0, +-sqrt(1/2), +-sqrt(2) and infinity,
// whose error is a quarter of that of the usual +-1 and +-2.
//
// A tile is 4x4 pixels of the output, and the 6x6 of the input that it hangs on. What it computes
// of K = 9 * channels products differs from the exact sum by at most
//
//     4 sqrt(K) eps * the sum over channels of (max |input| of the tile) * (sum |filter|).
//
// So that this holds whatever numbers come, a tile with one that is not finite, or so large or
// small that a step on the way could leave f32's range, is computed by the definition
// (TiledPixels). How large depends on the filter, and is found out when it is packed.
#ifndef WEBHLO_CORE_KERNELS_CONVOLUTION_WINOGRAD_H_
#define WEBHLO_CORE_KERNELS_CONVOLUTION_WINOGRAD_H_

#include <cstddef>
#include <cstdint>

#include "core/base/math.h"
#include "core/kernels/convolution/sizes.h"
#include "core/kernels/convolution/tiled.h"
#include "core/kernels/matmul/panels.h"
#include "core/kernels/parallel.h"
#include "core/threads/thread_pool.h"

namespace webhlo {

struct WinogradSizes : Conv2dSizes {
  static constexpr int64_t kTile = 4;   // Outputs, and
  static constexpr int64_t kInput = 6;  // inputs in a dimension.
  static constexpr int64_t kPlanes = kInput * kInput;
  static constexpr int64_t kRows = 12;  // Of which blocks are multiples: rows of whole tiles.
  // Between planes: without it their addresses would collide in the cache.
  static constexpr int64_t kGap = 16;

  PanelShape panels() const { return {9 * channels, output_channels, TiledWidth(output_channels)}; }
  int64_t tile_rows() const { return CeilDiv(output_height(), kTile); }
  int64_t tile_columns() const { return CeilDiv(output_width(), kTile); }
  int64_t tiles() const { return batch * tile_rows() * tile_columns(); }
  // Tiles that go through all steps together: so many that what lies between the steps stays in the
  // second cache.
  int64_t block() const;
  int64_t blocks() const { return CeilDiv(tiles(), block()); }
  // Of a plane of the transformed input and of its products.
  int64_t input_plane() const { return block() * channels + kGap; }
  int64_t output_plane() const { return block() * output_channels + kGap; }

  // The packed filter: panels, which the definition reads; the planes of the transformed filter,
  // each in panels without biases; a row of a window of zeros; the largest magnitude that tiles
  // may have.
  int64_t plane_floats() const { return panels().count() * channels * panels().width; }
  int64_t zeros_at() const { return panels().floats() + kPlanes * plane_floats(); }
  int64_t limit_at() const { return zeros_at() + 3 * channels; }
  int64_t packed_floats() const { return limit_at() + 1; }

  // Scratch: the transformed input; the products; what the magnitudes of a block's tiles are.
  int64_t products_at() const { return kPlanes * input_plane(); }
  int64_t magnitudes_at() const { return products_at() + kPlanes * output_plane(); }
  size_t scratch_bytes() const {
    return static_cast<size_t>(magnitudes_at() + block()) * sizeof(float);
  }
};

// Of the filter, [output_channels, 3, 3, channels], those of the panels [begin, end); `bias` may be
// null. The panels are packed in order, the first ones first.
void PackWinograd(const WinogradSizes& sizes, const float* filter, const float* bias, int64_t begin,
                  int64_t end, float* packed);

class Winograd {
 public:
  explicit Winograd(const Conv2dSizes& sizes);
  const WinogradSizes& sizes() const { return sizes_; }
  // Blocks are alike: so many pieces each.
  size_t pieces() const { return static_cast<size_t>(sizes_.blocks()) * block_.count(); }
  int64_t cost() const { return sizes_.blocks() * block_.cost(); }
  void Run(const float* input, const float* packed, float* output, float* scratch,
           PieceRange pieces, ThreadPool& pool) const;

 private:
  WinogradSizes sizes_;
  TiledPixels definition_;
  Pieces block_;  // Over tiles, over panels of planes, over tiles.
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_CONVOLUTION_WINOGRAD_H_
