// SPDX-License-Identifier: Apache-2.0
//
// Makes products of few rows that multiply parts of one tensor by one matrix a single product of
// all of its rows: an unrolled recurrent network, which takes one row of its input on each step,
// reads the weights of that input once, and tiles multiply. The products become slices of its
// result. What a step computes of the step before is no part of another tensor, and stays.
#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/graph/rewriter.h"
#include "core/ops/slices.h"
#include "core/passes/pass.h"

namespace webhlo {
namespace {

// Products of more rows read their weights often enough.
constexpr int64_t kFewRows = 8;
constexpr size_t kFewProducts = 4;

class Joiner {
 public:
  explicit Joiner(const Graph& source) : source_(source), index_(source) {
    std::map<std::tuple<ValueId, ValueId, bool>, std::vector<Member>> groups;
    for (const Node& node : source.nodes) {
      const std::optional<Member> member = MemberOf(node);
      if (!member) continue;
      const auto operands = source.operands(node);
      auto& group =
          groups[{member->whole, operands[1], OpView(source, node).Bool("transpose_rhs")}];
      if (group.empty() || index_.SameRegion(*group[0].product, node)) group.push_back(*member);
    }
    for (const auto& [key, members] : groups) AddGroup(members);
  }

  bool Any() const { return !groups_.empty(); }

  Status Visit(Rewriter& r, const Node& node) {
    const auto found = group_of_.find(&node);
    if (found == group_of_.end()) return r.Clone(node);
    const auto [number, member] = found->second;
    Group& group = groups_[number];
    const LocationId location = r.MapLocation(node.location);
    if (group.result == kNone) Emit(r, node, member.whole, &group, location);
    const TensorType& type = source_.tensor(node.results.begin);
    const int64_t n = type.dims.back();
    ValueId rows = EmitSlice(r, group.result, member.row - group.begin, member.rows, n, location);
    if (r.type(rows).dims != type.dims) rows = r.Emit(ops::kReshape, {rows}, type, {}, location);
    r.SetMapped(node.results.begin, rows);
    return OkStatus();
  }

 private:
  // A product whose left operand is some rows of a tensor.
  struct Member {
    const Node* product;
    ValueId whole;
    int64_t row, rows;
  };
  struct Group {
    int64_t begin, end;  // Rows of the tensor.
    ValueId result = kNone;
  };

  std::optional<Member> MemberOf(const Node& node) const {
    if (node.name != ops::kWebhloMatmul || node.regions.size > 0) return std::nullopt;
    const OpView op(source_, node);
    const TensorType& lhs = op.operand(0);
    if (op.Bool("transpose_lhs") || op.operand(1).rank() != 2) return std::nullopt;
    const int64_t k = lhs.dims.back();
    if (k == 0 || lhs.NumElements() == 0 || lhs.NumElements() / k > kFewRows) return std::nullopt;
    ValueId value = source_.operands(node)[0];
    int64_t begin = 0;
    bool is_part = false;
    for (const Node* def; (def = index_.Def(value)) != nullptr;) {
      if (def->name == ops::kSlice) {
        const std::optional<int64_t> start = StartOfRun(OpView(source_, *def));
        if (!start) break;
        begin += *start;
        is_part = true;
      } else if (def->name != ops::kReshape) {
        break;
      }
      value = source_.operands(*def)[0];
    }
    if (!is_part || begin % k != 0 || source_.tensor(value).NumElements() % k != 0) {
      return std::nullopt;
    }
    return Member{&node, value, begin / k, lhs.NumElements() / k};
  }

  // If together they take most of what lies between the first and the last.
  void AddGroup(const std::vector<Member>& members) {
    if (members.size() < kFewProducts) return;
    Group group{members[0].row, 0};
    int64_t rows = 0;
    for (const Member& member : members) {
      group.begin = std::min(group.begin, member.row);
      group.end = std::max(group.end, member.row + member.rows);
      rows += member.rows;
    }
    if (rows * 4 < (group.end - group.begin) * 3) return;
    for (const Member& member : members) group_of_[member.product] = {groups_.size(), member};
    groups_.push_back(group);
  }

  // Where the first of its products stands, all that it takes is there.
  void Emit(Rewriter& r, const Node& node, ValueId source_whole, Group* group,
            LocationId location) const {
    const OpView op(source_, node);
    const TensorType& result = op.result();
    const TensorType& whole = source_.tensor(source_whole);
    const int64_t k = op.operand(0).dims.back();
    const TensorType matrix(whole.element, {whole.NumElements() / k, k});
    ValueId lhs = r.Map(source_whole);
    if (whole.dims != matrix.dims) lhs = r.Emit(ops::kReshape, {lhs}, matrix, {}, location);
    const int64_t rows = group->end - group->begin;
    lhs = EmitSlice(r, lhs, group->begin, rows, k, location);
    group->result = r.Emit(ops::kWebhloMatmul, {lhs, r.Map(source_.operands(node)[1])},
                           TensorType(result.element, {rows, result.dims.back()}),
                           CopyAttributes(source_, node), location);
  }

  static ValueId EmitSlice(Rewriter& r, ValueId matrix, int64_t row, int64_t rows, int64_t columns,
                           LocationId location) {
    const TensorType type(r.type(matrix).element, {rows, columns});
    if (r.type(matrix) == type) return matrix;
    return r.Emit(ops::kSlice, {matrix}, type, SliceAttributes({row, 0}, type.dims), location);
  }

  const Graph& source_;
  GraphIndex index_;
  std::vector<Group> groups_;
  std::unordered_map<const Node*, std::pair<size_t, Member>> group_of_;
};

}  // namespace

Status JoinProducts(const PassContext&, const Graph& source, Graph* target) {
  if (!HasOp(source, {ops::kWebhloMatmul})) return OkStatus();
  Joiner joiner(source);
  if (!joiner.Any()) return OkStatus();
  return Rewriter(source, target,
                  [&](Rewriter& r, const Node& node) { return joiner.Visit(r, node); })
      .Run();
}

}  // namespace webhlo
