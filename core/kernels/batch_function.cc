// SPDX-License-Identifier: Apache-2.0
#include "core/kernels/batch_function.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/base/check.h"
#include "core/base/math.h"
#include "core/kernels/parallel.h"

namespace webhlo {
namespace {

class JitBatchFunction : public BatchFunction {
 public:
  JitBatchFunction(uint32_t function, const void* constants)
      : function_(reinterpret_cast<Function>(static_cast<uintptr_t>(function))),
        constants_(constants) {}
  void Run(void* const* args, int64_t count) const override {
    function_(args, constants_, 0, static_cast<uint32_t>(count));
  }

 private:
  using Function = void (*)(void* const* args, const void* constants, uint32_t begin, uint32_t end);
  const Function function_;
  const void* const constants_;
};

class TileBatchFunction : public BatchFunction {
 public:
  explicit TileBatchFunction(TileProgram program) : program_(std::move(program)) {
    WEBHLO_CHECK(program_.widths.size() + program_.results.size() <= TileProgram::kMaxValues);
    constants_.resize(program_.constants.size());
    for (size_t k = 0; k < constants_.size(); ++k) {
      const std::vector<uint8_t>& element = program_.constants[k];
      for (size_t i = 0; i < kBatch; ++i) {
        std::memcpy(constants_[k].bytes + i * element.size(), element.data(), element.size());
      }
    }
  }

  void Run(void* const* args, int64_t count) const override {
    for (int64_t begin = 0; begin < count; begin += kBatch) {
      RunBatch(args, begin, std::min(kBatch, count - begin));
    }
  }

 private:
  void RunBatch(void* const* args, int64_t begin, int64_t count) const {
    const uint32_t first_constant = program_.num_inputs;
    const uint32_t first_step = first_constant + static_cast<uint32_t>(constants_.size());
    BatchBuffer computed[TileProgram::kMaxValues];
    const void* values[TileProgram::kMaxValues];
    for (uint32_t v = 0; v < program_.widths.size(); ++v) {
      if (v < first_constant) {
        values[v] = static_cast<const uint8_t*>(args[v]) + Bytes(v, begin);
      } else {
        values[v] =
            v < first_step ? constants_[v - first_constant].bytes : computed[v - first_step].bytes;
      }
    }
    for (const TileProgram::Step& step : program_.steps) {
      const void* operands[TileProgram::kMaxOperands];
      for (size_t k = 0; k < step.operands.size(); ++k) operands[k] = values[step.operands[k]];
      step.tile(operands, computed[step.result - first_step].bytes, static_cast<size_t>(count));
    }
    // An input that is a result as well may lie where another result is to be written.
    size_t spare = program_.widths.size() - first_step;
    for (uint32_t v : program_.results) {
      if (v >= first_constant) continue;
      std::memcpy(computed[spare].bytes, values[v], Bytes(v, count));
      values[v] = computed[spare++].bytes;
    }
    for (size_t r = 0; r < program_.results.size(); ++r) {
      const uint32_t v = program_.results[r];
      std::memcpy(static_cast<uint8_t*>(args[program_.num_inputs + r]) + Bytes(v, begin), values[v],
                  Bytes(v, count));
    }
  }

  size_t Bytes(uint32_t value, int64_t count) const {
    return static_cast<size_t>(count * program_.widths[value]);
  }

  const TileProgram program_;
  std::vector<BatchBuffer> constants_;
};

class MapKernel : public Kernel {
 public:
  MapKernel(std::unique_ptr<BatchFunction> function, std::vector<int> widths, int64_t count,
            int64_t cost)
      : function_(std::move(function)), widths_(std::move(widths)), count_(count) {
    for (int width : widths_) cost += width;
    pieces_.Add(CeilDiv(count_, BatchFunction::kBatch), cost * BatchFunction::kBatch);
  }

  size_t pieces() const override { return pieces_.count(); }
  int64_t cost() const override { return pieces_.cost(); }

  void Run(void* const* args, PieceRange pieces, ThreadPool& pool) override {
    pieces_.Run(pieces, pool, [&](int64_t first, int64_t last) {
      const int64_t begin = first * BatchFunction::kBatch;
      void* pointers[BatchFunction::kMaxArgs];
      for (size_t k = 0; k < widths_.size(); ++k) {
        pointers[k] = static_cast<uint8_t*>(args[k]) + begin * widths_[k];
      }
      function_->Run(pointers, std::min(last * BatchFunction::kBatch, count_) - begin);
    });
  }

 private:
  const std::unique_ptr<BatchFunction> function_;
  const std::vector<int> widths_;
  const int64_t count_;
  Pieces pieces_;
};

}  // namespace

std::unique_ptr<Kernel> MakeMap(std::unique_ptr<BatchFunction> function, std::vector<int> widths,
                                int64_t count, int64_t cost) {
  return std::make_unique<MapKernel>(std::move(function), std::move(widths), count, cost);
}

std::unique_ptr<BatchFunction> MakeJitFunction(uint32_t function, const void* constants) {
  return std::make_unique<JitBatchFunction>(function, constants);
}

std::unique_ptr<BatchFunction> MakeTileFunction(TileProgram program) {
  return std::make_unique<TileBatchFunction>(std::move(program));
}

}  // namespace webhlo
