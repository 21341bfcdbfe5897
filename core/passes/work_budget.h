// SPDX-License-Identifier: Apache-2.0
//
// What compiling may cost, in one place: a multiple of what the file is worth. Work that a program
// can do without (folding constants, unrolling loops) draws on one WorkBudget; once that is spent
// the rest of the program stays as written. What cannot stay (calls) has a bound and an error.
//
// The unit is about a nanosecond of what WebAssembly takes.
#ifndef WEBHLO_CORE_PASSES_WORK_BUDGET_H_
#define WEBHLO_CORE_PASSES_WORK_BUDGET_H_

#include <cstddef>

namespace webhlo {

class WorkBudget {
 public:
  static constexpr double kFloor = 50e6;
  static constexpr double kPerOperation = 50e3;  // Of the program: what compiling it costs as well.
  static constexpr double kPerByte = 40;         // Of the file.
  // What every operation that unrolling adds costs the passes after it.
  static constexpr double kAddedOperation = 50e3;

  explicit WorkBudget(double units) : left_(units) {}
  WorkBudget(size_t operations, size_t file_bytes)
      : WorkBudget(kFloor + kPerOperation * static_cast<double>(operations) +
                   kPerByte * static_cast<double>(file_bytes)) {}

  // Takes `work` off, or answers false and takes nothing.
  bool Take(double work) {
    if (work > left_) return false;
    left_ -= work;
    return true;
  }
  double left() const { return left_; }

 private:
  double left_;
};

// Calls are inlined as long as operations, operands and results together number at most
// kInlinedFloor + kInlinedFactor times those of the file.
inline constexpr double kInlinedFloor = 48 * 1024;
inline constexpr double kInlinedFactor = 32;

}  // namespace webhlo

#endif  // WEBHLO_CORE_PASSES_WORK_BUDGET_H_
