// SPDX-License-Identifier: Apache-2.0
//
// Products with compact panels. Few rows read them as they are, once. For many rows some panels at
// a time are decoded, and tiles do the rest.
#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "core/base/math.h"
#include "core/base/memory.h"
#include "core/base/strings.h"
#include "core/kernels/matmul/compact.h"
#include "core/kernels/matmul/few_rows.h"
#include "core/kernels/matmul/panels_kernel.h"
#include "core/kernels/matmul/sizes.h"
#include "core/kernels/matmul/tiles.h"
#include "core/kernels/vector.h"
#include "core/kernels/xnnpack.h"

namespace webhlo {
namespace {

constexpr int64_t kWidth = CompactShape::kWidth;

// Of fewer weights the bytes do not matter.
constexpr int64_t kLeastWeights = 4096;
// Decoded weights that tiles find in the second cache.
constexpr int64_t kDecodedFloats = 128 * 1024;

struct CompactWeights : Kernel::Packed {
  AlignedBuffer bytes;
  // By panel, as PackPanels makes it: weights that do not fit the format stay as written. Empty
  // where all fit.
  std::vector<AlignedBuffer> written;

  size_t ByteSize() const override {
    size_t size = bytes.size();
    for (const AlignedBuffer& panel : written) size += panel.size();
    return size;
  }
  const float* Written(int64_t panel) const {
    if (written.empty()) return nullptr;
    return reinterpret_cast<const float*>(written[static_cast<size_t>(panel)].data());
  }
};

CompactShape CompactOf(const FullyConnectedSizes& s, Precision precision) {
  return {.precision = precision, .k = s.k, .n = s.n};
}
PanelShape PanelsOf(const FullyConnectedSizes& s) { return {s.k, s.n, kWidth}; }

// How a product falls into blocks of panels, one after the other: what is decoded, then the tiles.
struct Blocks {
  int64_t panels, count;
  TileGrid grid;
  Pieces decoding, products;  // Of a block.

  Blocks(const FullyConnectedSizes& s, int threads)
      : panels(std::min(CeilDiv(s.n, kWidth),
                        std::max<int64_t>(kDecodedFloats / PanelsOf(s).panel_floats(),
                                          threads == 1 ? 1 : 2 * threads))),
        count(CeilDiv(CeilDiv(s.n, kWidth), panels)),
        grid(s.m, s.k, std::min(s.n, panels * kWidth), s.k, threads),
        decoding(panels, 8 * PanelsOf(s).panel_floats()),
        products(grid.items(), grid.cost) {}

  size_t pieces() const { return decoding.count() + products.count(); }
  int64_t floats(const FullyConnectedSizes& s) const { return panels * PanelsOf(s).panel_floats(); }
};

// What all of them share is the weights, which are operand `weights`.
class CompactKernel : public Kernel {
 public:
  CompactKernel(const FullyConnectedSizes& s, Precision precision, size_t weights = 1)
      : sizes_(s),
        shape_(CompactOf(s, precision)),
        weights_operand_(weights),
        // Packed as panels first, which are read again.
        pack_pieces_(shape_.count(), PanelsOf(s).panel_floats() * 24) {}

  Result<std::shared_ptr<Packed>> MakePacked() const override {
    auto packed = std::make_shared<CompactWeights>();
    ASSIGN_OR_RETURN(packed->bytes,
                     TryAllocate(static_cast<uint64_t>(shape_.bytes()), "packed weights"));
    return std::shared_ptr<Packed>(std::move(packed));
  }

  size_t pack_pieces() const override { return pack_pieces_.count(); }

  Status Pack(Packed* packed, std::span<const void* const> operands, PieceRange pieces) override {
    CompactWeights& weights = *static_cast<CompactWeights*>(packed);
    const float* from = static_cast<const float*>(operands[weights_operand_]);
    const float* bias = sizes_.has_bias ? static_cast<const float*>(operands[2]) : nullptr;
    const PanelShape panels = PanelsOf(sizes_);
    const auto [begin, end] = pack_pieces_.Items(0, pieces);
    if (begin == end) return OkStatus();
    const auto bytes = static_cast<size_t>(panels.panel_floats()) * sizeof(float);
    ASSIGN_OR_RETURN(AlignedBuffer panel, TryAllocate(bytes, "weights before they are packed"));
    for (int64_t i = begin; i < end; ++i) {
      float* const floats = reinterpret_cast<float*>(panel.data());
      // PackPanels writes a panel at its place.
      PackPanels(panels, from, sizes_.transposed_weights, bias, i, i + 1,
                 floats - i * panels.panel_floats());
      if (EncodePanel(shape_, floats, weights.bytes.data() + i * shape_.panel_bytes())) continue;
      ASSIGN_OR_RETURN(AlignedBuffer as_written, TryAllocate(bytes, "weights as they are written"));
      std::memcpy(as_written.data(), floats, bytes);
      weights.written.resize(static_cast<size_t>(shape_.count()));
      weights.written[static_cast<size_t>(i)] = std::move(as_written);
    }
    return OkStatus();
  }

  Status Unpack(const Packed&, std::span<void* const>, PieceRange) override {
    return Unsupported(
        StrCat("weights stored as ", NameOf(shape_.precision), " have lost what they were"));
  }

  Status UsePacked(std::shared_ptr<Packed> packed) override {
    packed_ = std::static_pointer_cast<CompactWeights>(std::move(packed));
    return OkStatus();
  }

 protected:
  const CompactWeights& weights() const { return *packed_; }
  const uint8_t* Panel(int64_t i) const { return packed_->bytes.data() + i * shape_.panel_bytes(); }
  size_t result() const { return (sizes_.has_bias ? 3 : 2) + sizes_.extras; }

  const FullyConnectedSizes sizes_;
  const CompactShape shape_;

 private:
  const size_t weights_operand_;
  const Pieces pack_pieces_;
  std::shared_ptr<CompactWeights> packed_;
};

class FewRowsCompact : public CompactKernel {
 public:
  FewRowsCompact(const FullyConnectedSizes& s, Precision precision)
      : CompactKernel(s, precision), row_(shape_) {
    pieces_.Add(s.m, 8 * s.k);
    // For each row after the first a panel is in the cache.
    pieces_.Add(shape_.count(), shape_.panel_bytes() + s.m * shape_.k * kWidth);
  }

  size_t pieces() const override { return pieces_.count(); }
  int64_t cost() const override { return pieces_.cost(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    const float* const x = static_cast<const float*>(args[0]);
    float* const y = static_cast<float*>(args[result()]);
    uint8_t* const rows = static_cast<uint8_t*>(args[result() + 1]);
    pieces_.Run(pieces, pool, [&](size_t loop, int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        if (loop == 0) {
          row_.Prepare(x + i * shape_.k, rows + i * row_.bytes());
          continue;
        }
        for (int64_t r = 0; r < sizes_.m; ++r) {
          MultiplyPanel(x + r * shape_.k, rows + r * row_.bytes(), i, y + r * shape_.n);
        }
      }
    });
  }

 private:
  void MultiplyPanel(const float* x, const uint8_t* row, int64_t i, float* y) const {
    float sums[kWidth];
    if (const float* written = weights().Written(i)) {
      AddRows(x, shape_.k, written, written + kWidth, sums);
    } else if (!CompactRow::IsPlain(row)) {
      row_.Multiply(row, Panel(i), sums);
      const float* bias = Bias(i);
      for (int64_t c = 0; c < kWidth; ++c) sums[c] += bias[c];
    } else {
      float decoded[CompactShape::kGroup * kWidth];
      std::copy_n(Bias(i), kWidth, sums);
      for (int64_t g = 0, k = 0; g < shape_.groups(); ++g, k += CompactShape::kGroup) {
        DecodeGroup(shape_, Panel(i), g, decoded);
        AddRows(x + k, std::min(CompactShape::kGroup, shape_.k - k), sums, decoded, sums);
      }
    }
    const F32x4 low = Splat(sizes_.clamp.min), high = Splat(sizes_.clamp.max);
    for (int64_t c = 0; c < kWidth && i * kWidth + c < shape_.n; c += 4) {
      StoreFirst(Clamped(Load(sums + c), low, high), y + i * kWidth + c,
                 static_cast<size_t>(shape_.n - i * kWidth - c));
    }
  }

  const float* Bias(int64_t i) const {
    return reinterpret_cast<const float*>(Panel(i) + shape_.bias_at());
  }

  // sums = start + x * rows, which has `k` of kWidth numbers; start may be sums.
  static void AddRows(const float* x, int64_t k, const float* start, const float* rows,
                      float* sums) {
    const TiledProduct product = {.rows = &x,
                                  .depth = k,
                                  .weights = rows,
                                  .panel_floats = k * kWidth,
                                  .biases = start,
                                  .width = kWidth,
                                  .y = sums,
                                  .row_floats = kWidth};
    MultiplyTiles(k4x8, product, 1, kWidth);
  }

  const CompactRow row_;
  Pieces pieces_;
};

class ManyRowsCompact : public CompactKernel {
 public:
  ManyRowsCompact(const FullyConnectedSizes& s, Precision precision, int threads)
      : CompactKernel(s, precision), blocks_(s, threads) {}

  size_t pieces() const override { return static_cast<size_t>(blocks_.count) * blocks_.pieces(); }
  int64_t cost() const override {
    return blocks_.count * (blocks_.decoding.cost() + blocks_.products.cost());
  }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    const float* const x = static_cast<const float*>(args[0]);
    float* const y = static_cast<float*>(args[result()]);
    float* const decoded = static_cast<float*>(args[result() + 1]);
    const PanelShape panels = PanelsOf(sizes_);
    const int64_t floats = panels.panel_floats();
    ForEachBlock(blocks_.pieces(), pieces, [&](int64_t block, PieceRange part) {
      const int64_t first = block * blocks_.panels;
      blocks_.decoding.Run(part.Take(blocks_.decoding.count()), pool,
                           [&](int64_t begin, int64_t end) {
                             end = std::min(end, shape_.count() - first);
                             for (int64_t i = begin; i < end; ++i) {
                               Decode(first + i, decoded + i * floats);
                             }
                           });
      if (part.empty()) return;
      const auto [begin, end] = blocks_.products.Items(0, part);
      const int64_t column = first * kWidth;
      const auto multiply = [&](size_t form, int64_t from, int64_t to) {
        for (int64_t i = from; i < to; ++i) {
          TileGrid::Item item = blocks_.grid.at(i);
          // The last block has fewer columns.
          item.last_column = std::min(item.last_column, sizes_.n - column);
          if (item.column >= item.last_column) continue;
          MultiplyPanels(form, x + item.row * sizes_.k, item.last_row - item.row, panels, decoded,
                         item.column, item.last_column - item.column, sizes_.clamp,
                         y + item.row * sizes_.n + column);
        }
      };
      TileRace().Run(pool, begin, end, blocks_.grid.cost, multiply);
    });
  }

 private:
  void Decode(int64_t panel, float* to) const {
    if (const float* written = weights().Written(panel)) {
      std::copy_n(written, PanelsOf(sizes_).panel_floats(), to);
    } else {
      DecodePanel(shape_, Panel(panel), to);
    }
  }

  const Blocks blocks_;
};

// Rows of a matrix [n, k] that products multiply by, [k, n] to them: columns of panels.
class CompactGather : public CompactKernel {
 public:
  CompactGather(const FullyConnectedSizes& s, Precision precision, WindowPlaces places)
      : CompactKernel(s, precision, 0), places_(std::move(places)) {
    // A column is decoded with those beside it.
    pieces_.Add(places_.count(), 2 * kWidth * shape_.k + WindowPlaces::kCost);
  }

  size_t pieces() const override { return pieces_.count(); }
  int64_t cost() const override { return pieces_.cost(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    const TensorView indices(&places_.indices, args[1]);
    float* const y = static_cast<float*>(args[2]);
    pieces_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
      WindowPlaces::Found found;
      for (int64_t i = begin; i < end; ++i) {
        places_.Find(indices, i, 1, false, found);
        CopyRow(found.operand[0] / shape_.k, y + found.windows[0]);
      }
    });
  }

 private:
  void CopyRow(int64_t row, float* y) const {
    const int64_t panel = row / kWidth, column = row % kWidth;
    const float* written = weights().Written(panel);
    float decoded[CompactShape::kGroup * kWidth];
    for (int64_t g = 0, k = 0; k < shape_.k; ++g, k += CompactShape::kGroup) {
      const float* from = decoded;
      if (written != nullptr) {
        from = written + (1 + k) * kWidth;
      } else {
        DecodeGroup(shape_, Panel(panel), g, decoded);
      }
      const int64_t count = std::min(CompactShape::kGroup, shape_.k - k);
      for (int64_t i = 0; i < count; ++i) y[k + i] = from[i * kWidth + column];
    }
  }

  const WindowPlaces places_;
  Pieces pieces_;
};

}  // namespace

std::unique_ptr<Kernel> MakeCompactGather(const FullyConnectedSizes& sizes, Precision precision,
                                          WindowPlaces places) {
  return std::make_unique<CompactGather>(sizes, precision, std::move(places));
}

std::optional<KernelChoice> ProposeCompact(const FullyConnectedSizes& s, Precision precision,
                                           int num_threads) {
  if (precision == Precision::kF32 || s.n < kWidth || s.k > kMaxTiledDepth) return std::nullopt;
  std::optional<KernelChoice> choice = ProposePanels(s, PanelsOf(s));
  if (!choice || s.k * s.n < kLeastWeights) return std::nullopt;
  const int threads = ThreadsFor(Flops(s), num_threads);
  StrAppend(&choice->sizes, " ", NameOf(precision));
  choice->pack_key = StrCat(NameOf(precision), " ", choice->pack_key);
  choice->parameters = {static_cast<int64_t>(precision), threads};
  const int64_t scratch = s.m <= kFewRows ? s.m * CompactRow(CompactOf(s, precision)).bytes()
                                          : 4 * Blocks(s, threads).floats(s);
  choice->scratch_bytes = static_cast<uint64_t>(scratch);
  return choice;
}

std::unique_ptr<Kernel> MakeCompact(const FullyConnectedSizes& sizes, const KernelChoice& choice) {
  const Precision precision = static_cast<Precision>(choice.parameters.at(0));
  if (sizes.m <= kFewRows) return std::make_unique<FewRowsCompact>(sizes, precision);
  return std::make_unique<ManyRowsCompact>(sizes, precision,
                                           static_cast<int>(choice.parameters.at(1)));
}

}  // namespace webhlo
