// SPDX-License-Identifier: Apache-2.0
#include "core/passes/fold.h"

#include <vector>

#include "core/base/memory.h"
#include "core/graph/dialect.h"

namespace webhlo {
namespace {

// Reductions by one op need no more.
class NoRegions : public RegionRunner {
 public:
  Task Run(RegionId, std::span<const TensorView>, std::span<const TensorView>) override {
    return Unsupported("constant folding runs no computations");
  }
};

}  // namespace

bool CanFold(const Graph& graph, const Node& node) {
  return IsPure(node) && HasReference(node.op) && node.op->foldable && node.results.size == 1 &&
         graph.type(node.results.begin).IsTensor() && !graph.tensor(node.results.begin).quantized;
}

Result<std::optional<Attribute>> Fold(const OpView& op,
                                      std::span<const DenseElements* const> operands,
                                      bool one_element, Budget& budget) {
  std::vector<TensorType> types;
  types.reserve(operands.size() + 1);  // Views point into it.
  std::vector<std::vector<uint8_t>> expanded(operands.size());
  std::vector<TensorView> inputs;
  for (size_t i = 0; i < operands.size(); ++i) {
    if (op.node().op->reads_types_only) {
      types.push_back(op.operand(i));
      inputs.emplace_back(&types.back(), nullptr);
      continue;
    }
    const DenseElements& elements = *operands[i];
    const uint8_t* data = elements.bytes.data();
    if (one_element) {
      types.emplace_back(elements.type.element, std::vector<int64_t>{});
    } else {
      types.push_back(elements.type);
      if (elements.splat) {
        const int64_t n = elements.type.NumElements();
        if (n * static_cast<int64_t>(elements.bytes.size()) > kMaxFoldBytes) {
          return std::optional<Attribute>();
        }
        expanded[i].reserve(static_cast<size_t>(n) * elements.bytes.size());
        for (int64_t k = 0; k < n; ++k) {
          expanded[i].insert(expanded[i].end(), elements.bytes.begin(), elements.bytes.end());
        }
        data = expanded[i].data();
      }
    }
    inputs.emplace_back(&types.back(), const_cast<uint8_t*>(data));
  }
  types.push_back(one_element ? TensorType(op.result().element, {}) : op.result());
  DenseElements folded;
  folded.type = op.result();
  folded.splat = one_element;
  folded.bytes.resize(static_cast<size_t>(types.back().ByteSize()));
  const TensorView output(&types.back(), folded.bytes.data());
  NoRegions no_regions;
  const ReferenceArgs args{op, inputs, std::span(&output, 1), no_regions, budget};
  Task task = RunReference(args);
  while (!task.Resume()) {
    if (budget.late()) return Cancelled("the deadline came while constants were folded");
  }
  if (!task.status().ok()) return std::optional<Attribute>();
  CollapseSplat(&folded);
  return std::optional<Attribute>(Attribute::Dense(std::move(folded)));
}

}  // namespace webhlo
