// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.reshape: https://openxla.org/stablehlo/spec#reshape
#include "core/base/sort.h"
#include "core/graph/layouts.h"
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type>) {
  RETURN_IF_ERROR(CheckSizedTensors(op, 1));
  const TensorType& operand = op.operand(0);
  const TensorType& result = op.result();
  // C1
  RETURN_IF_ERROR(CheckElement(op, "result", result.element, operand.element, "C1"));
  // C2
  OP_CHECK(op, operand.NumElements() == result.NumElements(), "operand has ", operand.NumElements(),
           " elements, the result has ", result.NumElements(), " (C2)");
  return OkStatus();
}

void Elements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const TensorView& result = args.outputs[0];
  std::memcpy(result.at(begin), args.inputs[0].at(begin),
              static_cast<size_t>((end - begin) * result.width()));
}

// Whether memory dimension `b` follows `a` with nothing but units between them.
bool AreNeighbours(const Permutation& permutation, const Dims& dims, int64_t a, int64_t b) {
  if (b <= a) return false;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (permutation[i] > a && permutation[i] < b && dims[i] != 1) return false;
  }
  return true;
}

// A reshape falls into groups of adjacent dimensions, each of which keeps its number of elements:
// [2, 3, 4, 5] -> [6, 20] is [2, 3] -> [6] and [4, 5] -> [20]. When the dimensions of every group
// are neighbours in memory, in their written order, the groups keep their places in memory.
Status AssignLayout(Layouts& layouts, const Node& node) {
  const Graph& source = layouts.source();
  const ValueId operand = source.operands(node)[0];
  const Layouts::Lazy in = layouts.Of(operand);
  const Dims& from = source.tensor(operand).dims;
  const Dims& to = source.tensor(node.results.begin).dims;
  if (IsIdentity(in.permutation) || source.tensor(operand).NumElements() == 0) {
    return layouts.KeepWritten(node);
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
    if (i < from.size() && !take()) return layouts.KeepWritten(node);
    if (k < to.size()) want *= to[k++];
    while (have != want) {
      if (have < want) {
        if (!take()) return layouts.KeepWritten(node);
      } else {
        want *= to[k++];
      }
    }
    group.to_end = k;
    groups.push_back(group);
  }
  Sort(groups, [](const Group& a, const Group& b) { return a.place < b.place; });
  Permutation p(to.size());
  int64_t next = 0;
  for (const Group& group : groups) {
    for (size_t k = group.to_begin; k < group.to_end; ++k) p[k] = next++;
  }
  const ValueId x = layouts.Reshape(in.physical, ToPhysical(to, p));
  layouts.Define(node.results.begin, x, std::move(p));
  return OkStatus();
}

constexpr OpDef kOps[] = {{.name = "stablehlo.reshape",
                           .infer = Infer,
                           .elements = Elements,
                           .moves_only = true,
                           .aliases_operands = true,
                           .assign_layout = AssignLayout}};

}  // namespace

WEBHLO_EXPORT_OPS(reshape, kOps);

}  // namespace webhlo
