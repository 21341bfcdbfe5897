// SPDX-License-Identifier: Apache-2.0
//
// One file: one walk, all of whose steps share its state.
// BuildPlan walks the graph once, in order, and writes steps. Every value gets a storage: values
// that are the same bytes (reshape, loop-carried values) share one. Storages collect lifetimes in
// step numbers; the memory planner turns those into arena offsets at the end.
#include "core/runtime/plan.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <unordered_set>

#include "core/base/math.h"
#include "core/base/memory.h"
#include "core/base/strings.h"
#include "core/graph/uses.h"
#include "core/jit/install.h"
#include "core/jit/module_builder.h"
#include "core/memory/planner.h"
#include "core/ops/custom_call.h"
#include "core/runtime/reference_interpreter.h"

namespace webhlo {
namespace {

// Splats up to this size are written out among the literals; larger ones are filled when needed.
constexpr int64_t kMaxExpandedSplat = 4096;

// A run of memory that one or more values name.
struct Storage {
  BufferRef::Space space = BufferRef::Space::kArena;
  uint32_t index = 0;  // kInput, kConstant.
  int64_t literal_offset = 0;
  int64_t size = 0;
  int32_t first = -1, last = -1;  // Steps; -1 until used.
  uint32_t loop = 0;              // The loop it is defined in (0: none).
  uint32_t in_place_of = kNone;   // A storage it may be written over.
};

// A value's bytes: a storage and where in it they begin.
struct Place {
  uint32_t storage = kNone;
  int64_t offset = 0;
};

struct Loop {
  uint32_t parent = 0;
  std::vector<uint32_t> used_from_outside;  // Storages to keep alive until the loop's end.
};

class PlanBuilder {
 public:
  PlanBuilder(Graph graph, uint32_t num_constants, const PlanOptions& options)
      : options_(options),
        jit_({.shared_memory = options.shared_memory, .relaxed_simd = options.relaxed_simd}) {
    compiled_.plan.graph = std::move(graph);
    compiled_.plan.num_constants = num_constants;
  }

  Result<CompiledPlan> Build() {
    const Graph& g = graph();
    const Region& body = g.regions[g.functions[0].body];
    places_.assign(g.values.size(), Place());
    loops_.emplace_back();
    uses_ = CountUses(g);
    const uint32_t num_inputs = body.arguments.size - plan().num_constants;
    for (uint32_t i = 0; i < body.arguments.size; ++i) {
      const ValueId v = body.arguments.begin + i;
      const bool is_input = i < num_inputs;
      RETURN_IF_ERROR(CheckSize(v, StrCat("argument ", i)));
      Storage& storage = NewStorage(v);
      storage.space = is_input ? BufferRef::Space::kInput : BufferRef::Space::kConstant;
      storage.index = is_input ? i : i - num_inputs;
      if (is_input) {
        // The caller writes an input before the first step, wherever it is used.
        storage.first = 0;
        storage.last = 0;
        plan().input_bytes.push_back(storage.size);
        input_storages_.push_back(places_[v].storage);
      }
    }
    RETURN_IF_ERROR(VisitRegion(body));
    for (ValueId result : g.results(body)) {
      plan().result_bytes.push_back(ByteSize(result));
    }
    RETURN_IF_ERROR(PlaceStorages(g.results(body)));
    if (jit_.num_functions() > 0) {
      if (options_.texts) plan().jit_text = jit_.Annotated();
      plan().jit = jit_.Finish();
    }
    return std::move(compiled_);
  }

 private:
  Plan& plan() { return compiled_.plan; }
  const Graph& graph() const { return compiled_.plan.graph; }

  int64_t ByteSize(ValueId v) const {
    const Type& type = graph().type(v);
    return type.IsTensor() ? type.tensor.ByteSize() : 0;
  }

  // Kernels need not fear for the size of any one value.
  Status CheckSize(ValueId v, std::string_view what) const {
    return CheckBlock(static_cast<uint64_t>(ByteSize(v)),
                      StrCat(what, ", ", ToString(graph().type(v))));
  }

  // ---- Storages and lifetimes.

  Storage& NewStorage(ValueId v) {
    places_[v] = {static_cast<uint32_t>(storages_.size()), 0};
    Storage& storage = storages_.emplace_back();
    storage.size = ByteSize(v);
    storage.loop = loop_;
    if (!graph().type(v).IsTensor()) storage.space = BufferRef::Space::kNone;
    return storage;
  }

  uint32_t NewStorage(int64_t size) {
    Storage& storage = storages_.emplace_back();
    storage.size = size;
    storage.loop = loop_;
    return static_cast<uint32_t>(storages_.size() - 1);
  }

  int32_t NextStep() const { return static_cast<int32_t>(plan().steps.size()); }
  const Plan& plan() const { return compiled_.plan; }

  void Touch(uint32_t id, int32_t step) {
    Storage& storage = storages_[id];
    if (storage.first < 0) storage.first = step;
    storage.last = std::max(storage.last, step);
    // Used in a loop but made outside it: the next trip needs it again.
    for (uint32_t loop = loop_; loop != storage.loop && loop != 0; loop = loops_[loop].parent) {
      loops_[loop].used_from_outside.push_back(id);
    }
  }

  void BeginLoop() {
    loops_.push_back({loop_, {}});
    loop_ = static_cast<uint32_t>(loops_.size() - 1);
  }
  void EndLoop(int32_t last_step) {
    const Loop& loop = loops_[loop_];
    for (uint32_t id : loop.used_from_outside) {
      storages_[id].last = std::max(storages_[id].last, last_step);
    }
    loop_ = loop.parent;
  }

  // During building a BufferRef carries the storage's number; PlaceStorages replaces it.
  BufferRef RefTo(Place place) const {
    BufferRef ref;
    ref.index = place.storage;
    ref.offset = place.offset;
    return ref;
  }

  Step& AddStep(Step step, std::span<const Place> operands, std::span<const Place> results) {
    const int32_t at = NextStep();
    step.num_operands = static_cast<uint32_t>(operands.size());
    for (const Place& place : operands) {
      Touch(place.storage, at);
      step.buffers.push_back(RefTo(place));
      if (step.kind != Step::Kind::kCopy) step.bytes += storages_[place.storage].size;
    }
    for (const Place& place : results) {
      Touch(place.storage, at);
      step.buffers.push_back(RefTo(place));
      if (step.kind != Step::Kind::kCopy) step.bytes += storages_[place.storage].size;
    }
    plan().steps.push_back(std::move(step));
    return plan().steps.back();
  }

  void AddCopy(Place from, Place to, int64_t bytes) {
    if (bytes == 0 || (from.storage == to.storage && from.offset == to.offset)) return;
    Step step;
    step.kind = Step::Kind::kCopy;
    step.bytes = bytes;
    AddStep(std::move(step), std::span(&from, 1), std::span(&to, 1));
  }

  // ---- Nodes.

  Status VisitRegion(const Region& region) {
    for (uint32_t i = 0; i < region.nodes.size; ++i) {
      RETURN_IF_ERROR(Visit(region.nodes.begin + i));
    }
    return OkStatus();
  }

  Status Visit(NodeId id) {
    const Node& node = graph().nodes[id];
    for (uint32_t i = 0; i < node.results.size; ++i) {
      RETURN_IF_ERROR(CheckSize(node.results.begin + i, graph().op_name(node)));
    }
    if (node.name == ops::kConstant) return VisitConstant(id, node);
    if (node.op->aliases_operands) {
      for (uint32_t i = 0; i < node.results.size; ++i) {
        places_[node.results.begin + i] = places_[graph().operands(node)[i]];
      }
      return OkStatus();
    }
    if (node.name == ops::kSlice && AliasSlice(node)) return OkStatus();
    if (node.op->control_flow == ControlFlow::kWhile) return VisitWhile(node);
    if (IsControlFlow(node)) return VisitBranches(node);
    return VisitOp(id, node);
  }

  std::vector<Place> PlacesOf(std::span<const ValueId> values) const {
    std::vector<Place> places;
    for (ValueId v : values) places.push_back(places_[v]);
    return places;
  }

  Status VisitConstant(NodeId id, const Node& node) {
    const ValueId v = node.results.begin;
    if (uses_[v] == 0) return OkStatus();
    const DenseElements& value = FindAttribute(graph().attributes(node), "value")->dense();
    const int64_t size = ByteSize(v);
    if (value.splat && size > kMaxExpandedSplat) {
      NewStorage(v);
      Step step;
      step.kind = Step::Kind::kFill;
      step.node = id;
      const Place place = places_[v];
      AddStep(std::move(step), {}, std::span(&place, 1));
      return OkStatus();
    }
    std::vector<uint8_t>& literals = plan().literals;
    const size_t at = RoundUp(literals.size(), kBufferAlignment);
    literals.resize(at + static_cast<size_t>(size));
    if (value.splat) {
      for (size_t i = 0; i < static_cast<size_t>(size); i += value.bytes.size()) {
        std::memcpy(literals.data() + at + i, value.bytes.data(), value.bytes.size());
      }
    } else if (size > 0) {
      std::memcpy(literals.data() + at, value.bytes.data(), static_cast<size_t>(size));
    }
    Storage& storage = NewStorage(v);
    storage.space = BufferRef::Space::kLiteral;
    storage.literal_offset = static_cast<int64_t>(at);
    return OkStatus();
  }

  // A slice that is one contiguous, aligned run of its operand needs no step.
  bool AliasSlice(const Node& node) {
    const OpView view(graph(), node);
    const std::vector<int64_t>& dims = view.operand(0).dims;
    const std::vector<int64_t>& out = view.result().dims;
    const auto starts = view.Ints("start_indices");
    for (int64_t stride : view.Ints("strides")) {
      if (stride != 1) return false;
    }
    size_t d = 0;
    while (d < dims.size() && out[d] == 1) ++d;
    // After the leading dimensions of one index and the one that is cut, all must be whole.
    for (size_t k = d + 1; k < dims.size(); ++k) {
      if (out[k] != dims[k]) return false;
    }
    const std::vector<int64_t> strides = RowMajorStrides(dims);
    int64_t elements = 0;
    for (size_t k = 0; k < dims.size(); ++k) elements += starts[k] * strides[k];
    const int64_t offset = elements * ByteWidth(view.operand(0).StorageType());
    if (offset % static_cast<int64_t>(kBufferAlignment) != 0) return false;
    Place place = places_[view.operand_id(0)];
    place.offset += offset;
    places_[node.results.begin] = place;
    return true;
  }

  // Constants as a whole (not parts of them) can be packed by kernels.
  uint64_t ConstantOperands(const Node& node) const {
    uint64_t mask = 0;
    const auto operands = graph().operands(node);
    for (size_t i = 0; i < operands.size() && i < 64; ++i) {
      const Place& place = places_[operands[i]];
      if (storages_[place.storage].space == BufferRef::Space::kConstant && place.offset == 0 &&
          storages_[place.storage].size == ByteSize(operands[i])) {
        mask |= uint64_t{1} << i;
      }
    }
    return mask;
  }

  Status VisitOp(NodeId id, const Node& node) {
    const OpView view(graph(), node);
    std::vector<Place> operands = PlacesOf(graph().operands(node));
    // What the node's computations capture are operands of the step too, behind the node's own.
    for (RegionId region : graph().regions_of(node)) {
      for (ValueId captured : CapturedValues(graph(), region)) {
        operands.push_back(places_[captured]);
      }
    }
    std::vector<Place> results;
    const bool placed = node.results.size == 1 && places_[node.results.begin].storage != kNone;
    for (uint32_t i = 0; i < node.results.size; ++i) {
      if (!placed) NewStorage(node.results.begin + i);
      results.push_back(places_[node.results.begin + i]);
    }
    if (!node.op->has_side_effect && node.results.size > 0 && AllEmpty(node)) return OkStatus();
    Step step;
    step.node = id;
    std::unique_ptr<Kernel> kernel;
    if (IsHostCall(view)) {
      step.kind = Step::Kind::kHostCall;
    } else if (options_.engine == PlanOptions::Engine::kKernel) {
      const bool captures = operands.size() != node.operands.size;
      std::optional<jit::JitFunction> function;
      if (options_.jit && node.op->jit && !captures) function = node.op->jit->emit(jit_, view);
      if (function) {
        step.kind = Step::Kind::kJit;
        step.jit = *function;
      } else if (node.op->kernel && !captures) {
        ASSIGN_OR_RETURN(kernel, node.op->kernel(KernelRequest{view, ConstantOperands(node),
                                                               options_.num_threads}));
      }
    }
    if (step.kind == Step::Kind::kKernel && !kernel) {
      if (!HasReference(node.op)) {
        return view.UnsupportedError("has neither a kernel nor a reference");
      }
      step.kind = Step::Kind::kReference;
    }
    if (placed) {
      // Where it goes is settled.
    } else if (view.Is(ops::kWebhloFusion) && step.kind != Step::Kind::kReference) {
      OfferInPlace(node, graph().operands(node));
    } else if (kernel && kernel->in_place_operand() >= 0) {
      OfferInPlace(
          node, graph().operands(node).subspan(static_cast<size_t>(kernel->in_place_operand()), 1));
    }
    if (kernel) {
      step.packed_operands = kernel->packed_operands();
      if (kernel->scratch_bytes() > 0) {
        const uint32_t scratch = NewStorage(static_cast<int64_t>(kernel->scratch_bytes()));
        Touch(scratch, NextStep());
        step.scratch = RefTo({scratch, 0});
        step.scratch.space = BufferRef::Space::kArena;
      }
      step.kernel = static_cast<uint32_t>(compiled_.kernels.size());
      compiled_.kernels.push_back(std::move(kernel));
    }
    AddStep(std::move(step), operands, results);
    return OkStatus();
  }

  // Results without elements are there without being computed.
  bool AllEmpty(const Node& node) const {
    for (uint32_t i = 0; i < node.results.size; ++i) {
      const Type& type = graph().type(node.results.begin + i);
      if (!type.IsTensor() || type.tensor.NumElements() > 0) return false;
    }
    return true;
  }

  // A result may take the place of one of `candidates` that has the same size and dies here: each
  // element is read before it is written.
  void OfferInPlace(const Node& node, std::span<const ValueId> candidates) {
    std::vector<uint32_t> taken;
    for (uint32_t r = 0; r < node.results.size; ++r) {
      Storage& result = storages_[places_[node.results.begin + r].storage];
      const TensorType& type = graph().tensor(node.results.begin + r);
      for (ValueId operand : candidates) {
        const Place& place = places_[operand];
        const Storage& storage = storages_[place.storage];
        if (IsReadElsewhere(node, operand, candidates.size() == 1)) continue;
        if (storage.space != BufferRef::Space::kArena || place.offset != 0 ||
            storage.size != result.size || storage.loop != loop_ ||
            graph().tensor(operand).dims != type.dims ||
            ByteWidth(graph().tensor(operand).element) != ByteWidth(type.element) ||
            std::find(taken.begin(), taken.end(), place.storage) != taken.end()) {
          continue;
        }
        result.in_place_of = place.storage;
        taken.push_back(place.storage);
        break;
      }
    }
  }

  // Whether the node also reads the operand's storage through another operand that is a part of it
  // or, when `at_all`, in any way: such reads could come after writes.
  bool IsReadElsewhere(const Node& node, ValueId operand, bool at_all) const {
    for (ValueId other : graph().operands(node)) {
      if (other == operand || places_[other].storage != places_[operand].storage) continue;
      if (at_all || places_[other].offset != places_[operand].offset ||
          graph().tensor(other).dims != graph().tensor(operand).dims) {
        return true;
      }
    }
    return false;
  }

  // ---- Control flow.

  uint32_t AddJump(Step::Kind kind, std::span<const Place> operands = {}) {
    Step step;
    step.kind = kind;
    AddStep(std::move(step), operands, {});
    return static_cast<uint32_t>(plan().steps.size() - 1);
  }

  Status VisitWhile(const Node& node) {
    const Region& cond = graph().regions[graph().regions_of(node)[0]];
    const Region& body = graph().regions[graph().regions_of(node)[1]];
    const uint32_t n = node.operands.size;
    // Carried values live in storages of their own; condition, body and results all name them.
    std::vector<Place> carried;
    for (uint32_t i = 0; i < n; ++i) {
      const ValueId v = node.results.begin + i;
      NewStorage(v);
      carried.push_back(places_[v]);
      places_[cond.arguments.begin + i] = places_[v];
      places_[body.arguments.begin + i] = places_[v];
      AddCopy(places_[graph().operands(node)[i]], places_[v], ByteSize(v));
      if (storages_[places_[v].storage].space != BufferRef::Space::kNone) {
        Touch(places_[v].storage, std::max(0, NextStep() - 1));
      }
    }
    BeginLoop();
    const uint32_t begin = static_cast<uint32_t>(plan().steps.size());
    RETURN_IF_ERROR(VisitRegion(cond));
    const Place condition = places_[graph().results(cond)[0]];
    const uint32_t exit = AddJump(Step::Kind::kJumpUnless, std::span(&condition, 1));
    RETURN_IF_ERROR(VisitRegion(body));
    CopyAllAtOnce(PlacesOf(graph().results(body)), carried, node.results.begin);
    for (const Place& place : carried) Touch(place.storage, NextStep());
    const uint32_t back = AddJump(Step::Kind::kJump);
    plan().steps[back].target = begin;
    EndLoop(static_cast<int32_t>(back));
    plan().steps[exit].target = static_cast<uint32_t>(plan().steps.size());
    return OkStatus();
  }

  // to[i] = from[i] for all i, as if at once: a source that is also a target goes through a copy.
  // The targets are storages of their own.
  void CopyAllAtOnce(std::vector<Place> from, const std::vector<Place>& to, ValueId first_value) {
    std::unordered_set<uint32_t> overwritten;  // Targets of the copies so far.
    for (size_t i = 0; i < from.size(); ++i) {
      if (from[i].storage == to[i].storage) continue;
      if (overwritten.contains(from[i].storage)) {
        const int64_t bytes = ByteSize(first_value + static_cast<uint32_t>(i));
        const Place saved{NewStorage(bytes), 0};
        AddCopy(from[i], saved, bytes);
        from[i] = saved;
      }
      overwritten.insert(to[i].storage);
    }
    for (size_t i = 0; i < from.size(); ++i) {
      AddCopy(from[i], to[i], ByteSize(first_value + static_cast<uint32_t>(i)));
    }
  }

  // Lets the node of a branch that computes one of its results write it where the branch's user
  // looks for it, so that no copy is needed.
  void PlaceInBranch(const Region& region, ValueId value, Place place) {
    if (uses_[value] != 1) return;
    for (uint32_t i = region.nodes.size; i-- > 0;) {
      const Node& node = graph().nodes[region.nodes.begin + i];
      if (node.results.size != 1 || node.results.begin != value) continue;
      // A convolution or product and what follows it there.
      const OpName op = node.name;
      if (op == ops::kWebhloRescale) PlaceInBranch(region, graph().operands(node)[0], place);
      if (op == ops::kWebhloRescale || op == ops::kWebhloConv2d || op == ops::kWebhloMatmul ||
          op == ops::kWebhloFusion) {
        places_[value] = place;
      }
      return;
    }
  }

  Status VisitBranches(const Node& node) {
    const bool is_if = node.name == ops::kIf;
    const std::span<const RegionId> regions = graph().regions_of(node);
    std::vector<Place> results;
    for (uint32_t i = 0; i < node.results.size; ++i) {
      NewStorage(node.results.begin + i);
      results.push_back(places_[node.results.begin + i]);
    }
    const Place selector = places_[graph().operands(node)[0]];
    const uint32_t choose =
        AddJump(is_if ? Step::Kind::kJumpUnless : Step::Kind::kSwitch, std::span(&selector, 1));
    std::vector<uint32_t> exits;
    for (size_t k = 0; k < regions.size(); ++k) {
      const uint32_t begin = static_cast<uint32_t>(plan().steps.size());
      if (is_if && k == 1) plan().steps[choose].target = begin;
      if (!is_if) plan().steps[choose].targets.push_back(begin);
      const Region& region = graph().regions[regions[k]];
      for (uint32_t i = 0; i < node.results.size; ++i) {
        PlaceInBranch(region, graph().results(region)[i], results[i]);
      }
      RETURN_IF_ERROR(VisitRegion(region));
      CopyAllAtOnce(PlacesOf(graph().results(region)), results, node.results.begin);
      exits.push_back(AddJump(Step::Kind::kJump));
    }
    const uint32_t end = static_cast<uint32_t>(plan().steps.size());
    for (uint32_t exit : exits) plan().steps[exit].target = end;
    // Written in any branch, so held through all of them.
    for (const Place& place : results) {
      if (storages_[place.storage].space == BufferRef::Space::kNone) continue;
      Touch(place.storage, static_cast<int32_t>(choose));
      Touch(place.storage, static_cast<int32_t>(end) - 1);
      storages_[place.storage].first =
          std::min(storages_[place.storage].first, static_cast<int32_t>(choose));
    }
    return OkStatus();
  }

  // ---- The arena.

  Status PlaceStorages(std::span<const ValueId> results) {
    const int32_t end = NextStep();
    for (ValueId result : results) {
      Storage& storage = storages_[places_[result].storage];
      storage.last = end;
      if (storage.first < 0) storage.first = 0;
    }
    std::vector<MemoryValue> values;
    std::vector<int32_t> value_of(storages_.size(), -1);
    for (size_t i = 0; i < storages_.size(); ++i) {
      const Storage& storage = storages_[i];
      const bool in_arena =
          storage.space == BufferRef::Space::kArena || storage.space == BufferRef::Space::kInput;
      if (!in_arena || storage.first < 0) continue;
      value_of[i] = static_cast<int32_t>(values.size());
      values.push_back({storage.size, storage.first, storage.last, -1, -1});
    }
    for (size_t i = 0; i < storages_.size(); ++i) {
      if (value_of[i] < 0 || storages_[i].in_place_of == kNone) continue;
      values[static_cast<size_t>(value_of[i])].in_place_of = value_of[storages_[i].in_place_of];
    }
    ASSIGN_OR_RETURN(const MemoryPlan memory, PlanMemory(values));
    RETURN_IF_ERROR(CheckBlock(static_cast<uint64_t>(memory.arena_size), "the arena"));
    plan().arena_size = memory.arena_size;
    plan().arena_lower_bound = memory.lower_bound;
    if (options_.texts) plan().memory_text = ToString(values, memory);

    const auto place = [&](BufferRef* ref) {
      const Storage& storage = storages_[ref->index];
      const uint32_t id = ref->index;
      ref->space = storage.space;
      ref->index = storage.index;
      if (storage.space == BufferRef::Space::kArena) {
        ref->index = 0;
        ref->offset += memory.offsets[static_cast<size_t>(value_of[id])];
      } else if (storage.space == BufferRef::Space::kLiteral) {
        ref->offset += storage.literal_offset;
      }
    };
    for (Step& step : plan().steps) {
      for (BufferRef& ref : step.buffers) place(&ref);
      if (step.scratch.space != BufferRef::Space::kNone) place(&step.scratch);
    }
    for (uint32_t storage : input_storages_) {
      BufferRef ref;
      ref.space = BufferRef::Space::kArena;
      ref.offset = memory.offsets[static_cast<size_t>(value_of[storage])];
      plan().inputs.push_back(ref);
    }
    for (ValueId result : results) {
      BufferRef ref = RefTo(places_[result]);
      place(&ref);
      plan().results.push_back(ref);
    }
    return OkStatus();
  }

  PlanOptions options_;
  CompiledPlan compiled_;
  jit::ModuleBuilder jit_;
  std::vector<Storage> storages_;
  std::vector<Place> places_;  // By value.
  std::vector<uint32_t> uses_;
  std::vector<uint32_t> input_storages_;
  std::vector<Loop> loops_;
  uint32_t loop_ = 0;
};

std::string Describe(const BufferRef& ref) {
  switch (ref.space) {
    case BufferRef::Space::kArena:
      return StrCat("arena+", ref.offset);
    case BufferRef::Space::kInput:
      return ref.offset ? StrCat("input", ref.index, "+", ref.offset) : StrCat("input", ref.index);
    case BufferRef::Space::kConstant:
      return ref.offset ? StrCat("constant", ref.index, "+", ref.offset)
                        : StrCat("constant", ref.index);
    case BufferRef::Space::kLiteral:
      return StrCat("literal+", ref.offset);
    case BufferRef::Space::kNone:
      return "none";
  }
  return "none";
}

}  // namespace

PlanOptions OptionsForThisBuild(PlanOptions::Engine engine, bool jit, int num_threads) {
  PlanOptions options;
  options.engine = engine;
  options.jit = jit && jit::Available();
  options.relaxed_simd = jit::kRelaxedSimd;
  options.shared_memory = jit::kSharedMemory;
  options.num_threads = num_threads;
  return options;
}

Result<CompiledPlan> BuildPlan(Graph graph, uint32_t num_constants, const PlanOptions& options) {
  return PlanBuilder(std::move(graph), num_constants, options).Build();
}

std::string ToString(const CompiledPlan& compiled) {
  const Plan& plan = compiled.plan;
  std::string out;
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    StrAppend(&out, i, ": ");
    const std::string_view op =
        step.node == kNone ? std::string_view() : plan.graph.op_name(plan.graph.nodes[step.node]);
    switch (step.kind) {
      case Step::Kind::kKernel:
        StrAppend(&out, compiled.kernels[step.kernel]->Describe());
        break;
      case Step::Kind::kReference:
        StrAppend(&out, "reference ", op);
        break;
      case Step::Kind::kJit:
        StrAppend(&out, "jit f", step.jit.number, " ", op);
        if (step.jit.constants > 0) StrAppend(&out, " constants +", step.jit.constants);
        break;
      case Step::Kind::kCopy:
        StrAppend(&out, "copy ", step.bytes, " bytes");
        break;
      case Step::Kind::kFill:
        out.append("fill");
        break;
      case Step::Kind::kJump:
        StrAppend(&out, "jump ", step.target);
        break;
      case Step::Kind::kJumpUnless:
        StrAppend(&out, "jump ", step.target, " unless");
        break;
      case Step::Kind::kSwitch:
        StrAppend(&out, "switch [", Join(step.targets), "]");
        break;
      case Step::Kind::kHostCall:
        StrAppend(&out, "host ", op);
        break;
    }
    for (size_t b = 0; b < step.buffers.size(); ++b) {
      out.append(b == step.num_operands ? " -> " : b ? ", " : " ");
      if (b < 64 && (step.packed_operands >> b & 1)) {
        out.append("packed");
      } else {
        out.append(Describe(step.buffers[b]));
      }
    }
    if (step.scratch.space != BufferRef::Space::kNone) {
      StrAppend(&out, " scratch ", Describe(step.scratch));
    }
    out.append("\n");
  }
  StrAppend(&out, "arena ", plan.arena_size, " bytes (lower bound ", plan.arena_lower_bound,
            "), literals ", plan.literals.size(), " bytes, ", plan.jit.num_functions,
            " jit functions in ", plan.jit.num_bytes, " bytes\n");
  return out;
}

}  // namespace webhlo
