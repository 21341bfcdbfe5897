// SPDX-License-Identifier: Apache-2.0
//
// chlo.ragged_dot: https://github.com/openxla/stablehlo/blob/main/docs/generated/chlo.md
// A dot_general, one dimension of whose lhs falls into groups of sizes known at run time:
//
//   free          each group of rows meets a rhs of its own: [b,m,k], [g,b,k,n] -> [b,m,n]
//   contracting   a sum for each group:                      [b,m,k], [b,k,n] -> [g,b,m,n]
//   batching      the groups change nothing:                 [b,m,k], [b,k,n] -> [b,m,n]
//
// What lies in no group gives zeros.
#include <algorithm>

#include "core/ops/expansion.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"
#include "core/ops/slices.h"

namespace webhlo {
namespace {

// Each group is a product in the expansion.
constexpr int64_t kMaxGroups = 4096;

struct Ragged {
  enum class Mode : uint8_t { kFree, kContracting, kBatching };

  explicit Ragged(const OpView& op)
      : lhs_batching(op.Ints("lhs_batching_dimensions")),
        rhs_batching(op.Ints("rhs_batching_dimensions")),
        lhs_contracting(op.Ints("lhs_contracting_dimensions")),
        rhs_contracting(op.Ints("rhs_contracting_dimensions")),
        lhs_ragged(op.Ints("lhs_ragged_dimensions")),
        rhs_group(op.Ints("rhs_group_dimensions")) {}

  int64_t dimension() const { return lhs_ragged[0]; }
  Mode mode() const {
    if (Contains(lhs_batching, dimension())) return Mode::kBatching;
    return Contains(lhs_contracting, dimension()) ? Mode::kContracting : Mode::kFree;
  }
  bool IsLhsFree(int64_t d) const {
    return !Contains(lhs_batching, d) && !Contains(lhs_contracting, d);
  }
  bool IsRhsFree(int64_t d) const {
    return !Contains(rhs_batching, d) && !Contains(rhs_contracting, d) && !Contains(rhs_group, d);
  }
  // Dimensions of `operand` for each combination of whose indices the groups have sizes of their
  // own: batching ones, then those of the ragged one's kind before it. Of rhs for shared ones.
  std::vector<int64_t> Prefix(bool of_rhs) const {
    const auto batching = of_rhs ? rhs_batching : lhs_batching;
    std::vector<int64_t> prefix(batching.begin(), batching.end());
    if (mode() == Mode::kFree) {
      for (int64_t d = 0; d < dimension(); ++d) {
        if (IsLhsFree(d)) prefix.push_back(d);
      }
    } else if (mode() == Mode::kContracting) {
      const auto contracting = of_rhs ? rhs_contracting : lhs_contracting;
      for (size_t i = 0; lhs_contracting[i] != dimension(); ++i) prefix.push_back(contracting[i]);
    }
    return prefix;
  }

  std::span<const int64_t> lhs_batching, rhs_batching, lhs_contracting, rhs_contracting, lhs_ragged,
      rhs_group;
};

Status CheckShared(const OpView& op, std::string_view kind, std::span<const int64_t> lhs,
                   std::span<const int64_t> rhs) {
  OP_CHECK(op, lhs.size() == rhs.size(), "lhs_", kind, "_dimensions ", Brackets(lhs), " and rhs_",
           kind, "_dimensions ", Brackets(rhs), " differ in size");
  for (size_t i = 0; i < lhs.size(); ++i) {
    const int64_t a = op.operand(0).dims[static_cast<size_t>(lhs[i])];
    const int64_t b = op.operand(1).dims[static_cast<size_t>(rhs[i])];
    OP_CHECK(op, a == b, "lhs ", kind, " dim ", lhs[i], " is ", a, ", rhs dim ", rhs[i], " is ", b);
  }
  return OkStatus();
}

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 3));
  const TensorType &lhs = op.operand(0), &rhs = op.operand(1), &sizes = op.operand(2);
  const Ragged ragged(op);
  const std::vector<int64_t> rhs_dims = Concat(ragged.rhs_batching, ragged.rhs_contracting);
  RETURN_IF_ERROR(CheckUnique(op, "lhs dimensions",
                              Concat(ragged.lhs_batching, ragged.lhs_contracting), "lhs"));
  RETURN_IF_ERROR(CheckUnique(op, "rhs dimensions", Concat(rhs_dims, ragged.rhs_group), "rhs"));
  RETURN_IF_ERROR(
      CheckRange(op, "lhs_batching_dimensions", ragged.lhs_batching, lhs.rank(), "lhs"));
  RETURN_IF_ERROR(
      CheckRange(op, "lhs_contracting_dimensions", ragged.lhs_contracting, lhs.rank(), "lhs"));
  RETURN_IF_ERROR(CheckRange(op, "lhs_ragged_dimensions", ragged.lhs_ragged, lhs.rank(), "lhs"));
  RETURN_IF_ERROR(
      CheckRange(op, "rhs dimensions", Concat(rhs_dims, ragged.rhs_group), rhs.rank(), "rhs"));
  RETURN_IF_ERROR(CheckShared(op, "batching", ragged.lhs_batching, ragged.rhs_batching));
  RETURN_IF_ERROR(CheckShared(op, "contracting", ragged.lhs_contracting, ragged.rhs_contracting));
  RETURN_IF_ERROR(CheckSize(op, "lhs_ragged_dimensions", ragged.lhs_ragged, 1, "one"));
  const bool is_free = ragged.mode() == Ragged::Mode::kFree;
  RETURN_IF_ERROR(CheckSize(op, "rhs_group_dimensions", ragged.rhs_group, is_free ? 1 : 0,
                            "one where the ragged dimension is free"));

  OP_CHECK(op, IsInteger(sizes.element) && sizes.rank() > 0, "group_sizes has type ",
           ToString(sizes), ", expected a list of integers");
  const int64_t groups = sizes.dims.back();
  if (sizes.rank() > 1) {
    std::vector<int64_t> expected;
    for (int64_t d : ragged.Prefix(false)) expected.push_back(lhs.dims[static_cast<size_t>(d)]);
    expected.push_back(groups);
    RETURN_IF_ERROR(CheckShape(op, "group_sizes", sizes, expected, "a list for each lhs index"));
  }
  if (is_free) {
    const int64_t size = rhs.dims[static_cast<size_t>(ragged.rhs_group[0])];
    OP_CHECK(op, size == groups, "rhs has ", size, " groups, group_sizes has ", groups);
  }
  if (groups > kMaxGroups) {
    return op.UnsupportedError(StrCat("has ", groups, " groups, at most ", kMaxGroups));
  }
  std::vector<int64_t> dims;
  if (ragged.mode() == Ragged::Mode::kContracting) dims.push_back(groups);
  for (int64_t d : ragged.lhs_batching) dims.push_back(lhs.dims[static_cast<size_t>(d)]);
  for (int64_t d = 0; d < lhs.rank(); ++d) {
    if (ragged.IsLhsFree(d)) dims.push_back(lhs.dims[static_cast<size_t>(d)]);
  }
  for (int64_t d = 0; d < rhs.rank(); ++d) {
    if (ragged.IsRhsFree(d)) dims.push_back(rhs.dims[static_cast<size_t>(d)]);
  }
  return SetResult(op, results, 0, op.result().element, std::move(dims));
}

class Expander {
 public:
  Expander(Rewriter& r, const Node& node) : e_(r, node), ragged_(e_.op()) {}

  void Run() {
    const TensorType& result = e_.op().result();
    const ValueId lhs = e_.Operand(0), rhs = e_.Operand(1);
    if (ragged_.mode() == Ragged::Mode::kBatching) {
      e_.SetResult(0, Product(lhs, rhs, result));
      return;
    }
    sizes_ = e_.Operand(2);
    const TensorType bounds(e_.type(sizes_).element, DimsWithout(e_.type(sizes_), -1));
    limit_ = e_.Splat(0, bounds);
    const int64_t groups = e_.type(sizes_).dims.back();
    if (ragged_.mode() == Ragged::Mode::kFree) {
      // The prefix comes first in the result, too, and the ragged dimension next.
      const int64_t dimension = static_cast<int64_t>(ragged_.Prefix(false).size());
      std::vector<int64_t> prefix;
      for (int64_t d = 0; d < dimension; ++d) prefix.push_back(d);
      ValueId sum = e_.Splat(0, result);
      for (int64_t group = 0; group < groups; ++group) {
        NextGroup(group);
        const ValueId own = Slice(rhs, ragged_.rhs_group[0], group);
        sum = e_.Select(InGroup(result, prefix, dimension), Product(lhs, own, result), sum);
      }
      e_.SetResult(0, sum);
      return;
    }
    size_t at = 0;
    while (ragged_.lhs_contracting[at] != ragged_.dimension()) ++at;
    TensorType one = result;
    one.dims.erase(one.dims.begin());
    TensorType row = result;
    row.dims[0] = 1;
    std::vector<ValueId> rows;
    for (int64_t group = 0; group < groups; ++group) {
      NextGroup(group);
      const ValueId product =
          Product(Masked(lhs, ragged_.Prefix(false), ragged_.dimension()),
                  Masked(rhs, ragged_.Prefix(true), ragged_.rhs_contracting[at]), one);
      rows.push_back(e_.Emit(ops::kReshape, {product}, row));
    }
    e_.SetResult(0, rows.empty() ? e_.Splat(0, result) : e_.Concatenate(rows, 0, result));
  }

 private:
  // Of all dimensions but one, the last if it is -1.
  static std::vector<int64_t> DimsWithout(const TensorType& type, int64_t d) {
    std::vector<int64_t> dims = type.dims;
    dims.erase(d < 0 ? dims.end() - 1 : dims.begin() + d);
    return dims;
  }

  // x at index i of a dimension, without it.
  ValueId Slice(ValueId x, int64_t dimension, int64_t i) {
    TensorType slice = e_.type(x);
    std::vector<int64_t> starts(slice.dims.size(), 0);
    starts[static_cast<size_t>(dimension)] = i;
    slice.dims[static_cast<size_t>(dimension)] = 1;
    const TensorType rest(slice.element, DimsWithout(slice, dimension));
    const ValueId sliced =
        e_.Emit(ops::kSlice, {x}, slice, SliceAttributes(std::move(starts), slice.dims));
    return e_.Emit(ops::kReshape, {sliced}, rest);
  }

  void NextGroup(int64_t group) {
    start_ = limit_;
    const int64_t last = e_.type(sizes_).rank() - 1;
    limit_ = e_.Emit(ops::kAdd, {start_, Slice(sizes_, last, group)});
  }

  // Where indices of a dimension lie in the group, which depends on those of `prefix`.
  ValueId InGroup(const TensorType& type, std::vector<int64_t> prefix, int64_t dimension) {
    const TensorType integers(e_.type(limit_).element, type.dims);
    if (e_.type(limit_).rank() == 0) prefix.clear();
    const ValueId index =
        e_.Emit(ops::kIota, {}, integers, {{"iota_dimension", Attribute::Int(dimension)}});
    return e_.Emit(ops::kAnd, {e_.Compare("GE", index, e_.Broadcast(start_, prefix, integers)),
                               e_.Compare("LT", index, e_.Broadcast(limit_, prefix, integers))});
  }

  ValueId Masked(ValueId x, std::vector<int64_t> prefix, int64_t dimension) {
    const TensorType type = e_.type(x);
    return e_.Select(InGroup(type, std::move(prefix), dimension), x, e_.Splat(0, type));
  }

  ValueId Product(ValueId lhs, ValueId rhs, const TensorType& result) {
    const auto without_group = [&](std::span<const int64_t> dims) {
      std::vector<int64_t> kept(dims.begin(), dims.end());
      for (int64_t& d : kept) d -= !ragged_.rhs_group.empty() && d > ragged_.rhs_group[0] ? 1 : 0;
      return Attribute::Ints(std::move(kept));
    };
    const auto all = [](std::span<const int64_t> dims) {
      return Attribute::Ints({dims.begin(), dims.end()});
    };
    std::vector<NamedAttribute> attributes = {
        {"lhs_batching_dimensions", all(ragged_.lhs_batching)},
        {"lhs_contracting_dimensions", all(ragged_.lhs_contracting)},
        {"rhs_batching_dimensions", without_group(ragged_.rhs_batching)},
        {"rhs_contracting_dimensions", without_group(ragged_.rhs_contracting)}};
    if (const Attribute* precision = e_.op().attribute("precision_config")) {
      attributes.push_back({"precision_config", *precision});
    }
    return e_.Emit(ops::kDotGeneral, {lhs, rhs}, result, std::move(attributes));
  }

  Expansion e_;
  const Ragged ragged_;
  ValueId sizes_ = kNone;
  ValueId start_ = kNone, limit_ = kNone;  // Of the group.
};

Status Expand(Rewriter& r, const Node& node) {
  Expander(r, node).Run();
  return OkStatus();
}

constexpr OpDef kOps[] = {{.name = "chlo.ragged_dot", .infer = Infer, .expand = Expand}};

}  // namespace

WEBHLO_EXPORT_OPS(chlo_ragged_dot, kOps);

}  // namespace webhlo
