// SPDX-License-Identifier: Apache-2.0
//
// Trips: the steps of a loop of a plan as one function, for loops whose trips are so short that the
// way from step to step is what they cost. Steps speak through memory, as they do in the plan, so
// the function can stop after any trip, and be gone on with.
//
// Its parameters are (args, constants, exit, most): `args` points to the steps' 32-bit pointers,
// which steps tell by their index, a slot; `constants` to its run of the table. It begins at the
// loop's first step, makes at most `most` trips, at least one, and leaves two 32-bit numbers at
// `exit`: the step to go on with, and how many trips of `most` are left.
#ifndef WEBHLO_CORE_JIT_TRIPS_H_
#define WEBHLO_CORE_JIT_TRIPS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/jit/loop_nest.h"
#include "core/jit/map_loop.h"
#include "core/jit/module_builder.h"
#include "core/jit/record.h"
#include "core/jit/speaker.h"

namespace webhlo::jit {

// A window of a tensor that is one run of bytes, starts of which are told at run time.
struct WindowMove {
  struct Start {
    uint32_t slot;        // Of the index,
    uint32_t offset = 0;  // so many bytes behind.
    ElementType element;  // Of i32 and i64 there is code.
    int64_t last;         // It is clamped to [0, last],
    int64_t stride;       // in units of so many bytes.
    bool is_wide() const { return element == ElementType::kI64; }
  };
  uint32_t from, to;  // Slots.
  std::vector<Start> starts;
  bool replaces = false;    // Whether the window is of `to`, else of `from`.
  bool stays_away = false;  // Whether nothing moves where a start is out of range.
  int64_t bytes = 0;
};

class Trips {
 public:
  // Longer runs of bytes, maps of more elements and longer loops are not worth it.
  static constexpr int64_t kMaxBytes = 256, kMaxElements = 64;
  static constexpr size_t kMaxSteps = 64;

  // Of the plan's steps first <= i <= back, of which the last jumps back.
  Trips(ModuleBuilder* module, uint32_t first, uint32_t back)
      : module_(module), first_(first), back_(back) {}
  Trips(const Trips&) = delete;
  Trips& operator=(const Trips&) = delete;

  // The next step, which is one of these. False if it had better not be a part.
  //
  // A map: `outputs` are of the last NewRecord; `slots` are of the nest's inputs, then outputs.
  Record& NewRecord();
  bool AddMap(LoopNest nest, std::span<const LaneValue> outputs, std::span<const uint32_t> slots);
  bool AddMove(WindowMove move);
  // To a step behind this one, or out of the loop; always, or if the i1 in the slot is false.
  bool AddJump(uint32_t target);
  bool AddJumpUnless(uint32_t target, uint32_t condition);
  // To that of these steps whose index is the i32 in the slot, or the last one.
  bool AddSwitch(std::vector<uint32_t> targets, uint32_t index);

  // The function with all of them; nothing if engines would not take it.
  std::optional<JitFunction> Finish();

 private:
  struct Map {
    Record record;
    LoopNest nest;
    std::vector<uint32_t> outputs;
    std::optional<MapLoop> loop;
  };
  enum class Kind : uint8_t { kMap, kMove, kJump, kJumpUnless, kSwitch };
  struct Step {
    Kind kind = Kind::kJump;
    uint32_t slot = 0;  // Of what a jump looks at.
    Map* map = nullptr;
    WindowMove move;
    std::vector<uint32_t> targets;  // Of a jump.
  };
  enum Parameter : uint32_t { kArgs, kConstants, kExit, kMost };

  uint32_t Next() const { return first_ + static_cast<uint32_t>(steps_.size()); }
  bool AddTargets(Kind kind, std::vector<uint32_t> targets, uint32_t slot);
  bool IsTarget(uint32_t step) const;
  void WriteStep(const Step& step);
  void WriteBranch(uint32_t target);
  void WriteBranchIf(uint32_t target);
  void WriteMove(const WindowMove& move);
  void WriteStart(const WindowMove::Start& start);
  void GetStart(const WindowMove::Start& start, Op load, uint32_t offset = 0);
  void StayAway(const WindowMove::Start& start);
  void Leave(uint32_t step);

  ModuleBuilder* const module_;
  const uint32_t first_, back_;
  FunctionCode code_;
  Assembler& a_ = code_.assembler;
  std::vector<std::unique_ptr<Map>> maps_;
  std::vector<Step> steps_;
  // Targets of the blocks that are open, the innermost last.
  static constexpr uint32_t kNoTarget = 0xffffffff;
  std::vector<uint32_t> open_;
  uint32_t from_ = 0, to_ = 0, vector_ = 0;  // Locals of moves.
};

}  // namespace webhlo::jit

#endif  // WEBHLO_CORE_JIT_TRIPS_H_
