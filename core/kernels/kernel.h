// SPDX-License-Identifier: Apache-2.0
#ifndef WEBHLO_CORE_KERNELS_KERNEL_H_
#define WEBHLO_CORE_KERNELS_KERNEL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "core/base/status.h"
#include "core/threads/piece_range.h"
#include "core/threads/thread_pool.h"

namespace webhlo {

// A compiled step: an op bound to shapes, types and attributes, ready to run on pointers.
class Kernel {
 public:
  // What a kernel keeps of its constant operands, in the layout it wants. Shared by all kernels of
  // the same key over the same weights.
  class Packed {
   public:
    virtual ~Packed() = default;
    virtual size_t ByteSize() const = 0;
  };

  virtual ~Kernel() = default;

  // A run falls into pieces, each some milliseconds of counted work at most
  // (core/kernels/parallel.h counts it), so that a run can be left between any two of them. At
  // least 1; known after construction and the same ever after.
  virtual size_t pieces() const { return 1; }
  // The counted work of a whole run, where it is more than the bytes of operands and results.
  virtual int64_t cost() const { return 0; }

  // Runs some pieces of a run. `args`: the operands' data, then the results', then scratch if the
  // kernel asked for any; entries of packed operands are null. All pieces of a run are run once, in
  // order and with the same `args`; in how many calls makes no difference to the results. A run may
  // be given up and another begun at piece 0. Allocates nothing and cannot fail.
  virtual void Run(void* const* args, PieceRange pieces, ThreadPool& pool) = 0;

  // Bit i: constant operand i is taken by Pack and not read by Run.
  virtual uint64_t packed_operands() const { return 0; }
  // Names the packed layout; equal keys over equal weights are interchangeable.
  virtual std::string PackKey() const { return {}; }
  // Packing: MakePacked makes room, Pack fills it, UsePacked gives it to each kernel of the key.
  virtual Result<std::shared_ptr<Packed>> MakePacked() const;
  // Packing falls into pieces as a run does, run once each and in order on one kernel of the key.
  // `operands`: data of every packed operand (null for others).
  virtual size_t pack_pieces() const { return 1; }
  virtual Status Pack(Packed* packed, std::span<const void* const> operands, PieceRange pieces);
  virtual Status UsePacked(std::shared_ptr<Packed> packed);
  // Bytes of 64-byte aligned scratch that Run wants, known after construction: at most the bytes of
  // operands and results, and kScratchAllowance (core/base/memory.h). What a kernel keeps elsewhere
  // for its runs, such as the pointers of XNNPACK's convolution, counts as well.
  virtual size_t scratch_bytes() const { return 0; }
  // The operand of the result's size over which the result may be written, or -1.
  virtual int in_place_operand() const { return -1; }
  // What `inspect --stage plan` shows: "xnnpack.fully_connected 1x784x128 relu".
  virtual std::string Describe() const = 0;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_KERNEL_H_
