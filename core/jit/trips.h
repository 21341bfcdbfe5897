// SPDX-License-Identifier: Apache-2.0
//
// Trips: the steps of a loop of a plan as one function, for loops whose trips are so short that the
// way from step to step is what they cost. Steps speak through memory, as they do in the plan, or,
// where that is a scalar, through a local that goes to memory when the function ends: so it can
// stop after any trip, and be gone on with.
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

#include "core/jit/fold_loop.h"
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

// Where a slot points to: `offset` bytes into one of some memories, none of which overlap.
struct SlotPlace {
  uint32_t memory = 0;
  int64_t offset = 0;
  auto operator<=>(const SlotPlace&) const = default;
};

class Trips {
 public:
  // Longer runs of bytes and longer loops are not worth it.
  static constexpr int64_t kMaxBytes = 4096;
  // What a step may cost, as core/kernels/parallel.h counts it: threads share what costs more.
  static constexpr int64_t kMaxCost = 1 << 16;
  static constexpr size_t kMaxSteps = 64;

  // Of the plan's steps first <= i <= back, of which the last jumps back. `places`: by slot.
  Trips(ModuleBuilder* module, uint32_t first, uint32_t back, std::vector<SlotPlace> places)
      : module_(module), first_(first), back_(back), places_(std::move(places)) {}
  Trips(const Trips&) = delete;
  Trips& operator=(const Trips&) = delete;

  // The next step, which is one of these. False if it cannot be a part, or had better not.
  //
  // A map, or a fold of `count` elements, `stride` apart, into each accumulator, which begins with
  // an initial value (core/jit/loops.h); if it may take them in `any_order`, and they lie one
  // behind the other, several at a time. The nest FitsLoops; `outputs` are of the last NewRecord;
  // `slots` are of the nest's inputs, then outputs; `cost` is at most kMaxCost.
  Record& NewRecord();
  void AddMap(LoopNest nest, int64_t cost, std::span<const LaneValue> outputs,
              std::span<const uint32_t> slots);
  void AddFold(LoopNest nest, int64_t cost, int64_t stride, int64_t count, bool any_order,
               std::span<const LaneValue> outputs, std::span<const uint32_t> slots);
  bool AddMove(WindowMove move);
  // To a step behind this one, or out of the loop; always, or if the i1 in the slot is false.
  bool AddJump(uint32_t target);
  bool AddJumpUnless(uint32_t target, uint32_t condition);
  // To that of these steps whose index is the i32 in the slot, or the last one.
  bool AddSwitch(std::vector<uint32_t> targets, uint32_t index);

  // What all of them cost.
  int64_t cost() const { return cost_; }
  // The function with all of them; nothing if engines would not take it.
  std::optional<JitFunction> Finish();

 private:
  // A map or a fold.
  struct Loop {
    Record record;
    LoopNest nest;
    std::vector<uint32_t> outputs, slots;
    int64_t count = 0;  // Elements that a fold takes.
    std::optional<MapLoop> map;
    std::optional<FoldLoop> fold;
    std::optional<RunFoldLoop> run_fold;
  };
  // A local that holds what lies in memory, in all lanes, while the function runs.
  struct Cell {
    uint32_t slot;
    SlotPlace place;
    int width;
    uint32_t local;
    bool is_temporary;  // Nobody wants it before or after a trip.
    bool is_written = false;
  };
  // What a step reads or writes; a scalar may be held in a cell.
  struct Access {
    uint32_t slot;
    SlotPlace place;
    int64_t bytes;
    bool is_scalar, is_written;
  };
  enum class Kind : uint8_t { kLoop, kMove, kJump, kJumpUnless, kSwitch };
  struct Step {
    Kind kind = Kind::kJump;
    uint32_t slot = 0;  // Of what a jump looks at.
    Loop* loop = nullptr;
    WindowMove move;
    std::vector<uint32_t> targets;  // Of a jump.
  };
  enum Parameter : uint32_t { kArgs, kConstants, kExit, kMost };

  void AddLoop(LoopNest nest, std::span<const LaneValue> outputs, std::span<const uint32_t> slots);
  SlotPlace PlaceOf(uint32_t slot, int64_t offset = 0) const;
  static bool FitsCell(ElementType element);
  void AddAccess(uint32_t slot, int64_t bytes, bool is_scalar, bool is_written, int64_t offset = 0);
  void AddInput(uint32_t slot, const LoopNest& nest, const LoopOperand& input, int64_t run);
  void AddOutputs(const Loop& loop);
  void FindCells();
  const Cell* CellOf(uint32_t slot, int64_t offset, int64_t width) const;
  void PrepareLoops();
  void LoadScalar(int64_t width, uint32_t offset);
  void StoreScalar(int64_t width);
  void GetScalar(uint32_t slot, uint32_t offset, int64_t width);
  void GetAddress(uint32_t slot);
  void ReadCells();
  void WriteCells();
  uint32_t Next() const { return first_ + static_cast<uint32_t>(steps_.size()); }
  bool AddTargets(Kind kind, std::vector<uint32_t> targets, uint32_t slot);
  bool IsTarget(uint32_t step) const;
  void WriteStep(const Step& step);
  void WriteBranch(uint32_t target);
  void WriteBranchIf(uint32_t target);
  void WriteMove(const WindowMove& move);
  void WriteScalarMove(const Cell* from, const Cell* to, int64_t width);
  void WriteBytes(int64_t bytes);
  void WriteStart(const WindowMove::Start& start);
  // The start in all lanes.
  void GetStart(const WindowMove::Start& start);
  void StayAway(const WindowMove::Start& start);
  void Leave(uint32_t step);

  ModuleBuilder* const module_;
  const uint32_t first_, back_;
  FunctionCode code_;
  Assembler& a_ = code_.assembler;
  const std::vector<SlotPlace> places_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::vector<Step> steps_;
  int64_t cost_ = 0;
  std::vector<Access> accesses_;  // Of each step what it reads, then what it writes.
  std::vector<Cell> cells_;       // By place, then width.
  // Targets of the blocks that are open, the innermost last.
  static constexpr uint32_t kNoTarget = 0xffffffff;
  std::vector<uint32_t> open_;
  uint32_t from_ = 0, to_ = 0, left_ = 0, vector_ = 0;  // Locals of moves.
};

}  // namespace webhlo::jit

#endif  // WEBHLO_CORE_JIT_TRIPS_H_
