// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/session.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

#include "core/base/strings.h"
#include "core/ops/op_table.h"
#include "core/ops/product_weights.h"
#include "core/runtime/recode.h"

namespace webhlo {

Session::Session(const Options& options)
    : options_(options),
      budget_(options.clock, options.work_between_looks),
      pool_(std::make_unique<ThreadPool>(options.num_threads)),
      machine_{pool_.get(), &budget_},
      store_(pool_.get(), &budget_) {
  UseOps();
}

Status Session::CheckPhase(bool before_bind, std::string_view call) const {
  if (before_bind == !bound_) return OkStatus();
  return InvalidArgument(StrCat(call, before_bind ? " comes before bind" : " comes after bind"));
}

// ---- Programs and weights.

uint32_t Session::FindProgram(std::string_view name) const {
  for (uint32_t p = 0; p < programs_.size(); ++p) {
    if (programs_[p].name == name) return p;
  }
  return kNone;
}

Status Session::CheckIsNew(std::string_view name) const {
  if (FindProgram(name) == kNone) return OkStatus();
  return InvalidArgument(StrCat("two programs are named \"", name, "\""));
}

Status Session::AddProgram(std::string name, std::span<const uint8_t> bytes,
                           std::string_view file_name) {
  RETURN_IF_ERROR(CheckPhase(true, "addProgram"));
  RETURN_IF_ERROR(CheckIsNew(name));
  ASSIGN_OR_RETURN(Program program, ReadProgram(bytes, file_name));
  programs_.push_back({std::move(name), std::move(program)});
  return OkStatus();
}

Status Session::AddWhlo(std::span<const uint8_t> header) {
  RETURN_IF_ERROR(CheckPhase(true, "addWhlo"));
  ASSIGN_OR_RETURN(WhloFile file, ReadWhlo(header));
  for (NamedProgram& program : file.programs) {
    RETURN_IF_ERROR(CheckIsNew(program.name));
    programs_.push_back(std::move(program));
  }
  directory_.insert(directory_.end(), file.weights.begin(), file.weights.end());
  for (TiedWeight& tie : file.ties) ties_[std::move(tie.argument)] = std::move(tie.tensor);
  metadata_.merge(file.metadata);
  return OkStatus();
}

Status Session::DeclareWeight(std::string name, TensorType type, const Encoding& encoding) {
  RETURN_IF_ERROR(CheckPhase(true, "declareWeight"));
  if (!type.IsStatic() || !type.FitsAddressSpace()) {
    return InvalidModel(StrCat("weight \"", name, "\" has the impossible type ", ToString(type)));
  }
  weights_.push_back({std::move(name), std::move(type), encoding});
  places_.emplace_back();
  return OkStatus();
}

Status Session::DeclareDirectory() {
  for (const WeightEntry& entry : directory_) {
    if (!entry.file.empty()) continue;
    RETURN_IF_ERROR(
        DeclareWeight(entry.name, TensorType(entry.dtype, entry.shape), entry.encoding));
  }
  return OkStatus();
}

Status Session::PlaceWeight(uint32_t i, std::string file, uint64_t offset) {
  if (i >= weights_.size()) return InvalidArgument(StrCat("there is no weight ", i));
  places_[i].file = std::move(file);
  places_[i].offset = offset;
  return OkStatus();
}

Status Session::Tie(std::string argument, std::string tensor) {
  RETURN_IF_ERROR(CheckPhase(true, "tie"));
  ties_[std::move(argument)] = std::move(tensor);
  return OkStatus();
}

Status Session::Donate(std::string_view argument) {
  RETURN_IF_ERROR(CheckPhase(true, "donate"));
  bool found = false;
  for (NamedProgram& named : programs_) {
    for (Port& port : named.program.arguments) {
      if (port.name != argument) continue;
      found = port.donatable = true;
    }
  }
  if (found) return OkStatus();
  return InvalidArgument(StrCat("donate: no program has an argument \"", argument, "\""));
}

void Session::ChooseEncodings() {
  if (!encodings_.empty()) return;
  for (const DeclaredWeight& weight : weights_) {
    encodings_.push_back(options_.precision == Precision::kF32 ? Encoding() : weight.encoding);
  }
  if (!options_.precision) return;
  for (const auto& made : made_) {
    for (const Specialization& s : made) {
      const Plan& plan = s.reader->executable().plan();
      for (const Step& step : plan.steps) {
        if (!step.choice.Packs(1)) continue;
        const Encoding encoding =
            EncodingOfWeights(OpView(plan.graph, plan.graph.nodes[step.node]), step.choice);
        const uint32_t w = store_.WeightOf(*s.reader, step.buffers[1].index);
        if (!encoding.is_raw() && w < encodings_.size()) encodings_[w] = encoding;
      }
    }
  }
}

bool Session::IsEncoded(uint32_t i) {
  ChooseEncodings();
  return i < weights_.size() && encodings_[i] != weights_[i].encoding;
}

Task Session::EncodeWeight(uint32_t i) {
  if (!IsEncoded(i)) co_await InvalidArgument(StrCat("weight ", i, " stays as it is"));
  encoded_weight_ = store_.Take(i);
  co_await DecodeWeight(weights_[i], &encoded_weight_, budget_);
  bool fits = true;
  co_await webhlo::EncodeWeight(weights_[i], encodings_[i], &encoded_weight_, &fits, budget_);
  if (!fits) encodings_[i] = {};
}

Result<std::vector<uint8_t>> Session::MakeWhlo(uint64_t least_size) {
  if (!bound_) return WriteWhlo(programs_, {}, {}, metadata_);
  ChooseEncodings();
  std::vector<WeightEntry> entries;
  std::set<std::string_view> written;
  for (size_t w = 0; w < weights_.size(); ++w) {
    if (!binding_.taken[w]) continue;
    WeightEntry& entry = entries.emplace_back(places_[w]);
    entry.name = weights_[w].name;
    entry.dtype = weights_[w].type.element;
    entry.shape = weights_[w].type.dims;
    entry.encoding = encodings_[w];
    entry.size = entry.encoding.ByteSize(weights_[w].type);
    written.insert(weights_[w].name);
  }
  std::vector<TiedWeight> ties;
  for (const auto& [argument, tensor] : ties_) {
    if (written.count(tensor)) ties.push_back({argument, tensor});
  }
  return WriteWhlo(programs_, entries, ties, metadata_, least_size);
}

// ---- Loading.

Status Session::BindNames() {
  RETURN_IF_ERROR(CheckPhase(true, "bind"));
  if (programs_.empty()) return InvalidArgument("there is no program");
  ASSIGN_OR_RETURN(binding_, webhlo::BindNames(programs_, weights_, ties_));
  return OkStatus();
}

Task Session::Bind() {
  co_await BindNames();
  store_.Declare(weights_);
  made_.resize(programs_.size());
  calls_.resize(programs_.size());
  for (uint32_t p = 0; p < programs_.size(); ++p) {
    if (IsFree(p)) {
      for (int32_t w : binding_.weight_of[p]) {
        if (w >= 0) store_.KeepSource(static_cast<uint32_t>(w));
      }
      co_await FindHostCalls(programs_[p].program, budget_, &calls_[p]);
      continue;
    }
    Task compiling = Make(p, &made_[p].emplace_back());
    while (!compiling.Resume()) co_await Budget::Pause();
    Status status = compiling.status();
    if (programs_.size() > 1) {
      status = status.WithContext(StrCat("program \"", programs_[p].name, "\""));
    }
    co_await status;
  }
  bound_ = true;
}

bool Session::IsFree(uint32_t p) const {
  const Program& program = programs_[p].program;
  for (uint32_t i = 0; i < program.arguments.size(); ++i) {
    if (binding_.weight_of[p][i] < 0 && program.argument_type(i).IsFree()) return true;
  }
  return false;
}

Result<CompileOptions> Session::OptionsFor(uint32_t p, const Shapes& shapes) const {
  CompileOptions options;
  options.in_place = true;
  options.plan = OptionsForThisBuild(options_.engine, options_.jit, pool_->num_threads());
  options.plan.save_memory = options_.save_memory;
  options.plan.tuning = &tuning_;
  options.plan.alternatives = options_.tune;
  options.computed_precision = options_.precision.value_or(Precision::kF32);
  const Program& program = programs_[p].program;
  size_t next = 0;
  for (uint32_t i = 0; i < program.arguments.size(); ++i) {
    Type type = program.argument_type(i);
    Precision precision = Precision::kF32;
    if (const int32_t w = binding_.weight_of[p][i]; w >= 0) {
      const DeclaredWeight& weight = weights_[static_cast<size_t>(w)];
      type = weight.type;
      precision = options_.precision.value_or(weight.encoding.precision);
    } else if (next < shapes.size()) {
      TensorType given(type.tensor.element, shapes[next++]);
      if (!given.IsStatic() || !given.FitsAddressSpace() || !Admits(type.tensor, given)) {
        return InvalidArgument(StrCat("input \"", program.arguments[i].name, "\" is ",
                                      ToString(type), ", got ", ToString(given)));
      }
      type = std::move(given);
    }
    options.argument_types.push_back(std::move(type));
    options.precisions.push_back(precision);
  }
  return options;
}

std::vector<bool> Session::WeightArguments(uint32_t p) const {
  std::vector<bool> flags;
  for (int32_t w : binding_.weight_of[p]) flags.push_back(w >= 0);
  return flags;
}

Task Session::Make(uint32_t p, Specialization* specialization) {
  Result<CompileOptions> options = OptionsFor(p, specialization->shapes);
  co_await options.status();
  options->plan.jit &= machine_.jit_refusal.empty();
  CompiledProgram compiled;
  co_await Compile(programs_[p].program, WeightArguments(p), *options, &machine_, &compiled);
  specialization->options = compiled.options;
  const bool share = programs_.size() > 1 || IsFree(p);
  Result<std::unique_ptr<WeightStore::Reader>> reader =
      store_.Attach(std::move(compiled), binding_.weight_of[p], share);
  co_await reader.status();
  specialization->reader = std::move(*reader);
  co_await store_.Feed(specialization->reader.get());
  if (records_times_) specialization->reader->executable().RecordTimes(options_.clock);
}

Result<uint8_t*> Session::WeightBuffer(uint32_t i) {
  RETURN_IF_ERROR(CheckPhase(false, "weightBuffer"));
  return store_.Buffer(i);
}

Task Session::WeightArrived(uint32_t i) {
  if (const Status phase = CheckPhase(false, "weightArrived"); !phase.ok()) return phase;
  return store_.Arrived(i);
}

Status Session::Finish() {
  RETURN_IF_ERROR(CheckPhase(false, "finish"));
  RETURN_IF_ERROR(store_.CheckAllArrived());
  int64_t arena = 0;
  for (const auto& made : made_) {
    for (const Specialization& s : made) {
      arena = std::max(arena, s.reader->executable().plan().arena_size);
    }
  }
  RETURN_IF_ERROR(GrowArena(arena));
  finished_ = true;
  return OkStatus();
}

// All executables run in one arena, as large as the largest wants it.
Status Session::GrowArena(int64_t size) {
  ASSIGN_OR_RETURN(arena_, TryAllocate(static_cast<uint64_t>(size), "the arena"));
  for (const auto& made : made_) {
    for (const Specialization& s : made) s.reader->executable().BindArena(arena_.data());
  }
  return OkStatus();
}

// ---- Runs.

Task Session::Specialize(uint32_t p, Shapes shapes) {
  if (!finished_) co_await InvalidArgument("specialize comes after finish");
  tuning_task_ = Task();
  if (p >= programs_.size() || !IsFree(p)) {
    co_await InvalidArgument(StrCat("there is no program ", p, " that leaves sizes free"));
  }
  std::vector<Specialization>& made = made_[p];
  const auto known = std::find_if(made.begin(), made.end(),
                                  [&](const Specialization& s) { return s.shapes == shapes; });
  if (known != made.end()) {
    std::rotate(made.begin(), known, known + 1);
    co_return;
  }
  Specialization specialization{std::move(shapes), nullptr, {}, {}};
  Task making = Make(p, &specialization);
  while (!making.Resume()) co_await Budget::Pause();
  Status status = making.status();
  // Other shapes may suit the program.
  if (status.code() == StatusCode::kInvalidModel) {
    status = InvalidArgument(std::string(status.message()));
  }
  co_await status.WithContext(StrCat("program \"", programs_[p].name, "\" with inputs ",
                                     Describe(p, specialization.shapes)));
  const int64_t arena = specialization.reader->executable().plan().arena_size;
  if (static_cast<size_t>(arena) > arena_.size()) co_await GrowArena(arena);
  specialization.reader->executable().BindArena(arena_.data());
  made.insert(made.begin(), std::move(specialization));
  if (made.size() > options_.max_specializations) {
    for (uint32_t room : made.back().rooms) tensors_.Dispose(room);
    made.pop_back();
  }
}

Result<void*> Session::InputPointer(uint32_t p, uint32_t i) {
  Executable& e = Current(p);
  if (!e.plan().IsOverwritten(i)) {
    e.BindInput(i, nullptr);
    return e.input(i);
  }
  uint32_t& room = Room(p, i);
  if (tensors_.Find(room) == nullptr) {
    ASSIGN_OR_RETURN(room, tensors_.Create(static_cast<uint64_t>(e.plan().input_bytes[i])));
  }
  e.BindInput(i, tensors_.Find(room)->data());
  return e.input(i);
}

Status Session::BindInput(uint32_t p, uint32_t i, uint32_t tensor, bool donated) {
  AlignedBuffer* buffer = tensors_.Find(tensor);
  if (!buffer) return InvalidArgument("this tensor was disposed");
  Executable& e = Current(p);
  const int64_t expected = e.plan().input_bytes[i];
  if (static_cast<int64_t>(buffer->size()) != expected) {
    return InvalidArgument(
        StrCat("the tensor has ", buffer->size(), " bytes, the input ", expected));
  }
  if (!e.plan().IsOverwritten(i)) {
    e.BindInput(i, buffer->data());
  } else if (donated) {
    uint32_t& room = Room(p, i);
    if (room != tensor) tensors_.Dispose(room);
    room = tensor;
    e.BindInput(i, buffer->data());
  } else {
    // Whoever keeps a tensor finds in it what he left.
    ASSIGN_OR_RETURN(void* const copy, InputPointer(p, i));
    std::memcpy(copy, buffer->data(), buffer->size());
  }
  return OkStatus();
}

Result<uint32_t> Session::KeepOutput(uint32_t p, uint32_t i) {
  RETURN_IF_ERROR(CheckCanRun(p));
  const Plan& plan = Current(p).plan();
  keeping_.resize(plan.results.size());
  uint32_t& tensor = keeping_[i].tensor;
  if (tensor != 0) return InvalidArgument(StrCat("result ", i, " is kept already"));
  if (plan.InputUnder(i) != kNone) {
    // It will be the tensor that the input lies in.
    tensor = tensors_.NewHandle();
  } else {
    ASSIGN_OR_RETURN(tensor, tensors_.Create(static_cast<uint64_t>(plan.result_bytes[i])));
  }
  return tensor;
}

uint32_t& Session::Room(uint32_t p, uint32_t i) {
  std::vector<uint32_t>& rooms = made_[p].front().rooms;
  rooms.resize(Current(p).plan().inputs.size());
  return rooms[i];
}

Status Session::CheckCanRun(uint32_t p) const {
  if (!finished_) return InvalidArgument("start comes after finish");
  if (p >= programs_.size()) return InvalidArgument(StrCat("there is no program ", p));
  if (made_[p].empty()) return InvalidArgument("start comes after specialize");
  return OkStatus();
}

// Whether the inputs that results take the place of have been given since the last run.
Status Session::CheckGiven(uint32_t p) const {
  const Specialization& now = made_[p].front();
  const Executable& e = now.reader->executable();
  for (uint32_t i = 0; i < e.plan().over_inputs.size(); ++i) {
    if (!e.plan().IsOverwritten(i)) continue;
    const AlignedBuffer* room = i < now.rooms.size() ? tensors_.Find(now.rooms[i]) : nullptr;
    if (!room || room->data() != e.input(i)) {
      return InvalidArgument(StrCat("input ", i, " is to be given for each run"));
    }
  }
  return OkStatus();
}

Status Session::Start(uint32_t p) {
  RETURN_IF_ERROR(CheckCanRun(p));
  RETURN_IF_ERROR(CheckGiven(p));
  running_ = p;
  in_run_ = true;
  Executable& e = Current(p);
  e.Start();
  for (uint32_t i = 0; i < keeping_.size(); ++i) {
    Keeping& k = keeping_[i];
    if (k.tensor == 0) continue;
    if (const uint32_t input = e.plan().InputUnder(i); input != kNone) {
      tensors_.Move(std::exchange(Room(p, input), 0), k.tensor);
      k.is_bound = true;
    } else {
      k.is_bound = e.BindResult(i, tensors_.Find(k.tensor)->data());
    }
  }
  return OkStatus();
}

Result<Executable::State> Session::Advance(double budget_ms) {
  if (running_ == kNone) return InvalidArgument("advance comes after start");
  budget_.StartSlice(budget_ms);
  Executable& e = Current(running_);
  const Result<Executable::State> state = e.Advance();
  in_run_ = state.ok() && *state != Executable::State::kDone;
  if (!state.ok() || in_run_) return state;
  for (uint32_t i = 0; i < keeping_.size(); ++i) {
    if (keeping_[i].tensor == 0 || keeping_[i].is_bound) continue;
    AlignedBuffer& tensor = *tensors_.Find(keeping_[i].tensor);
    std::memcpy(tensor.data(), e.result(i), tensor.size());
  }
  keeping_.clear();
  return state;
}

void Session::Stop() {
  in_run_ = false;
  keeping_.clear();
  if (running_ != kNone) Current(running_).Start();
}

void Session::RecordTimes(bool on) {
  records_times_ = on;
  for (const auto& made : made_) {
    for (const Specialization& s : made) {
      // One that is being made has none yet.
      if (s.reader) s.reader->executable().RecordTimes(on ? options_.clock : nullptr);
    }
  }
}

const void* Session::OutputPointer(uint32_t p, uint32_t i) const { return executable(p).result(i); }

}  // namespace webhlo
