// SPDX-License-Identifier: Apache-2.0
#include "core/jit/loops.h"

#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/jit/fold_loop.h"
#include "core/jit/map_loop.h"

namespace webhlo::jit {

bool FitsLoops(const LoopNest& nest) {
  constexpr int64_t kMaxElements = INT32_MAX / 8;
  if (nest.rows() > kMaxElements || nest.inner() > kMaxElements) return false;
  for (const LoopOperand& input : nest.inputs) {
    for (int64_t stride : input.strides) {
      if (stride < 0 || stride > kMaxElements / 16) return false;
    }
  }
  return true;
}

std::vector<uint32_t> Encoded(Record& record, std::span<const LaneValue> outputs) {
  std::vector<uint32_t> encoded;
  for (LaneValue v : outputs) {
    for (int part = 0; part < NumParts(v.element()); ++part) {
      encoded.push_back(Speaker(record, v.element()).Encoded(v.Part(part)).id());
    }
  }
  return encoded;
}

namespace {

std::optional<JitTemplate> AddFunction(Record& record, FunctionCode code,
                                       std::vector<uint32_t> parameters, const std::string& name) {
  const std::optional<uint32_t> number =
      record.module().AddFunction(name, std::move(code.assembler));
  if (!number) return std::nullopt;
  return JitTemplate{*number, std::move(code.constants), std::move(parameters)};
}

}  // namespace

std::optional<JitTemplate> EmitMap(Record& record, const LoopNest& nest,
                                   std::span<const LaneValue> outputs, const std::string& name) {
  WEBHLO_CHECK(FitsLoops(nest));
  const std::vector<uint32_t> encoded = Encoded(record, outputs);
  FunctionCode code;
  MapLoop loop(record, nest, encoded, &code);
  loop.Write();
  return AddFunction(record, std::move(code), loop.TakeParameters(), name);
}

std::optional<JitTemplate> EmitFold(Record& record, const LoopNest& nest, int64_t stride,
                                    std::span<const LaneValue> outputs, const std::string& name) {
  WEBHLO_CHECK(FitsLoops(nest));
  const std::vector<uint32_t> encoded = Encoded(record, outputs);
  FunctionCode code;
  FoldLoop loop(record, nest, stride, encoded, &code);
  loop.Write();
  return AddFunction(record, std::move(code), loop.TakeParameters(), name);
}

}  // namespace webhlo::jit
