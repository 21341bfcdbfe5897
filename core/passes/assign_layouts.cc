// SPDX-License-Identifier: Apache-2.0
//
// Chooses how tensors lie in memory. Convolutions and pools run on NHWC whatever the program says,
// dot_general becomes a row-major (batched) matrix product, and transposes are not executed where
// they are written but carried along lazily: each source value is a physical target value and a
// permutation, logical = transpose(physical, permutation). Elementwise ops, reductions, broadcasts,
// slices, concatenations and matrix products take any permutation in and pass one on, so most
// transposes meet their inverse and vanish; the others are materialized at the ops that need the
// written order. Transposes of constants cost nothing at run time: they move to the init plan.
#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <unordered_map>

#include "core/graph/rewriter.h"
#include "core/ops/reducer.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

using Permutation = std::vector<int64_t>;
using Dims = std::vector<int64_t>;

Permutation Identity(size_t rank) {
  Permutation p(rank);
  std::iota(p.begin(), p.end(), 0);
  return p;
}

bool IsIdentity(const Permutation& p) {
  for (size_t i = 0; i < p.size(); ++i) {
    if (p[i] != static_cast<int64_t>(i)) return false;
  }
  return true;
}

// physical[p[i]] = logical[i].
Dims ToPhysical(std::span<const int64_t> logical, const Permutation& p) {
  Dims physical(logical.size());
  for (size_t i = 0; i < logical.size(); ++i) physical[static_cast<size_t>(p[i])] = logical[i];
  return physical;
}

struct Lazy {
  ValueId physical = kNone;
  Permutation permutation;
};

class LayoutAssigner {
 public:
  LayoutAssigner(const Graph& source, const PassContext& context, Graph* target)
      : source_(source),
        constant_(ConstantValues(source, context)),
        lazy_(source.values.size()),
        rewriter_(source, target, [this](Rewriter&, const Node& node) { return Visit(node); }) {
    users_.resize(source.values.size());
    for (const Node& node : source.nodes) {
      for (ValueId operand : source.operands(node)) users_[operand].push_back(&node);
    }
    rewriter_.set_region_end([this](const Region& region) {
      for (ValueId result : source_.results(region)) MaterializeMapped(result);
      return OkStatus();
    });
  }

  Status Run() { return rewriter_.Run(); }

 private:
  // ---- Lazy values.

  bool IsTensor(ValueId v) const { return source_.type(v).IsTensor(); }

  // The value as it was first made: region arguments and cloned results have no lazy form yet.
  const Lazy& Of(ValueId v) {
    Lazy& lazy = lazy_[v];
    if (lazy.physical == kNone) {
      lazy.physical = rewriter_.Map(v);
      lazy.permutation = Identity(source_.tensor(v).dims.size());
    }
    return lazy;
  }

  void Define(ValueId v, ValueId physical, Permutation permutation) {
    lazy_[v] = {physical, std::move(permutation)};
    rewriter_.SetMapped(v, IsIdentity(lazy_[v].permutation) ? physical : kNone);
  }

  // The value with the wanted layout: logical = transpose(result, want).
  ValueId Get(ValueId v, const Permutation& want) {
    const Lazy lazy = Of(v);
    if (lazy.permutation == want) return lazy.physical;
    const TensorType& logical = source_.tensor(v);
    TensorType type = logical;
    type.dims = ToPhysical(logical.dims, want);
    const Node* def = rewriter_.Def(lazy.physical);
    if (const DenseElements* splat = SplatElements(rewriter_.target(), def)) {
      return rewriter_.Emit(ops::kConstant, {}, type, {{"value", SplatOf(*splat, type)}});
    }
    if (IsOp(def, ops::kBroadcastInDim)) {
      // Broadcast straight into the wanted layout. The broadcast's own dimensions are physical
      // ones.
      Permutation to_logical(lazy.permutation.size());
      for (size_t i = 0; i < to_logical.size(); ++i) {
        to_logical[static_cast<size_t>(lazy.permutation[i])] = static_cast<int64_t>(i);
      }
      Dims dims;
      for (int64_t d : OpView(rewriter_.target(), *def).Ints("broadcast_dimensions")) {
        dims.push_back(want[static_cast<size_t>(to_logical[static_cast<size_t>(d)])]);
      }
      const ValueId operand = rewriter_.target().operands(*def)[0];
      return rewriter_.Emit(ops::kBroadcastInDim, {operand}, type,
                            {{"broadcast_dimensions", Attribute::Ints(std::move(dims))}});
    }
    // result[want[i]] = physical[permutation[i]].
    Permutation p(want.size());
    for (size_t i = 0; i < want.size(); ++i) {
      p[static_cast<size_t>(want[i])] = lazy.permutation[i];
    }
    return Transpose(lazy.physical, p, type);
  }

  ValueId Transpose(ValueId x, const Permutation& p, const TensorType& type) {
    if (IsIdentity(p)) return x;
    int64_t last = -1;
    bool only_units_move = true;
    for (int64_t d : p) {
      if (rewriter_.type(x).dims[static_cast<size_t>(d)] == 1) continue;
      only_units_move &= d > last;
      last = d;
    }
    if (only_units_move) return rewriter_.Emit(ops::kReshape, {x}, type);
    return rewriter_.Emit(ops::kTranspose, {x}, type, {{"permutation", Attribute::Ints(p)}});
  }

  ValueId Reshape(ValueId x, Dims dims) {
    if (rewriter_.type(x).dims == dims) return x;
    TensorType type = rewriter_.type(x);
    type.dims = std::move(dims);
    return rewriter_.Emit(ops::kReshape, {x}, type);
  }

  // The value as the program wrote it.
  ValueId Materialize(ValueId v) { return Get(v, Identity(source_.tensor(v).dims.size())); }
  void MaterializeMapped(ValueId v) {
    if (IsTensor(v) && rewriter_.Map(v) == kNone) rewriter_.SetMapped(v, Materialize(v));
  }

  // Whether any layout of the value is as cheap as any other.
  bool LayoutIsFree(ValueId v) {
    if (constant_[v]) return true;
    const Node* def = rewriter_.Def(Of(v).physical);
    return IsOp(def, ops::kBroadcastInDim) || SplatElements(rewriter_.target(), def);
  }

  // ---- Ops.

  Status Visit(const Node& node) {
    for (uint32_t i = 0; i < node.results.size; ++i) {
      if (!IsTensor(node.results.begin + i)) return Default(node);
    }
    for (ValueId operand : source_.operands(node)) {
      if (!IsTensor(operand)) return Default(node);
    }
    const OpName op = node.name;
    if (op == ops::kTranspose) return VisitTranspose(node);
    if (op == ops::kReshape) return VisitReshape(node);
    if (op == ops::kBroadcastInDim) return VisitBroadcast(node);
    if (op == ops::kConvolution) return VisitConvolution(node);
    if (op == ops::kDotGeneral) return VisitDotGeneral(node);
    if (op == ops::kReduce) return VisitReduce(node);
    if (op == ops::kReduceWindow) return VisitReduceWindow(node);
    if (op == ops::kConcatenate) return VisitConcatenate(node);
    if (op == ops::kSlice) {
      return VisitSameRank(node, {"start_indices", "limit_indices", "strides"});
    }
    if (op == ops::kPad) {
      return VisitSameRank(node, {"edge_padding_low", "edge_padding_high", "interior_padding"});
    }
    if (IsElementwise(node)) return VisitElementwise(node);
    return Default(node);
  }

  // Needs the written order of everything, including what its regions capture.
  Status Default(const Node& node) {
    for (ValueId operand : source_.operands(node)) MaterializeMapped(operand);
    if (node.regions.size == 0) return rewriter_.Clone(node);
    MaterializeCaptured(node);
    return rewriter_.Clone(node);
  }

  // A value that is first materialized inside a region would not be visible after it.
  void MaterializeCaptured(const Node& node) {
    for (RegionId region : source_.regions_of(node)) {
      ForEachCapture(source_, region, [&](ValueId value) { MaterializeMapped(value); });
    }
  }

  TensorType PhysicalType(ValueId v, const Permutation& p) const {
    TensorType type = source_.tensor(v);
    type.dims = ToPhysical(type.dims, p);
    return type;
  }

  Status VisitTranspose(const Node& node) {
    const auto p = OpView(source_, node).Ints("permutation");
    const Lazy in = Of(source_.operands(node)[0]);
    Permutation out;
    for (int64_t d : p) out.push_back(in.permutation[static_cast<size_t>(d)]);
    Define(node.results.begin, in.physical, std::move(out));
    return OkStatus();
  }

  // A reshape falls into groups of adjacent dimensions, each of which keeps its number of elements:
  // [2, 3, 4, 5] -> [6, 20] is [2, 3] -> [6] and [4, 5] -> [20]. When the dimensions of every group
  // are neighbours in memory, in their written order, the groups keep their places in memory.
  Status VisitReshape(const Node& node) {
    const ValueId operand = source_.operands(node)[0];
    const Lazy in = Of(operand);
    const Dims& from = source_.tensor(operand).dims;
    const Dims& to = source_.tensor(node.results.begin).dims;
    if (IsIdentity(in.permutation) || source_.tensor(operand).NumElements() == 0) {
      return Default(node);
    }
    struct Group {
      size_t to_begin, to_end;
      int64_t place = -1;  // Of its first dimension in memory; -1 when all are units.
    };
    std::vector<Group> groups;
    for (size_t i = 0, k = 0; i < from.size() || k < to.size();) {
      Group group{k, k};
      int64_t have = 1, want = 1, previous = -1;
      const auto take = [&] {
        const int64_t place = in.permutation[i];
        if (from[i] != 1) {
          if (group.place < 0) {
            group.place = place;
          } else if (!AreNeighbours(in.permutation, from, previous, place)) {
            return false;
          }
          previous = place;
        }
        have *= from[i++];
        return true;
      };
      if (i < from.size() && !take()) return Default(node);
      if (k < to.size()) want *= to[k++];
      while (have != want) {
        if (have < want) {
          if (!take()) return Default(node);
        } else {
          want *= to[k++];
        }
      }
      group.to_end = k;
      groups.push_back(group);
    }
    std::stable_sort(groups.begin(), groups.end(),
                     [](const Group& a, const Group& b) { return a.place < b.place; });
    Permutation p(to.size());
    int64_t next = 0;
    for (const Group& group : groups) {
      for (size_t k = group.to_begin; k < group.to_end; ++k) p[k] = next++;
    }
    const ValueId x = Reshape(in.physical, ToPhysical(to, p));
    Define(node.results.begin, x, std::move(p));
    return OkStatus();
  }

  // Whether memory dimension `b` follows `a` with nothing but units between them.
  static bool AreNeighbours(const Permutation& permutation, const Dims& dims, int64_t a,
                            int64_t b) {
    if (b <= a) return false;
    for (size_t i = 0; i < dims.size(); ++i) {
      if (permutation[i] > a && permutation[i] < b && dims[i] != 1) return false;
    }
    return true;
  }

  Status VisitBroadcast(const Node& node) {
    const Lazy in = Of(source_.operands(node)[0]);
    const auto dims = OpView(source_, node).Ints("broadcast_dimensions");
    Dims physical_dims(dims.size());
    for (size_t i = 0; i < dims.size(); ++i) {
      physical_dims[static_cast<size_t>(in.permutation[i])] = dims[i];
    }
    const ValueId x =
        rewriter_.Emit(ops::kBroadcastInDim, {in.physical}, source_.tensor(node.results.begin),
                       {{"broadcast_dimensions", Attribute::Ints(std::move(physical_dims))}},
                       rewriter_.MapLocation(node.location));
    Define(node.results.begin, x, Identity(source_.tensor(node.results.begin).dims.size()));
    return OkStatus();
  }

  // The layout for an op whose operands share one shape: the one that most of their bytes have
  // already. When two tie, the written order, unless a convolution or pool comes next.
  Permutation CommonLayout(const Node& node, std::span<const ValueId> values, size_t rank) {
    std::map<Permutation, int64_t> bytes;
    for (ValueId v : values) {
      if (source_.tensor(v).dims.size() != rank || LayoutIsFree(v)) continue;
      bytes[Of(v).permutation] += source_.tensor(v).ByteSize();
    }
    const Permutation identity = Identity(rank);
    if (bytes.empty()) return identity;
    int64_t most = 0;
    for (const auto& [p, n] : bytes) most = std::max(most, n);
    const auto written = bytes.find(identity);
    if (written != bytes.end() && written->second == most && !LeadsToWindow(node)) return identity;
    for (const auto& [p, n] : bytes) {
      if (n == most && p != identity) return p;
    }
    return identity;
  }

  // Whether the node's result reaches a convolution or a pool through elementwise nodes alone.
  bool LeadsToWindow(const Node& node) const {
    constexpr int kMaxSteps = 32;
    std::vector<const Node*> stack{&node};
    for (int steps = 0; !stack.empty() && steps < kMaxSteps; ++steps) {
      const Node* at = stack.back();
      stack.pop_back();
      for (const Node* user : users_[at->results.begin]) {
        if (user->name == ops::kConvolution || user->name == ops::kReduceWindow) return true;
        if (IsElementwise(*user)) stack.push_back(user);
      }
    }
    return false;
  }

  Status VisitElementwise(const Node& node) {
    const ValueId result = node.results.begin;
    const size_t rank = source_.tensor(result).dims.size();
    const Permutation p = CommonLayout(node, source_.operands(node), rank);
    std::vector<ValueId> operands;
    for (ValueId operand : source_.operands(node)) {
      // clamp and select take scalars beside tensors.
      operands.push_back(source_.tensor(operand).dims.size() == rank ? Get(operand, p)
                                                                     : Materialize(operand));
    }
    const ValueId x =
        rewriter_.Emit(node.name, operands, PhysicalType(result, p), CopyAttributes(source_, node),
                       rewriter_.MapLocation(node.location));
    Define(result, x, p);
    return OkStatus();
  }

  // One operand of the result's rank (others are scalars), attributes with one entry a dimension.
  Status VisitSameRank(const Node& node, std::initializer_list<std::string_view> per_dimension) {
    const ValueId result = node.results.begin;
    const Lazy in = Of(source_.operands(node)[0]);
    std::vector<ValueId> operands{in.physical};
    for (size_t i = 1; i < node.operands.size; ++i) {
      operands.push_back(Materialize(source_.operands(node)[i]));
    }
    std::vector<NamedAttribute> attributes = CopyAttributes(source_, node);
    for (NamedAttribute& a : attributes) {
      if (std::find(per_dimension.begin(), per_dimension.end(), a.name) != per_dimension.end()) {
        a.value = Attribute::Ints(ToPhysical(a.value.ints(), in.permutation));
      }
    }
    const ValueId x = rewriter_.Emit(node.name, operands, PhysicalType(result, in.permutation),
                                     std::move(attributes), rewriter_.MapLocation(node.location));
    Define(result, x, in.permutation);
    return OkStatus();
  }

  Status VisitConcatenate(const Node& node) {
    const ValueId result = node.results.begin;
    const size_t rank = source_.tensor(result).dims.size();
    const Permutation p = CommonLayout(node, source_.operands(node), rank);
    std::vector<ValueId> operands;
    for (ValueId operand : source_.operands(node)) operands.push_back(Get(operand, p));
    const int64_t dimension = OpView(source_, node).Int("dimension");
    const ValueId x =
        rewriter_.Emit(ops::kConcatenate, operands, PhysicalType(result, p),
                       {{"dimension", Attribute::Int(p[static_cast<size_t>(dimension)])}},
                       rewriter_.MapLocation(node.location));
    Define(result, x, p);
    return OkStatus();
  }

  Status VisitReduce(const Node& node) {
    const size_t inputs = node.results.size;
    const auto dims = OpView(source_, node).Ints("dimensions");
    const ValueId first = source_.operands(node)[0];
    const size_t rank = source_.tensor(first).dims.size();
    const Permutation p = CommonLayout(node, source_.operands(node).subspan(0, inputs), rank);
    if (IsIdentity(p)) return Default(node);
    MaterializeCaptured(node);
    std::vector<ValueId> operands;
    for (size_t i = 0; i < inputs; ++i) operands.push_back(Get(source_.operands(node)[i], p));
    for (size_t i = inputs; i < node.operands.size; ++i) {
      operands.push_back(Materialize(source_.operands(node)[i]));
    }
    Dims physical_dims;
    // Physical positions of the logical dimensions that remain, in order.
    std::vector<int64_t> kept;
    for (size_t d = 0; d < rank; ++d) {
      if (std::find(dims.begin(), dims.end(), static_cast<int64_t>(d)) != dims.end()) {
        physical_dims.push_back(p[d]);
      } else {
        kept.push_back(p[d]);
      }
    }
    std::sort(physical_dims.begin(), physical_dims.end());
    Permutation out(kept.size());
    for (size_t i = 0; i < kept.size(); ++i) {
      out[i] = std::count_if(kept.begin(), kept.end(), [&](int64_t k) { return k < kept[i]; });
    }
    std::vector<RegionId> regions;
    for (RegionId region : source_.regions_of(node)) {
      ASSIGN_OR_RETURN(const RegionId id, rewriter_.CloneRegion(region));
      regions.push_back(id);
    }
    std::vector<Type> types;
    for (uint32_t i = 0; i < inputs; ++i) {
      types.emplace_back(PhysicalType(node.results.begin + i, out));
    }
    const ValueId x = rewriter_.EmitNode(
        ops::kReduce, operands, types, {{"dimensions", Attribute::Ints(std::move(physical_dims))}},
        regions, rewriter_.MapLocation(node.location));
    for (uint32_t i = 0; i < inputs; ++i) Define(node.results.begin + i, x + i, out);
    return OkStatus();
  }

  // Pools over two dimensions of a rank-4 tensor run on NHWC.
  Status VisitReduceWindow(const Node& node) {
    const OpView view(source_, node);
    const ValueId operand = source_.operands(node)[0];
    const TensorType& type = source_.tensor(operand);
    const size_t rank = type.dims.size();
    if (node.results.size != 1 || rank != 4 || type.element != ElementType::kF32) {
      return Default(node);
    }
    const auto body = SimpleReduceBody(source_, source_.regions_of(node)[0]);
    const std::optional<double> init =
        SplatValue(rewriter_.target(), rewriter_.Def(Of(source_.operands(node)[1]).physical));
    const bool is_max =
        body == ops::kMaximum && init && *init == -std::numeric_limits<double>::infinity();
    const bool is_sum = body == ops::kAdd && init && *init == 0;
    const auto window = view.Ints("window_dimensions");
    const std::vector<int64_t> strides = view.IntsOr("window_strides", rank, 1);
    const std::vector<int64_t> base = view.IntsOr("base_dilations", rank, 1);
    const std::vector<int64_t> dilations = view.IntsOr("window_dilations", rank, 1);
    const std::vector<int64_t> padding = view.IntsOr("padding", 2 * rank, 0);
    std::vector<size_t> spatial, others;
    for (size_t d = 0; d < rank; ++d) {
      const bool trivial =
          window[d] == 1 && strides[d] == 1 && padding[2 * d] == 0 && padding[2 * d + 1] == 0;
      (trivial ? others : spatial).push_back(d);
      if (base[d] != 1 || padding[2 * d] < 0 || padding[2 * d + 1] < 0) return Default(node);
    }
    while (spatial.size() < 2 && others.size() > 2) {
      spatial.push_back(others.back());
      others.pop_back();
    }
    std::sort(spatial.begin(), spatial.end());
    if ((!is_max && !is_sum) || spatial.size() != 2 || type.NumElements() == 0 ||
        source_.tensor(node.results.begin).NumElements() == 0) {
      return Default(node);
    }
    Permutation want(rank);
    want[others[0]] = 0;
    want[spatial[0]] = 1;
    want[spatial[1]] = 2;
    want[others[1]] = 3;
    // Either of the two other dimensions can be the channels; keep a layout that is there already.
    Permutation swapped = want;
    std::swap(swapped[others[0]], swapped[others[1]]);
    if (Of(operand).permutation == swapped) want = swapped;
    const auto pick = [&](const std::vector<int64_t>& v) {
      return Attribute::Ints({v[spatial[0]], v[spatial[1]]});
    };
    const ValueId x = rewriter_.Emit(
        is_max ? ops::kWebhloMaxPool2d : ops::kWebhloSumPool2d, {Get(operand, want)},
        PhysicalType(node.results.begin, want),
        {{"window_dimensions", pick({window.begin(), window.end()})},
         {"window_strides", pick(strides)},
         {"window_dilations", pick(dilations)},
         {"padding", Attribute::Ints({padding[2 * spatial[0]], padding[2 * spatial[0] + 1],
                                      padding[2 * spatial[1]], padding[2 * spatial[1] + 1]})}},
        rewriter_.MapLocation(node.location));
    Define(node.results.begin, x, want);
    return OkStatus();
  }

  Status VisitConvolution(const Node& node) {
    const OpView view(source_, node);
    const ValueId input = source_.operands(node)[0], filter = source_.operands(node)[1];
    const ValueId result = node.results.begin;
    const auto input_spatial = view.Ints("input_spatial_dimensions");
    const auto kernel_spatial = view.Ints("kernel_spatial_dimensions");
    const auto output_spatial = view.Ints("output_spatial_dimensions");
    const size_t n = input_spatial.size();
    const std::vector<int64_t> strides = view.IntsOr("window_strides", n, 1);
    const std::vector<int64_t> padding = view.IntsOr("padding", 2 * n, 0);
    const std::vector<int64_t> lhs_dilation = view.IntsOr("lhs_dilation", n, 1);
    const std::vector<int64_t> rhs_dilation = view.IntsOr("rhs_dilation", n, 1);
    bool plain = (n == 1 || n == 2) && constant_[filter] && view.Int("batch_group_count", 1) == 1 &&
                 source_.tensor(result).NumElements() > 0 &&
                 source_.tensor(input).NumElements() > 0 &&
                 source_.tensor(filter).NumElements() > 0;
    for (ValueId v : {input, filter, result}) {
      plain &= source_.tensor(v).element == ElementType::kF32;
    }
    for (int64_t d : lhs_dilation) plain &= d == 1;
    for (int64_t reversed : view.Ints("window_reversal")) plain &= reversed == 0;
    if (!plain) return Default(node);

    Permutation input_layout(n + 2), filter_layout(n + 2), output_layout(n + 2);
    const int64_t last = static_cast<int64_t>(n) + 1;
    input_layout[static_cast<size_t>(view.Int("input_batch_dimension"))] = 0;
    input_layout[static_cast<size_t>(view.Int("input_feature_dimension"))] = last;
    filter_layout[static_cast<size_t>(view.Int("kernel_output_feature_dimension"))] = 0;
    filter_layout[static_cast<size_t>(view.Int("kernel_input_feature_dimension"))] = last;
    output_layout[static_cast<size_t>(view.Int("output_batch_dimension"))] = 0;
    output_layout[static_cast<size_t>(view.Int("output_feature_dimension"))] = last;
    for (size_t k = 0; k < n; ++k) {
      const int64_t at = static_cast<int64_t>(k) + 1;
      input_layout[static_cast<size_t>(input_spatial[k])] = at;
      filter_layout[static_cast<size_t>(kernel_spatial[k])] = at;
      output_layout[static_cast<size_t>(output_spatial[k])] = at;
    }
    // One spatial dimension is two of which the first has size 1.
    const auto two_d = [&](Dims dims) {
      if (n == 1) dims.insert(dims.begin() + 1, 1);
      return dims;
    };
    const auto lead = [&](std::vector<int64_t> v, int64_t value, size_t count) {
      if (n == 1) v.insert(v.begin(), count, value);
      return Attribute::Ints(std::move(v));
    };
    ValueId x = Get(input, input_layout);
    x = Reshape(x, two_d(rewriter_.type(x).dims));
    ValueId w = Get(filter, filter_layout);
    w = Reshape(w, two_d(rewriter_.type(w).dims));
    const TensorType out_type = PhysicalType(result, output_layout);
    TensorType out_2d = out_type;
    out_2d.dims = two_d(out_2d.dims);
    std::vector<NamedAttribute> attributes = {{"window_strides", lead(strides, 1, 1)},
                                              {"padding", lead(padding, 0, 2)},
                                              {"rhs_dilation", lead(rhs_dilation, 1, 1)}};
    attributes.push_back(
        {"feature_group_count", Attribute::Int(view.Int("feature_group_count", 1))});
    ValueId y = rewriter_.Emit(ops::kWebhloConv2d, {x, w}, out_2d, std::move(attributes),
                               rewriter_.MapLocation(node.location));
    Define(result, Reshape(y, out_type.dims), output_layout);
    return OkStatus();
  }

  // One operand of a dot_general: its dimensions by role, each group in physical order.
  struct Side {
    std::vector<int64_t> batch, contracting, free;  // Logical dimensions.
  };

  Status VisitDotGeneral(const Node& node) {
    const OpView view(source_, node);
    ValueId lhs = source_.operands(node)[0], rhs = source_.operands(node)[1];
    const ValueId result = node.results.begin;
    for (ValueId v : {lhs, rhs, result}) {
      const TensorType& type = source_.tensor(v);
      if (type.element != ElementType::kF32 || type.NumElements() == 0) return Default(node);
    }
    const auto to_vector = [](std::span<const int64_t> s) { return Dims(s.begin(), s.end()); };
    Side l{to_vector(view.Ints("lhs_batching_dimensions")),
           to_vector(view.Ints("lhs_contracting_dimensions")),
           {}};
    Side r{to_vector(view.Ints("rhs_batching_dimensions")),
           to_vector(view.Ints("rhs_contracting_dimensions")),
           {}};
    // Where each free dimension stands in the result: after the batch ones, lhs before rhs.
    std::map<int64_t, int64_t> l_at, r_at;
    int64_t at = static_cast<int64_t>(l.batch.size());
    const auto find_free = [&](ValueId v, Side* side, std::map<int64_t, int64_t>* positions) {
      for (int64_t d = 0; d < source_.tensor(v).rank(); ++d) {
        if (std::find(side->batch.begin(), side->batch.end(), d) != side->batch.end()) continue;
        if (std::find(side->contracting.begin(), side->contracting.end(), d) !=
            side->contracting.end()) {
          continue;
        }
        side->free.push_back(d);
        (*positions)[d] = at++;
      }
    };
    find_free(lhs, &l, &l_at);
    find_free(rhs, &r, &r_at);
    Dims batch_at = Identity(l.batch.size());  // Result position of each batch pair.
    // Constant weights on the left are better on the right: they are packed there.
    if (constant_[lhs] && !constant_[rhs] && l.batch.empty()) {
      std::swap(lhs, rhs);
      std::swap(l, r);
      std::swap(l_at, r_at);
    }
    // Free dimensions in the order they lie in memory; pairs in the order of the operand whose
    // layout is not free to choose.
    const auto by_layout = [&](ValueId v, Dims* dims) {
      const Permutation p = Of(v).permutation;
      std::sort(dims->begin(), dims->end(), [&](int64_t a, int64_t b) {
        return p[static_cast<size_t>(a)] < p[static_cast<size_t>(b)];
      });
    };
    by_layout(lhs, &l.free);
    by_layout(rhs, &r.free);
    SortPairs(Of(lhs).permutation, &l.batch, &r.batch, &batch_at);
    SortPairs(Of(lhs).permutation, &l.contracting, &r.contracting, nullptr);

    const auto order = [](std::initializer_list<const Dims*> groups) {
      Dims dims;
      for (const Dims* group : groups) dims.insert(dims.end(), group->begin(), group->end());
      Permutation p(dims.size());
      for (size_t i = 0; i < dims.size(); ++i) {
        p[static_cast<size_t>(dims[i])] = static_cast<int64_t>(i);
      }
      return p;
    };
    const auto size = [&](ValueId v, const Dims& dims) {
      int64_t n = 1;
      for (int64_t d : dims) n *= source_.tensor(v).dims[static_cast<size_t>(d)];
      return n;
    };
    const int64_t b = size(lhs, l.batch), m = size(lhs, l.free), k = size(lhs, l.contracting),
                  n = size(rhs, r.free);
    const Permutation lhs_layout = order({&l.batch, &l.free, &l.contracting});
    const Permutation rhs_plain = order({&r.batch, &r.contracting, &r.free});
    const Permutation rhs_transposed = order({&r.batch, &r.free, &r.contracting});
    // Either order of the right operand will do. When both need a copy, the better one keeps the
    // innermost dimension where it is.
    bool transpose_rhs = MovesData(rhs, rhs_plain);
    if (transpose_rhs && MovesData(rhs, rhs_transposed)) {
      const int64_t innermost = Innermost(rhs);
      transpose_rhs =
          std::find(r.contracting.begin(), r.contracting.end(), innermost) != r.contracting.end();
    }
    const Permutation& rhs_layout = transpose_rhs ? rhs_transposed : rhs_plain;
    const auto with_batch = [&](Dims dims) {
      if (b != 1) dims.insert(dims.begin(), b);
      return dims;
    };
    const ValueId x = Reshape(Get(lhs, lhs_layout), with_batch({m, k}));
    const ValueId w =
        Reshape(Get(rhs, rhs_layout), with_batch(transpose_rhs ? Dims{n, k} : Dims{k, n}));
    const TensorType product(ElementType::kF32, with_batch({m, n}));
    std::vector<NamedAttribute> attributes;
    if (transpose_rhs) attributes.push_back({"transpose_rhs", Attribute::Bool(true)});
    const ValueId y = rewriter_.Emit(ops::kWebhloMatmul, {x, w}, product, std::move(attributes),
                                     rewriter_.MapLocation(node.location));
    // The result's physical dimensions: batch, free of the left, free of the right.
    Permutation out(source_.tensor(result).dims.size());
    int64_t physical = 0;
    for (int64_t position : batch_at) out[static_cast<size_t>(position)] = physical++;
    for (int64_t d : l.free) out[static_cast<size_t>(l_at[d])] = physical++;
    for (int64_t d : r.free) out[static_cast<size_t>(r_at[d])] = physical++;
    Define(result, Reshape(y, ToPhysical(source_.tensor(result).dims, out)), out);
    return OkStatus();
  }

  // Orders pairs of dimensions by where `layout` puts the first of each.
  static void SortPairs(const Permutation& layout, Dims* first, Dims* second, Dims* third) {
    std::vector<size_t> order(first->size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      return layout[static_cast<size_t>((*first)[a])] < layout[static_cast<size_t>((*first)[b])];
    });
    for (Dims* dims : {first, second, third}) {
      if (!dims) continue;
      Dims sorted;
      for (size_t i : order) sorted.push_back((*dims)[i]);
      *dims = std::move(sorted);
    }
  }

  // The logical dimension that is innermost in memory, units aside; -1 when all are units.
  int64_t Innermost(ValueId v) {
    const Permutation& p = Of(v).permutation;
    const Dims& dims = source_.tensor(v).dims;
    int64_t found = -1;
    for (size_t i = 0; i < dims.size(); ++i) {
      if (dims[i] != 1 && (found < 0 || p[i] > p[static_cast<size_t>(found)])) {
        found = static_cast<int64_t>(i);
      }
    }
    return found;
  }

  // Whether getting the value in that layout moves bytes at run time.
  bool MovesData(ValueId v, const Permutation& want) {
    const Permutation have = Of(v).permutation;
    const Dims& dims = source_.tensor(v).dims;
    // Compare the physical orders of the dimensions that are not 1.
    std::vector<std::pair<int64_t, size_t>> a, b;
    for (size_t i = 0; i < dims.size(); ++i) {
      if (dims[i] == 1) continue;
      a.push_back({have[i], i});
      b.push_back({want[i], i});
    }
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    for (size_t i = 0; i < a.size(); ++i) {
      if (a[i].second != b[i].second) return true;
    }
    return false;
  }

  const Graph& source_;
  std::vector<bool> constant_;
  std::vector<std::vector<const Node*>> users_;  // By source value.
  std::vector<Lazy> lazy_;                       // By source value.
  Rewriter rewriter_;
};

}  // namespace

Status AssignLayouts(const PassContext& context, const Graph& source, Graph* target) {
  // Elementwise ops alone, and those that need the written order, change nothing.
  if (!HasOp(source, {ops::kTranspose, ops::kReshape, ops::kBroadcastInDim, ops::kConvolution,
                      ops::kDotGeneral, ops::kReduce, ops::kReduceWindow, ops::kConcatenate,
                      ops::kSlice, ops::kPad})) {
    return OkStatus();
  }
  return LayoutAssigner(source, context, target).Run();
}

}  // namespace webhlo
