// SPDX-License-Identifier: Apache-2.0
//
// chlo.scan: https://github.com/openxla/stablehlo/blob/main/docs/generated/chlo.md
// The body runs for each index of a dimension of the inputs, the last one first if `is_reverse`. It
// takes the inputs there, without that dimension, and what it carries, and gives the outputs there
// and what it carries on. Here that is a loop.
#include <algorithm>

#include "core/ops/expansion.h"
#include "core/ops/infer_util.h"
#include "core/ops/op_table.h"

namespace webhlo {
namespace {

struct Segments {
  size_t inputs = 0, carries = 0, outputs = 0;
};

Segments SegmentsOf(const OpView& op) {
  const auto operands = op.Ints("operandSegmentSizes"), results = op.Ints("resultSegmentSizes");
  return {static_cast<size_t>(operands[0]), static_cast<size_t>(operands[1]),
          static_cast<size_t>(results[0])};
}

Status CheckSegments(const OpView& op, std::string_view name, size_t count) {
  const auto sizes = op.Ints(name);
  OP_CHECK(op,
           sizes.size() == 2 && sizes[0] >= 0 && sizes[1] >= 0 &&
               static_cast<uint64_t>(sizes[0]) <= count &&
               static_cast<uint64_t>(sizes[1]) == count - static_cast<uint64_t>(sizes[0]),
           name, " is ", Brackets(sizes), ", there are ", count);
  return OkStatus();
}

TensorType Without(TensorType type, int64_t dimension) {
  type.dims.erase(type.dims.begin() + dimension);
  return type;
}

// How many times the body runs.
int64_t Trips(const OpView& op) {
  const int64_t dimension = op.Int("dimension");
  return (SegmentsOf(op).inputs > 0 ? op.operand(0) : op.result())
      .dims[static_cast<size_t>(dimension)];
}

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op));
  RETURN_IF_ERROR(CheckSegments(op, "operandSegmentSizes", op.num_operands()));
  RETURN_IF_ERROR(CheckSegments(op, "resultSegmentSizes", op.num_results()));
  const Segments segments = SegmentsOf(op);
  OP_CHECK(op, segments.inputs + segments.outputs > 0, "has neither inputs nor outputs");
  OP_CHECK(op, static_cast<uint64_t>(op.Ints("resultSegmentSizes")[1]) == segments.carries,
           "carries ", segments.carries, " values and results in ", op.num_results());
  const int64_t dimension = op.Int("dimension");
  std::vector<Type> arguments, returned;
  const auto check_sizes = [&](std::string_view what, size_t i, const TensorType& type) -> Status {
    RETURN_IF_ERROR(CheckRange(op, "dimension", dimension, type.rank(), StrCat(what, i)));
    const int64_t size = type.dims[static_cast<size_t>(dimension)];
    OP_CHECK(op, size == Trips(op) && op.Int("scan_dim_size", size) == size, what, i, " has size ",
             size, " in dimension ", dimension, ", others have ", Trips(op));
    return OkStatus();
  };
  for (size_t i = 0; i < op.num_operands(); ++i) {
    if (i < segments.inputs) RETURN_IF_ERROR(check_sizes("input ", i, op.operand(i)));
    arguments.push_back(i < segments.inputs ? Type(Without(op.operand(i), dimension))
                                            : op.operand_type(i));
  }
  for (size_t i = 0; i < op.num_results(); ++i) {
    RETURN_IF_ERROR(CheckPlainTensor(op, op.result_type(i), StrCat("result ", i)));
    if (i < segments.outputs) RETURN_IF_ERROR(check_sizes("output ", i, op.result(i)));
    returned.push_back(i < segments.outputs
                           ? Type(Without(op.result(i), dimension))
                           : op.operand_type(segments.inputs + i - segments.outputs));
    if (i >= segments.outputs) results[i] = returned.back();
  }
  OP_CHECK(op, op.num_regions() == 1, "has ", op.num_regions(), " regions, expected 1");
  RETURN_IF_ERROR(CheckRegionArguments(op, 0, arguments, "body"));
  return CheckRegionResults(op, 0, returned, "body");
}

Status Expand(Rewriter& r, const Node& node) {
  Expansion e(r, node);
  const OpView& op = e.op();
  const Segments segments = SegmentsOf(op);
  const int64_t dimension = op.Int("dimension"), trips = Trips(op);
  const TensorType index_type(ElementType::kI64, {});
  const LocationId location = r.MapLocation(node.location);
  const auto index_of = [&](int64_t value) {
    return e.Splat(static_cast<double>(value), index_type);
  };
  // Where a step reads and writes.
  const auto place = [&](ValueId x, ValueId index) {
    std::vector<ValueId> operands = {x};
    const ValueId zero = index_of(0);
    for (int64_t d = 0; d < e.type(x).rank(); ++d)
      operands.push_back(d == dimension ? index : zero);
    return operands;
  };

  if (trips == 0) {
    for (size_t i = 0; i < segments.outputs; ++i) e.SetResult(i, e.Splat(0, op.result(i)));
    for (size_t i = 0; i < segments.carries; ++i) {
      e.SetResult(segments.outputs + i, e.Operand(segments.inputs + i));
    }
    return OkStatus();
  }

  // A counter, what is carried, the outputs so far.
  std::vector<ValueId> start = {index_of(0)};
  for (size_t i = 0; i < segments.carries; ++i) start.push_back(e.Operand(segments.inputs + i));
  for (size_t i = 0; i < segments.outputs; ++i) start.push_back(e.Splat(0, op.result(i)));
  std::vector<Type> types;
  for (ValueId value : start) types.push_back(r.type(value));
  std::vector<RegionId> regions;
  const auto begin_region = [&] {
    regions.push_back(r.builder().BeginRegion());
    std::vector<ValueId> arguments;
    for (const Type& type : types) arguments.push_back(r.builder().AddArgument(type, location));
    return arguments;
  };

  const std::vector<ValueId> condition = begin_region();
  const ValueId more = e.Compare("LT", condition[0], index_of(trips));
  r.builder().EndRegion({&more, 1});

  const std::vector<ValueId> carried = begin_region();
  const ValueId index = op.Bool("is_reverse")
                            ? e.Emit(ops::kSubtract, {index_of(trips - 1), carried[0]})
                            : carried[0];
  std::vector<ValueId> arguments;
  for (size_t i = 0; i < segments.inputs; ++i) {
    TensorType slice = op.operand(i);
    slice.dims[static_cast<size_t>(dimension)] = 1;
    const ValueId at = r.Emit(ops::kDynamicSlice, place(e.Operand(i), index), slice,
                              {{"slice_sizes", Attribute::Ints(slice.dims)}}, location);
    arguments.push_back(e.Emit(ops::kReshape, {at}, Without(slice, dimension)));
  }
  arguments.insert(arguments.end(), carried.begin() + 1,
                   carried.begin() + 1 + static_cast<ptrdiff_t>(segments.carries));
  ASSIGN_OR_RETURN(const std::vector<ValueId> returned, r.InlineRegion(op.region_id(0), arguments));
  std::vector<ValueId> next = {e.Emit(ops::kAdd, {carried[0], index_of(1)})};
  next.insert(next.end(), returned.begin() + static_cast<ptrdiff_t>(segments.outputs),
              returned.end());
  for (size_t i = 0; i < segments.outputs; ++i) {
    TensorType slice = op.result(i);
    slice.dims[static_cast<size_t>(dimension)] = 1;
    const ValueId update = e.Emit(ops::kReshape, {returned[i]}, slice);
    std::vector<ValueId> operands = place(carried[1 + segments.carries + i], index);
    operands.insert(operands.begin() + 1, update);
    next.push_back(r.Emit(ops::kDynamicUpdateSlice, operands, op.result(i), {}, location));
  }
  r.builder().EndRegion(next);

  const ValueId first = r.EmitNode(ops::kWhile, start, types, {}, regions, location) + 1;
  for (size_t i = 0; i < segments.outputs; ++i) {
    e.SetResult(i, first + static_cast<ValueId>(segments.carries + i));
  }
  for (size_t i = 0; i < segments.carries; ++i) {
    e.SetResult(segments.outputs + i, first + static_cast<ValueId>(i));
  }
  return OkStatus();
}

constexpr OpDef kOps[] = {{.name = "chlo.scan", .infer = Infer, .expand = Expand}};

}  // namespace

WEBHLO_EXPORT_OPS(chlo_scan, kOps);

}  // namespace webhlo
