// SPDX-License-Identifier: Apache-2.0
//
// Folds per-channel scales and offsets that follow a convolution or matrix product into its
// constant weights. A chain of multiply, divide, add and subtract with per-channel constants,
//   ((conv(x, w) - mean) * rsqrt) * gamma + beta,
// is conv(x, w * s) + t with vectors s and t that depend on weights alone; the init plan computes
// them once. Batch normalization disappears like this, in whatever order it is spelt.
//
// The folded form must not be less exact than the chain, and whether it is depends on the values of
// weights. So the init plan decides, for each channel (webhlo.fold_scales): one that fails keeps
// its weights, and the program has two ways that share them,
//   if (some channel fails) { rescale(conv(x, w * s) + t) } else { conv(x, w * s) + t }
// Bounds behind the chain (relu, clamp) come after it, so they are in both ways too. Literal
// weights are decided about here; when a channel fails there, the program stays as it is written.
#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "core/graph/rewriter.h"
#include "core/kernels/channel_steps.h"
#include "core/passes/epilogue.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

// Literal weights above this stay as they are.
constexpr int64_t kMaxLiteralBytes = 64 << 20;

struct Chain {
  const Node* producer = nullptr;  // webhlo.conv2d or webhlo.matmul.
  std::string steps;               // As core/kernels/channel_steps.h has them.
  std::vector<ValueId> constants;  // Of each step, of its shape: a splat or a broadcast vector.
  Bounds bounds;
};

class ScaleFolder {
 public:
  ScaleFolder(const Graph& source, const PassContext& context)
      : source_(source),
        context_(context),
        index_(source),
        constant_(ConstantValues(source, context)) {}

  Status Visit(Rewriter& r, const Node& node) {
    if (IsPlainProduct(source_, node, constant_)) FindChain(node);
    const auto chain = chains_.find(&node);
    if (chain != chains_.end() && Fold(r, chain->second, node)) return OkStatus();
    return r.Clone(node);
  }

 private:
  // The dimension of the weights that the result's last dimension comes from.
  int64_t WeightDimension(const Node& producer) const {
    if (producer.name == ops::kWebhloConv2d) return 0;
    return OpView(source_, producer).Bool("transpose_rhs") ? 0 : 1;
  }

  // Follows the producer's result from one single user to the next.
  void FindChain(const Node& producer) {
    Chain chain;
    chain.producer = &producer;
    const Node* last = nullptr;
    ValueId value = producer.results.begin;
    const int64_t channels = source_.tensor(value).dims.back();
    for (const Node* user; (user = index_.OnlyUser(value)) != nullptr;) {
      if (user->results.size != 1 || !index_.SameRegion(*user, producer)) break;
      const ValueId result = user->results.begin;
      const TensorType& type = source_.tensor(result);
      if (user->name == ops::kReshape) {
        if (type.rank() == 0 || type.dims.back() != channels) break;
      } else if (AddBounds(source_, index_, *user, value, &chain.bounds)) {
        last = user;
      } else if (!chain.bounds.empty() || !AddStep(*user, value, &chain)) {
        break;
      } else {
        last = user;
      }
      value = result;
    }
    // One offset alone is a bias, which needs no arithmetic (fuse-epilogues).
    if (chain.steps.size() > 1 || (!chain.steps.empty() && !OnlyOffsets(chain))) {
      chains_[last] = std::move(chain);
    }
  }

  static bool OnlyOffsets(const Chain& chain) {
    return chain.steps.find_first_not_of("+-") == std::string::npos;
  }

  // user = value (op) per-channel constant.
  bool AddStep(const Node& user, ValueId value, Chain* chain) const {
    const OpName op = user.name;
    const size_t side = source_.operands(user)[0] == value ? 0 : 1;
    char step = 0;
    if (op == ops::kMultiply) step = '*';
    if (op == ops::kAdd) step = '+';
    if (op == ops::kDivide && side == 0) step = '/';
    if (op == ops::kSubtract) step = side == 0 ? '-' : '~';
    if (step == 0) return false;
    const ValueId other = source_.operands(user)[1 - side];
    const Node* def = index_.Def(other);
    if (!constant_[other]) return false;
    if (!SplatElements(source_, def)) {
      if (!IsOp(def, ops::kBroadcastInDim)) return false;
      const auto dims = OpView(source_, *def).Ints("broadcast_dimensions");
      if (dims.size() != 1 || dims[0] != source_.tensor(other).rank() - 1) return false;
    }
    chain->steps.push_back(step);
    chain->constants.push_back(other);
    return true;
  }

  // A step's constant as a vector over the channels.
  ValueId Vector(Rewriter& r, ValueId constant, const TensorType& vector) const {
    const Node* def = index_.Def(constant);
    if (const DenseElements* splat = SplatElements(source_, def)) {
      return r.Emit(ops::kConstant, {}, vector, {{"value", SplatOf(*splat, vector)}});
    }
    return r.Map(source_.operands(*def)[0]);
  }

  // False when the program stays as it is written.
  bool Fold(Rewriter& r, const Chain& chain, const Node& last) {
    const Node& producer = *chain.producer;
    const LocationId location = r.MapLocation(last.location);
    const TensorType product = source_.tensor(producer.results.begin);
    const TensorType vector(ElementType::kF32, {product.dims.back()});
    const ValueId weights = r.Map(source_.operands(producer)[1]);
    std::vector<ValueId> vectors;
    for (ValueId constant : chain.constants) vectors.push_back(Vector(r, constant, vector));

    std::vector<ValueId> operands = {r.Map(source_.operands(producer)[0])};
    ValueId y;
    if (IsLiteral(r, weights) &&
        std::all_of(vectors.begin(), vectors.end(), [&](ValueId v) { return IsLiteral(r, v); })) {
      if (!FoldLiterals(r, chain, weights, vectors, &operands)) return false;
      y = Product(r, producer, operands, chain.bounds);
    } else {
      const Type types[] = {Type(vector), Type(vector),
                            Type(TensorType(ElementType::kI1, vector.dims)),
                            Type(TensorType(ElementType::kI1, {}))};
      std::vector<ValueId> fold_operands = {weights};
      fold_operands.insert(fold_operands.end(), vectors.begin(), vectors.end());
      const ValueId folded = r.EmitNode(ops::kWebhloFoldScales, fold_operands, types,
                                        {{"dimension", Attribute::Int(WeightDimension(producer))},
                                         {"steps", Attribute::String(chain.steps)}},
                                        {}, location);
      operands.push_back(OnlyOffsets(chain) ? weights
                                            : Scaled(r, producer, weights, folded, location));
      if (HasOffset(chain)) operands.push_back(folded + 1);
      y = EmitBothWays(r, chain, operands, folded, vectors, location);
    }
    const TensorType& type = source_.tensor(last.results.begin);
    if (type.dims != product.dims) y = r.Emit(ops::kReshape, {y}, type, {}, location);
    r.SetMapped(last.results.begin, y);
    return true;
  }

  static bool HasOffset(const Chain& chain) {
    return chain.steps.find_first_of("+-~") != std::string::npos;
  }

  ValueId Scaled(Rewriter& r, const Node& producer, ValueId weights, ValueId scale,
                 LocationId location) const {
    const TensorType type = r.type(weights);
    const ValueId scales =
        r.Emit(ops::kBroadcastInDim, {scale}, type,
               {{"broadcast_dimensions", Attribute::Ints({WeightDimension(producer)})}}, location);
    return r.Emit(ops::kMultiply, {weights, scales}, type, {}, location);
  }

  // `operands`: the input, weights, and an offset if there is one.
  static ValueId Product(Rewriter& r, const Node& producer, const std::vector<ValueId>& operands,
                         const Bounds& bounds) {
    return EmitProduct(r, producer, operands[0], operands[1],
                       operands.size() > 2 ? std::optional(operands[2]) : std::nullopt, bounds);
  }

  ValueId EmitBothWays(Rewriter& r, const Chain& chain, const std::vector<ValueId>& operands,
                       ValueId folded, const std::vector<ValueId>& vectors, LocationId location) {
    const TensorType product = source_.tensor(chain.producer->results.begin);
    RegionId ways[2];
    ways[0] = r.builder().BeginRegion();
    std::vector<ValueId> rescaled = {Product(r, *chain.producer, operands, {}), folded + 2};
    rescaled.insert(rescaled.end(), vectors.begin(), vectors.end());
    std::vector<NamedAttribute> attributes = {{"steps", Attribute::String(chain.steps)}};
    const auto bound = [&](std::string_view name, std::optional<double> value) {
      if (value)
        attributes.push_back({std::string(name), Attribute::Float(*value, ElementType::kF32)});
    };
    bound("clamp_min", chain.bounds.min);
    bound("clamp_max", chain.bounds.max);
    ValueId y = r.Emit(ops::kWebhloRescale, rescaled, product, std::move(attributes), location);
    r.builder().EndRegion(std::span(&y, 1));
    ways[1] = r.builder().BeginRegion();
    y = Product(r, *chain.producer, operands, chain.bounds);
    r.builder().EndRegion(std::span(&y, 1));
    const ValueId some_fail = folded + 3;
    const Type type(product);
    return r.EmitNode(ops::kIf, std::span(&some_fail, 1), std::span(&type, 1), {}, ways, location);
  }

  // ---- Literals.

  static bool IsLiteral(Rewriter& r, ValueId value) {
    return ConstantElements(r.target(), r.Def(value)) != nullptr;
  }

  static std::vector<float> Floats(Rewriter& r, ValueId literal) {
    const DenseElements& elements = *ConstantElements(r.target(), r.Def(literal));
    std::vector<float> floats(static_cast<size_t>(elements.type.NumElements()));
    if (floats.empty()) return floats;
    std::memcpy(floats.data(), elements.bytes.data(),
                std::min(elements.bytes.size(), floats.size() * sizeof(float)));
    if (elements.splat) std::fill(floats.begin(), floats.end(), floats[0]);
    return floats;
  }

  static ValueId Literal(Rewriter& r, const TensorType& type, const std::vector<float>& floats) {
    DenseElements elements;
    elements.type = type;
    elements.bytes.resize(floats.size() * sizeof(float));
    std::memcpy(elements.bytes.data(), floats.data(), elements.bytes.size());
    return r.Emit(ops::kConstant, {}, type, {{"value", Attribute::Dense(std::move(elements))}});
  }

  // Appends the folded weights and offset to the product's operands; false when a channel fails.
  bool FoldLiterals(Rewriter& r, const Chain& chain, ValueId weights,
                    const std::vector<ValueId>& vectors, std::vector<ValueId>* operands) const {
    const TensorType type = r.type(weights);
    if (!context_.fold_literals || type.ByteSize() > kMaxLiteralBytes ||
        !context_.Take(4 * static_cast<double>(type.NumElements()))) {
      return false;
    }
    std::vector<float> w = Floats(r, weights);
    std::vector<std::vector<float>> values;
    std::vector<const float*> pointers;
    for (ValueId v : vectors) values.push_back(Floats(r, v));
    for (const std::vector<float>& v : values) pointers.push_back(v.data());
    const size_t dimension = static_cast<size_t>(WeightDimension(*chain.producer));
    int64_t outer = 1, inner = 1;
    for (size_t d = 0; d < dimension; ++d) outer *= type.dims[d];
    for (size_t d = dimension + 1; d < type.dims.size(); ++d) inner *= type.dims[d];
    const int64_t channels = type.dims[dimension];
    std::vector<float> scales(static_cast<size_t>(channels)), offsets = scales;
    RaiseToMagnitudes(channels, inner, w.data(), 0, outer * channels, scales.data());
    for (size_t c = 0; c < scales.size(); ++c) {
      const FoldedChannel folded =
          FoldChannel(chain.steps, pointers, static_cast<int64_t>(c), scales[c]);
      if (!folded.ok) return false;
      scales[c] = folded.scale;
      offsets[c] = folded.offset;
    }
    float* at = w.data();
    for (int64_t o = 0; o < outer; ++o) {
      for (float scale : scales) {
        for (int64_t i = 0; i < inner; ++i) *at++ *= scale;
      }
    }
    operands->push_back(OnlyOffsets(chain) ? weights : Literal(r, type, w));
    if (HasOffset(chain)) {
      operands->push_back(Literal(r, TensorType(ElementType::kF32, {channels}), offsets));
    }
    return true;
  }

  const Graph& source_;
  const PassContext& context_;
  GraphIndex index_;
  std::vector<bool> constant_;
  std::unordered_map<const Node*, Chain> chains_;  // By their last node.
};

}  // namespace

Status FoldScales(const PassContext& context, const Graph& source, Graph* target) {
  if (!HasOp(source, {ops::kWebhloConv2d, ops::kWebhloMatmul})) return OkStatus();
  ScaleFolder folder(source, context);
  return Rewriter(source, target,
                  [&](Rewriter& r, const Node& node) { return folder.Visit(r, node); })
      .Run();
}

}  // namespace webhlo
