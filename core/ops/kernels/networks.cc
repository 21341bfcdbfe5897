// SPDX-License-Identifier: Apache-2.0
//
// Kernels of WebHLO's own ops, the ones that networks spend their time in. All f32.
#include <limits>
#include <utility>

#include "core/base/strings.h"
#include "core/kernels/epilogue.h"
#include "core/kernels/pool2d.h"
#include "core/kernels/softmax.h"
#include "core/kernels/strided_copy.h"
#include "core/kernels/xnnpack.h"
#include "core/ops/op_kernels.h"

namespace webhlo {
namespace {

ClampRange ClampOf(const OpView& op) {
  const ClampRange none;
  return {static_cast<float>(op.Float("clamp_min", static_cast<double>(none.min))),
          static_cast<float>(op.Float("clamp_max", static_cast<double>(none.max)))};
}

bool IsConstant(const KernelRequest& request, size_t operand) {
  return (request.constant_operands >> operand & 1) != 0;
}

bool IsF32(const OpView& op) {
  for (size_t i = 0; i < op.num_operands(); ++i) {
    if (op.operand(i).element != ElementType::kF32) return false;
  }
  return op.result().element == ElementType::kF32;
}

// A product with what it cannot do itself around it: a transposed lhs is copied to scratch first, a
// computed bias and the clamp of a computed rhs are applied afterwards.
class MatmulKernel : public Kernel {
 public:
  struct Around {
    bool transpose_lhs = false;
    int64_t batch = 1, m = 0, k = 0, n = 0;
    bool has_bias_operand = false;
    bool bias_is_packed = false;
    bool finish = false;  // Bias (if there is one and it is not packed) and clamp.
    ClampRange clamp;
  };

  MatmulKernel(std::unique_ptr<Kernel> product, const Around& around)
      : product_(std::move(product)), around_(around), finish_parts_(around.n, 8) {
    if (around_.finish) {
      finish_pieces_.Add(around_.batch * around_.m * finish_parts_.count(), finish_parts_.cost());
    }
    if (around_.transpose_lhs) InitializeTranspose();
    small_ = cost() <= max_piece_cost;
  }

  // Stages that are little work together are one piece.
  size_t pieces() const override { return small_ ? 1 : StagePieces(); }
  int64_t cost() const override {
    return transpose_pieces_.cost() + product_->cost() + finish_pieces_.cost();
  }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    if (small_) pieces = {0, StagePieces()};
    const size_t result = around_.has_bias_operand ? 3 : 2;
    uint8_t* scratch = scratch_bytes() == 0 ? nullptr : static_cast<uint8_t*>(args[result + 1]);
    void* lhs = args[0];
    if (around_.transpose_lhs) {
      transpose_pieces_.Run(
          pieces.Take(transpose_pieces_.count()), pool,
          [&](int64_t begin, int64_t end) { transpose_.Run(args[0], scratch, begin, end); });
      lhs = scratch;
      scratch += lhs_bytes_;
    }
    void* product_args[5] = {lhs, args[1]};
    size_t count = 2;
    if (around_.bias_is_packed) product_args[count++] = nullptr;
    product_args[count++] = args[result];
    product_args[count] = scratch;
    if (const PieceRange own = pieces.Take(product_->pieces()); !own.empty()) {
      product_->Run(product_args, own, pool);
    }
    if (!around_.finish) return;
    const bool has_bias = around_.has_bias_operand && !around_.bias_is_packed;
    const float* bias = has_bias ? static_cast<const float*>(args[2]) : nullptr;
    float* y = static_cast<float*>(args[result]);
    finish_pieces_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
      finish_parts_.ForEach(begin, end, [&](int64_t row, int64_t first, int64_t last) {
        AddBiasAndClamp(first, last, bias, around_.clamp.min, around_.clamp.max,
                        y + row * around_.n);
      });
    });
  }

  uint64_t packed_operands() const override { return product_->packed_operands(); }
  std::string PackKey() const override { return product_->PackKey(); }
  Result<std::shared_ptr<Packed>> MakePacked() const override { return product_->MakePacked(); }
  size_t pack_pieces() const override { return product_->pack_pieces(); }
  Status Pack(Packed* packed, std::span<const void* const> operands, PieceRange pieces) override {
    return product_->Pack(packed, operands, pieces);
  }
  Status UsePacked(std::shared_ptr<Packed> packed) override {
    return product_->UsePacked(std::move(packed));
  }
  size_t scratch_bytes() const override { return lhs_bytes_ + product_->scratch_bytes(); }
  std::string Describe() const override {
    return StrCat(product_->Describe(), around_.transpose_lhs ? " transpose_lhs" : "",
                  around_.finish ? " finish" : "");
  }

 private:
  void InitializeTranspose() {
    const int64_t sizes[] = {around_.batch, around_.m, around_.k};
    const int64_t from[] = {around_.m * around_.k, 1, around_.m};
    const int64_t to[] = {around_.m * around_.k, around_.k, 1};
    transpose_ = StridedCopier(4, sizes, from, to);
    transpose_pieces_.Add(transpose_.items(), transpose_.item_cost());
    lhs_bytes_ =
        (static_cast<size_t>(around_.batch * around_.m * around_.k) * 4 + 2 * 64) / 64 * 64;
  }

  size_t StagePieces() const {
    return (around_.transpose_lhs ? transpose_pieces_.count() : 0) + product_->pieces() +
           (around_.finish ? finish_pieces_.count() : 0);
  }

  const std::unique_ptr<Kernel> product_;
  const Around around_;
  StridedCopier transpose_;
  size_t lhs_bytes_ = 0;
  RowParts finish_parts_;
  Pieces transpose_pieces_, finish_pieces_;
  bool small_ = true;
};

// Pooling and softmax: a loop over fixed sizes.
template <typename Loop>
class LoopKernel : public Kernel {
 public:
  LoopKernel(Loop loop, int in_place, std::string description)
      : loop_(std::move(loop)), in_place_(in_place), description_(std::move(description)) {}
  size_t pieces() const override { return loop_.pieces().count(); }
  int64_t cost() const override { return loop_.pieces().cost(); }
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    loop_.Run(args, pieces, pool);
  }
  size_t scratch_bytes() const override { return loop_.scratch_bytes(); }
  int in_place_operand() const override { return in_place_; }
  std::string Describe() const override { return description_; }

 private:
  const Loop loop_;
  const int in_place_;
  const std::string description_;
};

Result<std::unique_ptr<Kernel>> MakePoolKernel(Pool2d::Op pool, const OpView& op,
                                               std::string_view name) {
  if (!IsF32(op)) return std::unique_ptr<Kernel>();
  const auto window = op.Ints("window_dimensions");
  const std::vector<int64_t> strides = op.IntsOr("window_strides", 2, 1);
  const std::vector<int64_t> dilations = op.IntsOr("window_dilations", 2, 1);
  const std::vector<int64_t> padding = op.IntsOr("padding", 4, 0);
  const std::vector<int64_t>&in = op.operand(0).dims, &out = op.result().dims;
  // Far beyond any image, and safe to calculate with.
  constexpr int64_t kFar = int64_t{1} << 30;
  for (int64_t size : {window[0], window[1], strides[0], strides[1], dilations[0], dilations[1],
                       padding[0], padding[2], -padding[0], -padding[2], in[1], in[2]}) {
    if (size > kFar) return std::unique_ptr<Kernel>();
  }
  const Pool2dSizes sizes = {.batch = in[0],
                             .height = in[1],
                             .width = in[2],
                             .channels = in[3],
                             .output_height = out[1],
                             .output_width = out[2],
                             .window_height = window[0],
                             .window_width = window[1],
                             .stride_height = strides[0],
                             .stride_width = strides[1],
                             .dilation_height = dilations[0],
                             .dilation_width = dilations[1],
                             .pad_top = padding[0],
                             .pad_left = padding[2]};
  if (window[0] * window[1] > kMaxWindow) return std::unique_ptr<Kernel>();
  return std::unique_ptr<Kernel>(std::make_unique<LoopKernel<Pool2d>>(
      Pool2d(pool, sizes), -1,
      StrCat(name, " ", ToString(op.operand(0)), " window ", window[0], "x", window[1])));
}

}  // namespace

Result<std::unique_ptr<Kernel>> MakeMatmulKernel(const KernelRequest& request) {
  const OpView& op = request.op;
  const TensorType &lhs = op.operand(0), &rhs = op.operand(1), &result = op.result();
  if (!IsF32(op) || result.NumElements() == 0) return std::unique_ptr<Kernel>();
  const bool transpose_rhs = op.Bool("transpose_rhs");
  const bool one_rhs = rhs.rank() == 2;
  MatmulKernel::Around around;
  around.transpose_lhs = op.Bool("transpose_lhs");
  around.m = result.dims[result.dims.size() - 2];
  around.n = result.dims[result.dims.size() - 1];
  around.k = lhs.dims[lhs.dims.size() - (around.transpose_lhs ? 2 : 1)];
  around.batch = result.NumElements() / (around.m * around.n);
  around.clamp = ClampOf(op);
  around.has_bias_operand = op.num_operands() == 3;

  std::unique_ptr<Kernel> product;
  if (one_rhs && IsConstant(request, 1)) {
    around.bias_is_packed = around.has_bias_operand && IsConstant(request, 2);
    around.finish = around.has_bias_operand && !around.bias_is_packed;
    FullyConnectedSizes sizes = {.m = around.batch * around.m,
                                 .k = around.k,
                                 .n = around.n,
                                 .transposed_weights = transpose_rhs,
                                 .has_bias = around.bias_is_packed};
    if (!around.finish) sizes.clamp = around.clamp;
    ASSIGN_OR_RETURN(product, MakeFullyConnected(sizes, request.num_threads));
  } else {
    const ClampRange none;
    around.finish =
        around.has_bias_operand || around.clamp.min != none.min || around.clamp.max != none.max;
    BatchMatMulSizes sizes = {.batch = around.batch,
                              .m = around.m,
                              .k = around.k,
                              .n = around.n,
                              .transposed_rhs = transpose_rhs};
    if (one_rhs) {
      sizes.m *= sizes.batch;
      sizes.batch = 1;
    }
    ASSIGN_OR_RETURN(product, MakeBatchMatMul(sizes, request.num_threads));
  }
  if (!product || (!around.transpose_lhs && !around.finish)) return product;
  return std::unique_ptr<Kernel>(std::make_unique<MatmulKernel>(std::move(product), around));
}

Result<std::unique_ptr<Kernel>> MakeConv2dKernel(const KernelRequest& request) {
  const OpView& op = request.op;
  const bool has_bias = op.num_operands() == 3;
  if (!IsF32(op) || op.result().NumElements() == 0 || !IsConstant(request, 1) ||
      (has_bias && !IsConstant(request, 2))) {
    return std::unique_ptr<Kernel>();
  }
  const std::vector<int64_t>&in = op.operand(0).dims, &filter = op.operand(1).dims;
  const std::vector<int64_t> strides = op.IntsOr("window_strides", 2, 1);
  const std::vector<int64_t> dilations = op.IntsOr("rhs_dilation", 2, 1);
  const std::vector<int64_t> padding = op.IntsOr("padding", 4, 0);
  return MakeConv2d({.batch = in[0],
                     .height = in[1],
                     .width = in[2],
                     .channels = in[3],
                     .output_channels = filter[0],
                     .filter_height = filter[1],
                     .filter_width = filter[2],
                     .stride_height = strides[0],
                     .stride_width = strides[1],
                     .dilation_height = dilations[0],
                     .dilation_width = dilations[1],
                     .pad_top = padding[0],
                     .pad_bottom = padding[1],
                     .pad_left = padding[2],
                     .pad_right = padding[3],
                     .groups = op.Int("feature_group_count", 1),
                     .has_bias = has_bias,
                     .clamp = ClampOf(op)},
                    request.num_threads);
}

Result<std::unique_ptr<Kernel>> MakeMaxPool2dKernel(const KernelRequest& request) {
  return MakePoolKernel(Pool2d::Op::kMax, request.op, "max_pool2d");
}

Result<std::unique_ptr<Kernel>> MakeSumPool2dKernel(const KernelRequest& request) {
  return MakePoolKernel(Pool2d::Op::kSum, request.op, "sum_pool2d");
}

Result<std::unique_ptr<Kernel>> MakeSoftmaxKernel(const KernelRequest& request) {
  const OpView& op = request.op;
  const TensorType& operand = op.operand(0);
  if (!IsF32(op) || operand.NumElements() == 0) return std::unique_ptr<Kernel>();
  const int64_t columns = operand.dims.back(), rows = operand.NumElements() / columns;
  return std::unique_ptr<Kernel>(std::make_unique<LoopKernel<Softmax>>(
      Softmax(rows, columns), 0, StrCat("softmax ", rows, "x", columns)));
}

}  // namespace webhlo
