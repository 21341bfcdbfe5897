// SPDX-License-Identifier: Apache-2.0
//
// One file: all that knows XNNPACK's interface.
#include "core/kernels/xnnpack.h"

#include <xnnpack.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <utility>

#include "core/base/check.h"
#include "core/base/math.h"
#include "core/base/memory.h"
#include "core/base/strings.h"
#include "core/kernels/depthwise.h"
#include "core/kernels/epilogue.h"
#include "core/kernels/few_rows.h"
#include "core/kernels/panels.h"
#include "core/kernels/parallel.h"
#include "core/kernels/patches.h"
#include "core/threads/pthreadpool.h"

namespace webhlo {
namespace {

// Below this a step takes about two microseconds, which a second thread cannot shorten.
constexpr double kMinFlopsForThreads = 200e3;

struct DeleteOperator {
  void operator()(xnn_operator_t op) const { xnn_delete_operator(op); }
};
using Operator = std::unique_ptr<xnn_operator, DeleteOperator>;

Status Check(xnn_status status, std::string_view what) {
  switch (status) {
    case xnn_status_success:
      return OkStatus();
    case xnn_status_out_of_memory:
      return OutOfMemory(StrCat(what, ": out of memory in XNNPACK"));
    default:
      return Internal(StrCat(what, ": XNNPACK answers status ", static_cast<int>(status)));
  }
}

Status Initialize() {
  static const xnn_status status = xnn_initialize(nullptr);
  return Check(status, "xnn_initialize");
}

// XNNPACK sizes its tiles by the pool that a reshape gets; one that only knows its size will do.
template <typename Reshape>
Status ReshapeFor(size_t num_threads, std::string_view what, Reshape&& reshape) {
  pthreadpool pool{.num_threads = num_threads};
  return Check(reshape(&pool), what);
}

int ThreadsFor(double flops, int num_threads) {
  return flops < kMinFlopsForThreads ? 1 : num_threads;
}

// How the run of an operator falls into pieces: one number a stage.
template <size_t kStages>
struct StagePieces {
  std::array<size_t, kStages> counts;
  size_t count() const { return std::accumulate(counts.begin(), counts.end(), size_t{0}); }
};

size_t PiecesFor(double cost) {
  return static_cast<size_t>(std::max(1.0, std::ceil(cost / static_cast<double>(max_piece_cost))));
}

template <size_t kStages>
void RunOperator(xnn_operator_t op, const StagePieces<kStages>& stages, PieceRange pieces,
                 int num_threads, ThreadPool& threads) {
  pthreadpool pool{.num_threads = static_cast<size_t>(num_threads),
                   .threads = num_threads == 1 ? nullptr : &threads,
                   .pieces = pieces};
  const bool whole = pieces.begin == 0 && pieces.end == stages.count();
  if (!whole) pool.stages = stages.counts;
  const xnn_status status = xnn_run_operator(op, &pool);
  WEBHLO_CHECK(status == xnn_status_success);
}

// A product as XNNPACK cuts it: cells of some rows times some columns. For one thread it takes all
// columns at once, which may be more than a piece. The number of threads to tell it, so that it
// makes about as many cells of a row of cells as there are pieces in it.
size_t ThreadsToTell(int threads, double rows, double columns, double k) {
  constexpr double kRowsOfCell = 4, kCellsPerThread = 5;
  const double parts =
      kRowsOfCell * columns * k * 2 / kFlopsPerCost / static_cast<double>(max_piece_cost);
  if (threads > 1 || parts <= 1) return static_cast<size_t>(threads);
  return static_cast<size_t>(
      std::max(2.0, columns * std::ceil(rows / kRowsOfCell) / (kCellsPerThread * parts)));
}

bool ValidClamp(const ClampRange& clamp) { return clamp.min < clamp.max; }  // Also false for NaN.

std::string DescribeClamp(const ClampRange& clamp) {
  const ClampRange none;
  if (clamp.min == none.min && clamp.max == none.max) return "";
  if (clamp.min == 0 && clamp.max == none.max) return " relu";
  return StrCat(" clamp(", static_cast<double>(clamp.min), ", ", static_cast<double>(clamp.max),
                ")");
}

// Bytes of so many floats. Exact where it matters, and never wraps.
double FloatBytes(std::initializer_list<int64_t> factors) {
  double product = 4;
  for (int64_t f : factors) product *= static_cast<double>(f);
  return product;
}

// XNNPACK computes sizes and offsets in size_t, which WebAssembly has 32 bits of. (Other builds
// test what runs there.)
bool FitsSize(double bytes) { return bytes <= INT32_MAX; }
bool FitsSize(std::initializer_list<int64_t> factors) { return FitsSize(FloatBytes(factors)); }

// XNNPACK packs weights through a "weights cache", which we play: it is always told that the
// weights are there already, at the address that `context` points to.
struct PanelsHolder {
  const void* panels = nullptr;
  xnn_weights_cache_provider provider = {
      .context = this,
      .look_up = [](void*, const xnn_weights_cache_look_up_key*) -> size_t { return 0; },
      .reserve_space = [](void*, size_t) -> void* { return nullptr; },
      .look_up_or_insert = [](void*, const xnn_weights_cache_look_up_key*, void*,
                              size_t) -> size_t { return 0; },
      .is_finalized = [](void*) { return true; },
      .offset_to_addr = [](void* context, size_t) -> void* {
        return const_cast<void*>(static_cast<PanelsHolder*>(context)->panels);
      },
      .delete_cache = [](void*) { return xnn_status_success; },
  };
};

// The width of XNNPACK's panels on this processor, from the packing of a small matrix. 0 if its
// layout is not the one of core/kernels/panels.h.
int64_t ProbePanelWidth() {
  constexpr int64_t kRows = 5, kColumns = 32;
  struct Probe {
    alignas(64) float packed[4 * kColumns * kRows];
  } probe;
  xnn_weights_cache_provider provider = PanelsHolder().provider;
  provider.context = &probe;
  provider.look_up = [](void*, const xnn_weights_cache_look_up_key*) -> size_t { return SIZE_MAX; };
  provider.reserve_space = [](void* context, size_t size) -> void* {
    Probe* probe = static_cast<Probe*>(context);
    return size <= sizeof(probe->packed) ? probe->packed : nullptr;
  };
  float weights[kRows * kColumns], bias[kColumns], expected[(kRows + 1) * kColumns];
  for (int64_t i = 0; i < kRows * kColumns; ++i) weights[i] = static_cast<float>(i + 1);
  for (int64_t i = 0; i < kColumns; ++i) bias[i] = static_cast<float>(-1 - i);
  const ClampRange none;
  xnn_operator_t op = nullptr;
  if (xnn_create_fully_connected_nc_f32(kRows, kColumns, kRows, kColumns, weights, bias, none.min,
                                        none.max, 0, nullptr, &provider,
                                        &op) != xnn_status_success) {
    return 0;
  }
  xnn_delete_operator(op);
  for (int64_t width : {8, 4}) {
    PackPanels({kRows, kColumns, width}, weights, true, bias, 0, kColumns / width, expected);
    if (std::equal(expected, expected + std::size(expected), probe.packed)) return width;
  }
  return 0;
}

int64_t PanelWidth() {
  static const int64_t width = ProbePanelWidth();
  return width;
}

// Whether the clamps of XNNPACK's products keep NaN here: it depends on the order of a
// microkernel's operands, and on what relaxed minima are in this engine. There is a microkernel for
// one row, one for several, and each has another form for [0, infinity].
bool ProbeClamp(const ClampRange& clamp) {
  constexpr int64_t kRows = 5, kColumns = 16;
  float weights[kColumns], input[kRows], output[kRows * kColumns];
  std::fill_n(weights, kColumns, 1.0f);
  xnn_operator_t op = nullptr;
  if (xnn_create_fully_connected_nc_f32(1, kColumns, 1, kColumns, weights, nullptr, clamp.min,
                                        clamp.max, 0, nullptr, nullptr,
                                        &op) != xnn_status_success) {
    return false;
  }
  const Operator owner(op);
  if (xnn_reshape_fully_connected_nc_f32(op, kRows, nullptr) != xnn_status_success) return false;
  for (float sign : {1.0f, -1.0f}) {
    std::fill_n(input, kRows, std::copysign(std::numeric_limits<float>::quiet_NaN(), sign));
    xnn_setup_fully_connected_nc_f32(op, input, output);
    if (xnn_run_operator(op, nullptr) != xnn_status_success) return false;
    if (!std::all_of(output, output + kRows * kColumns, [](float y) { return std::isnan(y); })) {
      return false;
    }
  }
  return true;
}

bool HasBounds(const ClampRange& clamp) {
  const ClampRange none;
  return clamp.min != none.min || clamp.max != none.max;
}

// y[i] = clamp(y[i]). A NaN stays.
void ClampInParallel(int64_t count, const ClampRange& clamp, float* y, ThreadPool& pool) {
  ParallelRanges(pool, 0, count, 8, [&](int64_t begin, int64_t end) {
    AddBiasAndClamp(begin, end, nullptr, clamp.min, clamp.max, y);
  });
}

bool ClampKeepsNan(const ClampRange& clamp) {
  static const bool relu = ProbeClamp({.min = 0}), other = ProbeClamp({.min = 0, .max = 6});
  return clamp.min == 0 && clamp.max == ClampRange().max ? relu : other;
}

// Results that XNNPACK computes at a time when we clamp them: still in cache then, and enough work
// to wake the other threads for.
constexpr int64_t kClampedBytes = 64 << 10;

// ---- Fully connected ----

struct PackedFloats : Kernel::Packed {
  AlignedBuffer buffer;
  float* data() { return reinterpret_cast<float*>(buffer.data()); }
  size_t ByteSize() const override { return buffer.size(); }
};

Result<std::shared_ptr<Kernel::Packed>> MakePackedFloats(int64_t count) {
  auto packed = std::make_shared<PackedFloats>();
  ASSIGN_OR_RETURN(packed->buffer, TryAllocate(static_cast<uint64_t>(count) * 4, "packed weights"));
  return std::shared_ptr<Kernel::Packed>(std::move(packed));
}

class FullyConnected : public Kernel {
 public:
  FullyConnected(const FullyConnectedSizes& sizes, int num_threads)
      : sizes_(sizes),
        shape_{sizes.k, sizes.n, PanelWidth()},
        threads_(ThreadsFor(Flops(), num_threads)),
        rows_(shape_, sizes.m, sizes.clamp.min, sizes.clamp.max),
        pieces_{{PiecesFor(Cost())}},
        // Packing reads and writes; a transposed matrix in small bits.
        pack_pieces_(shape_.count(), shape_.panel_floats() * (sizes.transposed_weights ? 12 : 8)) {}

  // For one row XNNPACK's kernels wait for their two sums; and below the width of a panel XNNPACK
  // takes another layout.
  bool RowByRow() const { return sizes_.m == 1 || sizes_.n < shape_.width; }

  Status Initialize() {
    if (RowByRow()) return OkStatus();
    clamp_ = HasBounds(sizes_.clamp) && !ClampKeepsNan(sizes_.clamp);
    RETURN_IF_ERROR(MakeOperator(&op_));
    if (!clamp_) return OkStatus();
    // In fours, as microkernels have it.
    const int64_t most = std::max<int64_t>(1, kClampedBytes * threads_ / (16 * sizes_.n)) * 4;
    block_rows_ = std::min(sizes_.m, most);
    const int64_t blocks = CeilDiv(sizes_.m, block_rows_);
    blocks_.Add(blocks, static_cast<int64_t>(Cost() / static_cast<double>(blocks)));
    return sizes_.m % block_rows_ == 0 ? OkStatus() : MakeOperator(&rest_);
  }

  size_t pieces() const override {
    if (RowByRow()) return rows_.pieces().count();
    return clamp_ ? blocks_.count() : pieces_.count();
  }
  int64_t cost() const override { return static_cast<int64_t>(Cost()); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    const float* input = static_cast<const float*>(args[0]);
    float* output = static_cast<float*>(args[sizes_.has_bias ? 3 : 2]);
    if (RowByRow()) {
      rows_.Run(input, static_cast<const float*>(holder_.panels), output, pieces, pool);
      return;
    }
    if (!clamp_) {
      xnn_setup_fully_connected_nc_f32(op_.get(), input, output);
      RunOperator(op_.get(), pieces_, pieces, threads_, pool);
      return;
    }
    const auto [first, last] = blocks_.Items(0, pieces);
    for (int64_t block = first; block < last; ++block) {
      const int64_t row = block * block_rows_;
      const int64_t rows = std::min(block_rows_, sizes_.m - row);
      xnn_operator_t op = (rows == block_rows_ ? op_ : rest_).get();
      float* results = output + row * sizes_.n;
      xnn_setup_fully_connected_nc_f32(op, input + row * sizes_.k, results);
      RunOperator(op, pieces_, {0, pieces_.count()}, threads_, pool);
      ClampInParallel(rows * sizes_.n, sizes_.clamp, results, pool);
    }
  }

  uint64_t packed_operands() const override { return sizes_.has_bias ? 6 : 2; }

  std::string PackKey() const override {
    return StrCat("panels", shape_.width, " ", sizes_.k, "x", sizes_.n,
                  sizes_.transposed_weights ? " transposed" : "", sizes_.has_bias ? " bias" : "");
  }

  Result<std::shared_ptr<Packed>> MakePacked() const override {
    return MakePackedFloats(shape_.floats());
  }

  size_t pack_pieces() const override { return pack_pieces_.count(); }

  Status Pack(Packed* packed, std::span<const void* const> operands, PieceRange pieces) override {
    const auto [begin, end] = pack_pieces_.Items(0, pieces);
    PackPanels(shape_, static_cast<const float*>(operands[1]), sizes_.transposed_weights,
               sizes_.has_bias ? static_cast<const float*>(operands[2]) : nullptr, begin, end,
               static_cast<PackedFloats*>(packed)->data());
    return OkStatus();
  }

  Status UsePacked(std::shared_ptr<Packed> packed) override {
    packed_ = std::static_pointer_cast<PackedFloats>(std::move(packed));
    holder_.panels = packed_->data();
    if (RowByRow()) return OkStatus();
    RETURN_IF_ERROR(ReshapeTo(op_, clamp_ ? block_rows_ : sizes_.m));
    return rest_ ? ReshapeTo(rest_, sizes_.m % block_rows_) : OkStatus();
  }

  std::string Describe() const override {
    return StrCat(RowByRow() ? "matmul.rows " : "xnnpack.fully_connected ", sizes_.m, "x", sizes_.k,
                  "x", sizes_.n, sizes_.has_bias ? " bias" : "", DescribeClamp(sizes_.clamp));
  }

 private:
  Status MakeOperator(Operator* made) {
    xnn_operator_t op = nullptr;
    static const float no_weights = 0;  // Never read: they are always "in the cache".
    const ClampRange clamp = clamp_ ? ClampRange() : sizes_.clamp;
    RETURN_IF_ERROR(Check(xnn_create_fully_connected_nc_f32(
                              sizes_.k, sizes_.n, sizes_.k, sizes_.n, &no_weights, nullptr,
                              clamp.min, clamp.max, 0, nullptr, &holder_.provider, &op),
                          "fully connected"));
    made->reset(op);
    return OkStatus();
  }

  Status ReshapeTo(const Operator& op, int64_t rows) {
    const size_t threads =
        ThreadsToTell(threads_, static_cast<double>(rows), static_cast<double>(sizes_.n),
                      static_cast<double>(sizes_.k));
    return ReshapeFor(threads, "fully connected", [&](pthreadpool_t pool) {
      return xnn_reshape_fully_connected_nc_f32(op.get(), static_cast<size_t>(rows), pool);
    });
  }

  double Flops() const {
    return 2.0 * static_cast<double>(sizes_.m) * static_cast<double>(sizes_.k) *
           static_cast<double>(sizes_.n);
  }
  double Cost() const {
    return Flops() / kFlopsPerCost + 4.0 * static_cast<double>(shape_.floats());
  }

  const FullyConnectedSizes sizes_;
  const PanelShape shape_;
  const int threads_;
  const RowsByPanels rows_;
  const StagePieces<1> pieces_;
  const Pieces pack_pieces_;
  bool clamp_ = false;      // We clamp, not XNNPACK: blocks of rows, one after the other.
  int64_t block_rows_ = 0;  // That one operator computes then.
  Pieces blocks_;
  PanelsHolder holder_;
  Operator op_, rest_;  // Use holder_; rest_ computes the last rows when they are fewer.
  std::shared_ptr<PackedFloats> packed_;
};

// ---- Batch matrix product ----

class FewRowsMatMul : public Kernel {
 public:
  explicit FewRowsMatMul(const BatchMatMulSizes& sizes)
      : sizes_(sizes), product_(sizes.batch, sizes.m, sizes.k, sizes.n, sizes.transposed_rhs) {}

  size_t pieces() const override { return product_.pieces().count(); }
  int64_t cost() const override { return product_.pieces().cost(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    product_.Run(static_cast<const float*>(args[0]), static_cast<const float*>(args[1]),
                 static_cast<float*>(args[2]), pieces, pool);
  }

  std::string Describe() const override {
    return StrCat("matmul.few_rows ", sizes_.batch, "x", sizes_.m, "x", sizes_.k, "x", sizes_.n,
                  sizes_.transposed_rhs ? " transposed" : "");
  }

 private:
  const BatchMatMulSizes sizes_;
  const FewRowsProduct product_;
};

class BatchMatMul : public Kernel {
 public:
  BatchMatMul(const BatchMatMulSizes& sizes, int num_threads)
      : sizes_(sizes),
        threads_(ThreadsFor(Flops(), num_threads)),
        stages_{{PiecesFor(PackCost()), PiecesFor(ProductCost())}} {}

  Status Initialize() {
    xnn_operator_t op = nullptr;
    RETURN_IF_ERROR(Check(xnn_create_batch_matrix_multiply_nc_f32(
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
                                                      sizes_.k, sizes_.n, &scratch_bytes_,
                                                      &alignment, pool);
    });
  }

  // Stages that are little work together are one piece.
  size_t pieces() const override { return cost() <= max_piece_cost ? 1 : stages_.count(); }
  int64_t cost() const override { return static_cast<int64_t>(PackCost() + ProductCost()); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    if (this->pieces() == 1) pieces = {0, stages_.count()};
    xnn_setup_batch_matrix_multiply_nc_f32(op_.get(), args[3], static_cast<const float*>(args[0]),
                                           static_cast<const float*>(args[1]),
                                           static_cast<float*>(args[2]));
    RunOperator(op_.get(), stages_, pieces, threads_, pool);
  }

  size_t scratch_bytes() const override { return scratch_bytes_; }

  std::string Describe() const override {
    return StrCat("xnnpack.batch_matmul ", sizes_.batch, "x", sizes_.m, "x", sizes_.k, "x",
                  sizes_.n, sizes_.transposed_rhs ? " transposed" : "");
  }

 private:
  // XNNPACK packs the right-hand sides first, in small bits.
  double PackCost() const {
    return 12.0 * static_cast<double>(sizes_.batch) * static_cast<double>(sizes_.k) *
           static_cast<double>(sizes_.n);
  }
  double ProductCost() const { return Flops() / kFlopsPerCost; }
  double Flops() const {
    return 2.0 * static_cast<double>(sizes_.batch) * static_cast<double>(sizes_.m) *
           static_cast<double>(sizes_.k) * static_cast<double>(sizes_.n);
  }

  const BatchMatMulSizes sizes_;
  const int threads_;
  const StagePieces<2> stages_;
  Operator op_;
  size_t scratch_bytes_ = 0;
};

// ---- Convolution ----

std::string AttributesOf(const Conv2dSizes& s) {
  std::string out = StrCat(s.height, "x", s.width, "x", s.channels, " filter ", s.filter_height,
                           "x", s.filter_width, "x", s.output_channels);
  if (s.stride_height != 1 || s.stride_width != 1) {
    StrAppend(&out, " strides ", s.stride_height, "x", s.stride_width);
  }
  if (s.dilation_height != 1 || s.dilation_width != 1) {
    StrAppend(&out, " dilation ", s.dilation_height, "x", s.dilation_width);
  }
  if ((s.pad_top | s.pad_bottom | s.pad_left | s.pad_right) != 0) {
    StrAppend(&out, " padding ", s.pad_top, ",", s.pad_bottom, ",", s.pad_left, ",", s.pad_right);
  }
  if (s.groups != 1) StrAppend(&out, " groups ", s.groups);
  if (s.has_bias) out += " bias";
  return out;
}

// Of the pointers that XNNPACK's convolution keeps: one for each tap of each output pixel, the last
// tile of pixels (of at most 16) being whole. They count four bytes each, as in WebAssembly, so
// that plans are the same everywhere.
double IndirectionBytes(const Conv2dSizes& s) {
  return FloatBytes({s.output_height() * s.output_width() + 15, s.filter_height, s.filter_width});
}

// Whether XNNPACK's convolution computes within 32 bits, and in what memory a kernel may take.
bool SuitsXnnpack(const Conv2dSizes& s) {
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
  const double filter =
      FloatBytes({s.output_channels, s.filter_height, s.filter_width, s.channels / s.groups});
  const double pointers = IndirectionBytes(s);
  // Panels of eight output channels and their biases.
  const int64_t taps = s.filter_height * s.filter_width;
  const int64_t columns = RoundUp<int64_t>(s.output_channels / s.groups, 8);
  return pointers <= input + filter + output + kScratchAllowance && FitsSize(pointers) &&
         FitsSize({s.groups, columns, taps * (s.channels / s.groups) + 1});
}

class Conv2d : public Kernel {
 public:
  Conv2d(const Conv2dSizes& sizes, int num_threads)
      : sizes_(sizes),
        threads_(ThreadsFor(Flops(), num_threads)),
        pieces_{{PiecesFor(Flops() / kFlopsPerCost)}},
        clamp_(HasBounds(sizes.clamp)),
        clamps_(sizes.batch * sizes.output_height() * sizes.output_width() * sizes.output_channels,
                8) {}

  // Stages that are little work together are one piece.
  size_t pieces() const override { return cost() <= max_piece_cost ? 1 : all_pieces(); }
  int64_t cost() const override {
    return static_cast<int64_t>(Flops() / kFlopsPerCost) + (clamp_ ? clamps_.cost() : 0);
  }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    if (this->pieces() == 1) pieces = {0, all_pieces()};
    if (packed_->batch != sizes_.batch) {
      // Allocates nothing: all users have the same image size (PackKey).
      const Status status = Reshape();
      WEBHLO_CHECK(status.ok());
    }
    float* output = static_cast<float*>(args[sizes_.has_bias ? 3 : 2]);
    xnn_setup_convolution2d_nhwc_f32(packed_->op.get(), nullptr, static_cast<const float*>(args[0]),
                                     output);
    RunOperator(packed_->op.get(), pieces_, pieces.Take(pieces_.count()), threads_, pool);
    // XNNPACK's own clamp loses NaN, and kernels that bound their results otherwise share the
    // operator.
    if (!pieces.empty()) {
      clamps_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
        AddBiasAndClamp(begin, end, nullptr, sizes_.clamp.min, sizes_.clamp.max, output);
      });
    }
  }

  uint64_t packed_operands() const override { return sizes_.has_bias ? 6 : 2; }

  // XNNPACK's operator holds addresses that depend on the image size, so only kernels of the same
  // size share one.
  std::string PackKey() const override {
    return StrCat(AttributesOf(sizes_), " threads ", threads_);
  }

  Result<std::shared_ptr<Kernel::Packed>> MakePacked() const override {
    const Conv2dSizes& s = sizes_;
    auto packed = std::make_shared<Packed>();
    packed->bytes =
        static_cast<size_t>(s.output_channels *
                            (s.filter_height * s.filter_width * s.channels / s.groups + 1) * 4) +
        static_cast<size_t>(IndirectionBytes(s));
    return std::shared_ptr<Kernel::Packed>(std::move(packed));
  }

  // In one piece: XNNPACK packs where it makes its operator.
  Status Pack(Kernel::Packed* packed, std::span<const void* const> operands, PieceRange) override {
    const Conv2dSizes& s = sizes_;
    xnn_operator_t op = nullptr;
    RETURN_IF_ERROR(Check(
        xnn_create_convolution2d_nhwc_f32(
            static_cast<uint32_t>(s.pad_top), static_cast<uint32_t>(s.pad_right),
            static_cast<uint32_t>(s.pad_bottom), static_cast<uint32_t>(s.pad_left),
            static_cast<uint32_t>(s.filter_height), static_cast<uint32_t>(s.filter_width),
            static_cast<uint32_t>(s.stride_height), static_cast<uint32_t>(s.stride_width),
            static_cast<uint32_t>(s.dilation_height), static_cast<uint32_t>(s.dilation_width),
            static_cast<uint32_t>(s.groups), static_cast<size_t>(s.channels / s.groups),
            static_cast<size_t>(s.output_channels / s.groups), static_cast<size_t>(s.channels),
            static_cast<size_t>(s.output_channels), static_cast<const float*>(operands[1]),
            s.has_bias ? static_cast<const float*>(operands[2]) : nullptr, ClampRange().min,
            ClampRange().max, 0, nullptr, nullptr, &op),
        "convolution"));
    static_cast<Packed*>(packed)->op.reset(op);
    return OkStatus();
  }

  Status UsePacked(std::shared_ptr<Kernel::Packed> packed) override {
    packed_ = std::static_pointer_cast<Packed>(std::move(packed));
    return packed_->batch == sizes_.batch ? OkStatus() : Reshape();
  }

  std::string Describe() const override {
    return StrCat("xnnpack.convolution ", sizes_.batch, "x", AttributesOf(sizes_),
                  DescribeClamp(sizes_.clamp));
  }

 private:
  struct Packed : Kernel::Packed {
    Operator op;
    int64_t batch = 0;  // Whose reshape is in force.
    size_t bytes = 0;
    size_t ByteSize() const override { return bytes; }
  };

  double Flops() const {
    const Conv2dSizes& s = sizes_;
    return 2.0 * static_cast<double>(s.batch * s.output_height() * s.output_width()) *
           static_cast<double>(s.output_channels) *
           static_cast<double>(s.filter_height * s.filter_width * s.channels / s.groups);
  }

  Status Reshape() {
    const Conv2dSizes& s = sizes_;
    const size_t threads = ThreadsToTell(
        threads_, static_cast<double>(s.batch * s.groups * s.output_height() * s.output_width()),
        static_cast<double>(s.output_channels / s.groups),
        static_cast<double>(s.filter_height * s.filter_width * s.channels / s.groups));
    size_t workspace = 0, alignment = 0;
    RETURN_IF_ERROR(ReshapeFor(threads, "convolution", [&](pthreadpool_t pool) {
      return xnn_reshape_convolution2d_nhwc_f32(packed_->op.get(), sizes_.batch, sizes_.height,
                                                sizes_.width, &workspace, &alignment, nullptr,
                                                nullptr, pool);
    }));
    if (workspace != 0) return Internal("convolution: XNNPACK wants a workspace");
    packed_->batch = sizes_.batch;
    return OkStatus();
  }

  size_t all_pieces() const { return pieces_.count() + (clamp_ ? clamps_.count() : 0); }

  const Conv2dSizes sizes_;
  const int threads_;
  const StagePieces<1> pieces_;
  const bool clamp_;
  const Pieces clamps_;
  std::shared_ptr<Packed> packed_;
};

// A convolution by own loops over a filter packed as floats.
class PackedFilterConv2d : public Kernel {
 public:
  uint64_t packed_operands() const override { return has_bias_ ? 6 : 2; }

  Status UsePacked(std::shared_ptr<Packed> packed) override {
    packed_ = std::static_pointer_cast<PackedFloats>(std::move(packed));
    return OkStatus();
  }

  std::string Describe() const override { return description_; }

 protected:
  PackedFilterConv2d(bool has_bias, std::string description)
      : has_bias_(has_bias), description_(std::move(description)) {}

  size_t result() const { return has_bias_ ? 3 : 2; }  // Its place among the arguments.
  const float* Filter(std::span<const void* const> operands) const {
    return static_cast<const float*>(operands[1]);
  }
  const float* Bias(std::span<const void* const> operands) const {
    return has_bias_ ? static_cast<const float*>(operands[2]) : nullptr;
  }

  const bool has_bias_;
  std::shared_ptr<PackedFloats> packed_;

 private:
  const std::string description_;
};

class PatchConv2d : public PackedFilterConv2d {
 public:
  PatchConv2d(const Conv2dSizes& s, int num_threads)
      : PackedFilterConv2d(s.has_bias,
                           StrCat("convolution.patches ", s.batch, "x", AttributesOf(s))),
        scratch_bytes_(PatchScratchBytes(num_threads)),
        loop_({.batch = s.batch,
               .height = s.height,
               .width = s.width,
               .channels = s.channels,
               .output_height = s.output_height(),
               .output_width = s.output_width(),
               .output_channels = s.output_channels,
               .filter_height = s.filter_height,
               .filter_width = s.filter_width,
               .stride_height = s.stride_height,
               .stride_width = s.stride_width,
               .dilation_height = s.dilation_height,
               .dilation_width = s.dilation_width,
               .pad_top = s.pad_top,
               .pad_left = s.pad_left,
               .groups = s.groups,
               .min = s.clamp.min,
               .max = s.clamp.max}) {}

  size_t pieces() const override { return loop_.pieces().count(); }
  int64_t cost() const override { return loop_.pieces().cost(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    loop_.Run(static_cast<const float*>(args[0]), packed_->data(),
              static_cast<float*>(args[result()]), static_cast<float*>(args[result() + 1]), pieces,
              pool);
  }

  size_t scratch_bytes() const override { return scratch_bytes_; }
  std::string PackKey() const override {
    return StrCat("patches groups ", loop_.sizes().groups, has_bias_ ? " bias" : "");
  }

  Result<std::shared_ptr<Packed>> MakePacked() const override {
    return MakePackedFloats(loop_.sizes().packed_floats());
  }

  Status Pack(Packed* packed, std::span<const void* const> operands, PieceRange) override {
    PackPatchFilter(loop_.sizes(), Filter(operands), Bias(operands),
                    static_cast<PackedFloats*>(packed)->data());
    return OkStatus();
  }

 private:
  const size_t scratch_bytes_;
  const PatchConvolution loop_;
};

class DepthwiseConv2d : public PackedFilterConv2d {
 public:
  explicit DepthwiseConv2d(const Conv2dSizes& s)
      : PackedFilterConv2d(s.has_bias, StrCat("depthwise ", s.batch, "x", AttributesOf(s),
                                              DescribeClamp(s.clamp))),
        loop_({.batch = s.batch,
               .height = s.height,
               .width = s.width,
               .channels = s.channels,
               .output_height = s.output_height(),
               .output_width = s.output_width(),
               .filter_height = s.filter_height,
               .filter_width = s.filter_width,
               .stride_height = s.stride_height,
               .stride_width = s.stride_width,
               .dilation_height = s.dilation_height,
               .dilation_width = s.dilation_width,
               .pad_top = s.pad_top,
               .pad_left = s.pad_left,
               .min = s.clamp.min,
               .max = s.clamp.max}) {}

  size_t pieces() const override { return loop_.pieces().count(); }
  int64_t cost() const override { return loop_.pieces().cost(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    loop_.Run(static_cast<const float*>(args[0]), packed_->data(),
              static_cast<float*>(args[result()]), pieces, pool);
  }

  std::string PackKey() const override { return has_bias_ ? "depthwise bias" : "depthwise"; }

  Result<std::shared_ptr<Packed>> MakePacked() const override {
    return MakePackedFloats(loop_.sizes().packed_floats());
  }

  Status Pack(Packed* packed, std::span<const void* const> operands, PieceRange) override {
    PackDepthwise(loop_.sizes(), Filter(operands), Bias(operands),
                  static_cast<PackedFloats*>(packed)->data());
    return OkStatus();
  }

 private:
  const Depthwise loop_;
};

}  // namespace

Result<std::unique_ptr<Kernel>> MakeFullyConnected(const FullyConnectedSizes& s, int num_threads) {
  RETURN_IF_ERROR(Initialize());
  if (s.m < 1 || s.k < 1 || s.n < 1 || !ValidClamp(s.clamp) || PanelWidth() == 0 ||
      !FitsSize({s.k + 1, s.n + 8}) || !FitsSize({s.m, s.k}) || !FitsSize({s.m, s.n})) {
    return std::unique_ptr<Kernel>();
  }
  auto kernel = std::make_unique<FullyConnected>(s, num_threads);
  RETURN_IF_ERROR(kernel->Initialize());
  return std::unique_ptr<Kernel>(std::move(kernel));
}

Result<std::unique_ptr<Kernel>> MakeBatchMatMul(const BatchMatMulSizes& s, int num_threads) {
  RETURN_IF_ERROR(Initialize());
  if (s.batch < 1 || s.m < 1 || s.k < 1 || s.n < 1 || !FitsSize({s.batch, s.k, s.n}) ||
      !FitsSize({s.batch, s.m, s.k}) || !FitsSize({s.batch, s.m, s.n})) {
    return std::unique_ptr<Kernel>();
  }
  if (s.m > kFewRows && FitsSize({s.batch, s.k + 1, s.n + 8})) {
    auto kernel = std::make_unique<BatchMatMul>(s, num_threads);
    RETURN_IF_ERROR(kernel->Initialize());
    // Of a narrow rhs the packed form is several times as large.
    if (static_cast<double>(kernel->scratch_bytes()) <=
        FloatBytes({s.batch, s.k, s.n}) + FloatBytes({s.batch, s.m, s.n}) + kScratchAllowance) {
      return std::unique_ptr<Kernel>(std::move(kernel));
    }
  }
  return std::unique_ptr<Kernel>(std::make_unique<FewRowsMatMul>(s));
}

Result<std::unique_ptr<Kernel>> MakeConv2d(const Conv2dSizes& s, int num_threads) {
  RETURN_IF_ERROR(Initialize());
  const auto none = [] { return std::unique_ptr<Kernel>(); };
  for (int64_t positive :
       {s.batch, s.height, s.width, s.channels, s.output_channels, s.filter_height, s.filter_width,
        s.stride_height, s.stride_width, s.dilation_height, s.dilation_width, s.groups}) {
    if (positive < 1 || positive > INT32_MAX) return none();
  }
  for (int64_t pad : {s.pad_top, s.pad_bottom, s.pad_left, s.pad_right}) {
    if (pad < -INT32_MAX || pad > INT32_MAX) return none();
  }
  if (s.channels % s.groups != 0 || s.output_channels % s.groups != 0) return none();
  if (s.height + s.pad_top + s.pad_bottom <= (s.filter_height - 1) * s.dilation_height ||
      s.width + s.pad_left + s.pad_right <= (s.filter_width - 1) * s.dilation_width) {
    return none();  // No output pixel.
  }
  if (!ValidClamp(s.clamp) || !FitsSize({s.batch, s.height, s.width, s.channels}) ||
      !FitsSize({s.batch, s.output_height(), s.output_width(), s.output_channels}) ||
      !FitsSize({s.filter_height, s.filter_width, s.channels, s.output_channels})) {
    return none();
  }
  const bool pointwise = s.filter_height == 1 && s.filter_width == 1 && s.stride_height == 1 &&
                         s.stride_width == 1 && s.groups == 1 &&
                         (s.pad_top | s.pad_bottom | s.pad_left | s.pad_right) == 0;
  if (pointwise) {
    return MakeFullyConnected({.m = s.batch * s.height * s.width,
                               .k = s.channels,
                               .n = s.output_channels,
                               .transposed_weights = true,
                               .has_bias = s.has_bias,
                               .clamp = s.clamp},
                              num_threads);
  }
  if (s.groups == s.channels && s.output_channels == s.channels) {
    return std::unique_ptr<Kernel>(std::make_unique<DepthwiseConv2d>(s));
  }
  if (!SuitsXnnpack(s)) {
    return std::unique_ptr<Kernel>(std::make_unique<PatchConv2d>(s, num_threads));
  }
  return std::unique_ptr<Kernel>(std::make_unique<Conv2d>(s, num_threads));
}

}  // namespace webhlo
