// SPDX-License-Identifier: Apache-2.0
//
// Session: everything behind one `load`: a weight set, the programs that share it, a thread pool
// and one arena. What may take long is a Task, or is driven by Advance; both go on for a slice of
// time, begun by StartSlice or Advance, and can be left there. Its calls come in phases:
//   AddProgram..., DeclareWeight..., Tie... -> Bind -> (weight_buffer, WeightArrived)... -> Finish
//   -> Start, Advance, ... as often as wanted.
// wasm/bindings.cc is its face in JavaScript.
#ifndef WEBHLO_CORE_RUNTIME_SESSION_H_
#define WEBHLO_CORE_RUNTIME_SESSION_H_

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/memory.h"
#include "core/base/status.h"
#include "core/import/whlo.h"
#include "core/runtime/binding.h"
#include "core/runtime/compile.h"
#include "core/runtime/executable.h"
#include "core/runtime/kept_tensors.h"
#include "core/runtime/weight_store.h"
#include "core/threads/thread_pool.h"

namespace webhlo {

class Session {
 public:
  struct Options {
    int num_threads = 1;
    bool jit = true;
    PlanOptions::Engine engine = PlanOptions::Engine::kKernel;
    Clock clock = SteadyClock;
  };

  explicit Session(const Options& options);

  // ---- Programs and weights.

  // Text, bytecode or jax.export bytes. `file_name` serves messages.
  Status AddProgram(std::string name, std::span<const uint8_t> bytes, std::string_view file_name);
  // The header and FlatBuffer of a .whlo file: its programs, and the directory of its weights.
  Status AddWhlo(std::span<const uint8_t> header);
  Status DeclareWeight(std::string name, TensorType type);
  // Declares the weights that the .whlo file embeds, in the order of its directory.
  Status DeclareDirectory();
  // Where MakeWhlo says that declared weight i lies: in a companion file, from that byte on.
  Status PlaceWeight(uint32_t i, std::string file, uint64_t offset);
  // Binds an argument (public name) to a tensor that other arguments may use too.
  Status Tie(std::string argument, std::string tensor);
  // How long a Task of this session may go on before it pauses, and when waiting for it ends, as in
  // Budget.
  void StartSlice(double ms, double deadline_ms) { budget_.StartSlice(ms, deadline_ms); }
  // Names meet tensors, programs become plans.
  Task Bind();
  // 64-byte aligned room for the bytes of declared weight i; out_of_memory when there is none.
  Result<uint8_t*> WeightBuffer(uint32_t i);
  // The bytes are there: computes and packs what was waiting for them, frees what nobody needs now.
  Task WeightArrived(uint32_t i);
  Status Finish();

  // The programs and the weights that they take as a .whlo header, weights in declared order.
  Result<std::vector<uint8_t>> MakeWhlo() const;

  // ---- Facts.

  std::string DescribeJson() const;
  // The weights that a .whlo file announces.
  std::string DirectoryJson() const;
  std::string MemoryJson() const;
  // Stages: graph, passes, init, plan, jit, memory.
  Result<std::string> Inspect(std::string_view stage, std::string_view program) const;
  const Executable& executable(uint32_t p) const { return readers_[p]->executable(); }

  // ---- Runs. One at a time.

  void* InputPointer(uint32_t p, uint32_t i);
  Status BindInput(uint32_t p, uint32_t i, uint32_t tensor);
  Status Start(uint32_t p);
  Result<Executable::State> Advance(double budget_ms);
  // Gives up a run that was left in the middle, and the memory of what it was doing.
  void Stop();
  const void* OutputPointer(uint32_t p, uint32_t i) const;
  std::string HostCallJson() const;

  // Tensors that stay here between runs.
  KeptTensors& tensors() { return tensors_; }
  Result<uint32_t> TakeOutput(uint32_t p, uint32_t i);

 private:
  Status CheckPhase(bool before_bind, std::string_view call) const;
  // The program's number, kNone when there is none.
  uint32_t FindProgram(std::string_view name) const;
  Status CheckIsNew(std::string_view name) const;
  Task CompileProgram(uint32_t p);
  CompileOptions MakeCompileOptions() const;
  std::vector<bool> WeightArguments(uint32_t p) const;
  Executable& Current(uint32_t p) { return readers_[p]->executable(); }

  Options options_;
  Budget budget_;
  std::unique_ptr<ThreadPool> pool_;
  std::vector<NamedProgram> programs_;
  std::vector<DeclaredWeight> weights_;
  std::vector<WeightEntry> places_;  // For MakeWhlo, by weight: file and offset.
  Ties ties_;
  std::vector<WeightEntry> directory_;
  Binding binding_;
  WeightStore store_;
  std::vector<std::unique_ptr<WeightStore::Reader>> readers_;  // By program.
  AlignedBuffer arena_;
  std::string jit_warning_;  // Why a JIT module was refused, if one was.
  bool bound_ = false, finished_ = false;
  uint32_t running_ = kNone;  // Program of the run in progress or last done.
  KeptTensors tensors_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_SESSION_H_
