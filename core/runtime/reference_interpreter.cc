// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/reference_interpreter.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "core/base/math.h"
#include "core/base/strings.h"
#include "core/graph/dialect.h"
#include "core/graph/uses.h"
#include "core/ops/moves.h"

namespace webhlo {
namespace {

// What a step and a run of a region cost besides the op's own work.
constexpr int64_t kStepWork = 64;

void CopySmall(const TensorView& from, const TensorView& to) {
  const size_t bytes = static_cast<size_t>(to.NumElements() * to.width());
  if (bytes != 0) std::memmove(to.data(), from.data(), bytes);
}

Task Copy(Budget& budget, const TensorView& from, const TensorView& to) {
  constexpr int64_t kFewElements = 4096;
  if (to.NumElements() > kFewElements) return CopyElements(budget, from, to);
  CopySmall(from, to);
  return OkStatus();
}

// Memory is given to values by their types.
Status CheckSized(const Type& type) {
  if (!type.IsTensor() || type.tensor.IsStatic()) return OkStatus();
  return Unsupported(StrCat("a value of type ", ToString(type), " has no known size"));
}

}  // namespace

// What is worked out once for a region.
struct ReferenceInterpreter::Routine {
  struct Line {
    const Node* node = nullptr;
    bool is_bound = false;  // A literal, read where it stands.
    RegionId callee = kNone;
    // Values whose last use this is: a range of `dying`.
    Range dying;
  };

  // Regions whose values fit this much memory keep it from run to run; they are the computations of
  // reductions and sorts, which run once an element.
  static constexpr int64_t kKeptBytes = 4096;

  RegionId id = kNone;
  // Why the region cannot run at all.
  Status refused;
  std::vector<Line> lines;
  std::vector<ValueId> dying;
  // For result i of the region, the value that is computed right into the result's memory; kNone
  // when the result is copied at the end.
  std::vector<ValueId> direct;
  bool keeps_memory = false;
  AlignedBuffer memory;
  // Only few elements, each by itself: done at once, without the memory and the time of a task. So
  // are the comparators of sorts and the bodies of most reductions.
  bool is_small = false;
  bool active = false;  // Running: this routine's scratch and values are in use.
  std::vector<TensorView> inputs, outputs;  // Scratch: the current node's operands and results.
};

ReferenceInterpreter::ReferenceInterpreter(const Graph& graph, Budget& budget)
    : graph_(graph),
      budget_(budget),
      routines_(graph.regions.size()),
      views_(graph.values.size()),
      buffers_(graph.values.size()) {}

ReferenceInterpreter::~ReferenceInterpreter() = default;

ReferenceInterpreter::Routine& ReferenceInterpreter::RoutineOf(RegionId id) {
  if (routines_[id]) return *routines_[id];
  routines_[id] = std::make_unique<Routine>();
  Routine& routine = *routines_[id];
  routine.id = id;
  const Region& region = graph_.regions[id];

  // Values defined here -> the line that uses them last.
  std::unordered_map<ValueId, size_t> last_use;
  int64_t bytes = 0;
  for (uint32_t i = 0; i < region.nodes.size; ++i) {
    const Node& node = graph_.nodes[region.nodes.begin + i];
    Routine::Line line;
    line.node = &node;
    if (const std::string_view callee = CalleeAttribute(node.name); !callee.empty()) {
      line.callee = graph_.FindFunction(OpView(graph_, node).String(callee))->body;
    }
    ForEachUse(graph_, node, [&](ValueId value) {
      const auto it = last_use.find(value);
      if (it != last_use.end()) it->second = i;
    });
    for (uint32_t k = 0; k < node.results.size; ++k) {
      const ValueId value = node.results.begin + k;
      last_use[value] = i;
      routine.refused = CheckSized(graph_.type(value));
      if (!routine.refused.ok()) return routine;
      if (graph_.type(value).IsTensor() && bytes <= Routine::kKeptBytes) {
        bytes += RoundUp<int64_t>(graph_.tensor(value).ByteSize(), 16);
      }
    }
    routine.lines.push_back(line);
  }
  routine.keeps_memory = bytes <= Routine::kKeptBytes;

  for (Routine::Line& line : routine.lines) {
    const Node& node = *line.node;
    if (node.name != ops::kConstant) continue;
    const DenseElements& value = OpView(graph_, node).attribute("value")->dense();
    if (value.splat && value.type.NumElements() != 1) continue;
    line.is_bound = true;
    views_[node.results.begin] = TensorView(&value.type, const_cast<uint8_t*>(value.bytes.data()));
    last_use.erase(node.results.begin);
  }

  std::unordered_set<ValueId> returned;
  for (ValueId value : graph_.results(region)) {
    const bool is_direct =
        last_use.contains(value) && graph_.type(value).IsTensor() && returned.insert(value).second;
    routine.direct.push_back(is_direct ? value : kNone);
  }
  for (ValueId value : graph_.results(region)) last_use.erase(value);

  const auto is_small = [&](const Routine::Line& line) {
    return line.is_bound || (line.node->op && line.node->op->elements);
  };
  const auto fits = [&](ValueId value) {
    return graph_.type(value).IsTensor() && graph_.tensor(value).ByteSize() <= Routine::kKeptBytes;
  };
  const std::span<const ValueId> results = graph_.results(region);
  routine.is_small = routine.keeps_memory &&
                     std::all_of(routine.lines.begin(), routine.lines.end(), is_small) &&
                     std::all_of(results.begin(), results.end(), fits);

  std::vector<std::vector<ValueId>> dying(routine.lines.size());
  for (const auto& [value, line] : last_use) dying[line].push_back(value);
  for (size_t i = 0; i < routine.lines.size(); ++i) {
    routine.lines[i].dying = {static_cast<uint32_t>(routine.dying.size()),
                              static_cast<uint32_t>(dying[i].size())};
    routine.dying.insert(routine.dying.end(), dying[i].begin(), dying[i].end());
  }
  return routine;
}

Task ReferenceInterpreter::Run(RegionId region, std::span<const TensorView> arguments,
                               std::span<const TensorView> results) {
  Routine& routine = RoutineOf(region);
  if (!routine.refused.ok()) return routine.refused;
  if (routine.active) return Unsupported("a function calls itself; recursion is not supported");
  if (depth_ == kMaxDepth) {
    return Unsupported(StrCat("regions and calls nest deeper than ", kMaxDepth));
  }
  const Region& body = graph_.regions[region];
  std::copy(arguments.begin(), arguments.end(), views_.begin() + body.arguments.begin);
  return routine.is_small ? Task(ExecuteSmall(routine, results)) : Execute(routine, results);
}

Status ReferenceInterpreter::ExecuteSmall(Routine& routine, std::span<const TensorView> results) {
  RETURN_IF_ERROR(Enter(routine, results));
  for (uint32_t i = 0; i < routine.lines.size(); ++i) {
    const Routine::Line& line = routine.lines[i];
    if (line.is_bound) continue;
    RETURN_IF_ERROR(Prepare(routine, i));
    const ReferenceArgs args{OpView(graph_, *line.node), routine.inputs, routine.outputs, *this,
                             budget_};
    const int64_t count = routine.outputs[0].NumElements();
    if (count > 0) line.node->op->elements(args, 0, count);
    budget_.Charge(kStepWork + count);
  }
  budget_.Charge(kStepWork);
  const std::span<const ValueId> returned = graph_.results(graph_.regions[routine.id]);
  for (size_t i = 0; i < results.size(); ++i) {
    if (routine.direct[i] == kNone) CopySmall(views_[returned[i]], results[i]);
  }
  return OkStatus();
}

// Finds the places of values that have theirs for the whole run.
Status ReferenceInterpreter::Enter(Routine& routine, std::span<const TensorView> results) {
  if (routine.keeps_memory && !routine.memory) {
    ASSIGN_OR_RETURN(routine.memory, TryAllocate(Routine::kKeptBytes, "a region's values"));
    uint8_t* next = routine.memory.data();
    for (const Routine::Line& line : routine.lines) {
      for (uint32_t k = 0; !line.is_bound && k < line.node->results.size; ++k) {
        const ValueId value = line.node->results.begin + k;
        if (!graph_.type(value).IsTensor()) continue;
        views_[value] = TensorView(&graph_.tensor(value), next);
        next += RoundUp<int64_t>(graph_.tensor(value).ByteSize(), 16);
      }
    }
  }
  for (size_t i = 0; i < results.size(); ++i) {
    if (routine.direct[i] != kNone) views_[routine.direct[i]] = results[i];
  }
  return OkStatus();
}

// Makes the line's operands and results the routine's inputs and outputs.
Status ReferenceInterpreter::Prepare(Routine& routine, uint32_t line) {
  const Node& node = *routine.lines[line].node;
  for (uint32_t k = 0; !routine.keeps_memory && k < node.results.size; ++k) {
    const ValueId value = node.results.begin + k;
    if (!graph_.type(value).IsTensor() ||
        std::find(routine.direct.begin(), routine.direct.end(), value) != routine.direct.end()) {
      continue;
    }
    const TensorType& type = graph_.tensor(value);
    ASSIGN_OR_RETURN(buffers_[value],
                     TryAllocate(static_cast<uint64_t>(type.ByteSize()), ToString(type)));
    views_[value] = TensorView(&type, buffers_[value].data());
  }
  routine.inputs.clear();
  for (ValueId value : graph_.operands(node)) routine.inputs.push_back(views_[value]);
  routine.outputs.assign(views_.begin() + node.results.begin, views_.begin() + node.results.end());
  return OkStatus();
}

Task ReferenceInterpreter::RunLine(Routine& routine, uint32_t line, const ReferenceArgs& args) {
  const OpDef* op = args.op.node().op;
  switch (op ? op->control_flow : ControlFlow::kNone) {
    case ControlFlow::kWhile:
      return RunWhile(args);
    case ControlFlow::kIf:
      return Run(args.op.region_id(args.inputs[0].Bool(0) ? 0 : 1), {}, args.outputs);
    case ControlFlow::kCase: {
      const int64_t branches = static_cast<int64_t>(args.op.num_regions());
      const int64_t index = args.inputs[0].I64(0);
      const int64_t selected = index >= 0 && index < branches ? index : branches - 1;
      return Run(args.op.region_id(static_cast<size_t>(selected)), {}, args.outputs);
    }
    case ControlFlow::kCall:
      return Run(routine.lines[line].callee, args.inputs, args.outputs);
    case ControlFlow::kNone:
      break;
  }
  return RunReference(args);
}

Task ReferenceInterpreter::Execute(Routine& routine, std::span<const TensorView> results) {
  // Marks the routine as running until the task ends, is cancelled or fails.
  struct Running {
    explicit Running(Routine& p, int& d) : routine(p), depth(d) {
      routine.active = true;
      ++depth;
    }
    ~Running() {
      routine.active = false;
      --depth;
    }
    Routine& routine;
    int& depth;
  } running(routine, depth_);
  co_await Enter(routine, results);
  for (uint32_t i = 0; i < routine.lines.size(); ++i) {
    const Routine::Line& line = routine.lines[i];
    if (line.is_bound) continue;
    co_await Prepare(routine, i);
    const ReferenceArgs args{OpView(graph_, *line.node), routine.inputs, routine.outputs, *this,
                             budget_};
    co_await RunLine(routine, i, args);
    co_await budget_.Spend(kStepWork);
    for (uint32_t k = 0; k < line.dying.size; ++k) {
      buffers_[routine.dying[line.dying.begin + k]] = AlignedBuffer();
    }
  }
  co_await budget_.Spend(kStepWork);
  const std::span<const ValueId> returned = graph_.results(graph_.regions[routine.id]);
  for (size_t i = 0; i < results.size(); ++i) {
    if (routine.direct[i] == kNone && graph_.type(returned[i]).IsTensor()) {
      co_await Copy(budget_, views_[returned[i]], results[i]);
    }
  }
}

Task ReferenceInterpreter::RunWhile(const ReferenceArgs& args) {
  // The state lies in the operands before the first trip, then in two sets of buffers by turns.
  std::vector<TensorView> state(args.inputs.begin(), args.inputs.end());
  std::vector<TensorView> next[2];
  std::vector<AlignedBuffer> memory;
  const TensorType predicate_type(ElementType::kI1, {});
  uint8_t condition = 0;
  const TensorView predicate(&predicate_type, &condition);
  for (int turn = 0;; turn ^= 1) {
    co_await Run(args.op.region_id(0), state, std::span(&predicate, 1));
    if (!condition) break;
    for (size_t i = next[turn].size(); i < state.size(); ++i) {
      next[turn].emplace_back();
      if (!args.op.operand_type(i).IsTensor()) continue;
      const TensorType& type = args.op.operand(i);
      Result<AlignedBuffer> buffer =
          TryAllocate(static_cast<uint64_t>(type.ByteSize()), "the state of a while loop");
      co_await buffer.status();
      next[turn].back() = TensorView(&type, buffer->data());
      memory.push_back(std::move(*buffer));
    }
    co_await Run(args.op.region_id(1), state, next[turn]);
    state = next[turn];
    co_await budget_.Spend(kStepWork);
  }
  for (size_t i = 0; i < state.size(); ++i) {
    if (args.op.operand_type(i).IsTensor()) co_await Copy(budget_, state[i], args.outputs[i]);
  }
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
    RETURN_IF_ERROR(CheckSized(graph_.type(value)));
    if (!graph_.type(value).IsTensor()) continue;
    const TensorType& type = graph_.tensor(value);
    ASSIGN_OR_RETURN(buffers.back(),
                     TryAllocate(static_cast<uint64_t>(type.ByteSize()), ToString(type)));
    results.back() = TensorView(&type, buffers.back().data());
  }
  RETURN_IF_ERROR(RunToEnd(Run(function.body, inputs, results)));
  return buffers;
}

Result<std::vector<AlignedBuffer>> Interpret(const Graph& graph, const Function& function,
                                             std::span<const TensorView> inputs, Budget budget) {
  return ReferenceInterpreter(graph, budget).Call(function, inputs);
}

}  // namespace webhlo
