// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/plan.h"

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

}  // namespace

bool operator==(const Plan& a, const Plan& b) {
  return a.steps == b.steps && a.inputs == b.inputs && a.results == b.results &&
         a.over_inputs == b.over_inputs && a.input_bytes == b.input_bytes &&
         a.result_bytes == b.result_bytes && a.num_constants == b.num_constants &&
         a.literals == b.literals && a.arena_size == b.arena_size &&
         a.jit.constants == b.jit.constants && a.jit.modules == b.jit.modules &&
         Print(a.graph) == Print(b.graph);
}

std::string ToString(const Plan& plan) {
  std::string out;
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    StrAppend(&out, i, ": ");
    const std::string_view op =
        step.node == kNone ? std::string_view() : plan.graph.op_name(plan.graph.nodes[step.node]);
    switch (step.kind) {
      case Step::Kind::kKernel:
        out.append(ToString(step.choice));
        break;
      case Step::Kind::kReference:
        StrAppend(&out, "reference ", op);
        break;
      case Step::Kind::kCopy:
        StrAppend(&out, "copy ", step.bytes, " bytes");
        break;
      case Step::Kind::kJump:
        StrAppend(&out, "jump ", step.target);
        if (!step.choice.kernel.empty()) StrAppend(&out, " by ", ToString(step.choice));
        break;
      case Step::Kind::kJumpUnless:
        StrAppend(&out, "jump ", step.target, " unless");
        break;
      case Step::Kind::kSwitch:
        StrAppend(&out, "switch [", Join(step.targets), "]");
        break;
      case Step::Kind::kHostCall:
        StrAppend(&out, "host ", op);
        break;
    }
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
      const bool is_first = step.proposed[0] == step.choice.kernel;
      StrAppend(&out, is_first ? "; first of " : "; preferred of ", Join(step.proposed));
    }
    out.append("\n");
  }
  StrAppend(&out, "arena ", plan.arena_size, " bytes (lower bound ", plan.arena_lower_bound,
            "), literals ", plan.literals.size(), " bytes, ", plan.jit.num_functions,
            " jit functions in ", plan.jit.num_bytes, " bytes\n");
  return out;
}

}  // namespace webhlo
