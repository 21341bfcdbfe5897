// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/moves/copy.h"

#include <utility>

#include "core/kernels/moves/strided_copy.h"
#include "core/kernels/parallel.h"

namespace webhlo {
namespace {

class CopyKernel : public Kernel {
 public:
  // Without an element the source is the operand.
  CopyKernel(StridedCopier copier, std::vector<uint8_t> element)
      : copier_(std::move(copier)),
        element_(std::move(element)),
        pieces_(copier_.items(), copier_.item_cost()) {}

  size_t pieces() const override { return pieces_.count(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    const void* from = element_.empty() ? *args++ : element_.data();
    pieces_.Run(pieces, pool,
                [&](int64_t begin, int64_t end) { copier_.Run(from, args[0], begin, end); });
  }

 private:
  const StridedCopier copier_;
  const std::vector<uint8_t> element_;
  const Pieces pieces_;
};

}  // namespace

std::unique_ptr<Kernel> MakeCopyKernel(int64_t bytes) {
  const int64_t one = 1;
  return std::make_unique<CopyKernel>(StridedCopier(1, {&bytes, 1}, {&one, 1}, {&one, 1}),
                                      std::vector<uint8_t>());
}

std::unique_ptr<Kernel> MakeFillKernel(std::vector<uint8_t> element, int64_t count) {
  StridedCopier copier = StridedCopier::Fill(static_cast<int>(element.size()), count);
  return std::make_unique<CopyKernel>(std::move(copier), std::move(element));
}

}  // namespace webhlo
