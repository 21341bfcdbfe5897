// SPDX-License-Identifier: Apache-2.0
//
// XNNPACK's products: with constant right-hand sides, and with computed ones.
#include "core/kernels/xnnpack.h"

#include <algorithm>
#include <utility>

#include "core/base/math.h"
#include "core/base/memory.h"
#include "core/base/strings.h"
#include "core/kernels/epilogue.h"
#include "core/kernels/matmul/panels_kernel.h"
#include "core/kernels/matmul/sizes.h"
#include "core/kernels/parallel.h"

namespace webhlo {
namespace {

// Results that XNNPACK computes at a time when they have bounds. It would lose a NaN there, so we
// clamp them: still in cache then, and enough work to wake the other threads for.
constexpr int64_t kClampedBytes = 64 << 10;

PanelShape PanelsOf(const FullyConnectedSizes& s) { return {s.k, s.n, PanelWidth()}; }

double CostOf(const FullyConnectedSizes& s) {
  return Flops(s) / kFlopsPerCost + 4.0 * static_cast<double>(PanelsOf(s).floats());
}

class FullyConnected : public PanelsKernel {
 public:
  FullyConnected(const FullyConnectedSizes& sizes, int threads)
      : PanelsKernel(PanelsOf(sizes), 1, sizes.transposed_weights, sizes.has_bias, sizes.extras),
        sizes_(sizes),
        threads_(threads),
        pieces_{{PiecesFor(CostOf(sizes))}},
        clamp_(sizes.clamp.HasBounds()) {}

  Status Initialize() {
    RETURN_IF_ERROR(MakeOperator(&op_));
    if (!clamp_) return OkStatus();
    // Rows in fours, as microkernels have it.
    block_rows_ =
        std::min(sizes_.m, std::max<int64_t>(1, kClampedBytes * threads_ / (16 * sizes_.n)) * 4);
    const int64_t blocks = CeilDiv(sizes_.m, block_rows_);
    blocks_.Add(blocks, CeilDiv(cost(), blocks));
    return sizes_.m % block_rows_ == 0 ? OkStatus() : MakeOperator(&rest_);
  }

  size_t pieces() const override { return clamp_ ? blocks_.count() : pieces_.count(); }
  int64_t cost() const override { return static_cast<int64_t>(CostOf(sizes_)); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    const float* input = static_cast<const float*>(args[0]);
    float* output = static_cast<float*>(args[result()]);
    if (!clamp_) {
      xnn_setup_fully_connected_nc_f32(op_.get(), input, output);
      RunOperator(op_.get(), pieces_.counts, pieces, threads_, pool);
      return;
    }
    const auto [first, last] = blocks_.Items(0, pieces);
    for (int64_t block = first; block < last; ++block) {
      const int64_t row = block * block_rows_;
      const int64_t rows = std::min(block_rows_, sizes_.m - row);
      xnn_operator_t op = (rows == block_rows_ ? op_ : rest_).get();
      float* results = output + row * sizes_.n;
      xnn_setup_fully_connected_nc_f32(op, input + row * sizes_.k, results);
      RunOperator(op, pieces_.counts, {0, pieces_.count()}, threads_, pool);
      ParallelRanges(pool, 0, rows * sizes_.n, 8, [&](int64_t begin, int64_t end) {
        ClampElements(begin, end, sizes_.clamp.min, sizes_.clamp.max, results);
      });
    }
  }

  Status UsePacked(std::shared_ptr<Packed> packed) override {
    RETURN_IF_ERROR(PanelsKernel::UsePacked(std::move(packed)));
    holder_.panels = PanelsKernel::packed();
    RETURN_IF_ERROR(ReshapeTo(op_, clamp_ ? block_rows_ : sizes_.m));
    return rest_ ? ReshapeTo(rest_, sizes_.m % block_rows_) : OkStatus();
  }

 private:
  Status MakeOperator(XnnOperator* made) {
    xnn_operator_t op = nullptr;
    const ClampRange unbounded;
    RETURN_IF_ERROR(CheckXnn(xnn_create_fully_connected_nc_f32(
                                 sizes_.k, sizes_.n, sizes_.k, sizes_.n, &kNoWeights, nullptr,
                                 unbounded.min, unbounded.max, 0, nullptr, &holder_.provider, &op),
                             "fully connected"));
    made->reset(op);
    return OkStatus();
  }

  Status ReshapeTo(const XnnOperator& op, int64_t rows) {
    const size_t threads =
        ThreadsToTell(threads_, static_cast<double>(rows), static_cast<double>(sizes_.n),
                      static_cast<double>(sizes_.k));
    return ReshapeFor(threads, "fully connected", [&](pthreadpool_t pool) {
      return xnn_reshape_fully_connected_nc_f32(op.get(), static_cast<size_t>(rows), pool);
    });
  }

  const FullyConnectedSizes sizes_;
  const int threads_;
  const StagePieces<1> pieces_;
  const bool clamp_;        // We clamp, not XNNPACK: blocks of rows, one after the other.
  int64_t block_rows_ = 0;  // That one operator computes then.
  Pieces blocks_;
  PanelsHolder holder_;
  XnnOperator op_, rest_;  // Use holder_; rest_ computes the last rows when they are fewer.
};

class BatchMatMul : public Kernel {
 public:
  BatchMatMul(const BatchMatMulSizes& sizes, int threads)
      : sizes_(sizes),
        threads_(threads),
        stages_{{PiecesFor(PackCost()), PiecesFor(ProductCost())}} {}

  Status Initialize(size_t* scratch_bytes) {
    xnn_operator_t op = nullptr;
    RETURN_IF_ERROR(CheckXnn(xnn_create_batch_matrix_multiply_nc_f32(
                                 sizes_.transposed_rhs ? XNN_FLAG_TRANSPOSE_B : 0, &op),
                             "batch matmul"));
    op_.reset(op);
    const size_t batch = static_cast<size_t>(sizes_.batch);
    size_t alignment = 0;
    const size_t threads =
        ThreadsToTell(threads_, static_cast<double>(sizes_.m), static_cast<double>(sizes_.n),
                      static_cast<double>(sizes_.k));
    return ReshapeFor(threads, "batch matmul", [&](pthreadpool_t pool) {
      return xnn_reshape_batch_matrix_multiply_nc_f32(op_.get(), 1, &batch, &batch, sizes_.m,
                                                      sizes_.k, sizes_.n, scratch_bytes, &alignment,
                                                      pool);
    });
  }

  // Stages that are little work together are one piece.
  size_t pieces() const override { return cost() <= max_piece_cost ? 1 : stages_.count(); }
  int64_t cost() const override { return static_cast<int64_t>(PackCost() + ProductCost()); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    if (this->pieces() == 1) pieces = {0, stages_.count()};
    xnn_setup_batch_matrix_multiply_nc_f32(
        op_.get(), args[3 + sizes_.extras], static_cast<const float*>(args[0]),
        static_cast<const float*>(args[1]), static_cast<float*>(args[2 + sizes_.extras]));
    RunOperator(op_.get(), stages_.counts, pieces, threads_, pool);
  }

 private:
  // XNNPACK packs the right-hand sides first, in small bits.
  double PackCost() const {
    return 12.0 * static_cast<double>(sizes_.batch) * static_cast<double>(sizes_.k) *
           static_cast<double>(sizes_.n);
  }
  double ProductCost() const { return Flops(sizes_) / kFlopsPerCost; }

  const BatchMatMulSizes sizes_;
  const int threads_;
  const StagePieces<2> stages_;
  XnnOperator op_;
};

}  // namespace

std::optional<KernelChoice> ProposeXnnFullyConnected(const FullyConnectedSizes& s,
                                                     int num_threads) {
  if (PanelWidth() == 0 || s.n < PanelWidth()) return std::nullopt;
  std::optional<KernelChoice> choice = ProposePanels(s, PanelsOf(s));
  if (choice) choice->parameters = {ThreadsFor(Flops(s), num_threads)};
  return choice;
}

Result<std::unique_ptr<Kernel>> MakeXnnFullyConnected(const FullyConnectedSizes& sizes,
                                                      const KernelChoice& choice) {
  auto kernel = std::make_unique<FullyConnected>(sizes, static_cast<int>(choice.parameters.at(0)));
  RETURN_IF_ERROR(kernel->Initialize());
  return std::unique_ptr<Kernel>(std::move(kernel));
}

std::optional<KernelChoice> ProposeXnnBatchMatMul(const BatchMatMulSizes& s, int num_threads) {
  if (!FitsSize({s.batch, s.k + 1, s.n + 8})) return std::nullopt;
  std::optional<KernelChoice> choice = ProposeFewRows(s);
  if (!choice || !XnnpackRuns()) return std::nullopt;
  const int threads = ThreadsFor(Flops(s), num_threads);
  choice->parameters = {threads};
  size_t scratch_bytes = 0;
  if (!BatchMatMul(s, threads).Initialize(&scratch_bytes).ok()) return std::nullopt;
  choice->scratch_bytes = scratch_bytes;
  // Of a narrow rhs the packed form is several times as large.
  if (static_cast<double>(scratch_bytes) >
      FloatBytes({s.batch, s.k, s.n}) + FloatBytes({s.batch, s.m, s.n}) + kScratchAllowance) {
    return std::nullopt;
  }
  return choice;
}

Result<std::unique_ptr<Kernel>> MakeXnnBatchMatMul(const BatchMatMulSizes& sizes,
                                                   const KernelChoice& choice) {
  auto kernel = std::make_unique<BatchMatMul>(sizes, static_cast<int>(choice.parameters.at(0)));
  size_t scratch_bytes = 0;
  RETURN_IF_ERROR(kernel->Initialize(&scratch_bytes));
  if (scratch_bytes > choice.scratch_bytes) {
    return Internal("batch matmul: XNNPACK wants more scratch than the plan has");
  }
  return std::unique_ptr<Kernel>(std::move(kernel));
}

}  // namespace webhlo
