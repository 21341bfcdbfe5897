// SPDX-License-Identifier: Apache-2.0
//
// Replaces quantized tensors by the integers that store them, and what is computed with them by
// arithmetic that says so; nothing behind this pass knows of quantized types.
//
//   moves, control flow    on the stored integers
//   products               exact sums of integers, then one multiplication by a ratio of scales
//   all else               dequantize, the op on floats, quantize, as the specification has it
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/math.h"
#include "core/graph/quantized.h"
#include "core/graph/rewriter.h"
#include "core/graph/tensor.h"
#include "core/graph/verifier.h"
#include "core/ops/expansion.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

bool AllAre(std::span<const double> values, double value) {
  return std::all_of(values.begin(), values.end(), [&](double v) { return v == value; });
}

std::vector<double> ZeroPoints(const QuantizedType& q) {
  return {q.zero_points.begin(), q.zero_points.end()};
}

// Ops that only move elements, or do with them what their regions say.
bool MovesElements(const OpView& op) {
  if (op.num_regions() > 0 || op.node().op->moves_only) return true;
  switch (op.node().name) {
    case ops::kAllGather:
    case ops::kAllToAll:
    case ops::kBitcastConvert:
    case ops::kBroadcast:
    case ops::kConcatenate:
    case ops::kConstant:
    case ops::kCustomCall:
    case ops::kDynamicUpdateSlice:
    case ops::kGather:
    case ops::kGetDimensionSize:
    case ops::kOptimizationBarrier:
    case ops::kPad:
    case ops::kSelect:
      return true;
    default:
      return false;
  }
}

// The integers of one side of a product, and what they can be.
struct Factor {
  ValueId value;
  const QuantizedType* type;

  // The largest size of an integer less its zero point.
  double Largest() const {
    double largest = 0;
    for (double zero_point : ZeroPoints(*type)) {
      largest = std::max({largest, std::abs(static_cast<double>(type->storage_min) - zero_point),
                          std::abs(static_cast<double>(type->storage_max) - zero_point)});
    }
    return largest;
  }
};

Type Stored(Type type) {
  if (type.IsTensor()) type.tensor = StorageOf(type.tensor);
  return type;
}

Result<RegionId> CloneRegion(Rewriter& r, RegionId region) {
  const Graph& source = r.source();
  const Range arguments = source.regions[region].arguments;
  const RegionId id = r.builder().BeginRegion();
  std::vector<ValueId> mapped;
  for (ValueId v = arguments.begin; v < arguments.end(); ++v) {
    mapped.push_back(
        r.builder().AddArgument(Stored(source.type(v)), r.MapLocation(source.values[v].location)));
  }
  ASSIGN_OR_RETURN(const std::vector<ValueId> results, r.InlineRegion(region, mapped));
  r.builder().EndRegion(results);
  return id;
}

class Quantizer {
 public:
  Quantizer(Rewriter& r, const Node& node) : r_(r), e_(r, node), op_(e_.op()) {}

  Status Expand() {
    switch (op_.node().name) {
      case ops::kUniformQuantize:
        e_.SetResult(0, Quantize(Floats(0), op_.result()));
        return OkStatus();
      case ops::kUniformDequantize:
        e_.SetResult(0, Floats(0));
        return OkStatus();
      case ops::kDotGeneral:
      case ops::kConvolution:
        if (ExpandProduct()) return OkStatus();
        break;
      default:
        if (MovesElements(op_) && HasOneScale()) return CloneStored();
    }
    return ExpandToFloats();
  }

 private:
  // ---- The stored integers.

  // A per-axis type's axis may be another in the result.
  bool HasOneScale() const {
    if (op_.num_regions() > 0) return true;
    const QuantizedType* first = nullptr;
    bool one = true;
    const auto look = [&](const TensorType& type) {
      const QuantizedType* q = type.quantized.get();
      if (!q) return;
      if (!first) first = q;
      one &= q->scales == first->scales && q->zero_points == first->zero_points;
    };
    for (size_t i = 0; i < op_.num_operands(); ++i) look(op_.operand(i));
    for (size_t i = 0; i < op_.num_results(); ++i) look(op_.result(i));
    return one;
  }

  Status CloneStored() {
    const Graph& source = r_.source();
    std::vector<RegionId> regions;
    for (RegionId region : source.regions_of(op_.node())) {
      ASSIGN_OR_RETURN(const RegionId id, CloneRegion(r_, region));
      regions.push_back(id);
    }
    std::vector<Type> types;
    for (size_t i = 0; i < op_.num_results(); ++i) types.push_back(Stored(op_.result_type(i)));
    const ValueId first =
        r_.EmitNode(op_.node().name, r_.MapAll(source.operands(op_.node())), types,
                    CopyAttributes(source, op_.node()), regions, e_.location());
    for (size_t i = 0; i < types.size(); ++i) e_.SetResult(i, first + static_cast<ValueId>(i));
    return OkStatus();
  }

  // ---- Arithmetic.

  ValueId Constant(std::span<const double> values, const TensorType& type) {
    DenseElements elements;
    const auto width = static_cast<size_t>(ByteWidth(type.element));
    elements.bytes.resize(values.size() * width);
    for (size_t i = 0; i < values.size(); ++i) {
      uint8_t* const at = elements.bytes.data() + i * width;
      if (IsFloat(type.element)) {
        StoreF64(type.element, at, values[i]);
      } else {
        StoreI64(type.element, at, static_cast<int64_t>(values[i]));
      }
    }
    elements.type = type;
    return e_.Emit(ops::kConstant, {}, type, {{"value", Attribute::Dense(std::move(elements))}});
  }

  // One parameter for each element of a tensor: that of the whole tensor, of its index along the
  // axes, or of its block. (The type is a copy: those of the target move as nodes are made.)
  ValueId Spread(std::span<const double> values, std::span<const int64_t> axes,
                 std::span<const int64_t> block_sizes, TensorType type) {
    if (AllAre(values, values[0])) return e_.Splat(values[0], type);
    // Each axis that has blocks is two dimensions at first.
    TensorType blocks(type.element, {}), table(type.element, {});
    std::vector<int64_t> position(type.dims.size());
    for (size_t d = 0; d < type.dims.size(); ++d) {
      position[d] = static_cast<int64_t>(blocks.dims.size());
      const auto axis = std::find(axes.begin(), axes.end(), static_cast<int64_t>(d));
      if (block_sizes.empty() || axis == axes.end()) {
        blocks.dims.push_back(type.dims[d]);
      } else {
        const int64_t size = block_sizes[static_cast<size_t>(axis - axes.begin())];
        blocks.dims.insert(blocks.dims.end(), {type.dims[d] / size, size});
      }
    }
    std::vector<int64_t> dims;
    for (int64_t axis : axes) {
      dims.push_back(position[static_cast<size_t>(axis)]);
      table.dims.push_back(blocks.dims[static_cast<size_t>(dims.back())]);
    }
    const ValueId spread = e_.Broadcast(Constant(values, table), dims, blocks);
    return blocks.dims == type.dims ? spread : e_.Emit(ops::kReshape, {spread}, type);
  }
  ValueId Spread(std::span<const double> values, const QuantizedType& q, TensorType type) {
    return Spread(values, q.axes, q.block_sizes, std::move(type));
  }

  // The integers of x less their zero points, in a type that holds them.
  ValueId Shifted(ValueId x, const QuantizedType& q, ElementType element) {
    const ValueId wide = e_.Convert(x, element);
    const std::vector<double> zero_points = ZeroPoints(q);
    if (AllAre(zero_points, 0)) return wide;
    return e_.Emit(ops::kSubtract, {wide, Spread(zero_points, q, e_.type(wide))});
  }

  // What operand i expresses.
  ValueId Floats(size_t i) {
    const ValueId x = e_.Operand(i);
    const QuantizedType* q = op_.operand(i).quantized.get();
    if (!q) return x;
    const bool narrow = ByteWidth(q->storage) < 4 || q->storage == ElementType::kI32;
    const ElementType wide = narrow ? ElementType::kI32 : ElementType::kI64;
    const ValueId shifted = e_.Convert(Shifted(x, *q, wide), q->expressed);
    return e_.Emit(ops::kMultiply, {shifted, Spread(q->scales, *q, e_.type(shifted))});
  }

  // Adds zero points to floats that are in units of their scales already, and rounds.
  ValueId Store(ValueId x, const TensorType& type) {
    const QuantizedType& q = *type.quantized;
    const std::vector<double> zero_points = ZeroPoints(q);
    if (!AllAre(zero_points, 0)) {
      x = e_.Emit(ops::kAdd, {x, Spread(zero_points, q, e_.type(x))});
    }
    const TensorType scalar(e_.type(x).element, {});
    const ValueId min = e_.Splat(static_cast<double>(q.storage_min), scalar);
    const ValueId max = e_.Splat(static_cast<double>(q.storage_max), scalar);
    x = e_.Emit(ops::kClamp, {min, x, max}, e_.type(x));
    return e_.Convert(e_.Emit(ops::kRoundNearestEven, {x}), q.storage);
  }

  ValueId Quantize(ValueId x, const TensorType& type) {
    const QuantizedType& q = *type.quantized;
    return Store(e_.Emit(ops::kDivide, {x, Spread(q.scales, q, e_.type(x))}), type);
  }

  Status ExpandToFloats() {
    std::vector<ValueId> operands;
    for (size_t i = 0; i < op_.num_operands(); ++i) operands.push_back(Floats(i));
    std::vector<Type> types;
    for (size_t i = 0; i < op_.num_results(); ++i) {
      Type type = op_.result_type(i);
      type.tensor = ExpressedOf(type.tensor);
      types.push_back(std::move(type));
    }
    const ValueId first = r_.EmitNode(op_.node().name, operands, types,
                                      CopyAttributes(r_.source(), op_.node()), {}, e_.location());
    for (size_t i = 0; i < types.size(); ++i) {
      const ValueId x = first + static_cast<ValueId>(i);
      e_.SetResult(i, op_.result(i).quantized ? Quantize(x, op_.result(i)) : x);
    }
    return OkStatus();
  }

  // ---- Products.

  // How many products each element of the result is the sum of.
  double NumTerms() const {
    const TensorType& rhs = op_.operand(1);
    double terms = 1;
    if (op_.Is(ops::kDotGeneral)) {
      for (int64_t d : op_.Ints("rhs_contracting_dimensions")) {
        terms *= static_cast<double>(rhs.dims[static_cast<size_t>(d)]);
      }
      return terms;
    }
    for (int64_t size : rhs.dims) terms *= static_cast<double>(size);
    const auto outputs = static_cast<size_t>(op_.Int("kernel_output_feature_dimension"));
    return rhs.dims[outputs] == 0 ? 0 : terms / static_cast<double>(rhs.dims[outputs]);
  }

  // Where the result has dimension `axis` of rhs.
  int64_t ResultDimension(int64_t axis) const {
    if (op_.Is(ops::kConvolution)) return op_.Int("output_feature_dimension");
    const std::span<const int64_t> batching = op_.Ints("rhs_batching_dimensions");
    const std::span<const int64_t> contracting = op_.Ints("rhs_contracting_dimensions");
    const auto batch = std::find(batching.begin(), batching.end(), axis);
    if (batch != batching.end()) return batch - batching.begin();
    // The dimensions of rhs that are free come last.
    int64_t dimension = op_.result().rank();
    for (int64_t d = op_.operand(1).rank(); d-- > axis;) {
      const auto is_d = [&](int64_t other) { return other == d; };
      if (std::none_of(batching.begin(), batching.end(), is_d) &&
          std::none_of(contracting.begin(), contracting.end(), is_d)) {
        --dimension;
      }
    }
    return dimension;
  }

  // An exact sum of integers, times the ratio of the scales. False where that does not serve.
  bool ExpandProduct() {
    const QuantizedType* lhs = op_.operand(0).quantized.get();
    const QuantizedType* rhs = op_.operand(1).quantized.get();
    const QuantizedType* result = op_.result().quantized.get();
    if (!lhs || !rhs || !result || !lhs->axes.empty() || !rhs->block_sizes.empty() ||
        !result->block_sizes.empty() || ByteWidth(rhs->storage) > 2 ||
        ByteWidth(rhs->expressed) < 4) {
      return false;
    }
    std::vector<int64_t> axes;
    if (!rhs->axes.empty()) axes = {ResultDimension(rhs->axes[0])};
    if (!result->axes.empty() && result->axes != axes) return false;
    // Integers that f32 holds are exact in f32, for which there are kernels.
    const Factor factors[] = {{e_.Operand(0), lhs}, {e_.Operand(1), rhs}};
    const double largest = NumTerms() * factors[0].Largest() * factors[1].Largest();
    const ElementType element = largest <= 0x1p24  ? ElementType::kF32
                                : largest < 0x1p31 ? ElementType::kI32
                                                   : ElementType::kI64;
    const TensorType sums(element, op_.result().dims);
    ValueId x = r_.Emit(
        op_.node().name,
        {Shifted(factors[0].value, *lhs, element), Shifted(factors[1].value, *rhs, element)}, sums,
        CopyAttributes(r_.source(), op_.node()), e_.location());
    // Integers again: what follows must not be folded into the factors, which would round.
    if (element == ElementType::kF32) x = e_.Convert(x, ElementType::kI32);
    std::vector<double> ratios;
    for (size_t i = 0; i < std::max(rhs->scales.size(), result->scales.size()); ++i) {
      const auto scale = [&](const QuantizedType& q) { return q.scales[q.axes.empty() ? 0 : i]; };
      ratios.push_back(static_cast<float>(lhs->scales[0] * scale(*rhs) / scale(*result)));
    }
    if (AllAre(ratios, 1) && result->storage == e_.type(x).element && KeepsAll(*result)) {
      e_.SetResult(0, x);
      return true;
    }
    x = e_.Convert(x, result->expressed);
    if (!AllAre(ratios, 1)) {
      x = e_.Emit(ops::kMultiply, {x, Spread(ratios, axes, {}, e_.type(x))});
    }
    e_.SetResult(0, Store(x, op_.result()));
    return true;
  }

  // Whether 32-bit integers are stored as they are.
  static bool KeepsAll(const QuantizedType& q) {
    return AllAre(ZeroPoints(q), 0) && q.storage_min == std::numeric_limits<int32_t>::min() &&
           q.storage_max == std::numeric_limits<int32_t>::max();
  }

  Rewriter& r_;
  Expansion e_;
  const OpView& op_;
};

}  // namespace

Status ExpandQuantized(const PassContext&, const Graph& source, Graph* target) {
  if (!HasQuantizedTypes(source)) return OkStatus();
  // Sizes that became known may not be those that the types have scales for.
  RETURN_IF_ERROR(VerifyStructure(source));
  Rewriter r(source, target, [](Rewriter& rewriter, const Node& node) {
    return HasQuantizedTypes(rewriter.source(), node) ? Quantizer(rewriter, node).Expand()
                                                      : rewriter.Clone(node);
  });
  for (const Function& function : source.functions) {
    Function copy = function;
    copy.location = r.MapLocation(function.location);
    ASSIGN_OR_RETURN(copy.body, CloneRegion(r, function.body));
    target->functions.push_back(std::move(copy));
  }
  return Verify(*target);
}

}  // namespace webhlo
