// SPDX-License-Identifier: Apache-2.0
//
// XNNPACK's convolution. Its filter is packed in panels: for each group a transposed matrix, of a
// row for each output channel. So the packed form depends on the filter alone; the operator, whose
// pointers depend on the image, is each kernel's own.
#include "core/kernels/xnnpack.h"

#include <utility>

#include "core/base/math.h"
#include "core/base/memory.h"
#include "core/kernels/convolution/sizes.h"
#include "core/kernels/epilogue.h"
#include "core/kernels/matmul/panels_kernel.h"
#include "core/kernels/parallel.h"

namespace webhlo {
namespace {

// The filter of one group.
PanelShape PanelsOf(const Conv2dSizes& s) {
  return {s.filter_height * s.filter_width * (s.channels / s.groups), s.output_channels / s.groups,
          PanelWidth()};
}

// Of the pointers that it keeps: one for each tap of each output pixel, the last tile of pixels (of
// at most 16) being whole. They count four bytes each, as in WebAssembly, so that plans are the
// same everywhere.
double PointerBytes(const Conv2dSizes& s) {
  return FloatBytes({s.output_height() * s.output_width() + 15, s.filter_height, s.filter_width});
}

// Whether it computes within 32 bits, and in what memory a kernel may take.
bool Fits(const Conv2dSizes& s) {
  for (int64_t pad : {s.pad_top, s.pad_bottom, s.pad_left, s.pad_right}) {
    if (pad < 0) return false;
  }
  // It tells pixels left of and above the image by coordinates that wrap around.
  if (s.height + s.pad_top + s.pad_bottom > INT32_MAX ||
      s.width + s.pad_left + s.pad_right > INT32_MAX) {
    return false;
  }
  const double input = FloatBytes({s.batch, s.height, s.width, s.channels});
  const double output =
      FloatBytes({s.batch, s.output_height(), s.output_width(), s.output_channels});
  const PanelShape panels = PanelsOf(s);
  const double filter = FloatBytes({s.output_channels, panels.k});
  return PointerBytes(s) <= input + filter + output + kScratchAllowance &&
         FitsSize(PointerBytes(s)) &&
         FitsSize({s.groups, RoundUp<int64_t>(panels.n, 8), panels.k + 1});
}

class XnnConvolution : public PanelsKernel {
 public:
  XnnConvolution(const Conv2dSizes& s, int threads)
      : PanelsKernel(PanelsOf(s), s.groups, true, s.has_bias, s.extras),
        sizes_(s),
        threads_(threads),
        pieces_{{PiecesFor(Flops(s) / kFlopsPerCost)}},
        clamps_(s.batch * s.output_height() * s.output_width() * s.output_channels, 8) {}

  Status Initialize() {
    const Conv2dSizes& s = sizes_;
    xnn_operator_t op = nullptr;
    // Its own clamp loses NaN.
    const ClampRange none;
    RETURN_IF_ERROR(
        CheckXnn(xnn_create_convolution2d_nhwc_f32(
                     static_cast<uint32_t>(s.pad_top), static_cast<uint32_t>(s.pad_right),
                     static_cast<uint32_t>(s.pad_bottom), static_cast<uint32_t>(s.pad_left),
                     static_cast<uint32_t>(s.filter_height), static_cast<uint32_t>(s.filter_width),
                     static_cast<uint32_t>(s.stride_height), static_cast<uint32_t>(s.stride_width),
                     static_cast<uint32_t>(s.dilation_height),
                     static_cast<uint32_t>(s.dilation_width), static_cast<uint32_t>(s.groups),
                     static_cast<size_t>(s.channels / s.groups), static_cast<size_t>(shape_.n),
                     static_cast<size_t>(s.channels), static_cast<size_t>(s.output_channels),
                     &kNoWeights, nullptr, none.min, none.max, 0, nullptr, &holder_.provider, &op),
                 "convolution"));
    op_.reset(op);
    return OkStatus();
  }

  // Stages that are little work together are one piece.
  size_t pieces() const override { return cost() <= max_piece_cost ? 1 : all_pieces(); }
  int64_t cost() const override {
    return static_cast<int64_t>(Flops(sizes_) / kFlopsPerCost) + (clamps() ? clamps_.cost() : 0);
  }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    if (this->pieces() == 1) pieces = {0, all_pieces()};
    float* output = static_cast<float*>(args[result()]);
    xnn_setup_convolution2d_nhwc_f32(op_.get(), nullptr, static_cast<const float*>(args[0]),
                                     output);
    RunOperator(op_.get(), pieces_.counts, pieces.Take(pieces_.count()), threads_, pool);
    if (pieces.empty()) return;
    clamps_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
      ClampElements(begin, end, sizes_.clamp.min, sizes_.clamp.max, output);
    });
  }

  Status UsePacked(std::shared_ptr<Packed> packed) override {
    RETURN_IF_ERROR(PanelsKernel::UsePacked(std::move(packed)));
    holder_.panels = PanelsKernel::packed();
    const Conv2dSizes& s = sizes_;
    const size_t threads = ThreadsToTell(
        threads_, static_cast<double>(s.batch * s.groups * s.output_height() * s.output_width()),
        static_cast<double>(shape_.n), static_cast<double>(shape_.k));
    size_t workspace = 0, alignment = 0;
    RETURN_IF_ERROR(ReshapeFor(threads, "convolution", [&](pthreadpool_t pool) {
      return xnn_reshape_convolution2d_nhwc_f32(op_.get(), s.batch, s.height, s.width, &workspace,
                                                &alignment, nullptr, nullptr, pool);
    }));
    return workspace == 0 ? OkStatus() : Internal("convolution: XNNPACK wants a workspace");
  }

 private:
  bool clamps() const { return sizes_.clamp.HasBounds(); }
  size_t all_pieces() const { return pieces_.count() + (clamps() ? clamps_.count() : 0); }

  const Conv2dSizes sizes_;
  const int threads_;
  const StagePieces<1> pieces_;
  const Pieces clamps_;
  PanelsHolder holder_;
  XnnOperator op_;  // Uses holder_.
};

}  // namespace

std::optional<KernelChoice> ProposeXnnConvolution(const Conv2dSizes& s, int num_threads) {
  // One channel a group is another layout.
  if (!AreValid(s) || !Fits(s) || PanelWidth() == 0 ||
      (s.channels == s.groups && s.output_channels == s.groups) ||
      (PanelsOf(s).n < PanelWidth() && !NarrowConvolutionsTakePanels())) {
    return std::nullopt;
  }
  return KernelChoice{
      .sizes = Describe(s),
      .parameters = {ThreadsFor(Flops(s), num_threads)},
      .pack_key = PanelsKey(PanelsOf(s), s.groups, true, s.has_bias),
      .packed_operands = uint64_t{s.has_bias ? 6u : 2u},
  };
}

Result<std::unique_ptr<Kernel>> MakeXnnConvolution(const Conv2dSizes& sizes,
                                                   const KernelChoice& choice) {
  auto kernel = std::make_unique<XnnConvolution>(sizes, static_cast<int>(choice.parameters.at(0)));
  RETURN_IF_ERROR(kernel->Initialize());
  return std::unique_ptr<Kernel>(std::move(kernel));
}

}  // namespace webhlo
