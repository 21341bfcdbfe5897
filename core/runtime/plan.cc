// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/plan.h"

#include <algorithm>

#include "core/base/strings.h"
#include "core/text/text.h"

namespace webhlo {
namespace {

std::string Describe(const BufferRef& ref) {
  switch (ref.space) {
    case BufferRef::Space::kArena:
    case BufferRef::Space::kResult:
      return StrCat("arena+", ref.offset);
    case BufferRef::Space::kInput:
      return ref.offset ? StrCat("input", ref.index, "+", ref.offset) : StrCat("input", ref.index);
    case BufferRef::Space::kConstant:
      return ref.offset ? StrCat("constant", ref.index, "+", ref.offset)
                        : StrCat("constant", ref.index);
    case BufferRef::Space::kLiteral:
      return StrCat("literal+", ref.offset);
    case BufferRef::Space::kNone:
      return "none";
  }
  return "none";
}

// Unless the caller wants a result elsewhere.
bool IsSamePlace(const BufferRef& a, const BufferRef& b) {
  const auto in_arena = [](const BufferRef& ref) {
    return ref.space == BufferRef::Space::kArena || ref.space == BufferRef::Space::kResult;
  };
  return in_arena(a) && in_arena(b) ? a.offset == b.offset : a == b;
}

// Of a value; tokens have none.
int64_t BytesOf(const Type& type) { return type.IsTensor() ? type.tensor.ByteSize() : 0; }

int64_t BytesOfNode(const Step& step, const OpView& op) {
  int64_t bytes = 0;
  for (size_t i = 0; i < op.num_operands(); ++i) bytes += BytesOf(op.operand_type(i));
  for (size_t i = 0; i < op.num_results(); ++i) bytes += BytesOf(op.result_type(i));
  if (!op.node().op->moves_part) return bytes;
  const int64_t from = BytesOf(op.operand_type(0)), to = BytesOf(op.result_type(0));
  if (!IsSamePlace(step.buffers[0], step.buffers[step.num_operands])) {
    return bytes - from + std::min(from, to);
  }
  int64_t update = 0;
  for (size_t i = 1; i < op.num_operands(); ++i) {
    update = std::max(update, BytesOf(op.operand_type(i)));
  }
  return bytes - from - to + update;
}

}  // namespace

bool operator==(const Plan& a, const Plan& b) {
  return a.steps == b.steps && a.inputs == b.inputs && a.results == b.results &&
         a.over_inputs == b.over_inputs && a.input_bytes == b.input_bytes &&
         a.result_bytes == b.result_bytes && a.num_constants == b.num_constants &&
         a.literals == b.literals && a.arena_size == b.arena_size &&
         a.jit.constants == b.jit.constants && a.jit.modules == b.jit.modules &&
         Print(a.graph) == Print(b.graph);
}

StepLabel LabelOf(const Plan& plan, const Step& step) {
  const auto op = [&] { return std::string(plan.graph.op_name(plan.graph.nodes[step.node])); };
  switch (step.kind) {
    case Step::Kind::kKernel:
      return {step.choice.kernel, step.choice.sizes};
    case Step::Kind::kReference:
      return {"reference", op()};
    case Step::Kind::kCopy:
      return {"copy", StrCat(step.bytes, " bytes")};
    case Step::Kind::kJump:
      if (step.choice.kernel.empty()) return {"jump", StrCat(step.target)};
      return {"jump", StrCat(step.target, " by ", ToString(step.choice))};
    case Step::Kind::kJumpUnless:
      return {"jump", StrCat(step.target, " unless")};
    case Step::Kind::kSwitch:
      return {"switch", StrCat("[", Join(step.targets), "]")};
    case Step::Kind::kHostCall:
      return {"host", op()};
  }
  return {};
}

std::string_view ReasonOf(const Step& step, std::span<const std::string> proposed) {
  if (proposed.size() < 2) return "only";
  if (step.measured) return "measured fastest";
  return proposed[0] == step.choice.kernel ? "first" : "preferred";
}

StepWork WorkOf(const Plan& plan, uint32_t i) {
  const Step& step = plan.steps[i];
  StepWork work;
  if (step.kind == Step::Kind::kCopy) {
    work.bytes = 2 * static_cast<double>(step.bytes);
  } else if (step.kind == Step::Kind::kJump && !step.choice.kernel.empty()) {
    for (uint32_t part = step.target; part < i; ++part) {
      const StepWork more = WorkOf(plan, part);
      work.flops += more.flops;
      work.bytes += more.bytes;
    }
  } else if (step.node != kNone) {
    const OpView op(plan.graph, plan.graph.nodes[step.node]);
    if (op.node().op->flops != nullptr) work.flops = op.node().op->flops(op);
    work.bytes = static_cast<double>(BytesOfNode(step, op));
  }
  return work;
}

std::string ToString(const Plan& plan) {
  std::string out;
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    const StepLabel label = LabelOf(plan, step);
    StrAppend(&out, i, ": ", label.kernel, label.sizes.empty() ? "" : " ", label.sizes);
    for (size_t b = 0; b < step.buffers.size(); ++b) {
      out.append(b == step.num_operands ? " -> " : b ? ", " : " ");
      if (step.choice.Packs(b)) {
        out.append("packed");
      } else {
        out.append(Describe(step.buffers[b]));
      }
    }
    if (step.scratch.space != BufferRef::Space::kNone) {
      StrAppend(&out, " scratch ", Describe(step.scratch));
    }
    if (step.proposed.size() > 1) {
      StrAppend(&out, "; ", ReasonOf(step, step.proposed), " of ", Join(step.proposed));
    }
    out.append("\n");
  }
  StrAppend(&out, "arena ", plan.arena_size, " bytes (lower bound ", plan.arena_lower_bound,
            "), literals ", plan.literals.size(), " bytes, ", plan.jit.num_functions,
            " jit functions in ", plan.jit.num_bytes, " bytes\n");
  return out;
}

}  // namespace webhlo
