// SPDX-License-Identifier: Apache-2.0
//
// Session: everything behind one `load`: a weight set, the programs that share it, a thread pool
// and one arena. What may take long is a Task, or is driven by Advance; both go on for a slice of
// time, begun by StartSlice or Advance, and can be left there. Its calls come in phases:
//   AddProgram..., DeclareWeight..., Tie... -> Bind -> (weight_buffer, WeightArrived)... -> Finish
//   -> (Specialize,) Start, Advance, ... as often as wanted.
// A program whose inputs have sizes of their own is compiled by Bind. One that leaves sizes free is
// compiled for each set of shapes that it is run with, by Specialize; the executables share the
// weights and all that is made of them.
// wasm/bindings.cc is its face in JavaScript.
#ifndef WEBHLO_CORE_RUNTIME_SESSION_H_
#define WEBHLO_CORE_RUNTIME_SESSION_H_

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/memory.h"
#include "core/base/status.h"
#include "core/import/whlo.h"
#include "core/runtime/binding.h"
#include "core/runtime/compile.h"
#include "core/runtime/executable.h"
#include "core/runtime/host_calls.h"
#include "core/runtime/kept_tensors.h"
#include "core/runtime/tuning.h"
#include "core/runtime/weight_store.h"
#include "core/threads/thread_pool.h"

namespace webhlo {

class Session {
 public:
  struct Options {
    int num_threads = 1;
    bool jit = true;
    PlanOptions::Engine engine = PlanOptions::Engine::kKernel;
    // How weights of products are stored; nothing: as they come.
    std::optional<Precision> precision;
    // Tests have a clock of their own, and look at it more often.
    Clock clock = SteadyClock;
    int64_t work_between_looks = 1 << 18;
    // How many executables of a program that leaves sizes free are kept; of more, those used last.
    size_t max_specializations = 4;
    // Whether weights may be packed in no layout that is larger than they are.
    bool save_memory = false;
    // Whether Tune will be called.
    bool tune = false;
  };

  explicit Session(const Options& options);

  // Before programs are specialized.
  void set_max_specializations(size_t count) { options_.max_specializations = count; }

  // ---- Programs and weights.

  // Text, bytecode or jax.export bytes. `file_name` serves messages.
  Status AddProgram(std::string name, std::span<const uint8_t> bytes, std::string_view file_name);
  // The header and FlatBuffer of a .whlo file: its programs, and the directory of its weights.
  Status AddWhlo(std::span<const uint8_t> header);
  Status DeclareWeight(std::string name, TensorType type, const Encoding& encoding = {});
  // Declares the weights that the .whlo file embeds, in the order of its directory.
  Status DeclareDirectory();
  // Where MakeWhlo says that declared weight i lies: in a companion file, from that byte on.
  Status PlaceWeight(uint32_t i, std::string file, uint64_t offset);
  // Binds an argument (public name) to a tensor that other arguments may use too.
  Status Tie(std::string argument, std::string tensor);
  // Results may take the memory of the inputs of that name, as if their exporter had donated them.
  Status Donate(std::string_view argument);
  // What a .whlo file says of its model, and what MakeWhlo is to say: JSON by key.
  const Metadata& metadata() const { return metadata_; }
  void SetMetadata(std::string key, std::string json) {
    metadata_[std::move(key)] = std::move(json);
  }
  // How long a Task of this session may go on before it pauses, and when waiting for it ends, as in
  // Budget.
  void StartSlice(double ms, double deadline_ms) { budget_.StartSlice(ms, deadline_ms); }
  // Names meet tensors: the first half of Bind, and enough to inspect.
  Status BindNames();
  // Names meet tensors, programs become plans.
  Task Bind();
  // 64-byte aligned room for the bytes of declared weight i; out_of_memory when there is none.
  Result<uint8_t*> WeightBuffer(uint32_t i);
  // The bytes are there: computes and packs what was waiting for them, frees what nobody needs now.
  Task WeightArrived(uint32_t i);
  Status Finish();

  // The programs as a .whlo header, padded to `least_size`; since Bind with the weights that they
  // take, in declared order. These stay encoded as they came; with a precision of the options those
  // of products are encoded in it, as far as the programs are compiled.
  Result<std::vector<uint8_t>> MakeWhlo(uint64_t least_size = 0);
  // Whether the bytes of declared weight i are to be others than those that come; then EncodeWeight
  // makes them of what has come into WeightBuffer. A weight that its encoding cannot hold is raw,
  // which MakeWhlo knows from then on.
  bool IsEncoded(uint32_t i);
  Task EncodeWeight(uint32_t i);
  std::span<const uint8_t> encoded_weight() const { return encoded_weight_.bytes(); }

  // ---- Tuning.

  // What was measured of kernels elsewhere, as tuning() tells it: for the plans that are made from
  // then on.
  Status UseTuning(std::string_view text);
  std::string tuning() const { return tuning_.Write(); }
  // After Finish and between runs, with Options::tune: measures what nobody has measured yet, and
  // makes the runs that start next use the fastest kernels, which may move all addresses. Goes on
  // for a slice; answers whether it is done. Runs may be made between slices. Specialize gives it
  // up: what was measured counts, and another call goes on.
  Result<bool> Tune(double slice_ms);

  // ---- Facts.

  std::string DescribeJson() const;
  // The weights that a .whlo file announces.
  std::string DirectoryJson() const;
  std::string MemoryJson() const;
  // The metadata's texts: {"labels":"[\"cat\",\"dog\"]"}.
  std::string MetadataJson() const;
  // As JSON: steps, those of the executable that runs begin and what they took in the last one;
  // choices, why each runs by its kernel; shapes, those of inputs that a program which leaves sizes
  // free is compiled for; weights, those that programs take; roofline, what this machine can do.
  Result<std::string> Facts(std::string_view what, std::string_view program) const;
  // What a stage of the compiler makes of a program (none: the first): graph, passes, init, plan,
  // jit, memory.
  Result<std::string> Inspect(std::string_view stage, std::string_view program) const;
  // Where plans run, and for whom they may be made here as well.
  struct Target {
    bool relaxed_simd = false;
    bool shared_memory = false;
    int num_threads = 1;
    std::string jit_refusal;  // As in Machine.
  };
  // The same, as the session of another module does it on that target. Names suffice: see
  // BindNames. `compiled`: shapes of inputs, of a program that leaves sizes free.
  Result<std::string> Inspect(std::string_view stage, std::string_view program,
                              std::span<const std::vector<std::vector<int64_t>>> compiled,
                              const Target& target) const;
  // The executable that runs of program p begin.
  const Executable& executable(uint32_t p) const { return made_[p].front().reader->executable(); }
  // Of its results: [[2,16],[2]].
  std::string ResultShapesJson(uint32_t p) const;

  // ---- Runs. One at a time.

  using Shapes = std::vector<std::vector<int64_t>>;
  // Makes the runs of program p ones with inputs of these shapes, which may take a compilation and
  // move all addresses. It must not be under way. `invalid_argument` names what does not fit.
  Task Specialize(uint32_t p, Shapes shapes);

  // Where the next run reads input i from, for the caller to write. An input that a result takes
  // the place of (Plan::over_inputs) lies in a tensor of the session's, which goes with the result:
  // its address is another after each run, and may be one that there is no memory for.
  Result<void*> InputPointer(uint32_t p, uint32_t i);
  // The next run reads input i from a tensor. If it is donated, a result may take its place: the
  // caller gives the tensor up. Else its bytes stay as they are.
  Status BindInput(uint32_t p, uint32_t i, uint32_t tensor, bool donated);
  // Result i of the run of program p that starts next will be in this tensor, once it is done: in
  // the memory of the input whose place it takes, or in a new one.
  Result<uint32_t> KeepOutput(uint32_t p, uint32_t i);
  Status Start(uint32_t p);
  Result<Executable::State> Advance(double budget_ms);
  // Gives up a run that was left in the middle, and the memory of what it was doing.
  void Stop();
  // From the next run on: whether runs record what each step takes, of whatever program and shapes.
  void RecordTimes(bool on);
  const void* OutputPointer(uint32_t p, uint32_t i) const;
  std::string HostCallJson() const;

  // Tensors that stay here between runs.
  KeptTensors& tensors() { return tensors_; }

 private:
  Status CheckPhase(bool before_bind, std::string_view call) const;
  void ChooseEncodings();
  // The program's number, kNone when there is none.
  uint32_t FindProgram(std::string_view name) const;
  // None: the first.
  Result<uint32_t> ProgramNamed(std::string_view name) const;
  Status CheckIsNew(std::string_view name) const;
  // A program compiled for inputs of these shapes; none for a program that states its own.
  struct Specialization {
    Shapes shapes;
    std::unique_ptr<WeightStore::Reader> reader;
    std::vector<uint32_t> rooms;  // By input that is overwritten: the tensor it lies in, or 0.
    PlanOptions options = {};     // That its plan was made with.
  };
  // Whether inputs have sizes that the program leaves free.
  bool IsFree(uint32_t p) const;
  Task Make(uint32_t p, Specialization* specialization);
  Task MeasureAndReplace();
  Task Replace(Specialization* specialization);
  // As of a program whose runs are of these shapes.
  Result<CompileOptions> OptionsFor(uint32_t p, const Shapes& shapes) const;
  std::vector<bool> WeightArguments(uint32_t p) const;
  std::string WeightsJson() const;
  std::string ShapesJson(uint32_t p) const;
  Result<std::string> RooflineJson() const;
  Result<std::string> InspectPlans(std::string_view stage, uint32_t p, const Shapes& shapes,
                                   const Target& target) const;
  const Type& ResultType(uint32_t p, uint32_t i) const;
  std::string HostCallsJson(uint32_t p) const;
  std::string Describe(uint32_t p, const Shapes& shapes) const;
  Status GrowArena(int64_t size);
  uint32_t& Room(uint32_t p, uint32_t i);
  Status CheckCanRun(uint32_t p) const;
  Status CheckGiven(uint32_t p) const;
  Executable& Current(uint32_t p) { return made_[p].front().reader->executable(); }

  Options options_;
  Tuning tuning_;
  Budget budget_;
  std::unique_ptr<ThreadPool> pool_;
  Machine machine_;
  std::vector<NamedProgram> programs_;
  std::vector<DeclaredWeight> weights_;
  std::vector<WeightEntry> places_;  // For MakeWhlo, by weight: file and offset.
  Ties ties_;
  std::vector<Encoding> encodings_;  // For MakeWhlo, by weight; empty until somebody asks.
  AlignedBuffer encoded_weight_;
  std::vector<WeightEntry> directory_;
  Metadata metadata_;
  Binding binding_;
  WeightStore store_;
  std::vector<std::vector<Specialization>> made_;  // By program, the one used last first.
  std::vector<std::vector<HostCalls>> calls_;      // By program, of those that leave sizes free.
  AlignedBuffer arena_;
  bool bound_ = false, finished_ = false, records_times_ = false;
  uint32_t running_ = kNone;  // Program of the run in progress or last done.
  bool in_run_ = false;       // It is in progress.
  KeptTensors tensors_;
  // By result of the run that starts next or goes on; empty where none is kept.
  struct Keeping {
    uint32_t tensor = 0;    // None if 0.
    bool is_bound = false;  // Else copied there at the end.
  };
  std::vector<Keeping> keeping_;
  Task tuning_task_;  // Reads all of the above, so it goes first.
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_SESSION_H_
