// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/aliases.h"

#include <unordered_map>

#include "core/base/math.h"
#include "core/base/memory.h"
#include "core/graph/op_def.h"
#include "core/graph/uses.h"
#include "core/ops/moves.h"
#include "core/ops/slices.h"

namespace webhlo {

std::optional<int64_t> OffsetOfSlice(const OpView& slice) {
  const std::optional<int64_t> start = StartOfRun(slice);
  if (!start) return std::nullopt;
  const int64_t offset = *start * WidthOf(slice.operand(0));
  if (offset % static_cast<int64_t>(kBufferAlignment) != 0) return std::nullopt;
  return offset;
}

std::vector<int64_t> OffsetsOfOperands(const OpView& concatenate) {
  const TensorType& result = concatenate.result();
  std::vector<int64_t> offsets;
  int64_t end = 0;
  for (size_t i = 0; i < concatenate.num_operands(); ++i) {
    const TensorType& operand = concatenate.operand(i);
    if (!IsOneRun(result.dims, operand.dims) || end % static_cast<int64_t>(kBufferAlignment) != 0) {
      return {};
    }
    offsets.push_back(end);
    end += operand.ByteSize();
  }
  return offsets;
}

std::vector<ValueId> ResultsOverArguments(const Graph& graph, const Region& body,
                                          std::span<const ValueId> next) {
  // Values that lie where an argument does, in whole or in part.
  std::unordered_map<ValueId, uint32_t> argument_of;
  for (uint32_t i = 0; i < body.arguments.size; ++i) argument_of[body.arguments.begin + i] = i;
  std::vector<NodeId> last(body.arguments.size, kNone);
  for (uint32_t k = 0; k < body.nodes.size; ++k) {
    const NodeId id = body.nodes.begin + k;
    const Node& node = graph.nodes[id];
    const auto read = [&](ValueId value) {
      const auto found = argument_of.find(value);
      if (found != argument_of.end()) last[found->second] = id;
    };
    const std::span<const ValueId> operands = graph.operands(node);
    for (uint32_t i = 0; i < operands.size(); ++i) {
      read(operands[i]);
      const auto found = argument_of.find(operands[i]);
      if (found == argument_of.end() || i >= node.results.size) continue;
      if ((node.op && node.op->aliases_operands) || node.name == ops::kSlice) {
        argument_of[node.results.begin + i] = found->second;
      }
    }
    for (RegionId region : graph.regions_of(node)) ForEachUse(graph, region, read);
  }
  // What a result is anyway is read when the region ends.
  for (ValueId result : graph.results(body)) {
    const auto found = argument_of.find(result);
    if (found != argument_of.end()) last[found->second] = kNone;
  }
  std::vector<ValueId> written_over(body.arguments.size, kNone);
  for (uint32_t i = 0; i < body.arguments.size; ++i) {
    if (last[i] == kNone || next[i] == kNone) continue;
    const Node& node = graph.nodes[last[i]];
    if (next[i] >= node.results.begin && next[i] < node.results.end()) written_over[i] = next[i];
  }
  return written_over;
}

}  // namespace webhlo
