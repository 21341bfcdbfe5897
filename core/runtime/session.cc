// SPDX-License-Identifier: Apache-2.0
//
// One file: the phases of one object.
#include "core/runtime/session.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <set>

#include "core/base/strings.h"
#include "core/jit/install.h"
#include "core/ops/op_table.h"
#include "core/text/text.h"

namespace webhlo {
namespace {

// At most this many names in a message.
constexpr size_t kMaxListed = 12;

std::string List(const std::vector<std::string>& names) {
  std::vector<std::string> shown(
      names.begin(), names.begin() + static_cast<ptrdiff_t>(std::min(names.size(), kMaxListed)));
  std::string out = Join(shown);
  if (names.size() > kMaxListed) StrAppend(&out, " and ", names.size() - kMaxListed, " more");
  return out;
}

// The names that a port answers to: the last keys of its path, joined ("weight", "fc1.weight").
std::vector<std::string> Suffixes(const Port& port) {
  std::vector<std::string> suffixes;
  for (size_t k = port.keys.size(); k-- > 0;) {
    suffixes.push_back(suffixes.empty() ? port.keys[k]
                                        : StrCat(port.keys[k], ".", suffixes.back()));
  }
  return suffixes;
}

bool Names(std::string_view name, const Port& port) {
  const std::vector<std::string> suffixes = Suffixes(port);
  return port.name == name || std::find(suffixes.begin(), suffixes.end(), name) != suffixes.end();
}

// So that each tensor is looked up once.
using PortsBySuffix = std::unordered_multimap<std::string, size_t>;
void AddSuffixes(const Port& port, size_t i, PortsBySuffix* ports) {
  for (std::string& suffix : Suffixes(port)) ports->emplace(std::move(suffix), i);
}

}  // namespace

Session::Session(const Options& options)
    : options_(options),
      budget_(options.clock),
      pool_(std::make_unique<ThreadPool>(options.num_threads)) {
  UseOps();
}

Status Session::CheckPhase(bool before_bind, std::string_view call) const {
  if (before_bind == !bound_) return OkStatus();
  return InvalidArgument(StrCat(call, before_bind ? " comes before bind" : " comes after bind"));
}

const Session::ProgramState* Session::FindProgram(std::string_view name) const {
  for (const auto& state : programs_) {
    if (state->name == name) return state.get();
  }
  return nullptr;
}

Status Session::AddProgram(std::string name, std::span<const uint8_t> bytes,
                           std::string_view file_name) {
  RETURN_IF_ERROR(CheckPhase(true, "addProgram"));
  if (FindProgram(name)) return InvalidArgument(StrCat("two programs are named \"", name, "\""));
  ImportOptions options;
  options.file_name = file_name;
  ASSIGN_OR_RETURN(Program program, Import(bytes, options));
  auto state = std::make_unique<ProgramState>();
  state->name = std::move(name);
  state->program = std::move(program);
  programs_.push_back(std::move(state));
  return OkStatus();
}

Status Session::AddWhlo(std::span<const uint8_t> header) {
  RETURN_IF_ERROR(CheckPhase(true, "addWhlo"));
  ASSIGN_OR_RETURN(WhloFile file, ReadWhlo(header));
  for (NamedProgram& named : file.programs) {
    if (FindProgram(named.name)) {
      return InvalidArgument(StrCat("two programs are named \"", named.name, "\""));
    }
    auto state = std::make_unique<ProgramState>();
    state->name = std::move(named.name);
    state->program = std::move(named.program);
    programs_.push_back(std::move(state));
  }
  for (const WeightEntry& entry : file.weights) {
    if (entry.encoding != "raw") {
      return Unsupported(StrCat("weight \"", entry.name, "\" is encoded as \"", entry.encoding,
                                "\"; this version reads raw weights"));
    }
    directory_.push_back(entry);
  }
  for (TiedWeight& tie : file.ties) ties_[std::move(tie.argument)] = std::move(tie.tensor);
  return OkStatus();
}

Result<std::vector<uint8_t>> Session::MakeWhlo() const {
  RETURN_IF_ERROR(CheckPhase(false, "writeWhlo"));
  std::vector<NamedProgram> programs;
  for (const auto& state : programs_) programs.push_back({state->name, state->program});
  std::vector<WeightEntry> entries;
  std::set<std::string_view> written;
  for (const Weight& weight : weights_) {
    if (!weight.taken) continue;
    WeightEntry entry;
    entry.name = weight.name;
    entry.dtype = weight.type.element;
    entry.shape = weight.type.dims;
    entry.file = weight.file;
    entry.offset = weight.offset;
    entry.size = static_cast<uint64_t>(weight.type.ByteSize());
    entries.push_back(std::move(entry));
    written.insert(weight.name);
  }
  std::vector<TiedWeight> ties;
  for (const auto& [argument, tensor] : ties_) {
    if (written.count(tensor)) ties.push_back({argument, tensor});
  }
  return WriteWhlo(programs, entries, ties);
}

Status Session::DeclareWeight(std::string name, TensorType type) {
  RETURN_IF_ERROR(CheckPhase(true, "declareWeight"));
  if (!type.IsStatic() || !type.FitsAddressSpace()) {
    return InvalidModel(StrCat("weight \"", name, "\" has the impossible type ", ToString(type)));
  }
  Weight weight;
  weight.name = std::move(name);
  weight.type = std::move(type);
  weights_.push_back(std::move(weight));
  return OkStatus();
}

Status Session::DeclareDirectory() {
  for (const WeightEntry& entry : directory_) {
    if (!entry.file.empty()) continue;
    RETURN_IF_ERROR(DeclareWeight(entry.name, TensorType(entry.dtype, entry.shape)));
  }
  return OkStatus();
}

Status Session::PlaceWeight(uint32_t i, std::string file, uint64_t offset) {
  if (i >= weights_.size()) return InvalidArgument(StrCat("there is no weight ", i));
  weights_[i].file = std::move(file);
  weights_[i].offset = offset;
  return OkStatus();
}

Status Session::Tie(std::string argument, std::string tensor) {
  RETURN_IF_ERROR(CheckPhase(true, "tie"));
  ties_[std::move(argument)] = std::move(tensor);
  return OkStatus();
}

// ---- Names.

Status Session::BindNames() {
  std::unordered_map<std::string, uint32_t> by_name;
  for (uint32_t w = 0; w < weights_.size(); ++w) {
    if (!by_name.emplace(weights_[w].name, w).second) {
      return InvalidArgument(StrCat("two weight tensors are named \"", weights_[w].name, "\""));
    }
  }
  std::vector<bool> used(weights_.size(), false);
  std::set<std::string> ties_used;
  for (auto& state : programs_) {
    const Program& program = state->program;
    const std::vector<Port>& ports = program.arguments;
    const std::vector<Port>& dropped = program.dropped_arguments;
    state->weight_of.assign(ports.size(), -1);
    const auto bind = [&](size_t argument, uint32_t w) -> Status {
      const std::string where =
          StrCat("argument \"", ports[argument].name, "\" of program \"", state->name, "\"");
      if (state->weight_of[argument] >= 0 &&
          state->weight_of[argument] != static_cast<int32_t>(w)) {
        return InvalidArgument(
            StrCat(where, " is named by two tensors: \"",
                   weights_[static_cast<size_t>(state->weight_of[argument])].name, "\" and \"",
                   weights_[w].name, "\""));
      }
      const Type& type = program.argument_type(static_cast<uint32_t>(argument));
      if (!type.IsTensor() || !(type.tensor == weights_[w].type)) {
        return InvalidArgument(StrCat("tensor \"", weights_[w].name, "\" is ",
                                      ToString(weights_[w].type), ", but ", where, " is ",
                                      ToString(type)));
      }
      state->weight_of[argument] = static_cast<int32_t>(w);
      used[w] = weights_[w].taken = true;
      return OkStatus();
    };
    std::vector<bool> tied(ports.size(), false);
    for (const auto& tie : ties_) {
      const std::string& argument = tie.first;
      const std::string& tensor = tie.second;
      const auto it = by_name.find(tensor);
      if (it == by_name.end()) {
        return InvalidArgument(StrCat("tied: no weight tensor is named \"", tensor, "\""));
      }
      std::vector<size_t> named;
      for (size_t i = 0; i < ports.size(); ++i) {
        if (Names(argument, ports[i])) named.push_back(i);
      }
      if (named.size() > 1) {
        return InvalidArgument(StrCat("tied: \"", argument, "\" names several arguments: ",
                                      ports[named[0]].name, ", ", ports[named[1]].name));
      }
      if (named.empty()) {
        if (std::any_of(dropped.begin(), dropped.end(),
                        [&](const Port& port) { return Names(argument, port); })) {
          ties_used.insert(argument);
          used[it->second] = true;
        }
        continue;
      }
      ties_used.insert(argument);
      tied[named[0]] = true;
      RETURN_IF_ERROR(bind(named[0], it->second));
    }
    PortsBySuffix by_suffix, dropped_by_suffix;
    for (size_t i = 0; i < ports.size(); ++i) {
      if (!tied[i]) AddSuffixes(ports[i], i, &by_suffix);
    }
    for (size_t i = 0; i < dropped.size(); ++i) AddSuffixes(dropped[i], i, &dropped_by_suffix);
    for (uint32_t w = 0; w < weights_.size(); ++w) {
      const auto [begin, end] = by_suffix.equal_range(weights_[w].name);
      if (begin == end) {
        // The program does not read it, so that its type does not matter either.
        if (dropped_by_suffix.count(weights_[w].name)) used[w] = true;
        continue;
      }
      if (std::next(begin) != end) {
        std::vector<std::string> candidates;
        for (auto it = begin; it != end; ++it) candidates.push_back(ports[it->second].name);
        return InvalidArgument(StrCat("tensor \"", weights_[w].name,
                                      "\" names several arguments of program \"", state->name,
                                      "\": ", List(candidates)));
      }
      RETURN_IF_ERROR(bind(begin->second, w));
    }
    // Of one tree of arguments (one root key) either all leaves are weights or none is.
    std::map<std::string, std::pair<std::vector<std::string>, bool>> roots;
    for (size_t i = 0; i < ports.size(); ++i) {
      if (ports[i].keys.size() < 2) continue;
      auto& [missing, any] = roots[ports[i].keys[0]];
      if (state->weight_of[i] < 0) {
        missing.push_back(ports[i].name);
      } else {
        any = true;
      }
    }
    for (const auto& [root, entry] : roots) {
      const auto& [missing, any] = entry;
      if (!any || missing.empty()) continue;
      std::vector<std::string> unused;
      for (uint32_t w = 0; w < weights_.size(); ++w) {
        if (!used[w]) unused.push_back(weights_[w].name);
      }
      return InvalidArgument(StrCat(
          "no weight tensor for ", missing.size(), missing.size() == 1 ? " argument" : " arguments",
          " of program \"", state->name, "\": ", List(missing),
          unused.empty() ? "" : StrCat("; tensors that no argument took: ", List(unused))));
    }
  }
  for (const auto& [argument, tensor] : ties_) {
    if (!ties_used.count(argument)) {
      return InvalidArgument(StrCat("tied: no program has an argument \"", argument, "\""));
    }
  }
  std::vector<std::string> extra;
  for (uint32_t w = 0; w < weights_.size(); ++w) {
    if (!used[w]) extra.push_back(weights_[w].name);
  }
  if (!extra.empty()) {
    std::vector<std::string> candidates;
    for (const auto& state : programs_) {
      for (size_t i = 0; i < state->weight_of.size(); ++i) {
        if (state->weight_of[i] < 0) candidates.push_back(state->program.arguments[i].name);
      }
    }
    return InvalidArgument(
        StrCat("no argument takes the weight tensors ", List(extra),
               candidates.empty() ? "; every argument has its tensor"
                                  : StrCat("; arguments without a tensor: ", List(candidates))));
  }
  return OkStatus();
}

// ---- Compiling.

CompileOptions Session::MakeCompileOptions() const {
  CompileOptions options;
  options.plan = OptionsForThisBuild(options_.engine, options_.jit, pool_->num_threads());
  return options;
}

Result<std::unique_ptr<Executable>> Session::MakeExecutable(Plan plan) {
  uint32_t jit_functions = 0;
  if (plan.jit.num_functions > 0) {
    Result<uint32_t> installed = jit::Install(plan.jit, &FindLaneFunction, pool_.get());
    if (installed.ok()) {
      jit_functions = *installed;
    } else {
      // An engine that refuses the module is no error: the plan is made again of kernels that need
      // none, and `inspect` shows it.
      jit_warning_ = std::string(installed.status().message());
      PlanOptions options = MakeCompileOptions().plan;
      options.jit = false;
      const uint32_t num_constants = plan.num_constants;
      ASSIGN_OR_RETURN(plan, BuildPlan(std::move(plan.graph), num_constants, options));
    }
  }
  return Executable::Create(std::move(plan), jit_functions, pool_.get(), &budget_);
}

uint32_t Session::InternConstant(const Constant& constant) {
  uint32_t& number = constant.weight >= 0 ? weights_[static_cast<size_t>(constant.weight)].constant
                                          : inits_[constant.init].constants[constant.result];
  if (number != kNone) return number;
  number = static_cast<uint32_t>(constants_.size());
  Constant copy;
  copy.weight = constant.weight;
  copy.init = constant.init;
  copy.result = constant.result;
  constants_.push_back(std::move(copy));
  return number;
}

Task Session::CompileProgram(ProgramState* state) {
  std::vector<bool> weight_arguments;
  for (int32_t w : state->weight_of) weight_arguments.push_back(w >= 0);
  const CompileOptions options = MakeCompileOptions();
  CompiledProgram compiled;
  co_await Compile(state->program, std::move(weight_arguments), options, budget_, &compiled);
  state->inputs = std::move(compiled.inputs);

  // Init plans, shared with other programs that compute the same from the same weights.
  std::vector<uint32_t> init_of;
  for (InitPlan& init : compiled.inits) {
    Init candidate;
    for (uint32_t argument : init.arguments) {
      candidate.weights.push_back(static_cast<uint32_t>(state->weight_of[argument]));
    }
    uint32_t found = kNone;
    if (programs_.size() > 1) {
      candidate.text = Print(init.plan.graph);
      for (uint32_t k = 0; k < inits_.size(); ++k) {
        if (inits_[k].weights == candidate.weights && inits_[k].text == candidate.text) found = k;
      }
    }
    if (found == kNone) {
      found = static_cast<uint32_t>(inits_.size());
      candidate.constants.assign(init.plan.results.size(), kNone);
      Result<std::unique_ptr<Executable>> executable = MakeExecutable(std::move(init.plan));
      co_await executable.status();
      candidate.executable = std::move(*executable);
      inits_.push_back(std::move(candidate));
    }
    init_of.push_back(found);
  }
  for (const ConstantSource& source : compiled.constants) {
    Constant constant;
    if (source.is_weight) {
      constant.weight = state->weight_of[source.argument];
    } else {
      constant.init = init_of[source.init_graph];
      constant.result = source.result;
    }
    state->constants.push_back(InternConstant(constant));
  }
  Result<std::unique_ptr<Executable>> executable = MakeExecutable(std::move(compiled.main));
  co_await executable.status();
  state->executable = std::move(*executable);

  for (uint32_t i = 0; i < state->constants.size(); ++i) {
    constants_[state->constants[i]].read |= state->executable->ReadsConstant(i);
  }
  for (const Executable::PackingStep& step : state->executable->PackingSteps()) {
    std::vector<uint32_t> constants;
    for (uint32_t i : step.constants) {
      constants.push_back(i == kNone ? kNone : state->constants[i]);
    }
    Packing& packing = packings_[StrCat(step.key, " of ", Join(constants))];
    if (packing.kernels.empty()) {
      packing.constants = constants;
    }
    packing.kernels.push_back(step.kernel);
  }
}

Task Session::Bind() {
  co_await CheckPhase(true, "bind");
  if (programs_.empty()) co_await InvalidArgument("there is no program");
  co_await BindNames();
  for (auto& state : programs_) {
    Task compiling = CompileProgram(state.get());
    while (!compiling.Resume()) co_await Budget::Pause();
    Status status = compiling.status();
    if (programs_.size() > 1) status = status.WithContext(StrCat("program \"", state->name, "\""));
    co_await status;
  }
  LinkUsers();
  bound_ = true;
}

// Who waits for whom, so that an arriving weight finds its users without a search.
void Session::LinkUsers() {
  for (auto& state : programs_) {
    for (uint32_t i = 0; i < state->constants.size(); ++i) {
      constants_[state->constants[i]].readers.emplace_back(state->executable.get(), i);
    }
  }
  for (auto& [key, packing] : packings_) {
    for (uint32_t c : packing.constants) {
      if (c == kNone) continue;
      constants_[c].packings.push_back(&packing);
      ++constants_[c].waiting;
    }
  }
  for (uint32_t c = 0; c < constants_.size(); ++c) {
    const Constant& constant = constants_[c];
    if (constant.weight < 0) continue;
    Weight& weight = weights_[static_cast<size_t>(constant.weight)];
    weight.needed = true;
    if (constant.read || constant.waiting > 0) ++weight.users;
  }
  for (uint32_t k = 0; k < inits_.size(); ++k) {
    for (uint32_t w : inits_[k].weights) {
      weights_[w].needed = true;
      // Tied arguments name a weight twice.
      std::vector<uint32_t>& inits = weights_[w].inits;
      if (inits.empty() || inits.back() != k) inits.push_back(k);
      ++weights_[w].users;
    }
  }
}

// ---- Weights arriving.

Result<uint8_t*> Session::WeightBuffer(uint32_t i) {
  RETURN_IF_ERROR(CheckPhase(false, "weightBuffer"));
  if (i >= weights_.size()) return InvalidArgument(StrCat("there is no weight ", i));
  Weight& weight = weights_[i];
  if (weight.arrived) {
    return InvalidArgument(StrCat("weight \"", weight.name, "\" has arrived already"));
  }
  if (!weight.data) {
    ASSIGN_OR_RETURN(weight.data, TryAllocate(static_cast<uint64_t>(weight.type.ByteSize()),
                                              StrCat("weight \"", weight.name, "\"")));
  }
  return weight.data.data();
}

Task Session::WeightArrived(uint32_t i) {
  co_await CheckPhase(false, "weightArrived");
  if (i >= weights_.size() || !weights_[i].data) {
    co_await InvalidArgument(StrCat("weight ", i, " has no buffer"));
  }
  Weight& weight = weights_[i];
  weight.arrived = true;
  if (weight.users == 0) weight.data = AlignedBuffer();
  if (weight.constant != kNone) {
    constants_[weight.constant].data = weight.data.data();
    co_await ConstantReady(weight.constant);
  }
  for (uint32_t k : weight.inits) {
    const auto arrived = [&](uint32_t w) { return weights_[w].arrived; };
    if (std::all_of(inits_[k].weights.begin(), inits_[k].weights.end(), arrived)) {
      co_await RunInit(&inits_[k]);
    }
  }
}

void Session::DropUser(uint32_t weight) {
  if (--weights_[weight].users == 0) weights_[weight].data = AlignedBuffer();
}

// The constant that result r becomes gets memory of its own.
Status Session::CopyOut(const Init& init, uint32_t r) {
  Constant& constant = constants_[init.constants[r]];
  const int64_t bytes = init.executable->plan().result_bytes[r];
  ASSIGN_OR_RETURN(constant.owned, TryAllocate(static_cast<uint64_t>(bytes), "a prepared weight"));
  std::memcpy(constant.owned.data(), init.executable->result(r), static_cast<size_t>(bytes));
  constant.data = constant.owned.data();
  return OkStatus();
}

Task Session::RunInit(Init* init) {
  Executable& e = *init->executable;
  Result<AlignedBuffer> arena =
      TryAllocate(static_cast<uint64_t>(e.plan().arena_size), "memory to prepare weights");
  co_await arena.status();
  e.BindArena(arena->data());
  for (uint32_t k = 0; k < init->weights.size(); ++k) {
    e.BindInput(k, weights_[init->weights[k]].data.data());
  }
  e.Start();
  for (Executable::State state = Executable::State::kPaused; state != Executable::State::kDone;) {
    const Result<Executable::State> advanced = e.Advance();
    co_await advanced.status();
    state = *advanced;
    if (state == Executable::State::kHostCall) co_await Unsupported("a custom call on weights");
    if (state == Executable::State::kPaused) co_await Budget::Pause();
  }
  // What is read at run time, or waits for a companion, is copied out; the rest is packed from
  // where it lies in the arena. The weights go first: packed ones may take their place.
  for (uint32_t r = 0; r < init->constants.size(); ++r) {
    if (init->constants[r] == kNone) continue;
    Constant& constant = constants_[init->constants[r]];
    constant.data = e.result(r);
    const uint8_t* begin = arena->data();
    const bool in_arena = std::less_equal<>()(begin, e.result(r)) &&
                          std::less<>()(e.result(r), begin + arena->size());
    if (constant.read || !in_arena) co_await CopyOut(*init, r);
  }
  for (uint32_t w : init->weights) DropUser(w);
  for (uint32_t c : init->constants) {
    if (c != kNone) co_await ConstantReady(c);
  }
  for (uint32_t r = 0; r < init->constants.size(); ++r) {
    if (init->constants[r] == kNone) continue;
    const Constant& constant = constants_[init->constants[r]];
    if (constant.waiting > 0 && !constant.owned) co_await CopyOut(*init, r);
  }
}

Task Session::ConstantReady(uint32_t c) {
  for (const auto& [executable, number] : constants_[c].readers) {
    executable->BindConstant(number, constants_[c].data);
  }
  for (Packing* packing : constants_[c].packings) {
    if (!packing->done) co_await TryPack(packing);
  }
}

Task Session::TryPack(Packing* packing) {
  std::vector<const void*> data;
  for (uint32_t c : packing->constants) {
    if (c != kNone && !constants_[c].data) co_return;
    data.push_back(c == kNone ? nullptr : constants_[c].data);
  }
  Kernel& first = *packing->kernels[0];
  const Result<std::shared_ptr<Kernel::Packed>> packed = first.MakePacked();
  co_await packed.status();
  for (size_t piece = 0; piece < first.pack_pieces(); ++piece) {
    co_await first.Pack(packed->get(), data, {piece, piece + 1});
    co_await budget_.Spend(Budget::kPiece);
  }
  for (Kernel* kernel : packing->kernels) co_await kernel->UsePacked(*packed);
  packing->bytes = (*packed)->ByteSize();
  packing->done = true;
  for (uint32_t c : packing->constants) {
    if (c == kNone) continue;
    Constant& constant = constants_[c];
    if (--constant.waiting > 0 || constant.read) continue;
    constant.data = nullptr;
    constant.owned = AlignedBuffer();
    if (constant.weight >= 0) DropUser(static_cast<uint32_t>(constant.weight));
  }
}

Status Session::Finish() {
  RETURN_IF_ERROR(CheckPhase(false, "finish"));
  std::vector<std::string> missing;
  for (const Weight& weight : weights_) {
    if (weight.needed && !weight.arrived) missing.push_back(weight.name);
  }
  if (!missing.empty()) {
    return InvalidArgument(StrCat("these weights did not arrive: ", List(missing)));
  }
  // Init graphs without weights cannot exist; those with weights have run by now.
  inits_.clear();
  int64_t arena = 0;
  for (const auto& state : programs_) {
    arena = std::max(arena, state->executable->plan().arena_size);
  }
  ASSIGN_OR_RETURN(arena_, TryAllocate(static_cast<uint64_t>(arena), "the arena"));
  for (const auto& state : programs_) state->executable->BindArena(arena_.data());
  finished_ = true;
  return OkStatus();
}

// ---- Runs.

void* Session::InputPointer(uint32_t p, uint32_t i) {
  Executable& e = *programs_[p]->executable;
  e.BindInput(i, nullptr);
  return e.input(i);
}

Status Session::BindInput(uint32_t p, uint32_t i, uint32_t tensor) {
  AlignedBuffer* buffer = FindTensor(tensor);
  if (!buffer) return InvalidArgument("this tensor was disposed");
  Executable& e = *programs_[p]->executable;
  const int64_t expected = e.plan().input_bytes[i];
  if (static_cast<int64_t>(buffer->size()) != expected) {
    return InvalidArgument(
        StrCat("the tensor has ", buffer->size(), " bytes, the input ", expected));
  }
  e.BindInput(i, buffer->data());
  return OkStatus();
}

Status Session::Start(uint32_t p) {
  if (!finished_) return InvalidArgument("start comes after finish");
  if (p >= programs_.size()) return InvalidArgument(StrCat("there is no program ", p));
  running_ = p;
  programs_[p]->executable->Start();
  return OkStatus();
}

Result<Executable::State> Session::Advance(double budget_ms) {
  if (running_ == kNone) return InvalidArgument("advance comes after start");
  budget_.StartSlice(budget_ms);
  return programs_[running_]->executable->Advance();
}

void Session::Stop() {
  if (running_ != kNone) programs_[running_]->executable->Start();
}

const void* Session::OutputPointer(uint32_t p, uint32_t i) const {
  return programs_[p]->executable->result(i);
}

Result<uint32_t> Session::CreateTensor(uint64_t bytes) {
  ASSIGN_OR_RETURN(AlignedBuffer buffer, TryAllocate(bytes, "a tensor"));
  tensors_.emplace(next_tensor_, std::move(buffer));
  return next_tensor_++;
}

Result<uint32_t> Session::TakeOutput(uint32_t p, uint32_t i) {
  const uint64_t bytes = static_cast<uint64_t>(programs_[p]->executable->plan().result_bytes[i]);
  ASSIGN_OR_RETURN(const uint32_t handle, CreateTensor(bytes));
  std::memcpy(tensors_[handle].data(), OutputPointer(p, i), bytes);
  return handle;
}

AlignedBuffer* Session::FindTensor(uint32_t handle) {
  const auto it = tensors_.find(handle);
  return it == tensors_.end() ? nullptr : &it->second;
}

}  // namespace webhlo
