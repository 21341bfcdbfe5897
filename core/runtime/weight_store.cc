// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/weight_store.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

#include "core/base/strings.h"
#include "core/graph/computation.h"
#include "core/runtime/recode.h"

namespace webhlo {

void WeightStore::Declare(std::span<const DeclaredWeight> weights) {
  declared_ = weights;
  weights_.resize(weights.size());
}

void WeightStore::KeepSource(uint32_t weight) {
  weights_[weight].needed = weights_[weight].keep_source = true;
}

// ---- Who waits for whom, so that an arriving weight finds its users without a search.

Result<std::unique_ptr<WeightStore::Reader>> WeightStore::Attach(CompiledProgram compiled,
                                                                 std::span<const int32_t> weight_of,
                                                                 bool share) {
  auto reader = std::make_unique<Reader>(this, std::move(compiled.main));
  std::vector<uint32_t> weights(weight_of.begin(), weight_of.end());
  for (auto& literal : compiled.literals) {
    weights.push_back(AddLiteral(std::move(literal), share));
    reader->literals_.push_back(weights.back());
  }
  // Init plans, shared with executables that want the same of the same weights.
  for (const InitPlan& made : compiled.inits) {
    const Plan& plan = compiled.init_plans[made.plan];
    Init init;
    for (uint32_t argument : made.arguments) init.weights.push_back(weights[argument]);
    if (share) init.computation = ComputationKey(plan.graph);
    uint32_t number = FindInit(init);
    if (number == kNone) {
      number = static_cast<uint32_t>(inits_.size());
      init.constants.assign(plan.results.size(), kNone);
      for (uint32_t w : init.weights) {
        weights_[w].needed = true;
        // Tied arguments name a weight twice.
        std::vector<uint32_t>& inits = weights_[w].inits;
        if (inits.empty() || inits.back() != number) inits.push_back(number);
      }
      inits_.push_back(std::move(init));
    }
    reader->inits_.push_back(number);
  }
  for (uint32_t i = 0; i < compiled.constants.size(); ++i) {
    const ConstantSource& source = compiled.constants[i];
    const uint32_t c = source.is_weight
                           ? WeightConstant(weights[source.argument])
                           : InitConstant(reader->inits_[source.init_graph], source.result);
    reader->constants_.push_back(c);
    if (reader->executable().ReadsConstant(i)) constants_[c].readers.emplace_back(reader.get(), i);
  }
  AttachPackings(reader.get());
  // Those that have not run, or whose results are gone, run for this one.
  std::vector<std::shared_ptr<Executable>> executables(compiled.init_plans.size());
  for (size_t k = 0; k < compiled.inits.size(); ++k) {
    Init& init = inits_[reader->inits_[k]];
    const bool wanted = std::any_of(init.constants.begin(), init.constants.end(), [&](uint32_t c) {
      return c != kNone && !constants_[c].data && IsWanted(constants_[c]);
    });
    if (init.waiting || !wanted) continue;
    const uint32_t plan = compiled.inits[k].plan;
    if (!executables[plan]) {
      ASSIGN_OR_RETURN(executables[plan],
                       Executable::Create(std::move(compiled.init_plans[plan]), 0, pool_, budget_));
    }
    init.executable = executables[plan];
    init.waiting = true;
  }
  return reader;
}

Result<std::unique_ptr<WeightStore::Reader>> WeightStore::AttachBeside(
    std::unique_ptr<Executable> executable, const Reader& other,
    std::span<const uint32_t> constants) {
  auto reader = std::make_unique<Reader>(this, std::move(executable));
  reader->literals_ = other.literals_;
  for (uint32_t w : reader->literals_) ++weights_[w].users;
  for (uint32_t i = 0; i < constants.size(); ++i) {
    const uint32_t c = other.constants_[constants[i]];
    reader->constants_.push_back(c);
    if (reader->executable().ReadsConstant(i)) constants_[c].readers.emplace_back(reader.get(), i);
  }
  AttachPackings(reader.get());
  return reader;
}

uint32_t WeightStore::AddLiteral(std::shared_ptr<const DenseElements> literal, bool share) {
  uint32_t number = static_cast<uint32_t>(weights_.size());
  if (share) {
    const auto* bytes = reinterpret_cast<const char*>(literal->bytes.data());
    const size_t hash = std::hash<std::string_view>()({bytes, literal->bytes.size()});
    const auto [known, is_new] = literals_.emplace(hash, number);
    if (!is_new) {
      const DenseElements* other = weights_[known->second].literal.get();
      if (other && *other == *literal) {
        number = known->second;
      } else if (!other) {
        known->second = number;
      }
    }
  }
  if (number == weights_.size()) weights_.emplace_back().literal = std::move(literal);
  ++weights_[number].users;
  return number;
}

uint32_t WeightStore::FindInit(const Init& init) const {
  for (uint32_t k = 0; k < inits_.size() && !init.computation.empty(); ++k) {
    if (inits_[k].weights == init.weights && inits_[k].computation == init.computation) return k;
  }
  return kNone;
}

uint32_t WeightStore::WeightConstant(uint32_t weight) {
  uint32_t& number = weights_[weight].constant;
  if (number == kNone) {
    number = static_cast<uint32_t>(constants_.size());
    constants_.emplace_back().weight = weight;
    weights_[weight].needed = true;
  }
  return number;
}

uint32_t WeightStore::InitConstant(uint32_t init, uint32_t result) {
  uint32_t& number = inits_[init].constants[result];
  if (number == kNone) {
    number = static_cast<uint32_t>(constants_.size());
    constants_.emplace_back();
  }
  return number;
}

void WeightStore::AttachPackings(Reader* reader) {
  for (const Executable::PackingStep& step : reader->executable_->PackingSteps()) {
    // Ops may have the same weights at other places among their operands.
    std::vector<uint32_t> by_operand, constants;
    for (uint32_t i : step.constants) {
      by_operand.push_back(i == kNone ? kNone : reader->constants_[i]);
      if (i != kNone) constants.push_back(by_operand.back());
    }
    std::string key = StrCat(step.key, " of ", Join(constants));
    Packing& packing = packings_[key];
    if (packing.users++ == 0) {
      packing.constants = std::move(constants);
      for (uint32_t c : packing.constants) constants_[c].packings.push_back(&packing);
    }
    packing.kernels.push_back({reader, step.kernel, std::move(by_operand)});
    reader->packings_.push_back(std::move(key));
  }
}

void WeightStore::Detach(const Reader& reader) {
  for (const std::string& key : reader.packings_) {
    Packing& packing = packings_[key];
    std::erase_if(packing.kernels, [&](const auto& user) { return user.reader == &reader; });
    if (--packing.users > 0) continue;
    for (uint32_t c : packing.constants) std::erase(constants_[c].packings, &packing);
    packings_.erase(key);
  }
  for (uint32_t c : reader.constants_) {
    std::erase_if(constants_[c].readers, [&](const auto& r) { return r.first == &reader; });
    ReleaseConstant(c);
  }
  // An init plan that nobody waits for any more.
  for (uint32_t k : reader.inits_) {
    Init& init = inits_[k];
    const bool wanted = std::any_of(init.constants.begin(), init.constants.end(), [&](uint32_t c) {
      return c != kNone && IsWanted(constants_[c]);
    });
    if (!wanted) init.executable.reset();
    init.waiting = init.waiting && wanted;
    for (uint32_t w : init.weights) ReleaseWeight(w);
  }
  for (uint32_t w : reader.literals_) {
    if (--weights_[w].users == 0) weights_[w].literal.reset();
  }
}

// ---- Weights arriving.

Result<uint8_t*> WeightStore::Buffer(uint32_t i) {
  if (i >= declared_.size()) return InvalidArgument(StrCat("there is no weight ", i));
  Weight& weight = weights_[i];
  if (weight.arrived) {
    return InvalidArgument(StrCat("weight \"", declared_[i].name, "\" has arrived already"));
  }
  if (!weight.data) {
    ASSIGN_OR_RETURN(weight.data, TryAllocate(declared_[i].ByteSize(),
                                              StrCat("weight \"", declared_[i].name, "\"")));
  }
  return weight.data.data();
}

Task WeightStore::Arrived(uint32_t i) {
  if (i >= declared_.size() || !weights_[i].data) {
    co_await InvalidArgument(StrCat("weight ", i, " has no buffer"));
  }
  co_await DecodeWeight(declared_[i], &weights_[i].data, *budget_);
  co_await Use(i);
}

// The bytes of a literal, where kernels can read them.
Task WeightStore::LiteralArrives(uint32_t i) {
  const std::vector<uint8_t>& bytes = weights_[i].literal->bytes;
  Result<AlignedBuffer> buffer = TryAllocate(bytes.size(), "a literal that is a weight");
  co_await buffer.status();
  std::copy(bytes.begin(), bytes.end(), buffer->data());
  weights_[i].data = std::move(*buffer);
  co_await Use(i);
}

// What waited for the bytes of a weight goes on.
Task WeightStore::Use(uint32_t i) {
  Weight& weight = weights_[i];
  weight.arrived = true;
  if (weight.constant != kNone) co_await ConstantReady(weight.constant);
  for (uint32_t k : weight.inits) co_await RunInit(&inits_[k]);
  ReleaseWeight(i);
}

Status WeightStore::CheckAllArrived() const {
  std::vector<std::string> missing;
  for (size_t w = 0; w < declared_.size(); ++w) {
    if (weights_[w].needed && !weights_[w].arrived) missing.push_back(declared_[w].name);
  }
  if (missing.empty()) return OkStatus();
  return InvalidArgument(StrCat("these weights did not arrive: ", ListNames(missing)));
}

Task WeightStore::Feed(Reader* reader) {
  for (uint32_t c : reader->constants_) co_await ConstantReady(c);
  for (const std::string& key : reader->packings_) co_await Pack(&packings_[key]);
  for (uint32_t k : reader->inits_) co_await RunInit(&inits_[k]);
  for (uint32_t w : reader->literals_) {
    if (!weights_[w].data && IsWanted(weights_[w])) co_await LiteralArrives(w);
  }
}

Task WeightStore::FeedBeside(Reader* reader, const Reader& other) {
  const std::vector<Executable::PackingStep> steps = other.executable().PackingSteps();
  for (size_t k = 0; k < steps.size(); ++k) {
    const Packing& packing = packings_[other.packings_[k]];
    const auto is_missed = [&](uint32_t c) {
      return !DataOf(constants_[c]) && IsWanted(constants_[c]);
    };
    if (!std::any_of(packing.constants.begin(), packing.constants.end(), is_missed)) continue;
    co_await Unpack(steps[k], packing, other.executable());
    // One at a time, so that the bytes that they are made of are there of one only.
    const std::vector<uint32_t> constants = packing.constants;
    for (uint32_t c : constants) co_await ConstantReady(c);
  }
  co_await Feed(reader);
  // What cannot be undone stays as it is packed.
  for (const std::string& key : reader->packings_) {
    if (!packings_[key].packed) co_await Unsupported(StrCat("nothing to pack \"", key, "\" of"));
  }
  for (uint32_t i = 0; i < reader->constants_.size(); ++i) {
    if (reader->executable().ReadsConstant(i) && !DataOf(constants_[reader->constants_[i]])) {
      co_await Unsupported("a weight is there packed only");
    }
  }
}

// Makes the bytes of those of its constants that are wanted and gone.
Task WeightStore::Unpack(const Executable::PackingStep& step, const Packing& packing,
                         const Executable& of) {
  const Graph& graph = of.plan().graph;
  const Range arguments = graph.regions[of.plan().entry().body].arguments;
  const uint32_t first_constant = arguments.end() - of.plan().num_constants;
  std::vector<AlignedBuffer> buffers(step.constants.size());
  std::vector<void*> data(step.constants.size());
  for (size_t i = 0; i < step.constants.size(); ++i) {
    if (step.constants[i] == kNone) continue;
    const Type& type = graph.type(first_constant + step.constants[i]);
    Result<AlignedBuffer> buffer =
        TryAllocate(static_cast<uint64_t>(type.tensor.ByteSize()), "a weight to pack anew");
    co_await buffer.status();
    buffers[i] = std::move(*buffer);
    data[i] = buffers[i].data();
  }
  for (size_t piece = 0; piece < step.kernel->pack_pieces(); ++piece) {
    co_await step.kernel->Unpack(*packing.packed, data, {piece, piece + 1});
    co_await budget_->Spend(Budget::kPiece);
  }
  for (size_t i = 0, k = 0; i < buffers.size(); ++i) {
    if (step.constants[i] == kNone) continue;
    Constant& constant = constants_[packing.constants[k++]];
    if (DataOf(constant) || !IsWanted(constant)) continue;
    if (constant.weight != kNone) {
      weights_[constant.weight].data = std::move(buffers[i]);
      weights_[constant.weight].arrived = true;
    } else {
      constant.owned = std::move(buffers[i]);
      constant.data = constant.owned.data();
    }
  }
}

// The constant that result r becomes gets memory of its own.
Status WeightStore::CopyOut(const Init& init, uint32_t r) {
  Constant& constant = constants_[init.constants[r]];
  const int64_t bytes = init.executable->plan().result_bytes[r];
  ASSIGN_OR_RETURN(constant.owned, TryAllocate(static_cast<uint64_t>(bytes), "a prepared weight"));
  std::memcpy(constant.owned.data(), init.executable->result(r), static_cast<size_t>(bytes));
  constant.data = constant.owned.data();
  return OkStatus();
}

// If it is to run and all its weights are there.
Task WeightStore::RunInit(Init* init) {
  const auto arrived = [&](uint32_t w) { return weights_[w].arrived; };
  if (!init->waiting || !std::all_of(init->weights.begin(), init->weights.end(), arrived)) {
    co_return;
  }
  Executable& e = *init->executable;
  Result<AlignedBuffer> arena =
      TryAllocate(static_cast<uint64_t>(e.plan().arena_size), "memory to prepare weights");
  co_await arena.status();
  // What was not copied out of the arena goes with it, be it that this task is given up.
  struct Forget {
    ~Forget() {
      for (uint32_t c : constants) {
        if (c != kNone && !store->constants_[c].owned) store->constants_[c].data = nullptr;
      }
    }
    WeightStore* store;
    const std::vector<uint32_t>& constants;
  } const forget{this, init->constants};
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
    if (constant.owned || !IsWanted(constant)) continue;
    constant.data = e.result(r);
    const uint8_t* begin = arena->data();
    const bool in_arena = std::less_equal<>()(begin, e.result(r)) &&
                          std::less<>()(e.result(r), begin + arena->size());
    if (!constant.readers.empty() || !in_arena) co_await CopyOut(*init, r);
  }
  init->waiting = false;
  for (uint32_t w : init->weights) ReleaseWeight(w);
  for (uint32_t c : init->constants) {
    if (c != kNone) co_await ConstantReady(c);
  }
  for (uint32_t r = 0; r < init->constants.size(); ++r) {
    if (init->constants[r] == kNone) continue;
    const Constant& constant = constants_[init->constants[r]];
    if (constant.data && !constant.owned && IsWanted(constant)) co_await CopyOut(*init, r);
  }
  init->executable.reset();
}

// Null while it is not there.
const void* WeightStore::DataOf(const Constant& constant) const {
  if (constant.weight == kNone) return constant.data;
  const Weight& weight = weights_[constant.weight];
  return weight.arrived ? weight.data.data() : nullptr;
}

Task WeightStore::ConstantReady(uint32_t c) {
  const void* data = DataOf(constants_[c]);
  if (!data) co_return;
  for (const auto& [reader, number] : constants_[c].readers) {
    reader->executable_->BindConstant(number, data);
  }
  for (Packing* packing : constants_[c].packings) co_await Pack(packing);
}

// If its constants are there; then its kernels get it.
Task WeightStore::Pack(Packing* packing) {
  if (packing->kernels.empty()) co_return;
  if (!packing->packed) {
    std::vector<const void*> data;
    for (uint32_t c : packing->kernels[0].constants) {
      data.push_back(c == kNone ? nullptr : DataOf(constants_[c]));
      if (c != kNone && !data.back()) co_return;
    }
    Kernel& first = *packing->kernels[0].kernel;
    Result<std::shared_ptr<Kernel::Packed>> packed = first.MakePacked();
    co_await packed.status();
    for (size_t piece = 0; piece < first.pack_pieces(); ++piece) {
      co_await first.Pack(packed->get(), data, {piece, piece + 1});
      co_await budget_->Spend(Budget::kPiece);
    }
    packing->packed = std::move(*packed);
  }
  for (const auto& user : packing->kernels) co_await user.kernel->UsePacked(packing->packed);
  packing->kernels.clear();
  for (uint32_t c : packing->constants) ReleaseConstant(c);
}

// ---- Ends of life.

// Whether a step reads it, or a packing has yet to be made of it.
bool WeightStore::IsWanted(const Constant& constant) const {
  return !constant.readers.empty() ||
         std::any_of(constant.packings.begin(), constant.packings.end(),
                     [](const Packing* packing) { return !packing->packed; });
}

// Whether it, or what is computed of it, is.
bool WeightStore::IsWanted(const Weight& weight) const {
  return (weight.constant != kNone && IsWanted(constants_[weight.constant])) ||
         std::any_of(weight.inits.begin(), weight.inits.end(),
                     [&](uint32_t k) { return inits_[k].waiting; });
}

void WeightStore::ReleaseConstant(uint32_t c) {
  Constant& constant = constants_[c];
  if (IsWanted(constant)) return;
  constant.data = nullptr;
  constant.owned = AlignedBuffer();
  if (constant.weight != kNone) ReleaseWeight(constant.weight);
}

void WeightStore::ReleaseWeight(uint32_t w) {
  Weight& weight = weights_[w];
  if (!weight.arrived || weight.keep_source || IsWanted(weight)) return;
  weight.data = AlignedBuffer();
  weight.arrived = !weight.literal;
}

// ---- Figures.

size_t WeightStore::ByteSize() const {
  size_t bytes = 0;
  for (const Weight& weight : weights_) bytes += weight.data.size();
  for (const Constant& constant : constants_) bytes += constant.owned.size();
  return bytes;
}

size_t WeightStore::PackedByteSize() const {
  size_t bytes = 0;
  for (const auto& [key, packing] : packings_) {
    if (packing.packed) bytes += packing.packed->ByteSize();
  }
  return bytes;
}

}  // namespace webhlo
