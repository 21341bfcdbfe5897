// SPDX-License-Identifier: Apache-2.0
//
// What is transformed in which order, and where it lies.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include "core/base/math.h"
#include "core/base/memory.h"
#include "core/kernels/fft/fft.h"
#include "core/kernels/fft/loops.h"
#include "core/kernels/fft/transform.h"
#include "core/kernels/parallel.h"

namespace webhlo {
namespace {

using fft::AllocateDoubles;
using fft::Columns;
using fft::FillRoots;
using fft::Keep;
using fft::kF32Loops;
using fft::kF64Loops;
using fft::Loops;
using fft::Planes;
using fft::Transform;
using fft::WorkLength;

// Short transforms of groups of columns.
struct Pass {
  enum class Place { kOperand, kResult, kWork };
  // Element k of a column lies at group * group_step + k * row_step + column * column_step.
  struct Side {
    Place place;
    bool real;
    int64_t group_step, row_step, column_step;
  };
  // What is done besides.
  enum class Extra {
    kNone,
    kTurn,      // Results are turned, as the first of the two passes of a long transform wants it.
    kFromReal,  // Pairs of real numbers were read as complex ones: their transforms are separated.
    kToReal     // They are to be written so: their transforms are joined.
  };
  Side source, sink;
  Extra extra = Extra::kNone;
  bool mirrored = false;  // The second half of what is read is the conjugate of the first one.
  int64_t n;              // Elements of a column that is transformed.
  int64_t read, written;  // Of one that is read and written.
  int64_t groups, columns;
  // Where in the whole transform an element of a column stands that is read or written: at
  // k * row_place + column * column_place. What stands at `end` or beyond it is not written.
  int64_t row_place = 1, column_place = 0, end;
  int64_t whole;       // The length of the whole transform.
  bool scales = true;  // By this length, where the transform is an inverse one.
};

// Blocks of columns of so few bytes are worked on in the stack, each by one thread.
constexpr int64_t kSmallBytes = 66 * 1024;
// They fit the cache next to the processor where possible.
constexpr int64_t kCacheBytes = 32 * 1024;
// Planes begin at different places of the cache.
constexpr int64_t kPaddingBytes = 64;

const Loops& LoopsOf(const FftSizes& sizes) { return sizes.is_f64 ? kF64Loops : kF32Loops; }

int64_t PlaneBytes(const Loops& loops, int64_t n, int64_t columns) {
  // One more, of real transforms.
  return (WorkLength(n) + 1) * columns * loops.bytes + kPaddingBytes;
}
int64_t BuffersBytes(const Loops& loops, int64_t n, int64_t columns) {
  return 4 * PlaneBytes(loops, n, columns);
}

// Columns that are worked on at once: as many as fill a vector, and a cache line where they lie
// beside each other; a few more where they are short.
int64_t ColumnsOf(const Loops& loops, const Pass& pass) {
  const int64_t lanes = loops.lanes;
  const bool beside = pass.source.column_step == 1 || pass.sink.column_step == 1;
  if (WorkLength(pass.n) != pass.n &&
      (pass.columns < lanes || (!beside && BuffersBytes(loops, pass.n, lanes) > kSmallBytes))) {
    return 1;
  }
  const int64_t fit = kCacheBytes / BuffersBytes(loops, pass.n, 1) / lanes * lanes;
  return std::min(RoundUp(pass.columns, lanes),
                  std::clamp<int64_t>(fit, beside ? 2 * lanes : lanes, 16));
}

// The larger one of the two factors of n that are closest to each other.
int64_t LargerFactor(int64_t n) {
  int64_t factor = static_cast<int64_t>(std::sqrt(n));
  while (n % factor != 0) --factor;
  return n / factor;
}

std::vector<Pass> PassesOf(const FftSizes& sizes) {
  using Place = Pass::Place;
  const Loops& loops = LoopsOf(sizes);
  std::vector<Pass> passes;
  const bool from_real = sizes.kind == FftSizes::Kind::kFromReal;
  const bool to_real = sizes.kind == FftSizes::Kind::kToReal;
  const size_t rank = sizes.dims.size(), count = sizes.lengths.size();
  for (size_t t = 0; t < count; ++t) {
    // A real operand's own dimension comes first, a real result's last.
    const size_t d = from_real ? rank - 1 - t : rank - count + t;
    const bool last = d + 1 == rank;
    const auto product = [&](size_t from, size_t to) {
      return std::accumulate(sizes.dims.begin() + static_cast<int64_t>(from),
                             sizes.dims.begin() + static_cast<int64_t>(to), int64_t{1},
                             std::multiplies<>());
    };
    const int64_t stored = sizes.dims[d], outer = product(0, d), inner = product(d + 1, rank);
    const bool reads_real = from_real && last, writes_real = to_real && last;
    const int64_t n = reads_real || writes_real ? sizes.lengths.back() : stored;
    const int64_t read = reads_real ? n : stored, written = writes_real ? n : stored;
    // Between its dimensions, a real result's complex numbers need a place of their own.
    const Place between = to_real ? Place::kWork : Place::kResult;
    Pass pass = {
        .source = {t == 0 ? Place::kOperand : between, reads_real, read * inner, inner, 1},
        .sink = {t + 1 == count ? Place::kResult : between, writes_real, written * inner, inner, 1},
        .mirrored = writes_real,
        .n = n,
        .read = n,
        .written = written,
        .groups = outer,
        .columns = inner,
        .end = written,
        .whole = n};
    if (!last) {
      passes.push_back(pass);
      continue;
    }
    // Rows of the tensor are columns here, where there are enough of them.
    pass.groups = 1;
    pass.columns = outer;
    pass.source.column_step = std::exchange(pass.source.group_step, 0);
    pass.sink.column_step = std::exchange(pass.sink.group_step, 0);
    const auto is_short = [&](int64_t length) {
      return outer >= loops.lanes && BuffersBytes(loops, length, loops.lanes) <= kSmallBytes;
    };
    if ((reads_real || writes_real) && n % 2 == 0 && is_short(n / 2)) {
      // Two numbers are one.
      Pass::Side& real = reads_real ? pass.source : pass.sink;
      real.real = pass.mirrored = false;
      real.column_step = pass.n = n / 2;
      pass.extra = reads_real ? Pass::Extra::kFromReal : Pass::Extra::kToReal;
      pass.read = reads_real ? n / 2 : stored;
      pass.written = pass.end = writes_real ? n / 2 : stored;
      passes.push_back(pass);
      continue;
    }
    const bool stays = is_short(n) || WorkLength(n) != n || (writes_real && count > 1);
    const int64_t factor = stays ? n : LargerFactor(n);
    if (factor == n) {
      passes.push_back(pass);
      continue;
    }
    // Elements that lie n / factor apart are columns; then those of a result are rows.
    const int64_t other = n / factor;
    pass.groups = outer;
    pass.column_place = 1;
    Pass second = pass;
    pass.extra = Pass::Extra::kTurn;
    pass.source = {pass.source.place, reads_real, read, other, 1};
    pass.sink = {Place::kWork, false, n, other, 1};
    pass.n = pass.read = pass.written = factor;
    pass.columns = pass.row_place = other;
    pass.end = n;
    pass.scales = false;
    second.source = {Place::kWork, false, n, 1, other};
    second.sink = {second.sink.place, writes_real, written, factor, 1};
    second.mirrored = false;
    second.n = second.read = second.written = other;
    second.columns = second.row_place = factor;
    passes.push_back(pass);
    passes.push_back(second);
  }
  return passes;
}

// Bytes of the complex numbers between passes that have no other place.
uint64_t WorkBytes(const Loops& loops, const std::vector<Pass>& passes) {
  int64_t numbers = 0;
  for (const Pass& pass : passes) {
    if (pass.sink.place != Pass::Place::kWork) continue;
    numbers = std::max(numbers, pass.groups * pass.columns * pass.written);
  }
  return RoundUp(static_cast<uint64_t>(numbers * 2 * loops.bytes), uint64_t{64});
}

class FftKernel : public Kernel {
 public:
  explicit FftKernel(const FftSizes& sizes)
      : loops_(LoopsOf(sizes)),
        inverse_(sizes.kind == FftSizes::Kind::kInverse || sizes.kind == FftSizes::Kind::kToReal) {}

  Status Prepare(const FftSizes& sizes) {
    const std::vector<Pass> passes = PassesOf(sizes);
    work_bytes_ = WorkBytes(loops_, passes);
    for (const Pass& pass : passes) {
      Step& step = steps_.emplace_back(loops_, pass);
      RETURN_IF_ERROR(step.transform.Prepare());
      RETURN_IF_ERROR(PrepareFactors(step));
      const int64_t blocks = pass.groups * CeilDiv(pass.columns, step.columns);
      int64_t cost = 0;
      const auto add = [&](int64_t items, int64_t item_cost) {
        step.loops.Add(items, item_cost);
        cost += items * item_cost;
      };
      const int64_t moved = step.columns * loops_.bytes * 4;
      add(pass.read, moved);
      for (size_t i = 0; i < step.transform.num_loops(); ++i) {
        const auto [items, item_cost] = step.transform.LoopSize(i);
        add(items, item_cost);
      }
      add(pass.written, moved);
      step.small = BuffersBytes(loops_, pass.n, step.columns) <= kSmallBytes;
      if (step.small) step.loops = Pieces(blocks, cost);
      step.blocks = step.small ? 1 : blocks;
      pieces_ += step.pieces();
      cost_ += step.loops.cost() * step.blocks;
    }
    return OkStatus();
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
  using Extra = Pass::Extra;

  struct Step {
    Step(const Loops& l, const Pass& p)
        : pass(p), columns(ColumnsOf(l, p)), transform(l, p.n, columns) {}
    size_t pieces() const { return loops.count() * static_cast<size_t>(blocks); }

    Pass pass;
    int64_t columns;
    Transform transform;
    // Of the rows' and columns' turns, or the roots of the whole length.
    AlignedBuffer factors;
    bool small = false;
    Pieces loops;        // Of all blocks, or of one that is large.
    int64_t blocks = 1;  // Large ones, one after the other.
  };

  Status PrepareFactors(Step& step) const {
    const Pass& pass = step.pass;
    if (pass.extra == Extra::kNone) return OkStatus();
    const int64_t n = pass.whole;
    ASSIGN_OR_RETURN(AlignedBuffer memory, AllocateDoubles(4 * n));
    double* const roots = reinterpret_cast<double*>(memory.data());
    double* factors = roots;
    FillRoots(n, roots);
    if (pass.extra == Extra::kTurn) {
      factors = roots + 2 * n;
      for (int64_t i = 0; i < n; ++i) {
        const int64_t turn = i / pass.columns * (i % pass.columns);
        factors[i] = roots[turn];
        // They turn what is written, which has changed places if the transform is an inverse one.
        factors[n + i] = inverse_ ? -roots[n + turn] : roots[n + turn];
      }
    }
    ASSIGN_OR_RETURN(step.factors, Keep(loops_, factors, 2 * n));
    return OkStatus();
  }

  static Planes PlanesAt(uint8_t* data, int64_t bytes) { return {data, data + bytes}; }
  // Of factors, which are only read.
  static Planes PlanesAt(const uint8_t* data, int64_t bytes) {
    return PlanesAt(const_cast<uint8_t*>(data), bytes);
  }

  // A block of columns; the last one of a group may have fewer than others.
  struct Block {
    int64_t group, column;
    Columns columns;
  };
  Block BlockAt(const Step& step, int64_t index) const {
    const Pass& pass = step.pass;
    const int64_t per_group = CeilDiv(pass.columns, step.columns);
    const int64_t column = index % per_group * step.columns;
    return {.group = index / per_group,
            .column = column,
            .columns = {.columns = step.columns,
                        .present = std::min(step.columns, pass.columns - column),
                        .place = column * pass.column_place,
                        .row_place = pass.row_place,
                        .column_place = pass.column_place,
                        .whole = pass.whole,
                        .mirrored = pass.mirrored,
                        .end = pass.end,
                        .scale = 1,
                        .factors = {},
                        .factor_step = 0}};
  }

  // The numbers of the block's first column.
  uint8_t* Find(const Pass::Side& side, Block& block, void* const* args) const {
    block.columns.real = side.real;
    block.columns.row_step = side.row_step;
    block.columns.column_step = side.column_step;
    const int64_t at = block.group * side.group_step + block.column * side.column_step;
    return static_cast<uint8_t*>(args[static_cast<size_t>(side.place)]) +
           at * (side.real ? 1 : 2) * loops_.bytes;
  }

  // Rows [begin, end) of the block's columns, to planes. An inverse transform is a forward one
  // whose planes change places.
  void Read(const Step& step, Block block, void* const* args, Planes planes, int64_t begin,
            int64_t end) const {
    const uint8_t* const source = Find(step.pass.source, block, args);
    const bool swapped = inverse_ && step.pass.extra != Extra::kToReal;
    loops_.read(block.columns, source, swapped ? planes.swapped() : planes, begin, end);
  }

  void Write(const Step& step, Block block, Planes planes, void* const* args, int64_t begin,
             int64_t end) const {
    const Pass& pass = step.pass;
    uint8_t* const sink = Find(pass.sink, block, args);
    Columns& columns = block.columns;
    if (inverse_ && pass.scales) columns.scale = 1 / static_cast<double>(pass.whole);
    if (pass.extra == Extra::kFromReal) columns.scale = 0.5;
    if (pass.extra == Extra::kTurn) {
      columns.factors =
          PlanesAt(step.factors.data() + block.column * loops_.bytes, pass.whole * loops_.bytes);
      columns.factor_step = pass.columns;
    }
    loops_.write(columns, inverse_ ? planes.swapped() : planes, sink, begin, end);
  }

  void Separate(const Step& step, Planes from, Planes to) const {
    const Pass& pass = step.pass;
    loops_.separate(pass.n, pass.extra == Extra::kToReal, step.columns,
                    PlanesAt(step.factors.data(), pass.whole * loops_.bytes), from, to);
  }

  void RunBlock(const Step& step, const Block& block, void* const* args, Planes a, Planes b) const {
    const Pass& pass = step.pass;
    Read(step, block, args, a, 0, pass.read);
    if (pass.extra == Extra::kToReal) {
      Separate(step, a, b.swapped());
      std::swap(a, b);
    }
    for (size_t loop = 0; loop < step.transform.num_loops(); ++loop) {
      step.transform.RunLoop(loop, a, b, 0, step.transform.LoopSize(loop).first);
      std::swap(a, b);
    }
    if (pass.extra == Extra::kFromReal) {
      Separate(step, a, b);
      std::swap(a, b);
    }
    Write(step, block, a, args, 0, pass.written);
  }

  void RunStep(const Step& step, void* const* args, PieceRange pieces, ThreadPool& pool) const {
    const int64_t bytes = PlaneBytes(loops_, step.pass.n, step.columns);
    if (step.small) {
      step.loops.Run(pieces, pool, [&](int64_t begin, int64_t end) {
        alignas(64) uint8_t buffer[kSmallBytes];
        const Planes a = PlanesAt(buffer, bytes), b = PlanesAt(buffer + 2 * bytes, bytes);
        for (int64_t i = begin; i < end; ++i) RunBlock(step, BlockAt(step, i), args, a, b);
      });
      return;
    }
    uint8_t* const buffer = static_cast<uint8_t*>(args[2]) + work_bytes_;
    const Planes a = PlanesAt(buffer, bytes), b = PlanesAt(buffer + 2 * bytes, bytes);
    const size_t loops = step.transform.num_loops();
    ForEachBlock(step.loops.count(), pieces, [&](int64_t index, PieceRange part) {
      const Block block = BlockAt(step, index);
      step.loops.Run(part, pool, [&](size_t loop, int64_t begin, int64_t end) {
        const Planes from = loop % 2 == 0 ? b : a, to = loop % 2 == 0 ? a : b;
        if (loop == 0) {
          Read(step, block, args, to, begin, end);
        } else if (loop <= loops) {
          step.transform.RunLoop(loop - 1, from, to, begin, end);
        } else {
          Write(step, block, from, args, begin, end);
        }
      });
    });
  }

  const Loops& loops_;
  const bool inverse_;
  std::vector<Step> steps_;
  uint64_t work_bytes_ = 0;
  size_t pieces_ = 0;
  int64_t cost_ = 0;
};

}  // namespace

uint64_t FftSizes::ScratchBytes() const {
  const Loops& loops = LoopsOf(*this);
  const std::vector<Pass> passes = PassesOf(*this);
  int64_t buffers = 0;
  for (const Pass& pass : passes) {
    const int64_t bytes = BuffersBytes(loops, pass.n, ColumnsOf(loops, pass));
    if (bytes > kSmallBytes) buffers = std::max(buffers, bytes);
  }
  return WorkBytes(loops, passes) + static_cast<uint64_t>(buffers);
}

Result<std::unique_ptr<Kernel>> MakeFft(const FftSizes& sizes) {
  auto kernel = std::make_unique<FftKernel>(sizes);
  RETURN_IF_ERROR(kernel->Prepare(sizes));
  return std::unique_ptr<Kernel>(std::move(kernel));
}

}  // namespace webhlo
