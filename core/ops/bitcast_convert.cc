// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.bitcast_convert: https://openxla.org/stablehlo/spec#bitcast_convert
// Element 0 of a widened dimension holds the least significant bits.
#include "core/base/strings.h"
#include "core/kernels/choice.h"
#include "core/kernels/moves/copy.h"
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op, 1));
  const TensorType& operand = op.operand(0);
  const TensorType& result = op.result();
  const int from = BitWidth(operand.element);
  const int to = BitWidth(result.element);
  // C2
  OP_CHECK(op, IsComplex(operand.element) == IsComplex(result.element), "operand has type ",
           ToString(operand), ", the result has type ", ToString(result), " (C2)");
  // C1
  std::vector<int64_t> dims = operand.dims;
  if (from > to) dims.push_back(from / to);
  OP_CHECK(op,
           std::max(from, to) % std::min(from, to) == 0 &&
               (from >= to || (!dims.empty() && dims.back() == to / from)),
           "operand has type ", ToString(operand), ", the result has type ", ToString(result),
           ", expected the narrower to end in a dimension of the quotient of the widths (C1)");
  if (from < to) dims.pop_back();
  if (operand.IsStatic() && result.IsStatic()) {
    RETURN_IF_ERROR(CheckShape(op, "the result", result, dims, "C1"));
  }
  return SetResult(op, results, 0, result.element, std::move(dims));
}

// The bits of an element as an integer, and back. Widths up to 64; complex elements never change
// theirs here.
uint64_t Bits(const TensorView& view, int64_t i) {
  uint64_t bits = 0;
  std::memcpy(&bits, view.at(i), static_cast<size_t>(view.width()));
  const int width = BitWidth(view.element());
  return width == 64 ? bits : bits & ((uint64_t{1} << width) - 1);
}

void SetBits(const TensorView& view, int64_t i, uint64_t bits) {
  if (IsInteger(view.element())) {
    view.SetI64(i, static_cast<int64_t>(bits));
  } else {
    std::memcpy(view.at(i), &bits, static_cast<size_t>(view.width()));
  }
}

void Elements(const ReferenceArgs& args, int64_t begin, int64_t end) {
  const TensorView& operand = args.inputs[0];
  const TensorView& result = args.outputs[0];
  const int from = BitWidth(operand.element());
  const int to = BitWidth(result.element());
  const size_t bytes = static_cast<size_t>((end - begin) * result.width());
  if (from == to && operand.width() == result.width() && from % 8 == 0) {
    std::memcpy(result.at(begin), operand.at(begin), bytes);
  } else if (IsComplex(operand.element())) {
    // complex<f64> as pairs of complex<f32>: bytes as they stand.
    std::memcpy(result.at(begin),
                static_cast<const uint8_t*>(operand.data()) + begin * result.width(), bytes);
  } else if (from >= to) {
    const int64_t parts = from / to;
    const uint64_t mask = to == 64 ? ~uint64_t{0} : (uint64_t{1} << to) - 1;
    for (int64_t i = begin; i < end; ++i) {
      SetBits(result, i, (Bits(operand, i / parts) >> (i % parts * to)) & mask);
    }
  } else {
    const int64_t parts = to / from;
    for (int64_t i = begin; i < end; ++i) {
      uint64_t bits = 0;
      for (int64_t k = 0; k < parts; ++k) bits |= Bits(operand, i * parts + k) << (k * from);
      SetBits(result, i, bits);
    }
  }
}

// Elements of whole bytes are the same bytes.
std::optional<KernelChoice> Propose(const KernelRequest& request) {
  const TensorType &operand = request.op.operand(0), &result = request.op.result();
  if (BitWidth(operand.element) % 8 != 0 || BitWidth(result.element) % 8 != 0 ||
      result.NumElements() == 0) {
    return std::nullopt;
  }
  return KernelChoice{.sizes = StrCat(ToString(operand), " -> ", ToString(result))};
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) {
  return MakeCopyKernel(site.op.result().ByteSize());
}

constexpr KernelRow kKernels[] = {{.name = "copy", .propose = Propose, .make = Make}};

constexpr OpDef kOps[] = {{.name = "stablehlo.bitcast_convert",
                           .infer = Infer,
                           .elements = Elements,
                           .kernels = kKernels}};

}  // namespace

WEBHLO_EXPORT_OPS(bitcast_convert, kOps);

}  // namespace webhlo
