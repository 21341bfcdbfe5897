// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/elementwise.h"

#include <algorithm>
#include <string>

#include "core/base/math.h"

namespace webhlo {
namespace {

// A thread that shares a step should get at least this many simple operations: below some
// microseconds the hand-over costs more than it gives.
constexpr double kMinimumShare = 8192;
// More pieces than threads, so that a thread which loses its core loses little.
constexpr int kPiecesPerThread = 4;

class TileKernel : public Kernel {
 public:
  TileKernel(std::string_view name, TileFunction tile, std::vector<int> operand_widths,
             int result_width, int64_t count)
      : name_(name),
        tile_(tile),
        operand_widths_(std::move(operand_widths)),
        result_width_(result_width),
        count_(count) {}

  void Run(void* const* args, ThreadPool& pool) override {
    const Pieces pieces = Pieces::Of(count_, 64, 1, pool.num_threads());
    auto run = [&](size_t piece) {
      const int64_t begin = pieces.begin(piece);
      const void* inputs[3];
      for (size_t k = 0; k < operand_widths_.size(); ++k) {
        inputs[k] = static_cast<const uint8_t*>(args[k]) + begin * operand_widths_[k];
      }
      uint8_t* output = static_cast<uint8_t*>(args[operand_widths_.size()]);
      tile_(inputs, output + begin * result_width_,
            static_cast<size_t>(pieces.end(piece) - begin));
    };
    if (pieces.size() == 1) {
      run(0);
    } else {
      pool.ParallelFor(pieces.size(), run);
    }
  }

  std::string Describe() const override { return "tile." + name_; }

 private:
  std::string name_;
  TileFunction tile_;
  std::vector<int> operand_widths_;
  int result_width_;
  int64_t count_;
};

}  // namespace

Pieces Pieces::Of(int64_t count, int64_t grain, double cost, int num_threads) {
  const double total = static_cast<double>(count) * cost;
  const int64_t wanted =
      std::min<int64_t>(static_cast<int64_t>(total / kMinimumShare),
                        num_threads <= 1 ? 1 : int64_t{num_threads} * kPiecesPerThread);
  Pieces pieces;
  pieces.count = count;
  pieces.step =
      std::max<int64_t>(RoundUp(CeilDiv(count, std::max<int64_t>(wanted, 1)), grain), grain);
  return pieces;
}

std::unique_ptr<Kernel> MakeTileKernel(std::string_view name, TileFunction tile,
                                       std::vector<int> operand_widths, int result_width,
                                       int64_t count) {
  return std::make_unique<TileKernel>(name, tile, std::move(operand_widths), result_width, count);
}

}  // namespace webhlo
