// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.sort: https://openxla.org/stablehlo/spec#sort
// Always a stable merge sort, whose order is defined for any comparator, consistent or not.
#include "core/base/memory.h"
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  // C1, C2
  OP_CHECK(op, op.num_operands() > 0, "has no inputs (C1)");
  RETURN_IF_ERROR(CheckTensors(op, op.num_operands(), op.num_operands()));
  const TensorType& first = op.operand(0);
  std::vector<Type> arguments;
  for (size_t i = 0; i < op.num_operands(); ++i) {
    // C3
    RETURN_IF_ERROR(CheckShape(op, StrCat("input ", i), op.operand(i), first.dims, "C3"));
    const Type scalar = TensorType(op.operand(i).element, {});
    arguments.push_back(scalar);
    arguments.push_back(scalar);
    results[i] = op.operand_type(i);
  }
  // C4
  const int64_t dimension = op.Int("dimension", -1);
  OP_CHECK(op, dimension >= -first.rank() && dimension < first.rank(), "dimension is ", dimension,
           ", expected ", -first.rank(), " <= dimension < ", first.rank(), " (C4)");
  // C5
  OP_CHECK(op, op.num_regions() == 1, "has ", op.num_regions(), " regions, expected 1");
  RETURN_IF_ERROR(CheckRegionArguments(op, 0, arguments, "C5"));
  return CheckRegionResults(op, 0, std::vector<Type>{TensorType(ElementType::kI1, {})}, "C5");
}

// comparator_together on elements of one slice, by their offsets in the inputs.
class Comparator {
 public:
  explicit Comparator(const ReferenceArgs& args) : args_(args) {
    const Region& comparator = args.op.region(0);
    for (uint32_t i = 0; i < comparator.arguments.size; ++i) {
      types_.push_back(&args.op.graph().tensor(comparator.arguments.begin + i));
    }
    arguments_.resize(types_.size());
  }

  // Whether the element at `lhs` comes before the element at `rhs`.
  Status Less(int64_t lhs, int64_t rhs, bool* less) {
    for (size_t k = 0; k < args_.inputs.size(); ++k) {
      arguments_[2 * k] = TensorView(types_[2 * k], args_.inputs[k].at(lhs));
      arguments_[2 * k + 1] = TensorView(types_[2 * k + 1], args_.inputs[k].at(rhs));
    }
    uint8_t value = 0;
    const TensorView result(&predicate_, &value);
    RETURN_IF_ERROR(args_.regions.Run(args_.op.region_id(0), arguments_, std::span(&result, 1)));
    *less = value != 0;
    return OkStatus();
  }

 private:
  const ReferenceArgs& args_;
  const TensorType predicate_{ElementType::kI1, {}};
  std::vector<const TensorType*> types_;
  std::vector<TensorView> arguments_;
};

// Sorts `order` (offsets into the inputs) by merging runs that double in length. `spare` has the
// same size; the sorted offsets end up in *result, which is one of the two.
Status MergeSort(Comparator& comparator, std::span<int64_t> order, std::span<int64_t> spare,
                 std::span<int64_t>* result) {
  for (size_t run = 1; run < order.size(); run *= 2) {
    for (size_t begin = 0; begin < order.size(); begin += 2 * run) {
      const size_t middle = std::min(begin + run, order.size());
      const size_t end = std::min(begin + 2 * run, order.size());
      size_t left = begin, right = middle;
      for (size_t i = begin; i < end; ++i) {
        bool take_right = left == middle;
        if (left < middle && right < end) {
          RETURN_IF_ERROR(comparator.Less(order[right], order[left], &take_right));
        }
        spare[i] = take_right ? order[right++] : order[left++];
      }
    }
    std::swap(order, spare);
  }
  *result = order;
  return OkStatus();
}

Status Reference(const ReferenceArgs& args) {
  const TensorView& first = args.inputs[0];
  if (first.NumElements() == 0) return OkStatus();
  const int64_t dimension = args.op.Int("dimension", -1);
  const size_t adjusted_dimension =
      static_cast<size_t>(dimension >= 0 ? dimension : first.rank() + dimension);
  const std::vector<int64_t> strides = RowMajorStrides(first.dims());
  const int64_t size = first.dims()[adjusted_dimension];
  const int64_t stride = strides[adjusted_dimension];
  std::vector<int64_t> slice_dims(first.dims().begin(), first.dims().end());
  slice_dims[adjusted_dimension] = 1;
  OffsetWalk slices(std::move(slice_dims), strides);

  ASSIGN_OR_RETURN(AlignedBuffer memory,
                   TryAllocate(2 * static_cast<uint64_t>(size) * sizeof(int64_t), "sort's order"));
  int64_t* offsets = reinterpret_cast<int64_t*>(memory.data());
  Comparator comparator(args);
  for (int64_t s = 0; s < slices.count(); ++s, slices.Next()) {
    const std::span<int64_t> order(offsets, static_cast<size_t>(size));
    const std::span<int64_t> spare(offsets + size, static_cast<size_t>(size));
    for (int64_t i = 0; i < size; ++i) {
      order[static_cast<size_t>(i)] = slices.offset() + i * stride;
    }
    std::span<int64_t> sorted;
    RETURN_IF_ERROR(MergeSort(comparator, order, spare, &sorted));
    for (size_t k = 0; k < args.inputs.size(); ++k) {
      const TensorView& input = args.inputs[k];
      const TensorView& result = args.outputs[k];
      for (int64_t i = 0; i < size; ++i) {
        std::memcpy(result.at(slices.offset() + i * stride),
                    input.at(sorted[static_cast<size_t>(i)]), static_cast<size_t>(input.width()));
      }
    }
  }
  return OkStatus();
}

constexpr OpDef kOps[] = {{.name = "stablehlo.sort", .infer = Infer, .reference = Reference}};

}  // namespace

WEBHLO_EXPORT_OPS(sort, kOps);

}  // namespace webhlo
