// SPDX-License-Identifier: Apache-2.0
//
// The kernel row of an op that the JIT can make a function of.
#ifndef WEBHLO_CORE_OPS_JIT_KERNEL_H_
#define WEBHLO_CORE_OPS_JIT_KERNEL_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "core/base/strings.h"
#include "core/graph/op_def.h"
#include "core/jit/module_builder.h"
#include "core/kernels/choice.h"

namespace webhlo {

// kEmit(module, op): the function that runs the node, added to the module unless an equal one is
// there. Nothing when there is none for the node's types, or engines would not take it.
template <std::optional<jit::JitFunction> (*kEmit)(jit::ModuleBuilder& module, const OpView& op),
          int kInPlaceOperand = KernelChoice::kNotInPlace>
std::optional<KernelChoice> ProposeJit(const KernelRequest& request) {
  if (request.jit == nullptr) return std::nullopt;
  const std::optional<jit::JitFunction> function = kEmit(*request.jit, request.op);
  if (!function) return std::nullopt;
  KernelChoice choice = {.sizes = StrCat("f", function->number, " ", request.op.name()),
                         .parameters = {function->number, function->constants},
                         .in_place_operand = kInPlaceOperand};
  if (function->constants > 0) StrAppend(&choice.sizes, " constants +", function->constants);
  return choice;
}

// kMake(op, function, constants): calls it, installed at `function` of the table of every thread;
// `constants` is where its constants lie.
template <Result<std::unique_ptr<Kernel>> (*kMake)(const OpView& op, uint32_t function,
                                                   const void* constants)>
Result<std::unique_ptr<Kernel>> MakeJit(const KernelSite& site) {
  const auto parameter = [&](size_t i) {
    return static_cast<uint32_t>(site.choice.parameters.at(i));
  };
  return kMake(site.op, site.jit_functions + parameter(0), site.jit_constants + parameter(1));
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_OPS_JIT_KERNEL_H_
