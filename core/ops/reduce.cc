// SPDX-License-Identifier: Apache-2.0
//
// stablehlo.reduce: https://openxla.org/stablehlo/spec#reduce
// The schedule is the plain one: init first, then the inputs in ascending order. A body of one
// well-known op accumulates in f64 (i64, c128) and rounds once at the store; other bodies run as
// they are, rounding where they say.
#include "core/kernels/reduce.h"

#include "core/base/sort.h"
#include "core/base/strings.h"
#include "core/graph/layouts.h"
#include "core/jit/trips.h"
#include "core/kernels/choice.h"
#include "core/kernels/fold.h"
#include "core/ops/extreme_rule.h"
#include "core/ops/infer_util.h"
#include "core/ops/jit_kernel.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"
#include "core/ops/reducer.h"
#include "core/ops/region_function.h"

namespace webhlo {
namespace {

Status Infer(const OpView& op, std::span<Type> results) {
  const size_t n = op.num_results();
  // C3
  OP_CHECK(op, n > 0 && op.num_operands() == 2 * n, "has ", op.num_operands(), " operands and ", n,
           " results, expected N inputs, N init values and N results (C3)");
  RETURN_IF_ERROR(CheckTensors(op));
  const auto dimensions = op.Ints("dimensions");
  const TensorType& first = op.operand(0);
  std::vector<ElementType> elements;
  for (size_t i = 0; i < n; ++i) {
    const TensorType& input = op.operand(i);
    const TensorType& init_value = op.operand(n + i);
    // C1
    RETURN_IF_ERROR(CheckShape(op, StrCat("input ", i), input, first.dims, "C1"));
    // C2
    OP_CHECK(op, init_value.rank() == 0, "init value ", i, " has type ", ToString(init_value),
             ", expected a scalar");
    RETURN_IF_ERROR(
        CheckElement(op, StrCat("init value ", i), init_value.element, input.element, "C2"));
    elements.push_back(input.element);
  }
  // C4
  RETURN_IF_ERROR(CheckRange(op, "dimensions", dimensions, first.rank(), "C4"));
  // C5
  RETURN_IF_ERROR(CheckUnique(op, "dimensions", dimensions, "C5"));
  // C6
  ASSIGN_OR_RETURN(const std::vector<ElementType> body, CheckReducer(op, 0, elements, "C6"));
  // C7, C8
  std::vector<int64_t> dims;
  for (size_t d = 0; d < first.dims.size(); ++d) {
    if (!Contains(dimensions, static_cast<int64_t>(d))) dims.push_back(first.dims[d]);
  }
  for (size_t i = 0; i < n; ++i) RETURN_IF_ERROR(SetResult(op, results, i, body[i], dims));
  return OkStatus();
}

// An accumulator as wide as the elements' kind needs.
struct Accumulator {
  double f64;
  int64_t i64;
  std::complex<double> c128;
};

// Folds the next `count` elements of a slice; `load` reads the one at an offset. Addition dominates
// real programs, so its loop is kept tight.
template <typename Load>
double FoldF64(Reduction reduction, double accumulator, OffsetWalk& slice, int64_t count,
               Load load) {
  if (reduction == Reduction::kAdd) {
    for (int64_t k = 0; k < count; ++k, slice.Next()) accumulator += load(slice.offset());
  } else {
    for (int64_t k = 0; k < count; ++k, slice.Next()) {
      accumulator = Combine(reduction, accumulator, load(slice.offset()));
    }
  }
  return accumulator;
}

void Fold(Reduction reduction, const TensorView& input, int64_t base, OffsetWalk& slice,
          int64_t count, Accumulator* a) {
  if (input.element() == ElementType::kF32) {
    const float* data = static_cast<const float*>(input.data()) + base;
    a->f64 =
        FoldF64(reduction, a->f64, slice, count, [data](int64_t k) -> double { return data[k]; });
  } else if (IsFloat(input.element())) {
    a->f64 =
        FoldF64(reduction, a->f64, slice, count, [&](int64_t k) { return input.F64(base + k); });
  } else if (IsComplex(input.element())) {
    for (int64_t k = 0; k < count; ++k, slice.Next()) {
      a->c128 = Combine(reduction, a->c128, input.C128(base + slice.offset()));
    }
  } else {
    for (int64_t k = 0; k < count; ++k, slice.Next()) {
      a->i64 = Combine(reduction, input.element(), a->i64, input.I64(base + slice.offset()));
    }
  }
}

Accumulator Load(const TensorView& scalar) {
  if (IsFloat(scalar.element())) return {scalar.F64(0), 0, 0};
  if (IsComplex(scalar.element())) return {0, 0, scalar.C128(0)};
  return {0, scalar.I64(0), 0};
}

void Store(const Accumulator& a, const TensorView& result, int64_t i) {
  if (IsFloat(result.element())) {
    result.SetF64(i, a.f64);
  } else if (IsComplex(result.element())) {
    result.SetC128(i, a.c128);
  } else {
    result.SetI64(i, a.i64);
  }
}

Task Reference(const ReferenceArgs& args) {
  const size_t n = args.outputs.size();
  const TensorView& first = args.inputs[0];
  const auto dimensions = args.op.Ints("dimensions");
  const std::vector<int64_t> strides = RowMajorStrides(first.dims());
  std::vector<int64_t> kept_dims, kept_strides, reduced_dims, reduced_strides;
  for (size_t d = 0; d < strides.size(); ++d) {
    const bool reduced = Contains(dimensions, static_cast<int64_t>(d));
    (reduced ? reduced_dims : kept_dims).push_back(first.dims()[d]);
    (reduced ? reduced_strides : kept_strides).push_back(strides[d]);
  }
  OffsetWalk kept(std::move(kept_dims), std::move(kept_strides));
  OffsetWalk slice(std::move(reduced_dims), std::move(reduced_strides));
  const std::optional<Reduction> simple = SimpleReduction(args.op.graph(), args.op.region_id(0));
  if (simple) {
    constexpr int64_t kPiece = 1 << 14;
    const Accumulator init_value = Load(args.inputs[1]);
    for (int64_t i = 0; i < kept.count(); ++i, kept.Next()) {
      Accumulator accumulator = init_value;
      for (int64_t done = 0; done < slice.count(); done += kPiece) {
        const int64_t count = std::min(kPiece, slice.count() - done);
        Fold(*simple, first, kept.offset(), slice, count, &accumulator);
        co_await args.budget.Spend(count * 8);
      }
      Store(accumulator, args.outputs[0], i);
      co_await args.budget.Spend(32);
    }
    co_return;
  }
  Reducer reducer(args.op.graph(), args.op.region_id(0), args.regions);
  for (int64_t i = 0; i < kept.count(); ++i, kept.Next()) {
    for (size_t k = 0; k < n; ++k) reducer.SetAccumulator(k, args.inputs[n + k], 0);
    for (int64_t j = 0; j < slice.count(); ++j, slice.Next()) {
      for (size_t k = 0; k < n; ++k) {
        reducer.SetValue(k, args.inputs[k], kept.offset() + slice.offset());
      }
      co_await reducer.Step(args.budget);
      co_await args.budget.Spend(16);
    }
    for (size_t k = 0; k < n; ++k) reducer.GetAccumulator(k, args.outputs[k], i);
    co_await args.budget.Spend(16);
  }
}

class ReduceKernel : public Kernel {
 public:
  explicit ReduceKernel(std::unique_ptr<TensorReduction> reduction)
      : reduction_(std::move(reduction)) {}

  size_t pieces() const override { return reduction_->pieces().count(); }
  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    reduction_->Run(args[0], args[1], args[2], args[3], pieces, pool);
  }

 private:
  const std::unique_ptr<TensorReduction> reduction_;
};

// Null where there is none: for one result and a body of one well-known op, of integers, i1, f32
// and f64.
std::unique_ptr<TensorReduction> ReductionOf(const OpView& op) {
  const std::optional<Reduction> body = SimpleReduction(op.graph(), op.region_id(0));
  const TensorType& operand = op.operand(0);
  const ElementType body_element =
      op.graph().tensor(op.region(0).arguments.begin).element;  // May be wider than the operand's.
  if (!body || op.num_results() != 1 || operand.quantized || body_element != operand.element ||
      op.result().element != operand.element || op.operand(1).element != operand.element) {
    return nullptr;
  }
  return TensorReduction::Create(*body, operand.element, operand.dims, op.Ints("dimensions"));
}

Status AssignLayout(Layouts& layouts, const Node& node) {
  const Graph& source = layouts.source();
  Rewriter& rewriter = layouts.rewriter();
  const size_t inputs = node.results.size;
  const auto dims = OpView(source, node).Ints("dimensions");
  const ValueId first = source.operands(node)[0];
  const size_t rank = source.tensor(first).dims.size();
  const Permutation p = layouts.CommonLayout(node, source.operands(node).subspan(0, inputs), rank);
  if (IsIdentity(p)) return layouts.KeepWritten(node);
  layouts.MaterializeCaptured(node);
  std::vector<ValueId> operands;
  for (size_t i = 0; i < inputs; ++i) operands.push_back(layouts.Get(source.operands(node)[i], p));
  for (size_t i = inputs; i < node.operands.size; ++i) {
    operands.push_back(layouts.Materialize(source.operands(node)[i]));
  }
  Dims physical_dims;
  // Physical positions of the logical dimensions that remain, in order.
  std::vector<int64_t> kept;
  for (size_t d = 0; d < rank; ++d) {
    if (std::find(dims.begin(), dims.end(), static_cast<int64_t>(d)) != dims.end()) {
      physical_dims.push_back(p[d]);
    } else {
      kept.push_back(p[d]);
    }
  }
  Sort(physical_dims);
  Permutation out(kept.size());
  for (size_t i = 0; i < kept.size(); ++i) {
    out[i] = std::count_if(kept.begin(), kept.end(), [&](int64_t k) { return k < kept[i]; });
  }
  std::vector<RegionId> regions;
  for (RegionId region : source.regions_of(node)) {
    ASSIGN_OR_RETURN(const RegionId id, rewriter.CloneRegion(region));
    regions.push_back(id);
  }
  std::vector<Type> types;
  for (uint32_t i = 0; i < inputs; ++i) {
    types.emplace_back(layouts.PhysicalType(node.results.begin + i, out));
  }
  const ValueId x = rewriter.EmitNode(ops::kReduce, operands, types,
                                      {{"dimensions", Attribute::Ints(std::move(physical_dims))}},
                                      regions, rewriter.MapLocation(node.location));
  for (uint32_t i = 0; i < inputs; ++i) layouts.Define(node.results.begin + i, x + i, out);
  return OkStatus();
}

// Any other computation of elementwise ops that the JIT knows is a fold by a function of its own.
// (The usual ones that have no kernel round once, as the reference does: f16 sums.)
std::optional<RegionBody> FoldBody(const OpView& op) {
  const Graph& graph = op.graph();
  if (SimpleReduction(graph, op.region_id(0)) || op.num_results() > kMaxFolds ||
      op.operand(0).NumElements() == 0 || !TakesElementsOf(op, 0, op.num_operands())) {
    return std::nullopt;
  }
  std::optional<RegionBody> body = ScalarBody(graph, op.region_id(0));
  return body && body->CanEmit(graph) ? std::move(body) : std::nullopt;
}

// One loop over results. Inputs are what they begin with, so many elements apart, and the elements.
LoopNest FoldNest(const RegionBody& body, size_t n, const FoldLoops& loops, int64_t apart) {
  LoopNest nest{.sizes = {loops.kept.sizes.back()}, .inputs = {}, .outputs = {}};
  for (size_t k = 0; k < 2 * n; ++k) {
    nest.inputs.push_back({body.elements[k], {k < n ? apart : loops.kept.strides.back()}});
  }
  for (size_t k = 0; k < n; ++k) nest.outputs.push_back(body.elements[k]);
  return nest;
}

std::optional<jit::JitFunction> EmitReduce(jit::ModuleBuilder& module, const OpView& op) {
  const std::optional<RegionBody> body = FoldBody(op);
  if (!body) return std::nullopt;
  const size_t n = op.num_results();
  const FoldLoops loops(op.operand(0).dims, op.Ints("dimensions"));
  const LoopNest nest = FoldNest(*body, n, loops, 1);
  if (!jit::FitsLoops(nest)) return std::nullopt;
  const int64_t stride = loops.folded.strides.back();
  return EmitBody(
      module, op.graph(), *body, StrCat("fold ", loops.kept.strides.back(), " ", stride),
      [&](jit::Record& record, std::span<const jit::LaneValue> outputs, const std::string& name) {
        return jit::EmitFold(record, nest, stride, outputs, StrCat("fold ", name));
      });
}

Result<std::unique_ptr<Kernel>> MakeFold(const OpView& op, uint32_t function,
                                         const void* constants) {
  std::vector<int> widths;
  for (size_t k = 0; k < op.num_results(); ++k) {
    widths.push_back(ByteWidth(op.operand(k).element));
  }
  // In WebAssembly a function pointer is an index into the table.
  return MakeFoldKernel(FoldLoops(op.operand(0).dims, op.Ints("dimensions")), std::move(widths),
                        RegionCost(op.graph(), op.region_id(0)),
                        reinterpret_cast<FoldFunction>(static_cast<uintptr_t>(function)),
                        constants);
}

std::optional<KernelChoice> Propose(const KernelRequest& request) {
  const OpView& op = request.op;
  const std::unique_ptr<TensorReduction> reduction = ReductionOf(op);
  if (!reduction) return std::nullopt;
  const std::string_view combines = ToString(*SimpleReduceBody(op.graph(), op.region_id(0)));
  return KernelChoice{
      .sizes = StrCat(combines.substr(combines.find('.') + 1), " ", ToString(op.operand(0)),
                      " over ", Join(op.Ints("dimensions"))),
      .scratch_bytes = reduction->scratch_bytes()};
}

Result<std::unique_ptr<Kernel>> Make(const KernelSite& site) {
  return std::unique_ptr<Kernel>(std::make_unique<ReduceKernel>(ReductionOf(site.op)));
}

std::optional<KernelChoice> ProposeExtreme(const KernelRequest& request) {
  const OpView& op = request.op;
  const std::optional<ExtremeRule> rule = ExtremeRuleOf(op);
  if (!rule || !HasIndices(op, ExtremeSizesOf(op))) return std::nullopt;
  return KernelChoice{.sizes =
                          StrCat(rule->smallest ? "smallest " : "largest ", ToString(op.operand(0)),
                                 " over ", Join(op.Ints("dimensions")))};
}

Result<std::unique_ptr<Kernel>> MakeExtremeOf(const KernelSite& site) {
  const OpView& op = site.op;
  return MakeExtreme(op.operand(0).element, ByteWidth(op.operand(1).element), ExtremeSizesOf(op),
                     *ExtremeRuleOf(op));
}

bool JoinFold(const StepSite& site, jit::Trips& trips) {
  const OpView& op = site.op;
  const Graph& graph = op.graph();
  const uint32_t n = static_cast<uint32_t>(op.num_results());
  const std::optional<RegionBody> body = ScalarBody(graph, op.region_id(0));
  if (!body || !body->CanEmit(graph) || !TakesElementsOf(op, 0, 2 * n)) return false;
  const FoldLoops loops(op.operand(0).dims, op.Ints("dimensions"));
  const int64_t count = loops.folded.count();
  int64_t cost = RegionCost(graph, op.region_id(0));
  for (uint32_t k = 0; k < n; ++k) cost += ByteWidth(op.operand(k).element);
  cost *= op.operand(0).NumElements();
  if (loops.kept.sizes.size() != 1 || loops.folded.sizes.size() != 1 || count == 0 ||
      loops.kept.count() == 0 || cost > jit::Trips::kMaxCost) {
    return false;
  }
  std::vector<uint32_t> slots;  // Initial values, operands, results.
  for (uint32_t k = 0; k < 3 * n; ++k) {
    slots.push_back(site.slot + (k < n ? k + n : k < 2 * n ? k - n : k));
  }
  jit::Record& record = trips.NewRecord();
  std::string name;
  const std::vector<jit::LaneValue> outputs = body->Emit(graph, record, &name);
  trips.AddFold(FoldNest(*body, n, loops, 0), cost, loops.folded.strides[0], count,
                SimpleReduceBody(graph, op.region_id(0)).has_value(), outputs, slots);
  return true;
}

constexpr KernelRow kKernels[] = {
    {.name = "reduce", .propose = Propose, .make = Make, .join = JoinFold},
    {.name = "extreme", .propose = ProposeExtreme, .make = MakeExtremeOf, .join = JoinFold},
    {.name = "jit", .propose = ProposeJit<EmitReduce>, .make = MakeJit<MakeFold>, .join = JoinFold},
};

constexpr OpDef kOps[] = {{.name = "stablehlo.reduce",
                           .infer = Infer,
                           .reference = Reference,
                           .kernels = kKernels,
                           .assign_layout = AssignLayout}};

}  // namespace

WEBHLO_EXPORT_OPS(reduce, kOps);

}  // namespace webhlo
