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
#include <unordered_map>
#include <vector>

#include "core/base/clock.h"
#include "core/base/memory.h"
#include "core/base/status.h"
#include "core/import/import.h"
#include "core/import/whlo.h"
#include "core/kernels/kernel.h"
#include "core/runtime/compile.h"
#include "core/runtime/executable.h"
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
  size_t num_programs() const { return programs_.size(); }
  const Executable& executable(uint32_t p) const { return *programs_[p]->executable; }

  // ---- Runs. One at a time.

  void* InputPointer(uint32_t p, uint32_t i);
  Status BindInput(uint32_t p, uint32_t i, uint32_t tensor);
  Status Start(uint32_t p);
  Result<Executable::State> Advance(double budget_ms);
  // Gives up a run that was left in the middle, and the memory of what it was doing.
  void Stop();
  const void* OutputPointer(uint32_t p, uint32_t i) const;
  std::string HostCallJson() const;

  // Tensors that stay here between runs. Handles are never 0.
  Result<uint32_t> CreateTensor(uint64_t bytes);
  Result<uint32_t> TakeOutput(uint32_t p, uint32_t i);
  AlignedBuffer* FindTensor(uint32_t handle);
  void DisposeTensor(uint32_t handle) { tensors_.erase(handle); }

 private:
  struct ProgramState {
    std::string name;
    Program program;
    std::vector<int32_t> weight_of;  // Declared weight by argument, -1 for inputs.
    std::unique_ptr<Executable> executable;
    std::vector<uint32_t> inputs;     // Argument behind each input.
    std::vector<uint32_t> constants;  // Session constant behind each plan constant.
  };
  struct Weight {
    std::string name;
    TensorType type;
    AlignedBuffer data;
    bool arrived = false;
    bool needed = false;          // A plan or an init plan reads it.
    uint32_t users = 0;           // Init plans and constants that still need its bytes.
    uint32_t constant = kNone;    // The constant that is this weight.
    std::vector<uint32_t> inits;  // The init plans that read it.
    bool taken = false;  // An argument takes it; others name arguments that an exporter dropped.
    std::string file;    // For MakeWhlo, as in WeightEntry.
    uint64_t offset = 0;
  };
  struct Packing;
  // A weight as it is, or a result of an init plan.
  struct Constant {
    int32_t weight = -1;
    uint32_t init = 0, result = 0;
    const void* data = nullptr;
    AlignedBuffer owned;  // The bytes of a computed constant.
    bool read = false;    // Some step reads it at run time, so it stays.
    std::vector<Packing*> packings;
    uint32_t waiting = 0;  // Packings that still wait for it or for a companion.
    // The programs' plans, and its number there.
    std::vector<std::pair<Executable*, uint32_t>> readers;
  };
  struct Init {
    std::unique_ptr<Executable> executable;
    std::vector<uint32_t> weights;    // Declared weight behind each input.
    std::vector<uint32_t> constants;  // Session constant of each result, kNone when unused.
    std::string text;                 // For equality with other programs' and for `inspect`.
  };
  // One layout of one set of constants, shared by the kernels that ask for it.
  struct Packing {
    std::vector<uint32_t> constants;  // By operand; kNone for operands not packed.
    std::vector<Kernel*> kernels;
    bool done = false;
    size_t bytes = 0;
  };

  Status CheckPhase(bool before_bind, std::string_view call) const;
  Status BindNames();
  Task CompileProgram(ProgramState* state);
  Result<std::unique_ptr<Executable>> MakeExecutable(Plan plan);
  uint32_t InternConstant(const Constant& constant);
  void LinkUsers();
  Task RunInit(Init* init);
  Status CopyOut(const Init& init, uint32_t result);
  Task ConstantReady(uint32_t c);
  Task TryPack(Packing* packing);
  void DropUser(uint32_t weight);
  CompileOptions MakeCompileOptions() const;
  const ProgramState* FindProgram(std::string_view name) const;

  Options options_;
  Budget budget_;
  std::unique_ptr<ThreadPool> pool_;
  std::vector<std::unique_ptr<ProgramState>> programs_;
  std::vector<Weight> weights_;
  std::map<std::string, std::string> ties_;
  std::vector<WeightEntry> directory_;
  std::vector<Constant> constants_;
  std::vector<Init> inits_;
  std::map<std::string, Packing> packings_;
  AlignedBuffer arena_;
  std::string jit_warning_;  // Why a JIT module was refused, if one was.
  bool bound_ = false, finished_ = false;
  uint32_t running_ = kNone;  // Program of the run in progress or last done.
  std::unordered_map<uint32_t, AlignedBuffer> tensors_;
  uint32_t next_tensor_ = 1;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_SESSION_H_
