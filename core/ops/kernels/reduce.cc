// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/reduce.h"

#include <utility>

#include "core/base/strings.h"
#include "core/ops/op_kernels.h"
#include "core/ops/reducer.h"

namespace webhlo {
namespace {

ReduceOp OpOf(Reduction reduction) {
  switch (reduction) {
    case Reduction::kAdd:
      return ReduceOp::kAdd;
    case Reduction::kMultiply:
      return ReduceOp::kMultiply;
    case Reduction::kMaximum:
      return ReduceOp::kMax;
    case Reduction::kMinimum:
      return ReduceOp::kMin;
    case Reduction::kAnd:
      return ReduceOp::kAnd;
    case Reduction::kOr:
      break;
  }
  return ReduceOp::kOr;
}

class ReduceKernel : public Kernel {
 public:
  ReduceKernel(const OpView& op, std::unique_ptr<TensorReduction> reduction)
      : reduction_(std::move(reduction)),
        description_(StrCat("reduce.", ToString(*SimpleReduceBody(op.graph(), op.region_id(0))),
                            " ", ToString(op.operand(0)), " over ", Join(op.Ints("dimensions")))) {}

  size_t pieces() const override { return reduction_->pieces().count(); }
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    reduction_->Run(args[0], args[1], args[2], scratch_bytes() == 0 ? nullptr : args[3], pieces,
                    pool);
  }
  size_t scratch_bytes() const override { return reduction_->scratch_bytes(); }
  std::string Describe() const override { return description_; }

 private:
  const std::unique_ptr<TensorReduction> reduction_;
  const std::string description_;
};

}  // namespace

Result<std::unique_ptr<Kernel>> MakeReduceKernel(const KernelRequest& request) {
  const OpView& op = request.op;
  const std::optional<Reduction> body = SimpleReduction(op.graph(), op.region_id(0));
  const TensorType& operand = op.operand(0);
  const ElementType body_element =
      op.graph().tensor(op.region(0).arguments.begin).element;  // May be wider than the operand's.
  if (!body || op.num_results() != 1 || operand.quantized || body_element != operand.element ||
      op.result().element != operand.element || op.operand(1).element != operand.element) {
    return std::unique_ptr<Kernel>();
  }
  auto reduction =
      TensorReduction::Create(OpOf(*body), operand.element, operand.dims, op.Ints("dimensions"));
  if (!reduction) return std::unique_ptr<Kernel>();
  return std::unique_ptr<Kernel>(std::make_unique<ReduceKernel>(op, std::move(reduction)));
}

}  // namespace webhlo
