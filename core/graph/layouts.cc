// SPDX-License-Identifier: Apache-2.0
#include "core/graph/layouts.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "core/base/sort.h"

namespace webhlo {

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

Layouts::Layouts(const Graph& source, std::vector<bool> constant, Rewriter& rewriter)
    : source_(source),
      constant_(std::move(constant)),
      rewriter_(rewriter),
      users_(source.values.size()),
      lazy_(source.values.size()) {
  for (const Node& node : source.nodes) {
    for (ValueId operand : source.operands(node)) users_[operand].push_back(&node);
  }
}

// The value as it was first made: region arguments and cloned results have no lazy form yet.
const Layouts::Lazy& Layouts::Of(ValueId v) {
  Lazy& lazy = lazy_[v];
  if (lazy.physical == kNone) {
    lazy.physical = rewriter_.Map(v);
    lazy.permutation = Identity(source_.tensor(v).dims.size());
  }
  return lazy;
}

void Layouts::Define(ValueId v, ValueId physical, Permutation permutation) {
  lazy_[v] = {physical, std::move(permutation)};
  rewriter_.SetMapped(v, IsIdentity(lazy_[v].permutation) ? physical : kNone);
}

ValueId Layouts::Get(ValueId v, const Permutation& want) {
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

ValueId Layouts::Transpose(ValueId x, const Permutation& p, const TensorType& type) {
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

bool Layouts::MovesData(ValueId v, const Permutation& want) {
  const Permutation have = Of(v).permutation;
  const Dims& dims = source_.tensor(v).dims;
  // Compare the physical orders of the dimensions that are not 1.
  std::vector<std::pair<int64_t, size_t>> a, b;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 1) continue;
    a.push_back({have[i], i});
    b.push_back({want[i], i});
  }
  Sort(a);
  Sort(b);
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].second != b[i].second) return true;
  }
  return false;
}

void Layouts::MaterializeMapped(ValueId v) {
  if (source_.type(v).IsTensor() && rewriter_.Map(v) == kNone) {
    rewriter_.SetMapped(v, Materialize(v));
  }
}

void Layouts::MaterializeCaptured(const Node& node) {
  for (RegionId region : source_.regions_of(node)) {
    ForEachCapture(source_, region, [&](ValueId value) { MaterializeMapped(value); });
  }
}

TensorType Layouts::PhysicalType(ValueId v, const Permutation& p) const {
  TensorType type = source_.tensor(v);
  type.dims = ToPhysical(type.dims, p);
  return type;
}

int64_t Layouts::Innermost(ValueId v) {
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

Permutation Layouts::CommonLayout(const Node& node, std::span<const ValueId> values, size_t rank) {
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

bool Layouts::LayoutIsFree(ValueId v) {
  if (constant_[v]) return true;
  const Node* def = rewriter_.Def(Of(v).physical);
  return IsOp(def, ops::kBroadcastInDim) || SplatElements(rewriter_.target(), def);
}

bool Layouts::LeadsToWindow(const Node& node) const {
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

ValueId Layouts::Reshape(ValueId x, Dims dims) {
  if (rewriter_.type(x).dims == dims) return x;
  TensorType type = rewriter_.type(x);
  type.dims = std::move(dims);
  return rewriter_.Emit(ops::kReshape, {x}, type);
}

Status Layouts::KeepWritten(const Node& node) {
  for (ValueId operand : source_.operands(node)) MaterializeMapped(operand);
  MaterializeCaptured(node);
  return rewriter_.Clone(node);
}

Status Layouts::AssignElementwise(const Node& node) {
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

Status Layouts::AssignSameRank(const Node& node,
                               std::initializer_list<std::string_view> per_dimension) {
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

}  // namespace webhlo
