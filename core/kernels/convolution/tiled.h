// SPDX-License-Identifier: Apache-2.0
//
// Convolution of NHWC images in tiles (core/kernels/matmul/tiles.h): an output pixel is a row,
// whose runs are where its window lies in the image, and zeros where it lies outside.
#ifndef WEBHLO_CORE_KERNELS_CONVOLUTION_TILED_H_
#define WEBHLO_CORE_KERNELS_CONVOLUTION_TILED_H_

#include <cstddef>
#include <cstdint>

#include "core/kernels/convolution/sizes.h"
#include "core/kernels/matmul/panels.h"
#include "core/kernels/matmul/tiles.h"

namespace webhlo {

struct TiledSizes : Conv2dSizes {
  // What is a column of pixels is the same as a row of them, and taps of a row can be joined.
  explicit TiledSizes(const Conv2dSizes& s);

  int64_t group_channels() const { return channels / groups; }
  int64_t pixels() const { return batch * output_height() * output_width(); }
  // The filter of one group.
  PanelShape panels() const {
    const int64_t n = output_channels / groups;
    return {taps() * group_channels(), n, TiledWidth(n)};
  }
  int64_t taps() const { return filter_height * filter_width; }
  // Taps side by side are one run where all of them lie in the image and nothing between them.
  int64_t joined_taps() const { return groups == 1 && dilation_width == 1 ? filter_width : 1; }
  // Zeros that runs outside of the image are.
  int64_t zeros() const { return joined_taps() * group_channels(); }
};

class TiledPixels {
 public:
  explicit TiledPixels(const Conv2dSizes& sizes) : sizes_(sizes) {}
  const TiledSizes& sizes() const { return sizes_; }

  // The output pixels [first, last) of a group, its channels [column, column + columns); `column`
  // begins a panel. `panels`: of all groups. `runs` has room for so many pointers as the pixels
  // have taps.
  void Run(size_t form, const float* input, const float* panels, const float* zeros, int64_t group,
           int64_t first, int64_t last, int64_t column, int64_t columns, const float** runs,
           float* output) const;

 private:
  void FindRuns(size_t form, const float* input, const float* zeros, int64_t first, int64_t last,
                const float** runs) const;
  void FindRow(const float* image, const float* zeros, int64_t y, int64_t x, int64_t join,
               size_t count, const float** runs) const;
  void FindPixel(const float* image, const float* zeros, int64_t y, int64_t x, int64_t join,
                 int64_t count, const float** runs) const;

  TiledSizes sizes_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_CONVOLUTION_TILED_H_
