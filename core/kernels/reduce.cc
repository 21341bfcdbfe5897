// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/reduce.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "core/base/float_math.h"
#include "core/base/math.h"
#include "core/kernels/folds.h"
#include "core/kernels/vector.h"

namespace webhlo {
namespace {

// Columns that one piece of work folds.
constexpr int64_t kColumns = 256;
// Elements that one chunk of a long reduction folds, where there is too little work side by side.
constexpr int64_t kChunk = 16 * 1024;
// More elements than this no item folds, lest a piece take too long.
constexpr int64_t kLongItem = 64 * kChunk;
// Results that one item of the last loop finishes.
constexpr int64_t kFinish = 4 * 1024;

// ---- f32 ----

// In eight vectors, so in chains of n / 32.
template <typename Op>
float FoldRow(const float* x, int64_t n) {
  if (n < 4) {
    float result = x[0];
    for (int64_t i = 1; i < n; ++i) result = Op::Scalar(result, x[i]);
    return result;
  }
  constexpr int kVectors = 8;
  int64_t i = 4;
  F32x4 total = Load(x);
  if (n >= 4 * kVectors) {
    F32x4 part[kVectors];
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) part[v] = Load(x + 4 * v);
    for (i = 4 * kVectors; i + 4 * kVectors <= n; i += 4 * kVectors) {
      WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
        part[v] = Op::Vector(part[v], Load(x + i + 4 * v));
      }
    }
    WEBHLO_UNROLL for (int step = kVectors / 2; step > 0; step /= 2) {
      WEBHLO_UNROLL for (int v = 0; v < step; ++v) part[v] = Op::Vector(part[v], part[v + step]);
    }
    total = part[0];
  }
  for (; i + 4 <= n; i += 4) total = Op::Vector(total, Load(x + i));
  alignas(16) float lanes[4];
  hn::Store(total, kF32, lanes);
  float result = Op::Scalar(Op::Scalar(lanes[0], lanes[1]), Op::Scalar(lanes[2], lanes[3]));
  for (; i < n; ++i) result = Op::Scalar(result, x[i]);
  return result;
}

template <typename Op, int kVectors>
void FoldColumns(const float* x, int64_t rows, int64_t inner, float* out, int64_t columns) {
  constexpr int64_t kRows = 64;  // Chains of so many rows are folded for themselves.
  F32x4 total[kVectors];
  for (int64_t row = 0; row < rows;) {
    const int64_t end = std::min(rows, row + kRows);
    F32x4 part[kVectors];
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) part[v] = Load(x + row * inner + 4 * v);
    const bool first = row == 0;
    for (++row; row < end; ++row) {
      WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
        part[v] = Op::Vector(part[v], Load(x + row * inner + 4 * v));
      }
    }
    WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
      total[v] = first ? part[v] : Op::Vector(total[v], part[v]);
    }
  }
  WEBHLO_UNROLL for (int v = 0; v < kVectors; ++v) {
    if (4 * v < columns) StoreFirst(total[v], out + 4 * v, static_cast<size_t>(columns - 4 * v));
  }
}

template <typename Op>
void FoldF32(const void* input, int64_t rows, int64_t inner, int64_t columns, void* output) {
  const float* x = static_cast<const float*>(input);
  float* out = static_cast<float*>(output);
  if (inner == 1) {
    *out = FoldRow<Op>(x, rows);
    return;
  }
  int64_t j = 0;
  for (; j + 32 <= columns; j += 32) FoldColumns<Op, 8>(x + j, rows, inner, out + j, 32);
  for (; j < columns; j += 4) {
    FoldColumns<Op, 1>(x + j, rows, inner, out + j, std::min<int64_t>(4, columns - j));
  }
}

// ---- Other types ----

template <typename T, typename Op>
void FoldOther(const void* input, int64_t rows, int64_t inner, int64_t columns, void* output) {
  const T* x = static_cast<const T*>(input);
  T* out = static_cast<T*>(output);
  if (inner == 1) {
    T part[4];
    for (int64_t p = 0; p < 4 && p < rows; ++p) part[p] = x[p];
    for (int64_t i = 4; i < rows; ++i) part[i % 4] = Op::Scalar(part[i % 4], x[i]);
    T result = part[0];
    for (int64_t p = 1; p < 4 && p < rows; ++p) result = Op::Scalar(result, part[p]);
    *out = result;
    return;
  }
  std::copy_n(x, columns, out);
  for (int64_t row = 1; row < rows; ++row) {
    const T* from = x + row * inner;
    for (int64_t j = 0; j < columns; ++j) out[j] = Op::Scalar(out[j], from[j]);
  }
}

template <typename T, typename Op>
void FinishAll(const void* init, const void* input, void* output, int64_t count) {
  const T value = *static_cast<const T*>(init);
  const T* in = static_cast<const T*>(input);
  T* out = static_cast<T*>(output);
  for (int64_t i = 0; i < count; ++i) out[i] = Op::Scalar(value, in[i]);
}

template <typename T>
struct TypeTag {
  using Type = T;
};

// Calls f with the C++ type of the elements; false when reductions of the type have no kernel.
template <typename F>
bool WithType(ElementType type, const F& f) {
  switch (type) {
    case ElementType::kI1:
    case ElementType::kU8:
      f(TypeTag<uint8_t>());
      return true;
    case ElementType::kI8:
      f(TypeTag<int8_t>());
      return true;
    case ElementType::kI16:
      f(TypeTag<int16_t>());
      return true;
    case ElementType::kU16:
      f(TypeTag<uint16_t>());
      return true;
    case ElementType::kI32:
      f(TypeTag<int32_t>());
      return true;
    case ElementType::kU32:
      f(TypeTag<uint32_t>());
      return true;
    case ElementType::kI64:
      f(TypeTag<int64_t>());
      return true;
    case ElementType::kU64:
      f(TypeTag<uint64_t>());
      return true;
    case ElementType::kF32:
      f(TypeTag<float>());
      return true;
    case ElementType::kF64:
      f(TypeTag<double>());
      return true;
    default:
      return false;
  }
}

}  // namespace

std::unique_ptr<TensorReduction> TensorReduction::Create(Reduction op, ElementType type,
                                                         std::span<const int64_t> sizes,
                                                         std::span<const int64_t> reduced) {
  // i1 has two values, so its sum is or and its product is and.
  if (type == ElementType::kI1) {
    if (op == Reduction::kAdd || op == Reduction::kMaximum) op = Reduction::kOr;
    if (op == Reduction::kMultiply || op == Reduction::kMinimum) op = Reduction::kAnd;
  }
  std::unique_ptr<TensorReduction> r(new TensorReduction);
  const bool known = WithType(type, [&](auto tag) {
    using T = typename decltype(tag)::Type;
    r->width_ = sizeof(T);
    const auto set = [&]<typename Op>(Op) {
      r->finish_ = FinishAll<T, Op>;
      if constexpr (std::is_same_v<T, float>) {
        r->fold_ = FoldF32<Op>;
      } else {
        r->fold_ = FoldOther<T, Op>;
      }
    };
    switch (op) {
      case Reduction::kAdd:
        set(FoldAdd());
        break;
      case Reduction::kMultiply:
        set(FoldMultiply());
        break;
      case Reduction::kMaximum:
        set(FoldMax());
        break;
      case Reduction::kMinimum:
        set(FoldMin());
        break;
      case Reduction::kAnd:
        if constexpr (std::is_integral_v<T>) set(FoldAnd());
        break;
      case Reduction::kOr:
        if constexpr (std::is_integral_v<T>) set(FoldOr());
        break;
    }
  });
  if (!known || r->fold_ == nullptr) return nullptr;

  r->PlanStages(sizes, reduced);
  r->PlanPieces();
  return r;
}

void TensorReduction::PlanStages(std::span<const int64_t> sizes, std::span<const int64_t> reduced) {
  // Neighbours that are alike become one dimension.
  struct Group {
    int64_t size;
    bool reduced;
  };
  std::vector<Group> groups;
  results_ = 1;
  for (size_t d = 0; d < sizes.size(); ++d) {
    const bool is_reduced =
        std::find(reduced.begin(), reduced.end(), static_cast<int64_t>(d)) != reduced.end();
    if (!is_reduced) results_ *= sizes[d];
    if (is_reduced && sizes[d] == 0) empty_ = true;
    if (sizes[d] == 1) continue;
    if (!groups.empty() && groups.back().reduced == is_reduced) {
      groups.back().size *= sizes[d];
    } else {
      groups.push_back({sizes[d], is_reduced});
    }
  }
  if (empty_ || results_ == 0) return;

  // The largest first: the rest is little then.
  size_t largest_scratch = 0;
  for (;;) {
    size_t best = groups.size();
    for (size_t g = 0; g < groups.size(); ++g) {
      if (groups[g].reduced && (best == groups.size() || groups[g].size > groups[best].size))
        best = g;
    }
    if (best == groups.size()) break;
    Stage stage = {1, groups[best].size, 1, groups[best].size};
    for (size_t g = 0; g < best; ++g) stage.outer *= groups[g].size;
    for (size_t g = best + 1; g < groups.size(); ++g) stage.inner *= groups[g].size;
    const int64_t side_by_side = stage.outer * ((stage.inner + kColumns - 1) / kColumns);
    const bool little = side_by_side < 16 && stage.reduce * stage.inner >= 4 * kChunk;
    if (little || stage.reduce * std::min(stage.inner, kColumns) > kLongItem) {
      stage.chunk =
          std::max<int64_t>(1, kChunk / (little ? stage.inner : std::min(stage.inner, kColumns)));
      groups[best].size = stage.chunks();
    } else {
      groups.erase(groups.begin() + static_cast<int64_t>(best));
    }
    largest_scratch = std::max(largest_scratch, static_cast<size_t>(stage.results() * width_));
    stages_.push_back(stage);
  }
  // Stages but the last write to one half of the scratch and read the other.
  if (stages_.size() > 1) scratch_bytes_ = 2 * ((largest_scratch + 127) / 64 * 64);
}

void TensorReduction::PlanPieces() {
  if (empty_) {
    fill_ = StridedCopier::Fill(width_, results_);
    pieces_.Add(fill_.items(), fill_.item_cost());
    return;
  }
  for (const Stage& stage : stages_) {
    pieces_.Add(
        stage.outer * stage.chunks() * CeilDiv(stage.inner, kColumns),
        std::min(stage.chunk, stage.reduce) * std::min(stage.inner, kColumns) * width_ + 32);
  }
  pieces_.Add(CeilDiv(results_, kFinish), kFinish * width_ * 2);
}

void TensorReduction::RunStage(const Stage& stage, const uint8_t* input, uint8_t* output,
                               int64_t begin, int64_t end) const {
  const int64_t blocks = CeilDiv(stage.inner, kColumns);
  const int64_t chunks = stage.chunks();
  for (int64_t item = begin; item < end; ++item) {
    const int64_t block = item % blocks;
    const int64_t chunk = item / blocks % chunks;
    const int64_t outer = item / blocks / chunks;
    const int64_t column = block * kColumns;
    const int64_t row = chunk * stage.chunk;
    fold_(input + ((outer * stage.reduce + row) * stage.inner + column) * width_,
          std::min(stage.chunk, stage.reduce - row), stage.inner,
          std::min(kColumns, stage.inner - column),
          output + ((outer * chunks + chunk) * stage.inner + column) * width_);
  }
}

void TensorReduction::Run(const void* input, const void* init, void* output, void* scratch,
                          PieceRange pieces, ThreadPool& pool) const {
  if (empty_) {
    pieces_.Run(pieces, pool,
                [&](int64_t begin, int64_t end) { fill_.Run(init, output, begin, end); });
    return;
  }
  const uint8_t* in = static_cast<const uint8_t*>(input);
  uint8_t* out = static_cast<uint8_t*>(output);
  const size_t stages = stages_.size();
  const auto written_by = [&](size_t stage) {
    return stage + 1 == stages
               ? out
               : static_cast<uint8_t*>(scratch) + (stage % 2) * (scratch_bytes_ / 2);
  };
  pieces_.Run(pieces, pool, [&](size_t loop, int64_t begin, int64_t end) {
    const uint8_t* from = loop == 0 ? in : written_by(loop - 1);
    if (loop < stages) {
      RunStage(stages_[loop], from, written_by(loop), begin, end);
      return;
    }
    const int64_t first = begin * kFinish;
    finish_(init, from + first * width_, out + first * width_,
            std::min(end * kFinish, results_) - first);
  });
}

}  // namespace webhlo
