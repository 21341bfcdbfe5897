// SPDX-License-Identifier: Apache-2.0
//
// StridedCopier: moves elements between two strided views of the same shape. Transposes, slices,
// concatenations, pads, broadcasts and reversals are all this, with other strides and offsets.
#ifndef WEBHLO_CORE_KERNELS_MOVES_STRIDED_COPY_H_
#define WEBHLO_CORE_KERNELS_MOVES_STRIDED_COPY_H_

#include <cstdint>
#include <span>
#include <vector>

namespace webhlo {

// `bytes` contiguous bytes.
void CopyRow(const uint8_t* from, uint8_t* to, int64_t bytes);

class StridedCopier {
 public:
  StridedCopier() : StridedCopier(1, {}, {}, {}) {}
  // `width`: bytes of an element: 1, 2, 4, 8 or 16. Strides are in elements; those of the source
  // may be 0 (broadcast) or negative. Elements of the destination must not overlap.
  StridedCopier(int width, std::span<const int64_t> sizes, std::span<const int64_t> from_strides,
                std::span<const int64_t> to_strides);

  // Fills `count` contiguous elements with the one at `from`.
  static StridedCopier Fill(int width, int64_t count);

  // The copy as a loop (core/kernels/parallel.h): parts of rows, in the order of the destination.
  int64_t items() const { return items_; }
  int64_t item_cost() const { return item_cost_; }
  // `from` and `to` address the element of index 0. The two must not overlap.
  void Run(const void* from, void* to, int64_t begin, int64_t end) const;

 private:
  struct Loop {
    int64_t size;
    int64_t from;  // Bytes a step.
    int64_t to;
  };
  enum class Kind { kNothing, kRows, kReversedRows, kFill, kTranspose, kElements };

  // The elements [first, last) of a row, a run of the last loop, that begins at `from` and `to`,
  // and of some that follow by steps; of a transpose one block of rows, of which `done` lie before
  // it.
  struct Rows {
    const uint8_t* from;
    uint8_t* to;
    int64_t first, last;
    int64_t count, from_step, to_step;
    int64_t done;
  };
  using RunRows = void (*)(const StridedCopier&, Rows rows);
  template <typename T>
  static RunRows RunRowsOf(Kind kind);
  RunRows FindRunRows() const;

  int width_;
  Kind kind_;
  // Outermost first, merged as far as the strides allow. The last one is that of the smallest step
  // in the destination. In a transpose the one before steps by one element in the source.
  std::vector<Loop> loops_;
  // Of a transpose: all loops but the last, the one before it in blocks.
  std::vector<Loop> blocks_;
  // A long row, a run of the last loop, is several items: so many, of `part_` elements each.
  int64_t parts_ = 1;
  int64_t part_ = 0;
  int64_t items_ = 0;
  int64_t item_cost_ = 0;
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_KERNELS_MOVES_STRIDED_COPY_H_
