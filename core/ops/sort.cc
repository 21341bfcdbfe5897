// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.sort: https://openxla.org/stablehlo/spec#sort
// Always stable. By reference and by merging the order is defined for any comparator, consistent or
// not; where it is an order by keys, the keys' bits are sorted.
#include "core/base/memory.h"
#include "core/kernels/sort/merge_sort.h"
#include "core/kernels/sort/radix_sort.h"
#include "core/ops/comparator.h"
#include "core/ops/infer_util.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"
#include "core/ops/region_function.h"

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

  // Then less() is whether the element at `lhs` comes before the element at `rhs`.
  Task Compare(int64_t lhs, int64_t rhs) {
    for (size_t k = 0; k < args_.inputs.size(); ++k) {
      arguments_[2 * k] = TensorView(types_[2 * k], args_.inputs[k].at(lhs));
      arguments_[2 * k + 1] = TensorView(types_[2 * k + 1], args_.inputs[k].at(rhs));
    }
    return args_.regions.Run(args_.op.region_id(0), arguments_, std::span(&result_, 1));
  }
  bool less() const { return value_ != 0; }

 private:
  const ReferenceArgs& args_;
  const TensorType predicate_{ElementType::kI1, {}};
  uint8_t value_ = 0;
  const TensorView result_{&predicate_, &value_};
  std::vector<const TensorType*> types_;
  std::vector<TensorView> arguments_;
};

Task Reference(const ReferenceArgs& args) {
  const TensorView& first = args.inputs[0];
  if (first.NumElements() == 0) co_return;
  const int64_t dimension = args.op.Int("dimension", -1);
  const size_t adjusted_dimension =
      static_cast<size_t>(dimension >= 0 ? dimension : first.rank() + dimension);
  const std::vector<int64_t> strides = RowMajorStrides(first.dims());
  const int64_t size = first.dims()[adjusted_dimension];
  const int64_t stride = strides[adjusted_dimension];
  std::vector<int64_t> slice_dims(first.dims().begin(), first.dims().end());
  slice_dims[adjusted_dimension] = 1;
  OffsetWalk slices(std::move(slice_dims), strides);

  Result<AlignedBuffer> memory =
      TryAllocate(2 * static_cast<uint64_t>(size) * sizeof(int64_t), "sort's order");
  co_await memory.status();
  // Offsets into the inputs; `sorted` and `spare` change places.
  int64_t* sorted = reinterpret_cast<int64_t*>(memory->data());
  int64_t* spare = sorted + size;
  Comparator comparator(args);
  for (int64_t s = 0; s < slices.count(); ++s, slices.Next()) {
    for (int64_t i = 0; i < size; ++i) {
      sorted[i] = slices.offset() + i * stride;
      co_await args.budget.Spend(1);
    }
    // Merges runs that double in length.
    for (int64_t run = 1; run < size; run *= 2) {
      for (int64_t begin = 0; begin < size; begin += 2 * run) {
        const int64_t middle = std::min(begin + run, size);
        const int64_t end = std::min(begin + 2 * run, size);
        int64_t left = begin, right = middle;
        for (int64_t i = begin; i < end; ++i) {
          bool take_right = left == middle;
          if (left < middle && right < end) {
            co_await comparator.Compare(sorted[right], sorted[left]);
            take_right = comparator.less();
          }
          spare[i] = sorted[take_right ? right++ : left++];
          co_await args.budget.Spend(4);
        }
      }
      std::swap(sorted, spare);
    }
    for (size_t k = 0; k < args.inputs.size(); ++k) {
      const TensorView& input = args.inputs[k];
      const TensorView& result = args.outputs[k];
      for (int64_t i = 0; i < size; ++i) {
        std::memcpy(result.at(slices.offset() + i * stride), input.at(sorted[i]),
                    static_cast<size_t>(input.width()));
        co_await args.budget.Spend(4);
      }
    }
  }
}

Slices SlicesOf(const OpView& op) {
  const int64_t dimension = op.Int("dimension", -1);
  const TensorType& first = op.operand(0);
  return Slices(first.dims,
                static_cast<size_t>(dimension >= 0 ? dimension : first.rank() + dimension));
}

std::vector<int> WidthsOf(const OpView& op) {
  std::vector<int> widths;
  for (size_t i = 0; i < op.num_operands(); ++i) widths.push_back(WidthOf(op.operand(i)));
  return widths;
}

// With as many lanes as there are threads, slices and room for.
template <typename F>
std::optional<KernelChoice> ProposeSort(const KernelRequest& request, std::string_view sizes,
                                        const F& scratch) {
  const OpView& op = request.op;
  const Slices slices = SlicesOf(op);
  if (slices.length == 0 || slices.count == 0 || slices.length > INT32_MAX) return std::nullopt;
  int64_t lanes = std::min<int64_t>(request.num_threads, slices.count);
  uint64_t room = kScratchAllowance;
  for (int width : WidthsOf(op)) {
    room += 2 * static_cast<uint64_t>(slices.length * slices.count * width);
  }
  while (lanes > 0 && scratch(slices, static_cast<int>(lanes)) > room) --lanes;
  if (lanes == 0) return std::nullopt;
  return KernelChoice{.sizes = StrCat(slices.count, "x", slices.length, sizes),
                      .parameters = {lanes},
                      .scratch_bytes = scratch(slices, static_cast<int>(lanes))};
}

int Lanes(const KernelSite& site) { return static_cast<int>(site.choice.parameters.at(0)); }

std::optional<std::vector<SortKey>> KeysOf(const OpView& op) {
  return ComparatorReader(op.graph(), op.region_id(0)).Keys();
}

std::optional<KernelChoice> ProposeRadix(const KernelRequest& request) {
  const std::optional<std::vector<SortKey>> keys = KeysOf(request.op);
  if (!keys) return std::nullopt;
  std::string sizes;
  for (const SortKey& key : *keys) {
    StrAppend(&sizes, " ", ToString(TensorType(key.element, {})), key.descending ? " down" : " up");
  }
  return ProposeSort(request, sizes, RadixSortScratch);
}

Result<std::unique_ptr<Kernel>> MakeRadix(const KernelSite& site) {
  return MakeRadixSort(SlicesOf(site.op), *KeysOf(site.op), WidthsOf(site.op), Lanes(site));
}

std::optional<KernelChoice> ProposeMerge(const KernelRequest& request) {
  const std::vector<int> widths = WidthsOf(request.op);
  const auto is_wide = [](int width) { return width > 8; };
  if (widths.size() > BatchFunction::kMaxTensors ||
      std::any_of(widths.begin(), widths.end(), is_wide)) {
    return std::nullopt;
  }
  return ProposeSort(request, "", MergeSortScratch);
}

Result<std::unique_ptr<Kernel>> MakeMerge(const KernelSite& site, RegionFunctions functions) {
  return MakeMergeSort(SlicesOf(site.op), std::move(functions[0]), WidthsOf(site.op),
                       RegionCost(site.op.graph(), site.op.region_id(0)), Lanes(site));
}

using Merge = RegionRows<ProposeMerge, MakeMerge>;

constexpr KernelRow kKernels[] = {
    {.name = "radix", .propose = ProposeRadix, .make = MakeRadix},
    {.name = "jit", .propose = Merge::ProposeJit, .make = Merge::MakeJit},
    {.name = "tiles", .propose = Merge::ProposeTiles, .make = Merge::MakeTiles},
};

constexpr OpDef kOps[] = {
    {.name = "stablehlo.sort", .infer = Infer, .reference = Reference, .kernels = kKernels}};

}  // namespace

WEBHLO_EXPORT_OPS(sort, kOps);

}  // namespace webhlo
