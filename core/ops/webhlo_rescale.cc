// SPDX-License-Identifier: Apache-2.0
//
// webhlo.rescale(y [..., C], ok [C], v...) -> [..., C]: the chain of scales and offsets on the
// channels that webhlo.fold_scales did not find ok, each step rounded; then, for all channels, the
// bounds clamp_min and clamp_max. Attributes: these, and `steps`, one letter a vector.
#include <utility>

#include "core/base/strings.h"
#include "core/kernels/channel_steps.h"
#include "core/kernels/choice.h"
#include "core/kernels/parallel.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"
#include "core/ops/webhlo_util.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  const std::string_view steps = op.String("steps");
  RETURN_IF_ERROR(CheckTensors(op, steps.size() + 2));
  OP_CHECK(op, steps.find_first_not_of(kChannelSteps) == steps.npos, "steps are \"", steps,
           "\", expected letters of ", kChannelSteps);
  const TensorType& y = op.operand(0);
  OP_CHECK(op, y.element == ElementType::kF32 && y.rank() >= 1, "y is ", ToString(y));
  RETURN_IF_ERROR(CheckType(op, "ok", op.operand_type(1),
                            Type(TensorType(ElementType::kI1, {y.dims.back()})), "channels"));
  for (size_t i = 2; i < op.num_operands(); ++i) {
    RETURN_IF_ERROR(CheckType(op, StrCat("operand ", i), op.operand_type(i),
                              Type(TensorType(ElementType::kF32, {y.dims.back()})), "channels"));
  }
  results[0] = op.operand_type(0);
  return OkStatus();
}

Task Reference(const ReferenceArgs& args) {
  const TensorView& y = args.inputs[0];
  const std::string_view steps = args.op.String("steps");
  const ClampAttributes clamp(args.op);
  const int64_t channels = y.dims().back();
  for (int64_t i = 0; i < y.NumElements(); ++i) {
    const int64_t c = i % channels;
    float value = static_cast<float>(y.F64(i));
    for (size_t k = 0; k < steps.size() && !args.inputs[1].Bool(c); ++k) {
      const float v = static_cast<float>(args.inputs[k + 2].F64(c));
      value = steps[k] == '*'   ? value * v
              : steps[k] == '/' ? value / v
              : steps[k] == '+' ? value + v
              : steps[k] == '-' ? value - v
                                : v - value;
    }
    args.outputs[0].SetF64(i, clamp.Apply(static_cast<double>(value)));
    co_await args.budget.Spend(32);
  }
}

class RescaleKernel : public Kernel {
 public:
  explicit RescaleKernel(const OpView& op)
      : steps_(op.String("steps")),
        channels_(op.result().dims.back()),
        rows_(op.result().NumElements() / channels_),
        clamp_(op),
        pieces_(rows_, channels_ * 8),
        vectors_(steps_.size()) {}

  size_t pieces() const override { return pieces_.count(); }
  int64_t cost() const override { return pieces_.cost(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    for (size_t i = 0; i < steps_.size(); ++i) vectors_[i] = static_cast<const float*>(args[2 + i]);
    pieces_.Run(pieces, pool, [&](int64_t first, int64_t last) {
      ApplyChannelSteps(steps_, vectors_, static_cast<const uint8_t*>(args[1]), first, last,
                        channels_, static_cast<float>(clamp_.min), static_cast<float>(clamp_.max),
                        static_cast<const float*>(args[0]),
                        static_cast<float*>(args[2 + steps_.size()]));
    });
  }

 private:
  const std::string steps_;
  const int64_t channels_, rows_;
  const ClampAttributes clamp_;
  const Pieces pieces_;
  std::vector<const float*> vectors_;  // Of the run in progress.
};

std::optional<KernelChoice> Propose(const KernelRequest& request) {
  const TensorType& y = request.op.result();
  if (y.NumElements() == 0) return std::nullopt;
  return KernelChoice{.sizes = StrCat(request.op.String("steps"), " ",
                                      y.NumElements() / y.dims.back(), "x", y.dims.back()),
                      .in_place_operand = 0};
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) {
  return std::unique_ptr<Kernel>(std::make_unique<RescaleKernel>(site.op));
}

constexpr KernelRow kKernels[] = {{.name = "rescale", .propose = Propose, .make = Make}};

constexpr OpDef kOps[] = {
    {.name = "webhlo.rescale", .infer = Infer, .reference = Reference, .kernels = kKernels}};

}  // namespace

WEBHLO_EXPORT_OPS(webhlo_rescale, kOps);

}  // namespace webhlo
