// SPDX-License-Identifier: Apache-2.0
//
// Convolution of NHWC images through patches: what a window sees of the image is copied into a row,
// and rows are multiplied with the filter. XNNPACK's convolution keeps a pointer for each tap of
// each output pixel, which for large windows is many times the image; this one keeps some tiles of
// patches, whatever the sizes are.
#ifndef WEBHLO_CORE_KERNELS_CONVOLUTION_PATCHES_H_
#define WEBHLO_CORE_KERNELS_CONVOLUTION_PATCHES_H_

#include <cstddef>
#include <cstdint>

#include "core/kernels/convolution/sizes.h"
#include "core/kernels/matmul/panels.h"
#include "core/kernels/parallel.h"
#include "core/threads/thread_pool.h"

namespace webhlo {

struct PatchSizes : Conv2dSizes {
  int64_t group_channels() const { return channels / groups; }
  // The filter of one group.
  PanelShape panels() const {
    const int64_t n = output_channels / groups;
    return {filter_height * filter_width * group_channels(), n, n <= 4 ? 4 : 8};
  }
  int64_t pixels() const { return batch * output_height() * output_width(); }
};

// Bytes of scratch for `num_threads` threads.
size_t PatchScratchBytes(int num_threads);

// Takes the filter of all groups packed in panels.
class PatchConvolution {
 public:
  explicit PatchConvolution(const Conv2dSizes& sizes);
  const Pieces& pieces() const { return pieces_; }
  // `scratch` is for as many threads as the pool has.
  void Run(const float* input, const float* packed, float* output, float* scratch,
           PieceRange pieces, ThreadPool& pool) const;

 private:
  void RunTile(const float* input, const float* packed, float* output, float* scratch,
               int64_t group, int64_t first, int64_t count) const;

  PatchSizes sizes_;
  Pieces pieces_;  // Over tiles of pixels and groups.
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_CONVOLUTION_PATCHES_H_
