// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/matmul/attention.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/math.h"
#include "core/base/memory.h"
#include "core/base/strings.h"
#include "core/kernels/matmul/panels.h"
#include "core/kernels/matmul/tiles.h"
#include "core/kernels/parallel.h"
#include "core/kernels/softmax.h"
#include "core/kernels/xnnpack.h"

namespace webhlo {
namespace {

constexpr size_t kOwn = 3;  // Operands: queries, keys, values.
constexpr size_t kMaxArgs = 48;

// The scores that a thread holds.
constexpr int64_t kScores = 48 * 1024;

PanelShape KeysOf(const AttentionSizes& s) { return {s.k, s.n, TiledWidth(s.n)}; }
PanelShape ValuesOf(const AttentionSizes& s) { return {s.n, s.d, TiledWidth(s.d)}; }

// How many queries are an item.
int64_t RowsOf(const AttentionSizes& s, int threads) {
  int64_t rows = std::clamp(kScores / s.n, kTileUnit, kMaxTiledRows);
  // Six shares a thread, as ParallelRanges makes them.
  if (threads > 1) rows = std::min(rows, CeilDiv(s.batch * s.m, int64_t{6} * threads));
  rows = std::max(rows / kTileUnit * kTileUnit, kTileUnit);
  return std::min(s.m, rows);
}

// For so many threads, whoever of them shares the work.
double ScratchBytes(const AttentionSizes& s, int64_t rows, int num_threads) {
  return FloatBytes({s.batch, KeysOf(s).floats()}) + FloatBytes({s.batch, ValuesOf(s).floats()}) +
         FloatBytes({num_threads, rows, s.n});
}

class Attention : public Kernel {
 public:
  Attention(const AttentionSizes& s, int threads, std::unique_ptr<ElementwiseLoop> finish)
      : sizes_(s),
        keys_(KeysOf(s)),
        values_(ValuesOf(s)),
        rows_(RowsOf(s, threads)),
        blocks_(CeilDiv(s.m, rows_)),
        finish_(std::move(finish)),
        result_(kOwn + s.extras) {
    pieces_.Add(s.batch * keys_.count(), PackCost(keys_, s.transposed_keys));
    pieces_.Add(s.batch * values_.count(), PackCost(values_, s.transposed_values));
    const int64_t items = s.batch * blocks_;
    int64_t cost = static_cast<int64_t>(Flops(s) / static_cast<double>(items) / kFlopsPerCost) +
                   rows_ * s.n * 12;
    if (finish_) cost += CeilDiv(finish_->cost(), items);
    pieces_.Add(items, cost);
  }

  size_t pieces() const override { return pieces_.count(); }
  int64_t cost() const override { return pieces_.cost(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    float* keys = static_cast<float*>(args[result_ + 1]);
    float* values = keys + sizes_.batch * keys_.floats();
    float* scores = values + sizes_.batch * values_.floats();
    pieces_.RunLoop(0, pieces, pool, [&](int64_t begin, int64_t end) {
      PackBatch(keys_, static_cast<const float*>(args[1]), sizes_.transposed_keys, begin, end,
                keys);
    });
    pieces_.RunLoop(1, pieces, pool, [&](int64_t begin, int64_t end) {
      PackBatch(values_, static_cast<const float*>(args[2]), sizes_.transposed_values, begin, end,
                values);
    });
    // No part in the race of tiles: what is between them would count.
    const size_t form = TileRace().winner();
    pieces_.RunLoop(2, pieces, pool, [&](int64_t begin, int64_t end) {
      float* own = scores + ThreadPool::CurrentThread() * rows_ * sizes_.n;
      for (int64_t i = begin; i < end; ++i) RunItem(form, args, i, keys, values, own);
    });
  }

 private:
  void RunItem(size_t form, void* const* args, int64_t item, const float* keys, const float* values,
               float* scores) const {
    const AttentionSizes& s = sizes_;
    const int64_t g = item / blocks_, row = item % blocks_ * rows_;
    const int64_t count = std::min(rows_, s.m - row), first = g * s.m + row;
    MultiplyPanels(form, static_cast<const float*>(args[0]) + first * s.k, count, keys_,
                   keys + g * keys_.floats(), 0, s.n, {}, scores);
    if (finish_) {
      // To the loop these are some rows of all scores.
      std::array<void*, kMaxArgs> of_loop;
      std::copy(args, args + result_, of_loop.begin());
      of_loop[result_] =
          reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(scores) -
                                  static_cast<uintptr_t>(first * s.n) * sizeof(float));
      finish_->RunElements(of_loop.data(), first * s.n, (first + count) * s.n);
    }
    for (int64_t r = 0; r < count; ++r) {
      SoftmaxRow(scores + r * s.n, s.n, s.zero_masked_rows, scores + r * s.n);
    }
    MultiplyPanels(form, scores, count, values_, values + g * values_.floats(), 0, s.d, {},
                   static_cast<float*>(args[result_]) + first * s.d);
  }

  const AttentionSizes sizes_;
  const PanelShape keys_, values_;
  const int64_t rows_, blocks_;  // Of queries.
  const std::unique_ptr<ElementwiseLoop> finish_;
  const size_t result_;
  Pieces pieces_;
};

}  // namespace

double Flops(const AttentionSizes& s) {
  return 2.0 * static_cast<double>(s.batch) * static_cast<double>(s.m) * static_cast<double>(s.n) *
         static_cast<double>(s.k + s.d);
}

bool FitsAttention(const AttentionSizes& s) {
  constexpr int kMostThreads = 64;
  constexpr int64_t kMostKeys = 16 * 1024;  // Of which some rows of scores fit a cache.
  if (s.n > kMostKeys || s.k > kMaxTiledDepth || s.extras + kOwn + 2 > kMaxArgs ||
      !FitsSize({s.batch, s.k + 1, s.n + 16}) || !FitsSize({s.batch, s.n + 1, s.d + 16})) {
    return false;
  }
  const double operands = FloatBytes({s.batch, s.m, s.k}) + FloatBytes({s.batch, s.n, s.k}) +
                          FloatBytes({s.batch, s.n, s.d}) + FloatBytes({s.batch, s.m, s.d});
  return ScratchBytes(s, RowsOf(s, 1), kMostThreads) <= operands + kScratchAllowance;
}

std::optional<KernelChoice> ProposeAttention(const AttentionSizes& s, int num_threads) {
  if (!FitsAttention(s)) return std::nullopt;
  const int threads = ThreadsFor(Flops(s), num_threads);
  return KernelChoice{
      .sizes = StrCat(s.batch, "x", s.m, "x", s.k, " keys ", s.n, " values ", s.d),
      .parameters = {threads},
      .scratch_bytes = static_cast<uint64_t>(ScratchBytes(s, RowsOf(s, threads), num_threads))};
}

std::unique_ptr<Kernel> MakeAttention(const AttentionSizes& sizes, const KernelChoice& choice,
                                      std::unique_ptr<ElementwiseLoop> finish) {
  return std::make_unique<Attention>(sizes, static_cast<int>(choice.parameters.at(0)),
                                     std::move(finish));
}

}  // namespace webhlo
