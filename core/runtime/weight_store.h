// SPDX-License-Identifier: Apache-2.0
//
// WeightStore: the weights of a session and what executables read in their place: weights as they
// are, literals of programs that are weights to their kernels, results of init plans, packed
// layouts. Each is there once, for all executables that want it, and no longer than somebody does:
// a weight's bytes go when the last init plan and packing has read them, unless its sources are
// kept for executables to come.
//
// Executables are attached before the weights arrive, which then feed them, or after, and then Feed
// does; detached, they let go of what they read.
#ifndef WEBHLO_CORE_RUNTIME_WEIGHT_STORE_H_
#define WEBHLO_CORE_RUNTIME_WEIGHT_STORE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/budget.h"
#include "core/base/memory.h"
#include "core/base/status.h"
#include "core/base/task.h"
#include "core/kernels/kernel.h"
#include "core/runtime/binding.h"
#include "core/runtime/compile.h"
#include "core/runtime/executable.h"
#include "core/threads/thread_pool.h"

namespace webhlo {

class WeightStore {
 private:
  struct Packing;

 public:
  // An attached executable and what it reads here. To destroy it is to detach it.
  class Reader {
   public:
    Reader(WeightStore* store, std::unique_ptr<Executable> executable)
        : store_(store), executable_(std::move(executable)) {}
    ~Reader() { store_->Detach(*this); }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    Executable& executable() const { return *executable_; }

   private:
    friend class WeightStore;
    WeightStore* const store_;
    const std::unique_ptr<Executable> executable_;
    std::vector<uint32_t> constants_;  // By constant of the executable.
    std::vector<uint32_t> inits_, literals_;
    std::vector<std::string> packings_;  // Keys, one a step that packs.
  };

  WeightStore(ThreadPool* pool, Budget* budget) : pool_(pool), budget_(budget) {}

  // What weights there are: a list that outlives the store.
  void Declare(std::span<const DeclaredWeight> weights);
  // Keeps the bytes of a weight for executables to come.
  void KeepSource(uint32_t weight);

  // `weight_of`: the weight of each argument that `compiled` names, as in Binding. `share`: whether
  // other executables may want what its init plans compute.
  Result<std::unique_ptr<Reader>> Attach(CompiledProgram compiled,
                                         std::span<const int32_t> weight_of, bool share);
  // An executable that computes with constants of another one, which is attached and fed: constant
  // i is its constant `constants[i]`. What was packed of them and let go is unpacked for it.
  Result<std::unique_ptr<Reader>> AttachBeside(std::unique_ptr<Executable> executable,
                                               const Reader& other,
                                               std::span<const uint32_t> constants);
  Task FeedBeside(Reader* reader, const Reader& other);
  // The weight behind a constant of its executable, beyond those declared for a literal; kNone
  // where it is computed.
  uint32_t WeightOf(const Reader& reader, uint32_t constant) const {
    return constants_[reader.constants_[constant]].weight;
  }
  // Gives an executable what is there already, literals among it, and computes what can be.
  Task Feed(Reader* reader);

  // Whether anybody reads the weight.
  bool IsNeeded(uint32_t weight) const { return weights_[weight].needed; }
  // 64-byte aligned room for the bytes of a weight; out_of_memory when there is none.
  Result<uint8_t*> Buffer(uint32_t weight);
  // What came into a buffer and did not arrive: whoever only passes it on takes it.
  AlignedBuffer Take(uint32_t weight) { return std::move(weights_[weight].data); }
  // The bytes are there: computes and packs what was waiting for them, frees what nobody needs now.
  // It ends, or is given up, before another weight's begins: init plans share executables.
  Task Arrived(uint32_t weight);
  // An error that lists the weights which are needed and have not arrived.
  Status CheckAllArrived() const;

  size_t ByteSize() const;
  size_t PackedByteSize() const;

 private:
  struct Weight {
    AlignedBuffer data;
    bool arrived = false;
    bool needed = false;
    bool keep_source = false;
    // The program's, for a weight that is none of those declared: its bytes arrive, as often as
    // somebody wants them.
    std::shared_ptr<const DenseElements> literal;
    uint32_t users = 0;           // Executables of that literal.
    uint32_t constant = kNone;    // The constant that is this weight.
    std::vector<uint32_t> inits;  // The init plans that read it.
  };
  // A weight as it is, or a result of an init plan.
  struct Constant {
    uint32_t weight = kNone;
    const void* data = nullptr;  // Of a computed constant, null while it is not there.
    AlignedBuffer owned;         // The bytes of a computed constant that outlive its init plan.
    std::vector<std::pair<Reader*, uint32_t>> readers;  // Whose steps read it as it is.
    std::vector<Packing*> packings;
  };
  struct Init {
    std::vector<uint32_t> weights;    // Behind each input.
    std::vector<uint32_t> constants;  // Of each result, kNone when unused.
    std::string computation;          // ComputationKey, to find it again; empty when unshared.
    // While it is to run, or runs. Those of one plan share it, as they run one after the other.
    std::shared_ptr<Executable> executable;
    bool waiting = false;  // It has yet to read its weights.
  };
  // One layout of one set of constants, shared by the kernels that ask for it.
  struct Packing {
    struct User {
      Reader* reader;
      Kernel* kernel;
      std::vector<uint32_t> constants;  // By operand; kNone for operands not packed.
    };
    std::vector<uint32_t> constants;
    std::shared_ptr<Kernel::Packed> packed;
    std::vector<User> kernels;  // Those that still lack it.
    uint32_t users = 0;
  };

  uint32_t AddLiteral(std::shared_ptr<const DenseElements> literal, bool share);
  uint32_t FindInit(const Init& init) const;
  uint32_t WeightConstant(uint32_t weight);
  uint32_t InitConstant(uint32_t init, uint32_t result);
  void AttachPackings(Reader* reader);
  const void* DataOf(const Constant& constant) const;
  bool IsWanted(const Weight& weight) const;
  Task Unpack(const Executable::PackingStep& step, const Packing& packing, const Executable& of);
  bool IsWanted(const Constant& constant) const;
  Task LiteralArrives(uint32_t weight);
  Task Use(uint32_t weight);
  Task RunInit(Init* init);
  Status CopyOut(const Init& init, uint32_t result);
  Task ConstantReady(uint32_t constant);
  Task Pack(Packing* packing);
  void ReleaseConstant(uint32_t constant);
  void ReleaseWeight(uint32_t weight);
  void Detach(const Reader& reader);

  ThreadPool* pool_;
  Budget* budget_;
  std::span<const DeclaredWeight> declared_;
  std::vector<Weight> weights_;  // Those declared, then literals.
  // By hash, a literal that executables may share.
  std::unordered_map<size_t, uint32_t> literals_;
  std::vector<Constant> constants_;
  std::vector<Init> inits_;
  std::map<std::string, Packing> packings_;  // By key and constants.
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_WEIGHT_STORE_H_
