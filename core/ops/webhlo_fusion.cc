// SPDX-License-Identifier: Apache-2.0
//
// webhlo.fusion (core/ops/fusion.h).
// One file: its two engines read the same body, and share how the nest is cut and where its rows
// begin. Epilogues of products run by them as well.
#include <algorithm>
#include <cstring>
#include <numeric>
#include <unordered_map>
#include <unordered_set>

#include "core/base/math.h"
#include "core/base/sort.h"
#include "core/base/strings.h"
#include "core/jit/loops.h"
#include "core/jit/trips.h"
#include "core/kernels/choice.h"
#include "core/kernels/parallel.h"
#include "core/ops/elementwise_cost.h"
#include "core/ops/fusion.h"
#include "core/ops/infer_util.h"
#include "core/ops/jit_kernel.h"
#include "core/ops/moves.h"
#include "core/ops/op_table.h"
#include "core/ops/region_body.h"

namespace webhlo {
namespace {

// A tile's values lie on the stack of the thread that runs it.
constexpr int64_t kTileBytes = 32 * 1024;
constexpr int64_t kMinTile = 16;
constexpr int64_t kMaxTile = 1024;
// A single loop is cut at multiples of this many elements.
constexpr int64_t kBlock = 64;
// The tile engine's limits; passes stay below.
constexpr size_t kMaxOperands = 4;
constexpr size_t kMaxInputs = 64;
constexpr size_t kMaxValues = 1024;
// Inputs and results of a JIT function; passes stay below.
constexpr size_t kMaxPointers = 512;

// How the body sees an operand.
struct Input {
  uint32_t operand;
  std::vector<int64_t> strides;  // In elements, one a loop of the nest.
};

// The body with its inputs, and the loops over them.
struct Body : RegionBody {
  LoopNest nest;
  std::vector<Input> inputs;
};

Status Infer(const OpView& op, std::span<Type> results) {
  RETURN_IF_ERROR(CheckTensors(op));
  OP_CHECK(op, op.num_regions() == 1, "has ", op.num_regions(), " regions, expected 1");
  OP_CHECK(op, op.num_results() > 0, "has no results");
  const std::vector<int64_t>& shape = op.result().dims;
  for (size_t i = 1; i < op.num_results(); ++i) {
    RETURN_IF_ERROR(CheckShape(op, StrCat("result ", i), op.result(i), shape, "one shape"));
  }
  std::vector<Type> arguments;
  for (size_t i = 0; i < op.num_operands(); ++i) arguments.push_back(op.operand_type(i));
  RETURN_IF_ERROR(CheckRegionArguments(op, 0, arguments, "arguments are the operands"));
  RETURN_IF_ERROR(CheckElementwiseRegion(op, shape));
  return TakeRegionResults(op, 0, results, "region results");
}

Task Reference(const ReferenceArgs& args) {
  return args.regions.Run(args.op.region_id(0), args.inputs, args.outputs);
}

// One for each element of each op, a function like an addition.
double Flops(const OpView& op) {
  const Region& region = op.region(0);
  int64_t ops = 0;
  for (uint32_t i = 0; i < region.nodes.size; ++i) {
    ops += IsElementwise(op.graph().nodes[region.nodes.begin + i]);
  }
  return static_cast<double>(ops) * static_cast<double>(op.result().NumElements());
}

// Drops loops of one trip and merges neighbours that every input walks as one; not with the last
// one, if that is kept.
void Collapse(bool keeps_last, std::vector<int64_t>* sizes, std::vector<Input>* inputs) {
  std::vector<int64_t> kept_sizes;
  std::vector<std::vector<int64_t>> kept(inputs->size());
  for (size_t d = 0; d < sizes->size(); ++d) {
    const int64_t size = (*sizes)[d];
    if (size == 1) continue;
    bool merges = !kept_sizes.empty() && !(keeps_last && d + 1 == sizes->size());
    for (size_t k = 0; k < inputs->size() && merges; ++k) {
      merges = kept[k].back() == (*inputs)[k].strides[d] * size;
    }
    if (merges) {
      kept_sizes.back() *= size;
    } else {
      kept_sizes.push_back(size);
    }
    for (size_t k = 0; k < inputs->size(); ++k) {
      const int64_t stride = (*inputs)[k].strides[d];
      if (merges) {
        kept[k].back() = stride;
      } else {
        kept[k].push_back(stride);
      }
    }
  }
  if (kept_sizes.empty()) {
    kept_sizes.push_back(1);
    for (auto& strides : kept) strides.push_back(0);
  }
  *sizes = std::move(kept_sizes);
  for (size_t k = 0; k < inputs->size(); ++k) (*inputs)[k].strides = std::move(kept[k]);
}

Body ReadBody(const ElementwiseRegion& part) {
  const OpView& op = part.op;
  const Graph& graph = op.graph();
  const Region& region = op.region(0);
  const std::span<const ValueId> results = graph.results(region);
  const std::vector<int64_t>& shape = part.shape;
  const std::vector<NodeId> nodes = NeededNodes(graph, region, part.known);
  Body body;

  // Inputs, in order of first use; equal views are one.
  std::unordered_map<ValueId, uint32_t> number;  // In `body`.
  std::vector<std::vector<uint32_t>> views(region.arguments.size);
  const auto add_input = [&](ValueId value, ValueId argument, std::vector<int64_t> strides) {
    const uint32_t a = argument - region.arguments.begin;
    for (uint32_t i : views[a]) {
      if (body.inputs[i].strides == strides) {
        number[value] = i;
        return;
      }
    }
    number[value] = static_cast<uint32_t>(body.inputs.size());
    views[a].push_back(static_cast<uint32_t>(body.inputs.size()));
    body.inputs.push_back({part.arguments[a], std::move(strides)});
    body.elements.push_back(graph.tensor(argument).element);
  };
  const auto add_argument = [&](ValueId v) {
    if (number.contains(v)) return;
    if (v == part.known) {
      add_input(v, region.arguments.begin, RowMajorStrides(shape));
    } else if (v >= region.arguments.begin && v < region.arguments.end()) {
      add_input(v, v, RowMajorStrides(shape));
    }
  };
  for (NodeId id : nodes) {
    const OpView node(graph, graph.nodes[id]);
    if (node.node().name == ops::kBroadcastInDim) {
      const TensorType& from = node.operand(0);
      const std::vector<int64_t> from_strides = RowMajorStrides(from.dims);
      const std::span<const int64_t> dims = node.Ints("broadcast_dimensions");
      std::vector<int64_t> strides(shape.size(), 0);
      for (size_t k = 0; k < dims.size(); ++k) {
        if (from.dims[k] != 1) strides[static_cast<size_t>(dims[k])] = from_strides[k];
      }
      add_input(node.result_id(0), node.operand_id(0), std::move(strides));
    } else {
      for (ValueId v : graph.operands(node.node())) add_argument(v);
    }
  }
  for (ValueId v : results) add_argument(v);
  body.Read(graph, nodes, results, std::move(number));

  body.nest.sizes = shape;
  Collapse(part.keeps_rows, &body.nest.sizes, &body.inputs);
  for (uint32_t i = 0; i < body.inputs.size(); ++i) {
    body.nest.inputs.push_back({body.elements[i], body.inputs[i].strides});
  }
  for (uint32_t v : body.results) body.nest.outputs.push_back(body.elements[v]);
  return body;
}

// All of a fusion's region, whose arguments are the operands.
ElementwiseRegion AllOf(const OpView& op) {
  ElementwiseRegion all = {
      .op = op, .shape = op.result().dims, .arguments = std::vector<uint32_t>(op.num_operands())};
  std::iota(all.arguments.begin(), all.arguments.end(), 0);
  return all;
}

// Rows that cost more than this are walked in parts, so that a few long ones are no longer pieces
// and shares than many short ones.
constexpr int64_t kLongRow = int64_t{1} << 20;

// What an element of the nest costs.
int64_t CostOf(const Graph& graph, const Body& body) {
  int64_t cost = 0;
  for (ElementType element : body.nest.outputs) cost += ByteWidth(element);
  for (const LoopOperand& input : body.nest.inputs) cost += ByteWidth(input.element);
  for (const Body::Step& step : body.steps) cost += ElementWork(OpView(graph, *step.node));
  return cost;
}

// Whether an engine's functions take whole rows of the nest; else they take elements of one row.
bool WalksRows(const Graph& graph, const Body& body) {
  const int64_t longest = std::min(kLongRow, max_piece_cost);
  return body.nest.rows() > 1 && CostOf(graph, body) <= longest / body.nest.inner();
}

// The nest of an engine's function.
LoopNest FunctionNest(const Graph& graph, const Body& body) {
  if (WalksRows(graph, body)) return body.nest;
  LoopNest row = body.nest;
  row.sizes = {row.inner()};
  for (LoopOperand& input : row.inputs) input.strides = {input.strides.back()};
  return row;
}

// Cuts the nest into pieces, and these for the pool.
class FusionKernel : public ElementwiseLoop {
 public:
  FusionKernel(const OpView& op, const Body& body)
      : sizes_(body.nest.sizes),
        inner_(body.nest.inner()),
        walks_rows_(WalksRows(op.graph(), body)),
        inputs_(body.inputs),
        num_operands_(static_cast<uint32_t>(op.num_operands())),
        outputs_(body.nest.outputs) {
    for (const LoopOperand& input : body.nest.inputs) widths_.push_back(ByteWidth(input.element));
    const int64_t rows = body.nest.rows(), cost = CostOf(op.graph(), body);
    blocks_ = CeilDiv(inner_, kBlock);
    if (walks_rows_) {
      pieces_.Add(rows, cost * inner_);
    } else {
      pieces_.Add(rows * blocks_, cost * kBlock);
    }
  }

  size_t pieces() const override { return pieces_.count(); }
  int64_t cost() const override { return pieces_.cost(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    pieces_.Run(pieces, pool, [&](int64_t begin, int64_t end) {
      if (walks_rows_) {
        RunRows(args, begin, end);
      } else {
        ForEachRow(begin, end, blocks_, [&](int64_t row, int64_t first, int64_t last) {
          RunPart(args, row, first * kBlock, std::min(last * kBlock, inner_));
        });
      }
    });
  }

  int64_t unit() const override { return walks_rows_ ? inner_ : 1; }
  void RunElements(void* const* args, int64_t begin, int64_t end) const override {
    if (walks_rows_) {
      RunRows(args, begin / inner_, end / inner_);
    } else {
      ForEachRow(begin, end, inner_, [&](int64_t row, int64_t first, int64_t last) {
        RunPart(args, row, first, last);
      });
    }
  }

 protected:
  // Rows [begin, end), when the functions walk rows; else elements [first, last) of a row.
  virtual void RunRows(void* const* args, int64_t begin, int64_t end) const = 0;
  virtual void RunPart(void* const* args, int64_t row, int64_t first, int64_t last) const = 0;

  // Where input k of a row begins.
  const uint8_t* RowOfInput(void* const* args, size_t k, int64_t row) const {
    int64_t offset = 0;
    for (size_t d = sizes_.size() - 1; d-- > 0;) {
      offset += row % sizes_[d] * inputs_[k].strides[d];
      row /= sizes_[d];
    }
    return static_cast<const uint8_t*>(args[inputs_[k].operand]) + offset * widths_[k];
  }
  uint8_t* RowOfOutput(void* const* args, size_t r, int64_t row) const {
    return static_cast<uint8_t*>(args[num_operands_ + r]) + row * inner_ * ByteWidth(outputs_[r]);
  }

  const std::vector<int64_t> sizes_;
  const int64_t inner_;
  const bool walks_rows_;
  const std::vector<Input> inputs_;
  const uint32_t num_operands_;
  const std::vector<ElementType> outputs_;
  std::vector<int> widths_;  // Of the inputs.
  int64_t blocks_ = 0;       // Of a row.
  Pieces pieces_;
};

// Runs the body's TileFunctions over up to `tile_` elements of one row at a time (a single loop is
// one row). Values live in slots of a buffer on the stack.
class TileFusionKernel : public FusionKernel {
 public:
  // Null where some op has no tile, or there is too much of them.
  static std::unique_ptr<ElementwiseLoop> Make(const ElementwiseRegion& part) {
    const OpView& op = part.op;
    const Body body = ReadBody(part);
    if (body.inputs.size() > kMaxInputs || body.elements.size() > kMaxValues) return nullptr;
    std::vector<TileFunction> tiles;
    for (const Body::Step& step : body.steps) {
      if (step.operands.size() > kMaxOperands) return nullptr;
      const ElementwiseOp& elementwise = *step.node->op->elementwise;
      const TileFunction tile =
          elementwise.tile ? elementwise.tile(OpView(op.graph(), *step.node)) : nullptr;
      if (!tile) return nullptr;
      tiles.push_back(tile);
    }
    auto kernel = std::make_unique<TileFusionKernel>(op, body, std::move(tiles));
    if (kernel->tile_ < kMinTile) return nullptr;
    return kernel;
  }

  TileFusionKernel(const OpView& op, const Body& body, std::vector<TileFunction> tiles)
      : FusionKernel(op, body) {
    for (ElementType element : body.elements) value_widths_.push_back(ByteWidth(element));
    const size_t first_step = body.first_step();

    // Slots: splats keep theirs, an input and a node's result theirs until the last use.
    constexpr uint32_t kForever = 0xffffffffu;
    std::vector<uint32_t> last_use(body.elements.size(), 0);
    uint32_t last_input_use = 0;
    for (uint32_t s = 0; s < body.steps.size(); ++s) {
      for (uint32_t v : body.steps[s].operands) {
        last_use[v] = s;
        if (v < inputs_.size()) last_input_use = s;
      }
    }
    for (uint32_t v : body.results) {
      last_use[v] = kForever;
      if (v < inputs_.size()) last_input_use = kForever;
    }

    slot_of_.assign(body.elements.size(), kNone);
    uint32_t num_slots = 0;
    std::vector<uint32_t> free;
    const auto take = [&](uint32_t v) {
      if (free.empty()) {
        slot_of_[v] = num_slots++;
      } else {
        slot_of_[v] = free.back();
        free.pop_back();
      }
    };
    for (uint32_t v = 0; v < first_step; ++v) {
      // Contiguous inputs are read where they are.
      if (v >= inputs_.size() || inputs_[v].strides.back() != 1) take(v);
    }
    for (uint32_t s = 0; s < body.steps.size(); ++s) {
      const Body::Step& step = body.steps[s];
      const uint32_t v = step.result;
      // A result whose memory may be an input's is written there once the inputs are read.
      uint32_t direct = kNone;
      for (uint32_t r = 0; r < body.results.size() && direct == kNone; ++r) {
        if (body.results[r] == v && s >= last_input_use) direct = r;
      }
      if (direct == kNone) take(v);
      steps_.push_back(
          {.tile = tiles[s], .operands = step.operands, .result = v, .direct = direct});
      std::vector<uint32_t> done = step.operands;
      Sort(done);
      done.erase(std::unique(done.begin(), done.end()), done.end());
      for (uint32_t operand : done) {
        const bool is_splat = operand >= inputs_.size() && operand < first_step;
        if (last_use[operand] == s && !is_splat && slot_of_[operand] != kNone) {
          free.push_back(slot_of_[operand]);
        }
      }
    }
    results_ = body.results;

    // Every slot is wide enough for any value, and padded as tiles may read past the end.
    const int64_t width = *std::max_element(value_widths_.begin(), value_widths_.end());
    tile_ = num_slots == 0 ? kMaxTile : (kTileBytes / num_slots - kPadding) / width;
    tile_ = std::min(tile_, kMaxTile) / kMinTile * kMinTile;
    slot_bytes_ = tile_ * width + kPadding;
    for (const DenseElements* splat : body.splats) splats_.push_back(splat->bytes);
  }

 protected:
  void RunRows(void* const* args, int64_t begin, int64_t end) const override {
    RunTiles(args, begin, end, 0, inner_);
  }
  void RunPart(void* const* args, int64_t row, int64_t first, int64_t last) const override {
    RunTiles(args, row, row + 1, first, last);
  }

 private:
  static constexpr int64_t kPadding = 64;

  struct TileStep {
    TileFunction tile;
    std::vector<uint32_t> operands;
    uint32_t result;
    uint32_t direct;  // The output it is written to, or kNone.
  };

  struct Frame {
    alignas(64) uint8_t slots[kTileBytes];
  };

  uint8_t* Slot(Frame& frame, uint32_t value) const {
    return frame.slots + slot_of_[value] * slot_bytes_;
  }

  void FillSplats(Frame& frame) const {
    for (size_t k = 0; k < splats_.size(); ++k) {
      const uint32_t v = static_cast<uint32_t>(inputs_.size() + k);
      Copy(splats_[k].data(), 0, Slot(frame, v), value_widths_[v], tile_);
    }
  }

  static void Copy(const uint8_t* from, int64_t stride, uint8_t* to, int width, int64_t count) {
    const int64_t one = 1;
    StridedCopy(width, std::span(&count, 1), from, std::span(&stride, 1), to, std::span(&one, 1), 0,
                count);
  }

  // The elements [first, last) of each of some rows.
  void RunTiles(void* const* args, int64_t begin, int64_t end, int64_t first, int64_t last) const {
    Frame frame;
    FillSplats(frame);
    for (int64_t row = begin; row < end; ++row) {
      const uint8_t* rows[kMaxInputs];
      for (size_t k = 0; k < inputs_.size(); ++k) rows[k] = RowOfInput(args, k, row);
      for (int64_t at = first; at < last; at += tile_) {
        RunTile(frame, args, rows, at, row * inner_ + at, std::min(tile_, last - at));
      }
    }
  }

  // `count` elements from `at` of the inner loop; outputs begin at element `out`.
  void RunTile(Frame& frame, void* const* args, const uint8_t* const* rows, int64_t at, int64_t out,
               int64_t count) const {
    const void* values[kMaxValues];
    for (size_t k = 0; k < inputs_.size(); ++k) {
      const int64_t stride = inputs_[k].strides.back();
      const int width = widths_[k];
      const uint8_t* from = rows[k] + at * stride * width;
      if (stride == 1) {
        values[k] = from;
        continue;
      }
      uint8_t* slot = Slot(frame, static_cast<uint32_t>(k));
      Copy(from, stride, slot, width, count);
      values[k] = slot;
    }
    for (size_t k = 0; k < splats_.size(); ++k) {
      const uint32_t v = static_cast<uint32_t>(inputs_.size() + k);
      values[v] = Slot(frame, v);
    }
    const auto output = [&](uint32_t r) {
      return static_cast<uint8_t*>(args[num_operands_ + r]) + out * value_widths_[results_[r]];
    };
    for (const TileStep& step : steps_) {
      const void* operands[kMaxOperands];
      for (size_t k = 0; k < step.operands.size(); ++k) operands[k] = values[step.operands[k]];
      uint8_t* to = step.direct == kNone ? Slot(frame, step.result) : output(step.direct);
      step.tile(operands, to, static_cast<size_t>(count));
      values[step.result] = to;
    }
    // Inputs go first: a later copy may write over them.
    for (const bool copies_inputs : {true, false}) {
      for (uint32_t r = 0; r < results_.size(); ++r) {
        const uint32_t v = results_[r];
        if ((v < inputs_.size()) != copies_inputs || values[v] == output(r)) continue;
        std::memmove(output(r), values[v], static_cast<size_t>(count * value_widths_[v]));
      }
    }
  }

  std::vector<int> value_widths_;
  std::vector<uint32_t> slot_of_;
  std::vector<TileStep> steps_;
  std::vector<uint32_t> results_;
  std::vector<std::vector<uint8_t>> splats_;
  int64_t tile_ = 0;
  int64_t slot_bytes_ = 0;
};

using JitFunction = void (*)(void* const* args, const void* constants, uint32_t begin,
                             uint32_t end);

class JitFusionKernel : public FusionKernel {
 public:
  JitFusionKernel(const OpView& op, const Body& body, uint32_t function, const void* constants)
      : FusionKernel(op, body),
        // In WebAssembly a function pointer is an index into the table.
        function_(reinterpret_cast<JitFunction>(static_cast<uintptr_t>(function))),
        constants_(constants) {}

 protected:
  void RunRows(void* const* args, int64_t begin, int64_t end) const override {
    Call(args, 0, begin, end);
  }
  void RunPart(void* const* args, int64_t row, int64_t first, int64_t last) const override {
    Call(args, row, first, last);
  }

 private:
  void Call(void* const* args, int64_t row, int64_t begin, int64_t end) const {
    void* pointers[kMaxPointers];  // Inputs, then outputs.
    size_t count = 0;
    for (size_t k = 0; k < inputs_.size(); ++k) {
      pointers[count++] = const_cast<uint8_t*>(RowOfInput(args, k, row));
    }
    for (size_t r = 0; r < outputs_.size(); ++r) pointers[count++] = RowOfOutput(args, r, row);
    function_(pointers, constants_, static_cast<uint32_t>(begin), static_cast<uint32_t>(end));
  }

  const JitFunction function_;
  const void* const constants_;
};

// What a function depends on besides the body; which operands are its inputs is the kernel's to
// know.
std::string LoopKey(const Body& body) {
  std::string key = Join(body.nest.sizes);
  for (const Input& input : body.inputs) StrAppend(&key, " i", Join(input.strides));
  return key;
}

std::optional<jit::JitFunction> EmitFusion(jit::ModuleBuilder& module, const OpView& op) {
  return EmitLoop(module, AllOf(op));
}

Result<std::unique_ptr<Kernel>> MakeJitKernel(const OpView& op, uint32_t function,
                                              const void* constants) {
  return std::unique_ptr<Kernel>(MakeLoop(AllOf(op), function, constants));
}

std::optional<KernelChoice> ProposeTiles(const KernelRequest& request) {
  const ElementwiseRegion all = AllOf(request.op);
  if (!TileFusionKernel::Make(all)) return std::nullopt;
  return KernelChoice{.sizes = NamesOfOps(all), .in_place_operand = KernelChoice::kAnyOperand};
}

Result<std::unique_ptr<Kernel>> MakeTiles(const KernelSite& site) {
  return std::unique_ptr<Kernel>(MakeTileLoop(AllOf(site.op)));
}

// A function has it already, so that the JIT's vocabulary has all of it.
bool Join(const StepSite& site, jit::Trips& trips) {
  const OpView& op = site.op;
  Body body = ReadBody(AllOf(op));
  const int64_t cost = op.result().NumElements() * CostOf(op.graph(), body);
  if (cost > jit::Trips::kMaxCost) return false;
  std::vector<uint32_t> slots;
  for (const Input& input : body.inputs) slots.push_back(site.slot + input.operand);
  for (uint32_t r = 0; r < op.num_results(); ++r) {
    slots.push_back(site.slot + static_cast<uint32_t>(op.num_operands()) + r);
  }
  jit::Record& record = trips.NewRecord();
  std::string name;
  const std::vector<jit::LaneValue> outputs = body.Emit(op.graph(), record, &name);
  trips.AddMap(std::move(body.nest), cost, outputs, slots);
  return true;
}

constexpr KernelRow kKernels[] = {
    {.name = "jit",
     .propose = ProposeJit<EmitFusion, KernelChoice::kAnyOperand>,
     .make = MakeJit<MakeJitKernel>,
     .join = Join},
    {.name = "tile fusion", .propose = ProposeTiles, .make = MakeTiles},
};

constexpr OpDef kOps[] = {{.name = "webhlo.fusion",
                           .infer = &Infer,
                           .reference = &Reference,
                           .kernels = kKernels,
                           .flops = Flops}};

}  // namespace

Status CheckElementwiseRegion(const OpView& op, const std::vector<int64_t>& shape) {
  const Graph& graph = op.graph();
  const Region& region = op.region(0);
  const auto is_argument = [&](ValueId v) {
    return v >= region.arguments.begin && v < region.arguments.end();
  };
  std::unordered_set<ValueId> made;  // By the nodes so far.
  const auto defined_here = [&](ValueId v) { return is_argument(v) || made.contains(v); };
  for (uint32_t i = 0; i < region.nodes.size; ++i) {
    const OpView node(graph, graph.nodes[region.nodes.begin + i]);
    OP_CHECK(
        op,
        node.num_results() == 1 && node.result_type(0).IsTensor() && node.result().dims == shape,
        "holds ", node.name(), ", which does not have one result of shape ", Brackets(shape));
    made.insert(node.result_id(0));
    if (node.node().name == ops::kConstant) {
      OP_CHECK(op, SplatElements(graph, &node.node()), "holds a constant that is not a splat");
      continue;
    }
    if (node.node().name == ops::kBroadcastInDim) {
      OP_CHECK(op, node.num_operands() == 1 && is_argument(node.operand_id(0)),
               "holds a broadcast_in_dim of what is not an argument");
      const std::span<const int64_t> dims = node.Ints("broadcast_dimensions");
      OP_CHECK(op, node.operand(0).dims != shape || std::is_sorted(dims.begin(), dims.end()),
               "holds a broadcast_in_dim that permutes");
      continue;
    }
    OP_CHECK(op, node.node().op && node.node().op->elementwise && node.num_regions() == 0, "holds ",
             node.name(), ", which is not elementwise");
    for (size_t k = 0; k < node.num_operands(); ++k) {
      OP_CHECK(op, node.operand_type(k).IsTensor() && node.operand(k).dims == shape, "holds ",
               node.name(), " with operand ", k, " of type ", ToString(node.operand_type(k)),
               ", expected shape ", Brackets(shape));
      OP_CHECK(op, defined_here(node.operand_id(k)), "holds ", node.name(),
               ", which uses a value from outside");
    }
  }
  for (ValueId v : graph.results(region)) {
    OP_CHECK(op, defined_here(v), "returns a value from outside");
  }
  return OkStatus();
}

std::string NamesOfOps(const ElementwiseRegion& part) {
  const Graph& graph = part.op.graph();
  std::string names;
  for (NodeId id : NeededNodes(graph, part.op.region(0), part.known)) {
    const OpView node(graph, graph.nodes[id]);
    if (!IsElementwise(node.node())) continue;
    StrAppend(&names, names.empty() ? "" : " ", node.short_name());
  }
  return names;
}

std::optional<jit::JitFunction> EmitLoop(jit::ModuleBuilder& module,
                                         const ElementwiseRegion& part) {
  const Graph& graph = part.op.graph();
  const Body body = ReadBody(part);
  const LoopNest nest = FunctionNest(graph, body);
  if (!body.CanEmit(graph) || body.inputs.size() + body.results.size() > kMaxPointers ||
      !jit::FitsLoops(nest)) {
    return std::nullopt;
  }
  return EmitBody(
      module, graph, body, LoopKey(body),
      [&](jit::Record& record, std::span<const jit::LaneValue> outputs, const std::string& name) {
        return jit::EmitMap(record, nest, outputs, name);
      });
}

std::unique_ptr<ElementwiseLoop> MakeLoop(const ElementwiseRegion& part, uint32_t function,
                                          const void* constants) {
  return std::make_unique<JitFusionKernel>(part.op, ReadBody(part), function, constants);
}

std::unique_ptr<ElementwiseLoop> MakeTileLoop(const ElementwiseRegion& part) {
  return TileFusionKernel::Make(part);
}

int64_t LoopUnit(const ElementwiseRegion& part) {
  const Body body = ReadBody(part);
  return WalksRows(part.op.graph(), body) ? body.nest.inner() : 1;
}

Result<LoopNest> FusionLoopNest(const OpView& op) { return ReadBody(AllOf(op)).nest; }

WEBHLO_EXPORT_OPS(webhlo_fusion, kOps);

}  // namespace webhlo
