// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/fft.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

#include "core/base/math.h"
#include "core/kernels/fft_transform.h"
#include "core/kernels/parallel.h"

namespace webhlo {
namespace {

using fft::Planes;
using fft::Transform;
using fft::WorkLength;

// What a transform of one dimension reads and writes: its columns lie `inner` apart.
struct Pass {
  enum class Place { kOperand, kResult, kWork };
  Place source, sink;
  bool from_real, from_half, to_real;
  int64_t n, read, written;  // Elements of a transform, of a column that is read and written.
  int64_t outer, inner;
};

// Transforms of so few bytes are worked on in the stack, each by one thread.
constexpr int64_t kSmallBytes = 64 * 1024;

// Two buffers of two planes, for each element.
constexpr int64_t kBuffers = 4 * sizeof(float);
constexpr int64_t kPaddingBytes = Transform::kPadding * sizeof(float);

// Columns that are worked on at once where they lie beside each other: those of a cache line or
// two, fewer where that keeps them small.
int64_t ColumnsOf(const Pass& pass) {
  const int64_t bytes = WorkLength(pass.n) * kBuffers;
  return std::min(pass.inner, std::clamp<int64_t>(kSmallBytes / bytes, 8, 16));
}

int64_t BuffersBytes(const Pass& pass) {
  return WorkLength(pass.n) * ColumnsOf(pass) * kBuffers + kPaddingBytes;
}

std::vector<Pass> PassesOf(const FftSizes& sizes) {
  using Place = Pass::Place;
  std::vector<Pass> passes;
  const bool from_real = sizes.kind == FftSizes::Kind::kFromReal;
  const bool to_real = sizes.kind == FftSizes::Kind::kToReal;
  const size_t rank = sizes.dims.size(), count = sizes.lengths.size();
  for (size_t t = 0; t < count; ++t) {
    // A real operand's own dimension comes first, a real result's last.
    const size_t d = from_real ? rank - 1 - t : rank - count + t;
    const bool last = d + 1 == rank, begins = t == 0, ends = t + 1 == count;
    const auto product = [&](size_t from, size_t to) {
      return std::accumulate(sizes.dims.begin() + static_cast<int64_t>(from),
                             sizes.dims.begin() + static_cast<int64_t>(to), int64_t{1},
                             std::multiplies<>());
    };
    const int64_t length = sizes.lengths[d + count - rank], stored = sizes.dims[d];
    // Between its passes, a real result's complex numbers need a place of their own.
    const Place between = to_real ? Place::kWork : Place::kResult;
    passes.push_back({.source = begins ? Place::kOperand : between,
                      .sink = ends ? Place::kResult : between,
                      .from_real = from_real && last,
                      .from_half = to_real && last,
                      .to_real = to_real && last,
                      .n = last && (from_real || to_real) ? length : stored,
                      .read = from_real && last ? length : stored,
                      .written = to_real && last ? length : stored,
                      .outer = product(0, d),
                      .inner = product(d + 1, rank)});
  }
  return passes;
}

// Bytes of the complex numbers between the passes of a real result.
uint64_t WorkBytes(const FftSizes& sizes) {
  if (sizes.kind != FftSizes::Kind::kToReal || sizes.lengths.size() == 1) return 0;
  uint64_t bytes = 8;
  for (int64_t size : sizes.dims) bytes *= static_cast<uint64_t>(size);
  return RoundUp<uint64_t>(bytes, 64);
}

class FftKernel : public Kernel {
 public:
  static Result<std::unique_ptr<Kernel>> Make(const FftSizes& sizes) {
    auto kernel = std::make_unique<FftKernel>();
    kernel->inverse_ =
        sizes.kind == FftSizes::Kind::kInverse || sizes.kind == FftSizes::Kind::kToReal;
    kernel->work_bytes_ = WorkBytes(sizes);
    for (const Pass& pass : PassesOf(sizes)) {
      Step& step = kernel->steps_.emplace_back(pass);
      RETURN_IF_ERROR(step.transform.Prepare());
      const int64_t blocks = pass.outer * CeilDiv(pass.inner, step.columns);
      int64_t cost = 0;
      Pieces loops;
      const auto add = [&](int64_t items, int64_t item_cost) {
        loops.Add(items, item_cost);
        cost += items * item_cost;
      };
      const int64_t moved = step.columns * static_cast<int64_t>(sizeof(float)) * 4;
      add(pass.n, moved);
      for (size_t i = 0; i < step.transform.num_loops(); ++i) {
        const auto [items, item_cost] = step.transform.LoopSize(i);
        add(items, item_cost);
      }
      add(pass.written, moved);
      step.small = BuffersBytes(pass) <= kSmallBytes;
      step.loops = step.small ? Pieces(blocks, cost) : loops;
      step.blocks = step.small ? 1 : blocks;
      kernel->pieces_ += step.pieces();
      kernel->cost_ += step.loops.cost() * step.blocks;
    }
    return std::unique_ptr<Kernel>(std::move(kernel));
  }

  size_t pieces() const override { return pieces_; }
  int64_t cost() const override { return cost_; }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    size_t first = 0;  // Piece of the step.
    for (const Step& step : steps_) {
      const size_t begin = std::max(pieces.begin, first);
      const size_t end = std::min(pieces.end, first + step.pieces());
      if (begin < end) RunStep(step, args, {begin - first, end - first}, pool);
      first += step.pieces();
    }
  }

 private:
  struct Step {
    explicit Step(const Pass& p) : pass(p), columns(ColumnsOf(p)), transform(p.n, columns) {}
    size_t pieces() const { return loops.count() * static_cast<size_t>(blocks); }

    Pass pass;
    int64_t columns;
    Transform transform;
    bool small = false;
    Pieces loops;        // Of all blocks, or of one that is large.
    int64_t blocks = 1;  // Large ones, one after the other.
  };

  // The columns of a block; the last one of a row of blocks may have fewer than others.
  struct Block {
    int64_t outer, column, columns;
  };
  static Block BlockAt(const Step& step, int64_t index) {
    const int64_t per_row = CeilDiv(step.pass.inner, step.columns);
    const int64_t column = index % per_row * step.columns;
    return {index / per_row, column, std::min(step.columns, step.pass.inner - column)};
  }

  void* PlaceOf(Pass::Place place, void* const* args) const {
    return args[place == Pass::Place::kOperand ? 0 : place == Pass::Place::kResult ? 1 : 2];
  }

  // Elements [begin, end) of the block's columns, to planes. An inverse transform is a forward one
  // whose planes change places.
  void Read(const Step& step, const Block& block, void* const* args, Planes planes, int64_t begin,
            int64_t end) const {
    const Pass& pass = step.pass;
    if (inverse_) planes = planes.swapped();
    const float* const source = static_cast<const float*>(PlaceOf(pass.source, args));
    for (int64_t k = begin; k < end; ++k) {
      const bool mirrored = pass.from_half && 2 * k > pass.n;
      const bool is_real = pass.from_half && (k == 0 || 2 * k == pass.n);
      const int64_t row = mirrored ? pass.n - k : k;
      const int64_t at = (block.outer * pass.read + row) * pass.inner + block.column;
      for (int64_t c = 0; c < step.columns; ++c) {
        float re = 0, im = 0;
        if (c < block.columns) {
          re = pass.from_real ? source[at + c] : source[2 * (at + c)];
          if (!pass.from_real && !is_real) im = source[2 * (at + c) + 1];
        }
        planes.re[k * step.columns + c] = re;
        planes.im[k * step.columns + c] = mirrored ? -im : im;
      }
    }
  }

  void Write(const Step& step, const Block& block, Planes planes, void* const* args, int64_t begin,
             int64_t end) const {
    const Pass& pass = step.pass;
    if (inverse_) planes = planes.swapped();
    const float scale = inverse_ ? 1 / static_cast<float>(pass.n) : 1;
    float* const sink = static_cast<float*>(PlaceOf(pass.sink, args));
    for (int64_t k = begin; k < end; ++k) {
      const int64_t at = (block.outer * pass.written + k) * pass.inner + block.column;
      for (int64_t c = 0; c < block.columns; ++c) {
        const float re = planes.re[k * step.columns + c] * scale;
        if (pass.to_real) {
          sink[at + c] = re;
        } else {
          sink[2 * (at + c)] = re;
          sink[2 * (at + c) + 1] = planes.im[k * step.columns + c] * scale;
        }
      }
    }
  }

  // One loop of a block's: what is read, the transform's, what is written.
  void RunLoop(const Step& step, const Block& block, size_t loop, void* const* args, Planes a,
               Planes b, int64_t begin, int64_t end) const {
    const size_t loops = step.transform.num_loops();
    const Planes from = loop % 2 == 0 ? b : a, to = loop % 2 == 0 ? a : b;
    if (loop == 0) {
      Read(step, block, args, to, begin, end);
    } else if (loop <= loops) {
      step.transform.RunLoop(loop - 1, from, to, begin, end);
    } else {
      Write(step, block, from, args, begin, end);
    }
  }

  void RunStep(const Step& step, void* const* args, PieceRange pieces, ThreadPool& pool) const {
    const int64_t elements = step.transform.elements();
    if (step.small) {
      step.loops.Run(pieces, pool, [&](int64_t begin, int64_t end) {
        alignas(64) float buffer[kSmallBytes / sizeof(float)];
        const Planes a = {buffer, buffer + elements};
        const Planes b = {buffer + 2 * elements, buffer + 3 * elements};
        for (int64_t i = begin; i < end; ++i) {
          const Block block = BlockAt(step, i);
          RunLoop(step, block, 0, args, a, b, 0, step.pass.n);
          const size_t loops = step.transform.num_loops();
          for (size_t loop = 0; loop < loops; ++loop) {
            RunLoop(step, block, loop + 1, args, a, b, 0, step.transform.LoopSize(loop).first);
          }
          RunLoop(step, block, loops + 1, args, a, b, 0, step.pass.written);
        }
      });
      return;
    }
    float* const buffer = reinterpret_cast<float*>(static_cast<uint8_t*>(args[2]) + work_bytes_);
    const Planes a = {buffer, buffer + elements};
    const Planes b = {buffer + 2 * elements, buffer + 3 * elements};
    ForEachBlock(step.loops.count(), pieces, [&](int64_t index, PieceRange part) {
      const Block block = BlockAt(step, index);
      step.loops.Run(part, pool, [&](size_t loop, int64_t begin, int64_t end) {
        RunLoop(step, block, loop, args, a, b, begin, end);
      });
    });
  }

  std::vector<Step> steps_;
  bool inverse_ = false;
  uint64_t work_bytes_ = 0;
  size_t pieces_ = 0;
  int64_t cost_ = 0;
};

}  // namespace

uint64_t FftSizes::ScratchBytes() const {
  uint64_t buffers = 0;
  for (const Pass& pass : PassesOf(*this)) {
    const int64_t bytes = BuffersBytes(pass);
    if (bytes > kSmallBytes) buffers = std::max(buffers, static_cast<uint64_t>(bytes));
  }
  return WorkBytes(*this) + buffers;
}

Result<std::unique_ptr<Kernel>> MakeFft(const FftSizes& sizes) { return FftKernel::Make(sizes); }

}  // namespace webhlo
