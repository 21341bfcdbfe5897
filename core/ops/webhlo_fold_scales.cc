// SPDX-License-Identifier: Apache-2.0
//
// webhlo.fold_scales(weights, v...) -> scale [C], offset [C], ok [C], some_fail []: decides for
// each channel of a product whether the chain of scales and offsets behind it may be folded into
// its weights (core/kernels/channel_steps.h tells when). Where it may (`ok`), weights * scale and
// the offset as a bias stand for the chain; where not, scale is 1 and offset 0, and webhlo.rescale
// does the chain. Attributes: `steps`, one letter a vector; `dimension`, the weights' dimension of
// the channels.
#include <algorithm>
#include <utility>

#include "core/base/strings.h"
#include "core/kernels/channel_steps.h"
#include "core/kernels/choice.h"
#include "core/kernels/parallel.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  const std::string_view steps = op.String("steps");
  RETURN_IF_ERROR(CheckTensors(op, steps.size() + 1, 4));
  OP_CHECK(op, steps.find_first_not_of(kChannelSteps) == steps.npos, "steps are \"", steps,
           "\", expected letters of ", kChannelSteps);
  const TensorType& weights = op.operand(0);
  const int64_t dimension = op.Int("dimension");
  OP_CHECK(op, weights.element == ElementType::kF32 && dimension >= 0 && dimension < weights.rank(),
           "weights are ", ToString(weights), ", dimension is ", dimension);
  const TensorType vector(ElementType::kF32, {weights.dims[static_cast<size_t>(dimension)]});
  for (size_t i = 1; i < op.num_operands(); ++i) {
    RETURN_IF_ERROR(
        CheckType(op, StrCat("operand ", i), op.operand_type(i), Type(vector), "channels"));
  }
  results[0] = results[1] = Type(vector);
  results[2] = Type(TensorType(ElementType::kI1, vector.dims));
  results[3] = Type(TensorType(ElementType::kI1, {}));
  return OkStatus();
}

Task Reference(const ReferenceArgs& args) {
  const TensorView& weights = args.inputs[0];
  const std::string_view steps = args.op.String("steps");
  const size_t dimension = static_cast<size_t>(args.op.Int("dimension"));
  std::vector<const float*> vectors;
  for (const TensorView& vector : args.inputs.subspan(1)) {
    vectors.push_back(static_cast<const float*>(vector.data()));
  }
  const int64_t channels = args.outputs[0].NumElements();
  std::vector<double> largest(static_cast<size_t>(channels), 0.0);
  for (IndexIterator it(weights.dims()); !it.done(); it.Next()) {
    double& value = largest[static_cast<size_t>(it.index()[dimension])];
    value = std::max(value, std::fabs(weights.F64(it.linear())));
    co_await args.budget.Spend(16);
  }
  bool some_fail = false;
  for (int64_t c = 0; c < channels; ++c) {
    const FoldedChannel folded =
        FoldChannel(steps, vectors, c, static_cast<float>(largest[static_cast<size_t>(c)]));
    args.outputs[0].SetF64(c, static_cast<double>(folded.scale));
    args.outputs[1].SetF64(c, static_cast<double>(folded.offset));
    args.outputs[2].SetBool(c, folded.ok);
    some_fail |= !folded.ok;
    co_await args.budget.Spend(64);
  }
  args.outputs[3].SetBool(0, some_fail);
}

class FoldScalesKernel : public Kernel {
 public:
  explicit FoldScalesKernel(const OpView& op)
      : steps_(op.String("steps")), channels_(op.result().dims[0]), vectors_(steps_.size()) {
    const std::vector<int64_t>& dims = op.operand(0).dims;
    const size_t dimension = static_cast<size_t>(op.Int("dimension"));
    for (size_t d = 0; d < dimension; ++d) outer_ *= dims[d];
    for (size_t d = dimension + 1; d < dims.size(); ++d) inner_ *= dims[d];
    pieces_.Add(outer_ * channels_, inner_ * 4);
  }

  size_t pieces() const override { return pieces_.count(); }
  int64_t cost() const override { return pieces_.cost(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    for (size_t i = 0; i < steps_.size(); ++i) vectors_[i] = static_cast<const float*>(args[1 + i]);
    void* const* results = args + 1 + steps_.size();
    float* scale = static_cast<float*>(results[0]);
    float* offset = static_cast<float*>(results[1]);
    bool* ok = static_cast<bool*>(results[2]);
    bool* some_fail = static_cast<bool*>(results[3]);
    // First the place of the magnitudes.
    if (pieces.begin == 0) std::fill_n(scale, channels_, 0.0f);
    const auto raise = [&](int64_t begin, int64_t end) {
      RaiseToMagnitudes(channels_, inner_, static_cast<const float*>(args[0]), begin, end, scale);
    };
    if (outer_ == 1) {
      pieces_.Run(pieces, pool, raise);
    } else {
      const auto [begin, end] = pieces_.Items(0, pieces);
      raise(begin, end);
    }
    if (pieces.end < pieces_.count()) return;
    *some_fail = false;
    for (int64_t c = 0; c < channels_; ++c) {
      const FoldedChannel folded = FoldChannel(steps_, vectors_, c, scale[c]);
      scale[c] = folded.scale;
      offset[c] = folded.offset;
      ok[c] = folded.ok;
      *some_fail |= !folded.ok;
    }
  }

 private:
  const std::string steps_;
  const int64_t channels_;
  int64_t outer_ = 1, inner_ = 1;
  Pieces pieces_;
  std::vector<const float*> vectors_;  // Of the run in progress.
};

std::optional<KernelChoice> Propose(const KernelRequest& request) {
  return KernelChoice{
      .sizes = StrCat(request.op.String("steps"), " ", request.op.result().dims[0], " channels")};
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) {
  return std::unique_ptr<Kernel>(std::make_unique<FoldScalesKernel>(site.op));
}

constexpr KernelRow kKernels[] = {{.name = "fold_scales", .propose = Propose, .make = Make}};

constexpr OpDef kOps[] = {
    {.name = "webhlo.fold_scales", .infer = Infer, .reference = Reference, .kernels = kKernels}};

}  // namespace

WEBHLO_EXPORT_OPS(webhlo_fold_scales, kOps);

}  // namespace webhlo
