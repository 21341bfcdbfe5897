// SPDX-License-Identifier: Apache-2.0
//
// Depthwise convolution of NHWC images: one filter plane for each channel.
//
// Tiles of some output pixels of a row keep their sums in registers while one row of the filter
// after the other passes over them; channels run innermost, so all streams are sequential.
#ifndef WEBHLO_CORE_KERNELS_CONVOLUTION_DEPTHWISE_H_
#define WEBHLO_CORE_KERNELS_CONVOLUTION_DEPTHWISE_H_

#include <cstdint>

#include "core/kernels/convolution/sizes.h"
#include "core/kernels/parallel.h"

namespace webhlo {

struct DepthwiseSizes : Conv2dSizes {
  static constexpr int64_t kGroup = 8;  // Channels that lie together in the packed filter.
  int64_t channel_groups() const { return (channels + kGroup - 1) / kGroup; }
  // Biases, then the numbers of one filter element after the other.
  int64_t group_floats() const { return kGroup * (1 + filter_height * filter_width); }
  // Behind all groups lie zeros, one for each channel: a pixel of the padding.
  int64_t packed_floats() const { return channel_groups() * (group_floats() + kGroup); }
};

// `filter` is [channels, filter_height, filter_width], `bias` [channels] or null.
void PackDepthwise(const DepthwiseSizes& sizes, const float* filter, const float* bias,
                   float* packed);

// Writes what was packed; `bias` may be null.
void UnpackDepthwise(const DepthwiseSizes& sizes, const float* packed, float* filter, float* bias);

class Depthwise {
 public:
  explicit Depthwise(const Conv2dSizes& sizes);
  const DepthwiseSizes& sizes() const { return sizes_; }
  const Pieces& pieces() const { return pieces_; }
  // Reads the input, but nothing of its padding, up to whole vectors.
  void Run(const float* input, const float* packed, float* output, PieceRange pieces,
           ThreadPool& pool) const;

 private:
  DepthwiseSizes sizes_;
  RowParts parts_;  // Of the rows of output pixels.
  Pieces pieces_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_CONVOLUTION_DEPTHWISE_H_
