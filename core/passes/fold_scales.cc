// SPDX-License-Identifier: Apache-2.0
//
// Folds per-channel scales and offsets that follow a convolution or dot_general into its constant
// weights. A chain of multiply, divide, add and subtract with per-channel constants,
//   ((conv(x, w) - mean) * rsqrt) * gamma + beta,
// is conv(x, w * s) + t with vectors s and t that depend on weights alone; the init plan computes
// them once. Batch normalization disappears like this, in whatever order it is spelt.
// The result differs from the program's by rounding alone.
#include <unordered_map>

#include "core/passes/pass.h"
#include "core/passes/rewriter.h"

namespace webhlo {
namespace {

// conv * scale + offset, with vectors over the channel dimension (target values, kNone = none).
struct Affine {
  const Node* producer = nullptr;  // Source node of the convolution or dot_general.
  int64_t channel = 0;             // Its result's channel dimension.
  ValueId scale = kNone;
  ValueId offset = kNone;
  int steps = 0;
};

class ScaleFolder {
 public:
  ScaleFolder(const Graph& source, const PassContext& context)
      : source_(source), index_(source), constant_(ConstantValues(source, context)) {
    user_.assign(source.values.size(), nullptr);
    for (const Node& node : source.nodes) {
      for (ValueId operand : source.operands(node)) user_[operand] = &node;
    }
  }

  Status Visit(Rewriter& r, const Node& node) {
    RETURN_IF_ERROR(r.Clone(node));
    if (std::optional<Affine> start = Producer(node)) {
      affine_[node.results.begin] = *start;
      return OkStatus();
    }
    for (uint32_t side = 0; side < node.operands.size; ++side) {
      const ValueId chain = source_.operands(node)[side];
      const auto it = affine_.find(chain);
      if (it == affine_.end() || !IsStep(node, side, it->second.channel)) continue;
      Affine next = it->second;
      Extend(r, node, side, &next);
      const ValueId result = node.results.begin;
      if (Continues(result, next.channel)) {
        affine_[result] = next;
      } else if (next.scale != kNone || next.steps > 1) {
        r.SetMapped(result, Materialize(r, next, node));
      }
      return OkStatus();
    }
    return OkStatus();
  }

 private:
  // A convolution or dot_general with constant weights, whose only user is a step.
  std::optional<Affine> Producer(const Node& node) const {
    const std::string_view op = source_.op_name(node);
    if (op != "stablehlo.convolution" && op != "stablehlo.dot_general") return std::nullopt;
    const TensorType& type = source_.tensor(node.results.begin);
    if (type.element != ElementType::kF32 || !constant_[source_.operands(node)[1]] ||
        source_.tensor(source_.operands(node)[1]).element != ElementType::kF32) {
      return std::nullopt;
    }
    const OpView view(source_, node);
    Affine affine;
    affine.producer = &node;
    if (op == "stablehlo.convolution") {
      if (view.Int("batch_group_count", 1) != 1) return std::nullopt;
      affine.channel = view.Int("output_feature_dimension");
    } else {
      if (!view.Ints("rhs_batching_dimensions").empty() || WeightDimension(node) < 0) {
        return std::nullopt;
      }
      affine.channel = type.rank() - 1;
    }
    if (!Continues(node.results.begin, affine.channel)) return std::nullopt;
    return affine;
  }

  // The dimension of the weights that the result's channels come from, or -1.
  int64_t WeightDimension(const Node& node) const {
    const OpView view(source_, node);
    if (source_.op_name(node) == "stablehlo.convolution") {
      return view.Int("kernel_output_feature_dimension");
    }
    const auto contracting = view.Ints("rhs_contracting_dimensions");
    int64_t found = -1;
    for (int64_t d = 0; d < view.operand(1).rank(); ++d) {
      bool is_contracting = false;
      for (int64_t c : contracting) is_contracting |= c == d;
      if (is_contracting) continue;
      if (found >= 0) return -1;
      found = d;
    }
    return found;
  }

  bool Continues(ValueId value, int64_t channel) const {
    if (index_.uses(value) != 1 || !user_[value]) return false;
    const Node& user = *user_[value];
    for (uint32_t side = 0; side < user.operands.size; ++side) {
      if (source_.operands(user)[side] == value) return IsStep(user, side, channel);
    }
    return false;
  }

  // node = chain (op) per-channel constant.
  bool IsStep(const Node& node, uint32_t side, int64_t channel) const {
    const std::string_view op = source_.op_name(node);
    const bool commutes = op == "stablehlo.multiply" || op == "stablehlo.add";
    if (!commutes && op != "stablehlo.subtract" && op != "stablehlo.divide") return false;
    if (op == "stablehlo.divide" && side != 0) return false;
    const ValueId other = source_.operands(node)[1 - side];
    if (!constant_[other]) return false;
    const Node* def = index_.Def(other);
    if (SplatElements(source_, def)) return true;
    if (!IsOp(source_, def, "stablehlo.broadcast_in_dim")) return false;
    const auto dims = OpView(source_, *def).Ints("broadcast_dimensions");
    return dims.size() == 1 && dims[0] == channel;
  }

  // The step's constant as a vector over channels.
  ValueId Vector(Rewriter& r, ValueId other, const TensorType& vector) {
    const Node* def = index_.Def(other);
    if (const DenseElements* splat = SplatElements(source_, def)) {
      return r.Emit("stablehlo.constant", {}, vector, {{"value", SplatOf(*splat, vector)}});
    }
    return r.Map(source_.operands(*def)[0]);
  }

  void Extend(Rewriter& r, const Node& node, uint32_t side, Affine* affine) {
    const std::string_view op = source_.op_name(node);
    const TensorType& type = source_.tensor(node.results.begin);
    const TensorType vector(type.element, {type.dims[static_cast<size_t>(affine->channel)]});
    const ValueId v = Vector(r, source_.operands(node)[1 - side], vector);
    const LocationId location = r.MapLocation(node.location);
    const auto emit = [&](std::string_view name, ValueId a, ValueId b) {
      return r.Emit(name, {a, b}, vector, {}, location);
    };
    ++affine->steps;
    if (op == "stablehlo.multiply" || op == "stablehlo.divide") {
      if (affine->offset != kNone) affine->offset = emit(op, affine->offset, v);
      if (affine->scale != kNone) {
        affine->scale = emit(op, affine->scale, v);
      } else if (op == "stablehlo.multiply") {
        affine->scale = v;
      } else {
        const ValueId one =
            r.Emit("stablehlo.constant", {}, vector, {{"value", SplatOf(vector, 1)}}, location);
        affine->scale = emit("stablehlo.divide", one, v);
      }
      return;
    }
    const auto negate = [&](ValueId x) {
      return r.Emit("stablehlo.negate", {x}, vector, {}, location);
    };
    if (op == "stablehlo.add") {
      affine->offset = affine->offset == kNone ? v : emit(op, affine->offset, v);
    } else if (side == 0) {  // chain - v
      affine->offset = affine->offset == kNone ? negate(v) : emit(op, affine->offset, v);
    } else {  // v - chain
      affine->offset = affine->offset == kNone ? v : emit(op, v, affine->offset);
      if (affine->scale != kNone) {
        affine->scale = negate(affine->scale);
      } else {
        affine->scale =
            r.Emit("stablehlo.constant", {}, vector, {{"value", SplatOf(vector, -1)}}, location);
      }
    }
  }

  ValueId Materialize(Rewriter& r, const Affine& affine, const Node& last) {
    const Node& producer = *affine.producer;
    const LocationId location = r.MapLocation(last.location);
    const TensorType& type = source_.tensor(last.results.begin);
    const ValueId input = r.Map(source_.operands(producer)[0]);
    ValueId weights = r.Map(source_.operands(producer)[1]);
    if (affine.scale != kNone) {
      const TensorType& weight_type = source_.tensor(source_.operands(producer)[1]);
      const ValueId scale = r.Emit(
          "stablehlo.broadcast_in_dim", {affine.scale}, weight_type,
          {{"broadcast_dimensions", Attribute::Ints({WeightDimension(producer)})}}, location);
      weights = r.Emit("stablehlo.multiply", {weights, scale}, weight_type, {}, location);
    }
    ValueId result = r.Emit(source_.op_name(producer), {input, weights}, type,
                            CopyAttributes(source_, producer), r.MapLocation(producer.location));
    if (affine.offset != kNone) {
      const ValueId offset =
          r.Emit("stablehlo.broadcast_in_dim", {affine.offset}, type,
                 {{"broadcast_dimensions", Attribute::Ints({affine.channel})}}, location);
      result = r.Emit("stablehlo.add", {result, offset}, type, {}, location);
    }
    return result;
  }

  const Graph& source_;
  GraphIndex index_;
  std::vector<bool> constant_;
  std::vector<const Node*> user_;
  std::unordered_map<ValueId, Affine> affine_;  // By source value.
};

}  // namespace

Status FoldScales(const PassContext& context, const Graph& source, Graph* target) {
  ScaleFolder folder(source, context);
  return Rewriter(source, target,
                  [&](Rewriter& r, const Node& node) { return folder.Visit(r, node); })
      .Run();
}

}  // namespace webhlo
