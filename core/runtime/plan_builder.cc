// SPDX-License-Identifier: Apache-2.0
//
// BuildPlan walks the graph once, in order, and writes steps. Every value gets a place in a storage
// (core/runtime/storages.h): values that are the same bytes (reshape, loop-carried values) share
// one.
#include "core/runtime/plan_builder.h"

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
#include "core/ops/custom_call.h"
#include "core/runtime/aliases.h"
#include "core/runtime/join_trips.h"
#include "core/runtime/places.h"

namespace webhlo {
namespace {

// Splats up to this size are written out among the literals; larger ones are filled when needed.
constexpr int64_t kMaxExpandedSplat = 4096;

// What is measured of steps beyond is not looked for: each look costs what the program is long.
constexpr int kMaxTunedSteps = 2048;

class PlanBuilder {
 public:
  PlanBuilder(Graph graph, uint32_t num_constants, std::vector<uint32_t> over_inputs,
              const PlanOptions& options)
      : options_(options),
        plan_{.graph = std::move(graph)},
        jit_({.shared_memory = options.shared_memory, .relaxed_simd = options.relaxed_simd}),
        places_(plan_.graph) {
    plan_.num_constants = num_constants;
    plan_.over_inputs = std::move(over_inputs);
  }

  Result<Plan> Build() {
    const Graph& g = graph();
    const Region& body = g.regions[g.functions[0].body];
    uses_ = CountUses(g);
    const uint32_t num_inputs = body.arguments.size - plan_.num_constants;
    for (uint32_t i = 0; i < body.arguments.size; ++i) {
      const ValueId v = body.arguments.begin + i;
      const bool is_input = i < num_inputs;
      RETURN_IF_ERROR(CheckSize(v, StrCat("argument ", i)));
      if (is_input) {
        const uint32_t storage =
            places_.New(v, {.space = BufferRef::Space::kInput, .index = i}).storage;
        if (plan_.IsOverwritten(i)) {
          storages_.LeaveOut(storage);
        } else {
          // The caller writes an input before the first step, wherever it is used.
          storages_.Hold(storage, 0, 0);
        }
        plan_.input_bytes.push_back(places_.ByteSize(v));
        input_storages_.push_back(storage);
      } else {
        places_.New(v, {.space = BufferRef::Space::kConstant, .index = i - num_inputs});
      }
    }
    const std::vector<ValueId> next = NextOfInputs(body);
    places_.SettleNext(body, next, places_.Of(body.arguments.begin, body.arguments.size));
    RETURN_IF_ERROR(VisitRegion(body));
    for (ValueId result : g.results(body)) {
      plan_.result_bytes.push_back(places_.ByteSize(result));
    }
    RETURN_IF_ERROR(PlaceStorages(PlaceResultsOfRun(body, next)));
    if (options_.jit) JoinTrips(&plan_, &jit_);
    if (jit_.num_functions() > 0) {
      if (options_.texts) plan_.jit_text = options_.texts->jit(jit_);
      plan_.jit = jit_.Finish();
    }
    return std::move(plan_);
  }

 private:
  const Graph& graph() const { return plan_.graph; }

  // Kernels need not fear for the size of any one value.
  Status CheckSize(ValueId v, std::string_view what) const {
    return CheckBlock(static_cast<uint64_t>(places_.ByteSize(v)),
                      StrCat(what, ", ", ToString(graph().type(v))));
  }

  // ---- Steps.

  int32_t NextStep() const { return static_cast<int32_t>(plan_.steps.size()); }

  void AddStep(Step step, std::span<const Place> operands, std::span<const Place> results) {
    Buffers& buffers = buffers_.emplace_back();
    buffers.places.assign(operands.begin(), operands.end());
    buffers.places.insert(buffers.places.end(), results.begin(), results.end());
    step.num_operands = static_cast<uint32_t>(operands.size());
    for (const Place& place : buffers.places) {
      storages_.Touch(place.storage, NextStep());
      if (step.kind != Step::Kind::kCopy) step.bytes += storages_[place.storage].size;
    }
    if (step.choice.scratch_bytes > 0) {
      buffers.scratch = storages_.Add(static_cast<int64_t>(step.choice.scratch_bytes));
      storages_.Touch(buffers.scratch, NextStep());
    }
    plan_.steps.push_back(std::move(step));
  }

  void AddCopy(Place from, Place to, int64_t bytes) {
    if (bytes == 0 || from == to) return;
    Step step;
    step.kind = Step::Kind::kCopy;
    step.bytes = bytes;
    AddStep(std::move(step), std::span(&from, 1), std::span(&to, 1));
  }

  // ---- Nodes.

  Status VisitRegion(const Region& region) {
    for (uint32_t i = 0; i < region.nodes.size; ++i) {
      const Node& node = graph().nodes[region.nodes.begin + i];
      if (node.name != ops::kConcatenate) continue;
      if (!index_) index_.emplace(graph());
      if (places_.NewForOperands(region, node, *index_)) composed_.insert(region.nodes.begin + i);
    }
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
    if (composed_.contains(id)) {
      Compose(node);
      return OkStatus();
    }
    if (node.op->control_flow == ControlFlow::kWhile) return VisitWhile(node);
    if (IsControlFlow(node)) return VisitBranches(node);
    return VisitOp(id, node);
  }

  Status VisitConstant(NodeId id, const Node& node) {
    const ValueId v = node.results.begin;
    if (uses_[v] == 0) return OkStatus();
    const DenseElements& value = FindAttribute(graph().attributes(node), "value")->dense();
    const int64_t size = places_.ByteSize(v);
    if (value.splat && size > kMaxExpandedSplat) return VisitOp(id, node);
    std::vector<uint8_t>& literals = plan_.literals;
    const size_t at = RoundUp(literals.size(), kBufferAlignment);
    literals.resize(at + static_cast<size_t>(size));
    if (value.splat) {
      for (size_t i = 0; i < static_cast<size_t>(size); i += value.bytes.size()) {
        std::memcpy(literals.data() + at + i, value.bytes.data(), value.bytes.size());
      }
    } else if (size > 0) {
      std::memcpy(literals.data() + at, value.bytes.data(), static_cast<size_t>(size));
    }
    places_.New(v, {.space = BufferRef::Space::kLiteral, .offset = static_cast<int64_t>(at)});
    return OkStatus();
  }

  // A slice that is one contiguous, aligned run of its operand needs no step.
  bool AliasSlice(const Node& node) {
    const std::optional<int64_t> offset = OffsetOfSlice(OpView(graph(), node));
    if (!offset) return false;
    Place place = places_[graph().operands(node)[0]];
    place.offset += *offset;
    places_[node.results.begin] = place;
    return true;
  }

  // What was not computed in its place is copied there.
  void Compose(const Node& node) {
    const Place whole = places_[node.results.begin];
    const std::vector<int64_t> offsets = OffsetsOfOperands(OpView(graph(), node));
    for (uint32_t i = 0; i < node.operands.size; ++i) {
      const ValueId operand = graph().operands(node)[i];
      AddCopy(places_[operand], {whole.storage, whole.offset + offsets[i]},
              places_.ByteSize(operand));
    }
  }

  // Constants as a whole (not parts of them) can be packed by kernels.
  uint64_t ConstantOperands(const Node& node) const {
    uint64_t mask = 0;
    const auto operands = graph().operands(node);
    for (size_t i = 0; i < operands.size() && i < 64; ++i) {
      const Place& place = places_[operands[i]];
      if (storages_[place.storage].at.space == BufferRef::Space::kConstant && place.offset == 0 &&
          storages_[place.storage].size == places_.ByteSize(operands[i])) {
        mask |= uint64_t{1} << i;
      }
    }
    return mask;
  }

  // Of the first constant operand that is to be stored in fewer bits.
  Precision PrecisionOf(const Node& node, uint64_t constants) const {
    if (options_.precisions.empty()) return Precision::kF32;
    for (size_t i = 0; i < node.operands.size; ++i) {
      if (!HasBit(constants, i)) continue;
      const uint32_t constant = storages_[places_[graph().operands(node)[i]].storage].at.index;
      if (options_.precisions[constant] != Precision::kF32) return options_.precisions[constant];
    }
    return Precision::kF32;
  }

  // The kernel that was measured to be the fastest; none where nobody has.
  Result<std::string_view> Fastest(const KernelRequest& request) {
    if (options_.tuning == nullptr || options_.tuning->empty() || !MayTune(request.op) ||
        tuned_steps_ == kMaxTunedSteps) {
      return std::string_view();
    }
    ++tuned_steps_;
    ASSIGN_OR_RETURN(const Tuning::Key key, Tuning::KeyOf(request));
    return options_.tuning->Fastest(key);
  }

  Status VisitOp(NodeId id, const Node& node) {
    const OpView view(graph(), node);
    std::vector<Place> operands = places_.Of(graph().operands(node));
    // What the node's computations capture are operands of the step too, behind the node's own.
    for (RegionId region : graph().regions_of(node)) {
      for (ValueId captured : CapturedValues(graph(), region)) {
        operands.push_back(places_[captured]);
      }
    }
    if (!node.op->has_side_effect && node.results.size > 0 && AllEmpty(node)) {
      places_.NewForResults(node, KernelChoice::kNotInPlace);
      return OkStatus();
    }
    Step step;
    step.node = id;
    std::optional<KernelChoice> choice;
    if (IsHostCall(view)) {
      step.kind = Step::Kind::kHostCall;
    } else if (options_.engine == PlanOptions::Engine::kKernel &&
               operands.size() == node.operands.size) {
      const uint64_t constants = ConstantOperands(node);
      const KernelRequest request = {.op = view,
                                     .constant_operands = constants,
                                     .num_threads = options_.num_threads,
                                     .jit = options_.jit ? &jit_ : nullptr,
                                     .precision = PrecisionOf(node, constants),
                                     .save_memory = options_.save_memory};
      ASSIGN_OR_RETURN(const std::string_view fastest, Fastest(request));
      const bool alternatives = options_.texts || options_.alternatives;
      choice =
          ChooseKernel(node.op->kernels, request, fastest, alternatives ? &step.proposed : nullptr);
      step.measured = choice && choice->kernel == fastest;
    }
    if (choice) {
      step.choice = std::move(*choice);
    } else if (step.kind == Step::Kind::kKernel) {
      if (!HasReference(node.op)) {
        return view.UnsupportedError("has neither a kernel nor a reference");
      }
      step.kind = Step::Kind::kReference;
    }
    places_.NewForResults(node, step.choice.in_place_operand);
    AddStep(std::move(step), operands, places_.Of(node.results.begin, node.results.size));
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

  // ---- Control flow.

  uint32_t AddJump(Step::Kind kind, std::span<const Place> operands = {}) {
    Step step;
    step.kind = kind;
    AddStep(std::move(step), operands, {});
    return static_cast<uint32_t>(plan_.steps.size() - 1);
  }

  Status VisitWhile(const Node& node) {
    const Region& cond = graph().regions[graph().regions_of(node)[0]];
    const Region& body = graph().regions[graph().regions_of(node)[1]];
    const uint32_t n = node.operands.size;
    // Carried values live in storages of their own; condition, body and results all name them.
    std::vector<Place> carried;
    for (uint32_t i = 0; i < n; ++i) {
      const ValueId v = node.results.begin + i;
      places_.New(v);
      carried.push_back(places_[v]);
      places_[cond.arguments.begin + i] = places_[v];
      places_[body.arguments.begin + i] = places_[v];
      AddCopy(places_[graph().operands(node)[i]], places_[v], places_.ByteSize(v));
      if (places_.HasBytes(places_[v]))
        storages_.Touch(places_[v].storage, std::max(0, NextStep() - 1));
    }
    storages_.BeginLoop();
    const uint32_t begin = static_cast<uint32_t>(plan_.steps.size());
    RETURN_IF_ERROR(VisitRegion(cond));
    const Place condition = places_[graph().results(cond)[0]];
    const uint32_t exit = AddJump(Step::Kind::kJumpUnless, std::span(&condition, 1));
    const std::span<const ValueId> next = graph().results(body);
    places_.SettleNext(body, next, carried);
    RETURN_IF_ERROR(VisitRegion(body));
    CopyAllAtOnce(next, carried);
    for (const Place& place : carried) storages_.Touch(place.storage, NextStep());
    const uint32_t back = AddJump(Step::Kind::kJump);
    plan_.steps[back].target = begin;
    storages_.EndLoop(static_cast<int32_t>(back));
    plan_.steps[exit].target = static_cast<uint32_t>(plan_.steps.size());
    return OkStatus();
  }

  // Copies all values to their places as if at once: a source that is also a target goes through a
  // copy. The targets are storages of their own.
  void CopyAllAtOnce(std::span<const ValueId> values, std::span<const Place> to) {
    std::vector<Place> from = places_.Of(values);
    std::unordered_set<uint32_t> overwritten;  // Targets of the copies so far.
    for (size_t i = 0; i < from.size(); ++i) {
      if (from[i].storage == to[i].storage) continue;
      if (overwritten.contains(from[i].storage)) {
        const Place saved{storages_.Add(places_.ByteSize(values[i])), 0};
        AddCopy(from[i], saved, places_.ByteSize(values[i]));
        from[i] = saved;
      }
      overwritten.insert(to[i].storage);
    }
    for (size_t i = 0; i < from.size(); ++i) AddCopy(from[i], to[i], places_.ByteSize(values[i]));
  }

  // Lets the node of a branch that computes one of its results write it where the branch's user
  // looks for it, so that no copy is needed.
  void PlaceInBranch(const Region& region, ValueId value, Place place) {
    if (uses_[value] != 1) return;
    for (uint32_t i = region.nodes.size; i-- > 0;) {
      const Node& node = graph().nodes[region.nodes.begin + i];
      if (node.results.size != 1 || node.results.begin != value) continue;
      // A convolution or product and what follows it there.
      if (node.name == ops::kWebhloRescale) PlaceInBranch(region, graph().operands(node)[0], place);
      if (node.name == ops::kWebhloRescale || node.name == ops::kWebhloConv2d ||
          node.name == ops::kWebhloMatmul || node.name == ops::kWebhloFusion) {
        places_[value] = place;
      }
      return;
    }
  }

  Status VisitBranches(const Node& node) {
    const bool is_if = node.op->control_flow == ControlFlow::kIf;
    const std::span<const RegionId> regions = graph().regions_of(node);
    std::vector<Place> results;
    for (uint32_t i = 0; i < node.results.size; ++i) {
      places_.New(node.results.begin + i);
      results.push_back(places_[node.results.begin + i]);
    }
    const Place selector = places_[graph().operands(node)[0]];
    const uint32_t choose =
        AddJump(is_if ? Step::Kind::kJumpUnless : Step::Kind::kSwitch, std::span(&selector, 1));
    std::vector<uint32_t> exits;
    for (size_t k = 0; k < regions.size(); ++k) {
      const uint32_t begin = static_cast<uint32_t>(plan_.steps.size());
      if (is_if && k == 1) plan_.steps[choose].target = begin;
      if (!is_if) plan_.steps[choose].targets.push_back(begin);
      const Region& region = graph().regions[regions[k]];
      for (uint32_t i = 0; i < node.results.size; ++i) {
        PlaceInBranch(region, graph().results(region)[i], results[i]);
      }
      RETURN_IF_ERROR(VisitRegion(region));
      CopyAllAtOnce(graph().results(region), results);
      if (k + 1 < regions.size()) exits.push_back(AddJump(Step::Kind::kJump));
    }
    const uint32_t end = static_cast<uint32_t>(plan_.steps.size());
    for (uint32_t exit : exits) plan_.steps[exit].target = end;
    // Written in any branch, so held through all of them.
    for (const Place& place : results) {
      if (!places_.HasBytes(place)) continue;
      storages_.Hold(place.storage, static_cast<int32_t>(choose), static_cast<int32_t>(end) - 1);
    }
    return OkStatus();
  }

  // ---- What a run leaves.

  // For each argument of the entry: the result that is left in its place, or kNone.
  std::vector<ValueId> NextOfInputs(const Region& body) const {
    std::vector<ValueId> next(body.arguments.size, kNone);
    for (uint32_t i = 0; i < input_storages_.size(); ++i) {
      if (plan_.IsOverwritten(i)) next[i] = graph().results(body)[plan_.over_inputs[i]];
    }
    return next;
  }

  // Where each result is in the end. Inputs that are written over get their results unless these
  // were made there; results that are old values of such inputs are saved from that.
  std::vector<Place> PlaceResultsOfRun(const Region& body, std::span<const ValueId> next) {
    const std::span<const ValueId> results = graph().results(body);
    std::vector<Place> places = places_.Of(results);
    std::vector<ValueId> values;
    std::vector<Place> to;
    for (size_t r = 0; r < results.size(); ++r) {
      const BufferRef& at = storages_[places[r].storage].at;
      if (at.space != BufferRef::Space::kInput || !plan_.IsOverwritten(at.index) ||
          next[at.index] == results[r]) {
        continue;
      }
      places[r] = {storages_.Add(places_.ByteSize(results[r])), 0};
      values.push_back(results[r]);
      to.push_back(places[r]);
    }
    for (uint32_t i = 0; i < input_storages_.size(); ++i) {
      if (!plan_.IsOverwritten(i)) continue;
      values.push_back(next[i]);
      to.push_back({input_storages_[i], 0});
      places[plan_.over_inputs[i]] = to.back();
    }
    CopyAllAtOnce(values, to);
    return places;
  }

  // ---- The arena.

  Status PlaceStorages(std::span<const Place> results) {
    for (const Place& result : results) storages_.Touch(result.storage, NextStep());
    std::vector<MemoryValue> values;
    ASSIGN_OR_RETURN(const MemoryPlan memory, storages_.Arrange(&values));
    if (options_.texts) plan_.memory_text = options_.texts->memory(values, memory);
    RETURN_IF_ERROR(CheckBlock(static_cast<uint64_t>(memory.arena_size), "the arena"));
    plan_.arena_size = memory.arena_size;
    plan_.arena_lower_bound = memory.lower_bound;
    storages_.NameResults(results, plan_.result_bytes);
    for (size_t i = 0; i < plan_.steps.size(); ++i) {
      Step& step = plan_.steps[i];
      for (const Place& place : buffers_[i].places) step.buffers.push_back(storages_.Find(place));
      if (buffers_[i].scratch != kNone) step.scratch = storages_.Find({buffers_[i].scratch, 0});
    }
    for (uint32_t storage : input_storages_) {
      plan_.inputs.push_back(storages_.ArenaPlaceOf(storage));
    }
    for (const Place& result : results) plan_.results.push_back(storages_.Find(result));
    return OkStatus();
  }

  // What a step reads and writes, until places are known.
  struct Buffers {
    std::vector<Place> places;  // Operands, then results.
    uint32_t scratch = kNone;   // A storage.
  };

  PlanOptions options_;
  Plan plan_;
  jit::ModuleBuilder jit_;
  Places places_;
  Storages& storages_ = places_.storages();
  std::vector<Buffers> buffers_;  // By step.
  std::vector<uint32_t> uses_, input_storages_;
  std::optional<GraphIndex> index_;      // Made when somebody asks.
  std::unordered_set<NodeId> composed_;  // Concatenations whose result has its place already.
  int tuned_steps_ = 0;
};

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

Result<Plan> BuildPlan(Graph graph, uint32_t num_constants, std::vector<uint32_t> over_inputs,
                       const PlanOptions& options) {
  return PlanBuilder(std::move(graph), num_constants, std::move(over_inputs), options).Build();
}

}  // namespace webhlo
