// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/reference_interpreter.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "core/base/math.h"
#include "core/base/strings.h"

namespace webhlo {
namespace {

enum class Action : uint8_t { kReference, kBound, kWhile, kIf, kCase, kCall };

Action ActionOf(std::string_view op) {
  if (op == "stablehlo.while") return Action::kWhile;
  if (op == "stablehlo.if") return Action::kIf;
  if (op == "stablehlo.case") return Action::kCase;
  if (op == "func.call" || op == "stablehlo.composite") return Action::kCall;
  return Action::kReference;
}

void Copy(const TensorView& from, const TensorView& to) {
  const size_t bytes = static_cast<size_t>(to.NumElements() * to.width());
  if (bytes != 0 && from.data() != to.data()) std::memcpy(to.data(), from.data(), bytes);
}

// Calls use(value) for every value that the node uses, those within its regions included.
template <typename F>
void ForEachUse(const Graph& graph, const Node& node, F&& use) {
  std::vector<const Node*> open = {&node};
  while (!open.empty()) {
    const Node& next = *open.back();
    open.pop_back();
    for (ValueId value : graph.operands(next)) use(value);
    for (RegionId id : graph.regions_of(next)) {
      const Region& region = graph.regions[id];
      for (ValueId value : graph.results(region)) use(value);
      for (uint32_t i = 0; i < region.nodes.size; ++i) {
        open.push_back(&graph.nodes[region.nodes.begin + i]);
      }
    }
  }
}

}  // namespace

// What is worked out once for a region.
struct ReferenceInterpreter::Plan {
  struct Step {
    const Node* node = nullptr;
    Action action = Action::kReference;
    RegionId callee = kNone;
    // Values whose last use this is: a range of `dying`.
    Range dying;
  };

  // Regions whose values fit this much memory keep it from run to run; they are the computations of
  // reductions and sorts, which run once an element.
  static constexpr int64_t kKeptBytes = 4096;

  RegionId id = kNone;
  std::vector<Step> steps;
  std::vector<ValueId> dying;
  // For result i of the region, the value that is computed right into the result's memory; kNone
  // when the result is copied at the end.
  std::vector<ValueId> direct;
  bool keeps_memory = false;
  AlignedBuffer memory;
  bool active = false;                      // Running: this plan's scratch and values are in use.
  std::vector<TensorView> inputs, outputs;  // Scratch: the current node's operands and results.
};

ReferenceInterpreter::ReferenceInterpreter(const Graph& graph, std::function<Status()> poll)
    : graph_(graph),
      poll_(std::move(poll)),
      plans_(graph.regions.size()),
      views_(graph.values.size()),
      buffers_(graph.values.size()) {}

ReferenceInterpreter::~ReferenceInterpreter() = default;

ReferenceInterpreter::Plan& ReferenceInterpreter::PlanOf(RegionId id) {
  if (plans_[id]) return *plans_[id];
  plans_[id] = std::make_unique<Plan>();
  Plan& plan = *plans_[id];
  plan.id = id;
  const Region& region = graph_.regions[id];

  // Values defined here -> the step that uses them last.
  std::unordered_map<ValueId, size_t> last_use;
  int64_t bytes = 0;
  for (uint32_t i = 0; i < region.nodes.size; ++i) {
    const Node& node = graph_.nodes[region.nodes.begin + i];
    Plan::Step step;
    step.node = &node;
    step.action = ActionOf(graph_.op_name(node));
    if (step.action == Action::kCall) {
      const OpView op(graph_, node);
      const std::string_view callee =
          op.has("callee") ? op.String("callee") : op.String("decomposition");
      step.callee = graph_.FindFunction(callee)->body;
    }
    ForEachUse(graph_, node, [&](ValueId value) {
      const auto it = last_use.find(value);
      if (it != last_use.end()) it->second = i;
    });
    for (uint32_t k = 0; k < node.results.size; ++k) {
      const ValueId value = node.results.begin + k;
      last_use[value] = i;
      if (graph_.type(value).IsTensor() && bytes <= Plan::kKeptBytes) {
        bytes += RoundUp<int64_t>(graph_.tensor(value).ByteSize(), 16);
      }
    }
    plan.steps.push_back(step);
  }
  plan.keeps_memory = bytes <= Plan::kKeptBytes;

  for (Plan::Step& step : plan.steps) {
    const Node& node = *step.node;
    if (graph_.op_name(node) != "stablehlo.constant") continue;
    const DenseElements& value = OpView(graph_, node).attribute("value")->dense();
    if (value.splat && value.type.NumElements() != 1) continue;
    // Read where it stands.
    step.action = Action::kBound;
    views_[node.results.begin] = TensorView(&value.type, const_cast<uint8_t*>(value.bytes.data()));
    last_use.erase(node.results.begin);
  }

  std::unordered_set<ValueId> returned;
  for (ValueId value : graph_.results(region)) {
    const bool is_direct =
        last_use.contains(value) && graph_.type(value).IsTensor() && returned.insert(value).second;
    plan.direct.push_back(is_direct ? value : kNone);
  }
  for (ValueId value : graph_.results(region)) last_use.erase(value);

  std::vector<std::vector<ValueId>> dying(plan.steps.size());
  for (const auto& [value, step] : last_use) dying[step].push_back(value);
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    plan.steps[i].dying = {static_cast<uint32_t>(plan.dying.size()),
                           static_cast<uint32_t>(dying[i].size())};
    plan.dying.insert(plan.dying.end(), dying[i].begin(), dying[i].end());
  }
  return plan;
}

Status ReferenceInterpreter::Run(RegionId region, std::span<const TensorView> arguments,
                                 std::span<const TensorView> results) {
  Plan& plan = PlanOf(region);
  if (plan.active) return Unsupported("a function calls itself; recursion is not supported");
  if (depth_ == kMaxDepth) {
    return Unsupported(StrCat("regions and calls nest deeper than ", kMaxDepth));
  }
  const Region& body = graph_.regions[region];
  std::copy(arguments.begin(), arguments.end(), views_.begin() + body.arguments.begin);
  ++depth_;
  plan.active = true;
  Status status = Execute(plan, results);
  plan.active = false;
  --depth_;
  return status;
}

Status ReferenceInterpreter::Execute(Plan& plan, std::span<const TensorView> results) {
  const auto allocate = [&](ValueId value) -> Status {
    const TensorType& type = graph_.tensor(value);
    ASSIGN_OR_RETURN(buffers_[value],
                     TryAllocate(static_cast<uint64_t>(type.ByteSize()), ToString(type)));
    views_[value] = TensorView(&type, buffers_[value].data());
    return OkStatus();
  };
  if (plan.keeps_memory && !plan.memory) {
    ASSIGN_OR_RETURN(plan.memory, TryAllocate(Plan::kKeptBytes, "a region's values"));
    uint8_t* next = plan.memory.data();
    for (const Plan::Step& step : plan.steps) {
      for (uint32_t k = 0; step.action != Action::kBound && k < step.node->results.size; ++k) {
        const ValueId value = step.node->results.begin + k;
        if (!graph_.type(value).IsTensor()) continue;
        views_[value] = TensorView(&graph_.tensor(value), next);
        next += RoundUp<int64_t>(graph_.tensor(value).ByteSize(), 16);
      }
    }
  }
  for (size_t i = 0; i < results.size(); ++i) {
    if (plan.direct[i] != kNone) views_[plan.direct[i]] = results[i];
  }

  const auto is_direct = [&](ValueId value) {
    return std::find(plan.direct.begin(), plan.direct.end(), value) != plan.direct.end();
  };
  for (const Plan::Step& step : plan.steps) {
    if (step.action == Action::kBound) continue;
    if (poll_) RETURN_IF_ERROR(poll_());
    const Node& node = *step.node;
    if (!plan.keeps_memory) {
      for (uint32_t k = 0; k < node.results.size; ++k) {
        const ValueId value = node.results.begin + k;
        if (graph_.type(value).IsTensor() && !is_direct(value)) RETURN_IF_ERROR(allocate(value));
      }
    }
    plan.inputs.clear();
    for (ValueId value : graph_.operands(node)) plan.inputs.push_back(views_[value]);
    plan.outputs.assign(views_.begin() + node.results.begin, views_.begin() + node.results.end());
    const OpView op(graph_, node);
    switch (step.action) {
      case Action::kWhile:
        RETURN_IF_ERROR(RunWhile(op, plan.inputs, plan.outputs));
        break;
      case Action::kIf:
        RETURN_IF_ERROR(Run(op.region_id(plan.inputs[0].Bool(0) ? 0 : 1), {}, plan.outputs));
        break;
      case Action::kCase: {
        const int64_t branches = static_cast<int64_t>(op.num_regions());
        const int64_t index = plan.inputs[0].I64(0);
        const int64_t selected = index >= 0 && index < branches ? index : branches - 1;
        RETURN_IF_ERROR(Run(op.region_id(static_cast<size_t>(selected)), {}, plan.outputs));
        break;
      }
      case Action::kCall:
        RETURN_IF_ERROR(Run(step.callee, plan.inputs, plan.outputs));
        break;
      default:
        if (!node.op || !node.op->reference) return op.UnsupportedError("has no reference");
        RETURN_IF_ERROR(node.op->reference({op, plan.inputs, plan.outputs, *this}));
    }
    for (uint32_t k = 0; k < step.dying.size; ++k) {
      buffers_[plan.dying[step.dying.begin + k]] = AlignedBuffer();
    }
  }

  const std::span<const ValueId> returned = graph_.results(graph_.regions[plan.id]);
  for (size_t i = 0; i < results.size(); ++i) {
    if (plan.direct[i] == kNone && graph_.type(returned[i]).IsTensor()) {
      Copy(views_[returned[i]], results[i]);
    }
  }
  return OkStatus();
}

Status ReferenceInterpreter::RunWhile(const OpView& op, std::span<const TensorView> inputs,
                                      std::span<const TensorView> outputs) {
  // The state lies in `inputs` before the first trip, then in two sets of buffers by turns.
  std::vector<TensorView> state(inputs.begin(), inputs.end());
  std::vector<TensorView> next[2];
  std::vector<AlignedBuffer> memory;
  const TensorType predicate_type(ElementType::kI1, {});
  uint8_t condition = 0;
  const TensorView predicate(&predicate_type, &condition);
  for (int turn = 0;; turn ^= 1) {
    RETURN_IF_ERROR(Run(op.region_id(0), state, std::span(&predicate, 1)));
    if (!condition) break;
    if (next[turn].empty()) {
      for (size_t i = 0; i < state.size(); ++i) {
        next[turn].emplace_back();
        if (!op.operand_type(i).IsTensor()) continue;
        const TensorType& type = op.operand(i);
        ASSIGN_OR_RETURN(AlignedBuffer buffer, TryAllocate(static_cast<uint64_t>(type.ByteSize()),
                                                           "the state of a while loop"));
        next[turn].back() = TensorView(&type, buffer.data());
        memory.push_back(std::move(buffer));
      }
    }
    RETURN_IF_ERROR(Run(op.region_id(1), state, next[turn]));
    state = next[turn];
    if (poll_) RETURN_IF_ERROR(poll_());
  }
  for (size_t i = 0; i < state.size(); ++i) {
    if (op.operand_type(i).IsTensor()) Copy(state[i], outputs[i]);
  }
  return OkStatus();
}

Result<std::vector<AlignedBuffer>> ReferenceInterpreter::Call(const Function& function,
                                                              std::span<const TensorView> inputs) {
  if (function.body == kNone) {
    return InvalidArgument(StrCat("function @", function.name, " has no body"));
  }
  const Region& body = graph_.regions[function.body];
  if (inputs.size() != body.arguments.size) {
    return InvalidArgument(StrCat("function @", function.name, " takes ", body.arguments.size,
                                  " inputs, got ", inputs.size()));
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Type& type = graph_.type(body.arguments.begin + static_cast<ValueId>(i));
    if (type.IsTensor() && !(inputs[i].type() == type.tensor)) {
      return InvalidArgument(StrCat("input ", i, " of @", function.name, " is ",
                                    ToString(inputs[i].type()), ", expected ", ToString(type)));
    }
  }
  std::vector<AlignedBuffer> buffers;
  std::vector<TensorView> results;
  for (ValueId value : graph_.results(body)) {
    buffers.emplace_back();
    results.emplace_back();
    if (!graph_.type(value).IsTensor()) continue;
    const TensorType& type = graph_.tensor(value);
    ASSIGN_OR_RETURN(buffers.back(),
                     TryAllocate(static_cast<uint64_t>(type.ByteSize()), ToString(type)));
    results.back() = TensorView(&type, buffers.back().data());
  }
  RETURN_IF_ERROR(Run(function.body, inputs, results));
  return buffers;
}

std::vector<ValueId> CapturedValues(const Graph& graph, RegionId id) {
  std::unordered_set<ValueId> defined;
  std::vector<ValueId> captured;
  std::unordered_set<ValueId> seen;
  std::vector<RegionId> open = {id};
  std::vector<ValueId> uses;
  while (!open.empty()) {
    const Region& region = graph.regions[open.back()];
    open.pop_back();
    for (uint32_t i = 0; i < region.arguments.size; ++i) {
      defined.insert(region.arguments.begin + i);
    }
    for (uint32_t i = 0; i < region.nodes.size; ++i) {
      const Node& node = graph.nodes[region.nodes.begin + i];
      for (uint32_t k = 0; k < node.results.size; ++k) defined.insert(node.results.begin + k);
      const auto operands = graph.operands(node);
      uses.insert(uses.end(), operands.begin(), operands.end());
      for (RegionId inner : graph.regions_of(node)) open.push_back(inner);
    }
    const auto results = graph.results(region);
    uses.insert(uses.end(), results.begin(), results.end());
  }
  for (ValueId value : uses) {
    if (!defined.contains(value) && seen.insert(value).second) captured.push_back(value);
  }
  return captured;
}

Result<std::vector<AlignedBuffer>> Interpret(const Graph& graph, const Function& function,
                                             std::span<const TensorView> inputs,
                                             std::function<Status()> poll) {
  return ReferenceInterpreter(graph, std::move(poll)).Call(function, inputs);
}

}  // namespace webhlo
