// SPDX-License-Identifier: Apache-2.0
#ifndef WEBHLO_CORE_KERNELS_KERNEL_H_
#define WEBHLO_CORE_KERNELS_KERNEL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "core/base/status.h"
#include "core/threads/piece_range.h"
#include "core/threads/thread_pool.h"

namespace webhlo {

// A compiled step: an op bound to shapes, types and attributes, ready to run on pointers. What a
// plan must know of it is its KernelChoice (core/kernels/choice.h).
class Kernel {
 public:
  // What a kernel keeps of its constant operands, in the layout it wants. Shared by all kernels of
  // the same key over the same weights; nobody changes it once it is filled.
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

  // Runs some pieces of a run. `args`: the operands' data, then the results', then the choice's
  // scratch (null without); entries of packed operands are null. All pieces of a run are run once,
  // in order and with the same `args`; in how many calls makes no difference to the results. A run
  // may be given up and another begun at piece 0. Allocates nothing and cannot fail.
  virtual void Run(void* const* args, PieceRange pieces, ThreadPool& pool) = 0;

  // Packing: MakePacked makes room, Pack fills it, UsePacked gives it to each kernel of the key.
  virtual Result<std::shared_ptr<Packed>> MakePacked() const;
  // Packing falls into pieces as a run does, run once each and in order on one kernel of the key.
  // `operands`: data of every packed operand (null for others).
  virtual size_t pack_pieces() const { return 1; }
  virtual Status Pack(Packed* packed, std::span<const void* const> operands, PieceRange pieces);
  // Undoes Pack, bit by bit, in pack_pieces() pieces too: whoever wants another layout packs it
  // from what Unpack writes to `operands` (null for those that are not packed).
  virtual Status Unpack(const Packed& packed, std::span<void* const> operands, PieceRange pieces);
  virtual Status UsePacked(std::shared_ptr<Packed> packed);
};

// A kernel that runs another with work around it. What it packs is the other's.
class KernelAround : public Kernel {
 public:
  explicit KernelAround(std::unique_ptr<Kernel> inner) : inner_(std::move(inner)) {}

  Result<std::shared_ptr<Packed>> MakePacked() const override { return inner_->MakePacked(); }
  size_t pack_pieces() const override { return inner_->pack_pieces(); }
  Status Pack(Packed* packed, std::span<const void* const> operands, PieceRange pieces) override {
    return inner_->Pack(packed, operands, pieces);
  }
  Status Unpack(const Packed& packed, std::span<void* const> operands, PieceRange pieces) override {
    return inner_->Unpack(packed, operands, pieces);
  }
  Status UsePacked(std::shared_ptr<Packed> packed) override {
    return inner_->UsePacked(std::move(packed));
  }

 protected:
  Kernel& inner() { return *inner_; }
  const Kernel& inner() const { return *inner_; }

 private:
  const std::unique_ptr<Kernel> inner_;
};

// Packs the operands that the kernel wants packed at each run, where they are computed at run time.
// `operands`: how many the kernel has.
Result<std::unique_ptr<Kernel>> MakePackEachRun(std::unique_ptr<Kernel> kernel, size_t operands);

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_KERNEL_H_
