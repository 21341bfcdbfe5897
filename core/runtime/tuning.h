// SPDX-License-Identifier: Apache-2.0
//
// Tuning: which kernel of those that a step's op proposes is the fastest on this machine, as far as
// it was measured (core/runtime/tuner.h). It knows steps by what they compute, not by the program
// that they stand in, so what is learned of one model serves others. A value: it can be written
// down and read back. What is read is believed as little as any file: a name counts only where a
// row of that name proposes a kernel.
#ifndef WEBHLO_CORE_RUNTIME_TUNING_H_
#define WEBHLO_CORE_RUNTIME_TUNING_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "core/graph/graph.h"
#include "core/graph/op_def.h"

namespace webhlo {

// A program of one step: its operands that are no constants are the first arguments, constants the
// last ones; an operand that is there twice is one argument.
struct StepProgram {
  Graph graph;
  uint32_t num_constants = 0;
  std::vector<uint32_t> operands;  // Of the step, by argument.
};
// `constant_operands` as in KernelRequest. Of a node whose computations capture nothing.
Result<StepProgram> ProgramOfStep(const OpView& op, uint64_t constant_operands);

// Whether it is worth measuring the op's kernels: a product or a convolution, whose kernels are for
// different sizes. (Those of fusions are for different engines.)
bool MayTune(const OpView& op);

class Tuning {
 public:
  // What a kernel's speed depends on: the op with its attributes, computations and types, which of
  // its operands are constants and how they are stored, and the number of threads.
  using Key = uint64_t;
  static Result<Key> KeyOf(const KernelRequest& request);

  // Reads what Write wrote. `invalid_argument` says which line is none.
  static Result<Tuning> Read(std::string_view text);
  // A line for each step that was measured: its key in 16 hexadecimal digits, and the kernel.
  std::string Write() const;

  bool empty() const { return kernels_.empty(); }
  // Empty where nobody has measured.
  std::string_view Fastest(Key key) const;
  void Set(Key key, std::string_view kernel);

 private:
  std::map<Key, std::string> kernels_;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_TUNING_H_
