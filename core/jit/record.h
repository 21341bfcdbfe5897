// SPDX-License-Identifier: Apache-2.0
//
// Record: what vector code computes, as a list of typed operations. Ops speak it
// (core/jit/speaker.h), the skeletons of core/jit/loops.h make functions of it. It names no
// machine's instructions; but what the machine cannot do in some lanes (core/jit/lowering.h) is
// expanded as it is recorded, so that equal computations are shared through and through.
//
// A value is some elements of the loop, in lanes of 8 to 64 bits. How many, and how many registers
// that takes, is the skeletons' business.
#ifndef WEBHLO_CORE_JIT_RECORD_H_
#define WEBHLO_CORE_JIT_RECORD_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/jit/lanes.h"
#include "core/jit/module_builder.h"

namespace webhlo::jit {

// Of two operands and one result in the same lanes, where nothing else is said.
enum class Operation : uint8_t {
  kAdd,
  kSub,
  kMul,
  kDiv,  // Floats.
  kNeg,
  kAbs,
  kSqrt,
  kFloor,
  kCeil,
  kTrunc,
  kNearest,  // Ties to even.
  kMax,      // NaN if either is; -0 is less than +0.
  kMin,
  kPMax,       // a < b ? b : a.
  kPMin,       // b < a ? b : a.
  kMulAdd,     // a * b + c, rounded once or twice.
  kNegMulAdd,  // c - a * b.
  kEq,         // A mask, as wide as the operands' lanes.
  kNe,
  kLt,
  kLe,
  kAnd,
  kOr,
  kXor,
  kNot,
  kSelect,      // a, b, and a mask as wide as they.
  kShiftLeft,   // By `immediate` bits, less than the lane has.
  kShiftRight,  // The sign fills.
  kShiftRightLogical,
  kPopcount,
  kPopcountBytes,  // Of each byte of the lane.
  kSumBytes,       // Of two neighbours, into their 16 bits.
  kSumHalves,      // Of two neighbouring halves of 32 bits.
  // Without a row in a machine's table of lanes:
  // From lanes `immediate`. What is cut to half its width saturates if that is 8 or 16 bits.
  kConvert,
  kInput,     // Input `immediate` of the loop, as memory holds it: small floats as integers.
  kConstant,  // The bits `immediate` in all lanes.
  kCall,      // Import `immediate`, lane by lane.
  kQuotient,  // Of 64-bit integers, lane by lane, by such as are neither 0 nor -1.
};

struct Inst {
  Operation operation;
  Lane lane = Lane::kS32;  // Of the result; what gives masks: of the operands.
  uint8_t num_args = 0;
  bool fix = false;  // Lane by lane: args begin with a mask and a value, which other lanes keep.
  // kConstant: args[0] is 0, or 1 + the index of a parameter. kInput: args[0] is the part of a
  // complex number.
  std::array<uint32_t, 6> args = {};
  uint64_t immediate = 0;

  bool operator==(const Inst&) const = default;
};

class Record {
 public:
  explicit Record(ModuleBuilder* module) : module_(module), known_(0, Hash{this}, Equal{this}) {}
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;

  ModuleBuilder& module() const { return *module_; }
  const std::vector<Inst>& insts() const { return insts_; }
  const std::vector<std::pair<uint32_t, std::string>>& notes() const { return notes_; }

  // The number of the value that `inst` computes: a new one unless an equal one is there.
  uint32_t Add(Inst inst);
  // A constant that callers of the function may give each their own, and its bits for this one, as
  // wide as the lane. One of 64 bits has the index after `index` as well.
  uint32_t AddParameter(Lane lane, uint32_t index, uint64_t bits);
  // The bits of a constant. Who decides by them what to record records for them alone.
  std::optional<uint64_t> ConstantBits(uint32_t id);
  // An import of the module: the function `name`, from `num_args` values of a lane to one.
  uint32_t Import(std::string_view name, Lane lane, int num_args);

  // A remark on the computations that follow.
  void Note(std::string text) {
    notes_.emplace_back(static_cast<uint32_t>(insts_.size()), std::move(text));
  }

  uint32_t num_parameters() const { return num_parameters_; }
  // Whether what is recorded depends on the bits of parameters.
  bool looked_at_parameters() const { return looked_at_parameters_; }

 private:
  // `known_` holds numbers; numbers are equal when their insts are.
  struct Hash {
    const Record* record;
    size_t operator()(uint32_t id) const;
  };
  struct Equal {
    const Record* record;
    bool operator()(uint32_t a, uint32_t b) const { return record->insts_[a] == record->insts_[b]; }
  };

  ModuleBuilder* module_;
  std::vector<Inst> insts_;
  std::unordered_set<uint32_t, Hash, Equal> known_;
  std::vector<std::pair<uint32_t, std::string>> notes_;
  uint32_t num_parameters_ = 0;
  bool looked_at_parameters_ = false;
};

}  // namespace webhlo::jit

#endif  // WEBHLO_CORE_JIT_RECORD_H_
