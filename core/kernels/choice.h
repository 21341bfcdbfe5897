// SPDX-License-Identifier: Apache-2.0
//
// KernelChoice: which kernel a step runs and all that a plan must know of it, as a plain value. It
// prints, compares, and can be written down and read back; the kernel itself is made of the op and
// its choice, when a plan becomes an executable.
#ifndef WEBHLO_CORE_KERNELS_CHOICE_H_
#define WEBHLO_CORE_KERNELS_CHOICE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/math.h"
#include "core/base/status.h"
#include "core/graph/op_def.h"
#include "core/kernels/kernel.h"

namespace webhlo {

struct KernelChoice {
  static constexpr int kNotInPlace = -1, kAnyOperand = -2;

  std::string kernel;  // The row's name: "xnnpack.fully_connected".
  std::string sizes;   // For readers: "1x784x128 bias relu".
  // What making the kernel takes besides the op: a number of threads, a function of the JIT.
  std::vector<int64_t> parameters;
  // Names the packed layout; equal keys over equal weights are interchangeable, whatever the
  // kernel.
  std::string pack_key;
  // Bit i: constant operand i is taken by Pack and not read by Run.
  uint64_t packed_operands = 0;
  // 64-byte aligned scratch that Run wants: at most the bytes of operands and results, and
  // kScratchAllowance (core/base/memory.h). What a kernel keeps elsewhere for its runs, such as the
  // pointers of XNNPACK's convolution, is bounded by as much.
  uint64_t scratch_bytes = 0;
  // The operand of the result's size over which the result may be written.
  int in_place_operand = kNotInPlace;

  bool Packs(size_t operand) const { return HasBit(packed_operands, operand); }
  bool operator==(const KernelChoice&) const = default;
};

// "xnnpack.fully_connected 1x784x128 bias relu"
std::string ToString(const KernelChoice& choice);

// One line that ReadKernelChoice reads back.
std::string WriteKernelChoice(const KernelChoice& choice);
Result<KernelChoice> ReadKernelChoice(std::string_view line);

// What the row of that name proposes, if somebody has measured that it is the fastest; else the
// first row that proposes a kernel and prefers it, else the first that proposes one; nothing when
// none does. `proposed` takes the names of all that propose.
std::optional<KernelChoice> ChooseKernel(std::span<const KernelRow> rows,
                                         const KernelRequest& request,
                                         std::string_view measured = {},
                                         std::vector<std::string>* proposed = nullptr);

// The kernel of a choice that one of these rows has made, here or in another process.
Result<std::unique_ptr<Kernel>> MakeKernel(std::span<const KernelRow> rows, const KernelSite& site);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_CHOICE_H_
