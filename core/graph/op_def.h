// SPDX-License-Identifier: Apache-2.0
//
// OpDef: one row of the op table, everything the compiler knows of one op. Each op lives in one
// file of core/ops/ that defines its row; only `infer` and `reference` or `expand` are required.
#ifndef WEBHLO_CORE_GRAPH_OP_DEF_H_
#define WEBHLO_CORE_GRAPH_OP_DEF_H_

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/budget.h"
#include "core/base/status.h"
#include "core/base/strings.h"
#include "core/base/task.h"
#include "core/graph/graph.h"
#include "core/graph/precision.h"
#include "core/graph/tensor.h"

namespace webhlo {

class Layouts;   // core/graph/layouts.h
class Rewriter;  // core/graph/rewriter.h

namespace jit {
enum class Lane : uint8_t;  // core/jit/lanes.h
class Record;               // core/jit/record.h
struct LaneValue;           // core/jit/speaker.h: a typed vector value in a record.
class ModuleBuilder;        // core/jit/module_builder.h
class Trips;                // core/jit/trips.h
}  // namespace jit
class Kernel;         // core/kernels/kernel.h
struct KernelChoice;  // core/kernels/choice.h

// A node as its op's functions see it. Attribute accessors trust that the verifier has checked
// names, kinds and presence against the dialect table (core/graph/dialect.h); an absent optional
// attribute answers with the default given here.
class OpView {
 public:
  // `literals`: the operands' elements where somebody has looked for them, null where they are
  // none.
  OpView(const Graph& graph, const Node& node, std::span<const DenseElements* const> literals = {})
      : graph_(&graph), node_(&node), literals_(literals) {}

  const Graph& graph() const { return *graph_; }
  const Node& node() const { return *node_; }
  std::string_view name() const { return graph_->op_name(*node_); }
  // Without its dialect: "add".
  std::string_view short_name() const { return name().substr(name().find('.') + 1); }
  bool Is(OpName name) const { return node_->name == name; }

  size_t num_operands() const { return node_->operands.size; }
  size_t num_results() const { return node_->results.size; }
  size_t num_regions() const { return node_->regions.size; }
  ValueId operand_id(size_t i) const { return graph_->operands(*node_)[i]; }
  ValueId result_id(size_t i) const { return node_->results.begin + static_cast<uint32_t>(i); }
  const Type& operand_type(size_t i) const { return graph_->type(operand_id(i)); }
  const Type& result_type(size_t i) const { return graph_->type(result_id(i)); }
  const TensorType& operand(size_t i) const { return operand_type(i).tensor; }
  const TensorType& result(size_t i = 0) const { return result_type(i).tensor; }
  const Region& region(size_t i) const { return graph_->regions[graph_->regions_of(*node_)[i]]; }
  RegionId region_id(size_t i) const { return graph_->regions_of(*node_)[i]; }
  // The elements of operand i, null where nothing is known of them before the program runs.
  const DenseElements* literal(size_t i) const {
    return i < literals_.size() ? literals_[i] : nullptr;
  }

  const Attribute* attribute(std::string_view name) const {
    return FindAttribute(graph_->attributes(*node_), name);
  }
  bool has(std::string_view name) const { return attribute(name) != nullptr; }
  int64_t Int(std::string_view name, int64_t fallback = 0) const;
  bool Bool(std::string_view name, bool fallback = false) const;
  double Float(std::string_view name, double fallback = 0) const;
  std::string_view String(std::string_view name, std::string_view fallback = {}) const;
  std::span<const int64_t> Ints(std::string_view name) const;
  // Ints, or `size` times `fallback` when absent (window_strides and the like).
  std::vector<int64_t> IntsOr(std::string_view name, size_t size, int64_t fallback) const;

  // invalid_model, opened by the node's description: Error("lhs rank is 2, rhs is 3 (C1)").
  Status Error(std::string_view message) const;
  Status UnsupportedError(std::string_view message) const;

 private:
  const Graph* graph_;
  const Node* node_;
  std::span<const DenseElements* const> literals_;
};

// OP_CHECK(op, a == b, "lhs rank is ", a, ", rhs rank is ", b, " (C1)"): returns the error.
#define OP_CHECK(op, condition, ...)                                    \
  do {                                                                  \
    if (!(condition)) return (op).Error(::webhlo::StrCat(__VA_ARGS__)); \
  } while (false)

// Runs a region on tensors, for references of ops with computations (reduce, sort, ...).
class RegionRunner {
 public:
  virtual ~RegionRunner() = default;
  virtual Task Run(RegionId region, std::span<const TensorView> arguments,
                   std::span<const TensorView> results) = 0;
};

// Outlives the task that is given it.
struct ReferenceArgs {
  OpView op;
  std::span<const TensorView> inputs;
  std::span<const TensorView> outputs;  // Never overlap the inputs.
  RegionRunner& regions;
  Budget& budget;
};

struct KernelRequest {
  OpView op;
  // Bit i: operand i is constant (a weight, or computed from weights alone) and can be packed.
  uint64_t constant_operands = 0;
  int num_threads = 1;
  jit::ModuleBuilder* jit = nullptr;  // Takes functions; null where none can run.
  // How constant operands of products are to be stored, where they are large enough to matter.
  Precision precision = Precision::kF32;
  // Whether what is packed may take no more room than what it is made of.
  bool save_memory = false;
};

// What a kernel is made of.
struct KernelSite {
  OpView op;
  const KernelChoice& choice;
  // Where the JIT's functions and their constants lie (core/jit/install.h). The constants outlive
  // the kernel.
  uint32_t jit_functions = 0;
  const uint8_t* jit_constants = nullptr;
};

// A step of a loop of a plan.
struct StepSite {
  OpView op;
  uint32_t slot = 0;      // Of its pointers: operands, then results.
  bool in_place = false;  // Whether result 0 lies where operand 0 does.
};

// One way of computing an op fast. Rows stand in the order in which plans prefer them.
struct KernelRow {
  std::string_view name;
  // The choice for these shapes and types (its kernel's name is filled in), or nothing where the
  // kernel cannot compute them.
  std::optional<KernelChoice> (*propose)(const KernelRequest& request) = nullptr;
  Result<std::unique_ptr<Kernel>> (*make)(const KernelSite& site) = nullptr;
  // Null: whatever it proposes is good. Else where that is not so, rows behind it come first.
  bool (*prefers)(const KernelRequest& request) = nullptr;
  // Null, or: adds the step to a function that makes the trips of a loop; its operands' pointers
  // begin at that slot, its results' stand behind them. False if it had better not be a part.
  bool (*join)(const StepSite& site, jit::Trips& trips) = nullptr;
};

// A loop over `count` elements of same-shaped, contiguous operands: the tile form of an elementwise
// op, vectorized by Highway. `inputs` and `output` may be the same memory.
using TileFunction = void (*)(const void* const* inputs, void* output, size_t count);

// What one element of an elementwise op costs besides the bytes it moves.
enum class ElementCost : uint8_t {
  kSimple,    // Hides behind the memory.
  kFunction,  // A polynomial, a division: some of them hide, in types that have vectors.
  kLanes,     // Computed element by element.
};

// An op that computes each result element from the operand elements at the same index. Such ops are
// fused; their rows state them in the languages that fusion needs.
struct ElementwiseOp {
  // The Highway loop for the node's types and attributes, or null where there is none.
  TileFunction (*tile)(const OpView& op) = nullptr;
  // Whether `emit` knows the node's types.
  bool (*can_emit)(const OpView& op) = nullptr;
  // Records what the op does to vectors, for the JIT.
  jit::LaneValue (*emit)(jit::Record& record, const OpView& op,
                         std::span<const jit::LaneValue> inputs) = nullptr;
  // The op's lane function (core/jit/lane_function.h), where it has one that JIT code may import.
  const void* (*lane_function)(jit::Lane lane) = nullptr;
  ElementCost cost = ElementCost::kSimple;
  // Of integers of at most 32 bits, where that is another.
  std::optional<ElementCost> narrow_integer_cost = {};
  // How far an f32 result may be from the exact one, in units in its last place. Half a unit is
  // rounding, the same in all engines; whatever is more is a row of docs/accuracy.md.
  float ulps = 0.5f;
};

// Ops whose regions or callee the executor runs itself.
enum class ControlFlow : uint8_t { kNone, kWhile, kIf, kCase, kCall };

struct OpDef {
  std::string_view name;  // "stablehlo.gather"

  // Checks the specification's constraints, citing their labels (C1), and writes the types it can
  // infer into `results`, which come filled with the declared ones. The verifier then compares.
  Status (*infer)(const OpView& op, std::span<Type> results) = nullptr;

  // The specification's own loops, in one of two forms; neither only for ops that the executor
  // itself runs (while, if, case, func.call). RunReference runs both.
  //   elements   computes elements begin <= i < end of the one result, each of which takes little
  //              time and depends on no other, so that whoever calls it cuts the work;
  //   reference  anything else: a task that spends `args.budget` on all it does, so that it can be
  //              left and gone on with after some tenths of a millisecond, wherever it is.
  void (*elements)(const ReferenceArgs& args, int64_t begin, int64_t end) = nullptr;
  Task (*reference)(const ReferenceArgs& args) = nullptr;

  // Emits simpler ops for a node of sugar, which may be sugar in turn, and maps its results to
  // theirs. Such an op needs no reference: the pass expand-ops comes before whatever runs nodes.
  Status (*expand)(Rewriter& r, const Node& node) = nullptr;

  // Ways of computing it fast; the reference is what remains.
  std::span<const KernelRow> kernels = {};

  const ElementwiseOp* elementwise = nullptr;

  // ---- What passes and planner ask.

  ControlFlow control_flow = ControlFlow::kNone;
  // Side effects keep a node alive and in order (custom_call with has_side_effect, send, ...).
  bool has_side_effect = false;
  // Moves or repeats elements of operand 0, all of them alike: of a splat it makes a splat.
  bool moves_only = false;
  // Reads as much of operand 0 as the result holds; where the result lies in its place, writes as
  // much as another operand holds.
  bool moves_part = false;
  // Result i is operand i, byte for byte: a plan needs no step for it.
  bool aliases_operands = false;
  // May be computed at load when its operands are literals. `reference_cost` tells how many steps
  // its reference takes for each element of operands and results, where it is more than one.
  bool foldable = true;
  // Which operands' values decide sizes or whether the program may run, bit i for operand i: they
  // are computed while sizes become known, and `infer` sees them as literals.
  uint64_t (*shape_operands)(const OpView& op) = nullptr;
  // Where these values are not known, sizes may still follow from how they are computed: emits
  // another op for the node and maps its result, or answers false.
  Result<bool> (*refine)(Rewriter& r, const Node& node) = nullptr;
  // What it computes follows from the types of its operands alone.
  bool reads_types_only = false;
  double (*reference_cost)(const OpView& op) = nullptr;
  // How many operations it computes, for whoever measures a step: a multiplication, an addition, or
  // any other of one element. Null where the bytes that it moves tell enough.
  double (*flops)(const OpView& op) = nullptr;
  // How assign-layouts rewrites a node whose operands and results are all tensors. Null: operands
  // lie as they are written; elementwise ops take any layout.
  Status (*assign_layout)(Layouts& layouts, const Node& node) = nullptr;
};

// Runs the reference of a node's op, whichever form it has.
Task RunReference(const ReferenceArgs& args);
inline bool HasReference(const OpDef* op) { return op && (op->elements || op->reference); }

// The op table: a row for each OpName, null where this build has none. It is made in a folder above
// this one (core/ops/op_table.h) and given once, before the first graph is built.
void SetOpTable(std::span<const OpDef* const> rows);
const OpDef* FindOp(OpName name);

// No side effects, so it may be dropped, merged or moved.
inline bool IsPure(const Node& node) { return node.op && !node.op->has_side_effect; }
inline bool IsElementwise(const Node& node) { return node.op && node.op->elementwise; }
// while, if, case and calls: what the executor runs itself, not handed to a kernel.
inline bool IsControlFlow(const Node& node) {
  return node.op && node.op->control_flow != ControlFlow::kNone;
}

}  // namespace webhlo

#endif  // WEBHLO_CORE_GRAPH_OP_DEF_H_
