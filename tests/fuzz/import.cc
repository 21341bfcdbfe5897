// SPDX-License-Identifier: Apache-2.0
// Fuzz target: any bytes -> Program -> Plan. With clang: compile with
// -fsanitize=fuzzer,address,undefined and -DWEBHLO_LIBFUZZER. Without: a program that runs each
// file it is given once, for reproducing, and without files a few bytes of its own.
#include "core/import/import.h"

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <span>
#include <string_view>
#include <vector>

#include "core/import/whlo.h"
#include "core/kernels/encoded_weights.h"
#include "core/ops/op_table.h"
#include "core/runtime/compile.h"

namespace webhlo {
namespace {

// Programs beyond this would be compiled well, and slowly; a fuzzer wants many small ones.
constexpr size_t kMaxNodes = 4096;
// Elements of weights that are decoded, likewise.
constexpr int64_t kMaxDecoded = 1 << 16;

bool CompileOne(const Program& program) {
  if (program.graph.nodes.size() > kMaxNodes) return true;
  const std::vector<bool> weights(program.arguments.size());
  return MakePlans(program, weights, CompileOptions()).ok();
}

// The file's own bytes, again and again, stand for those of the segment.
bool DecodeOne(const WeightEntry& weight, std::span<const uint8_t> bytes) {
  const TensorType type(weight.dtype, weight.shape);
  if (weight.encoding.is_raw() || type.NumElements() > kMaxDecoded) return true;
  std::vector<uint8_t> segment(weight.size);
  for (size_t i = 0; i < segment.size(); ++i) segment[i] = bytes[i % bytes.size()];
  std::vector<float> elements(static_cast<size_t>(type.NumElements()));
  const EncodedWeights encoded(weight.encoding, type.NumElements());
  for (int64_t part = 0; part < encoded.parts(); ++part) {
    if (!encoded.Decode(part, segment.data(), elements.data())) return false;
  }
  return true;
}

bool RunOne(std::span<const uint8_t> bytes) {
  if (DetectFormat(bytes) == Format::kWhlo) {
    Result<WhloFile> file = ReadWhlo(bytes);
    if (!file.ok()) return false;
    bool all = true;
    for (const NamedProgram& program : file->programs) all &= CompileOne(program.program);
    for (const WeightEntry& weight : file->weights) all &= DecodeOne(weight, bytes);
    return all;
  }
  Result<Program> program = Import(bytes);
  return program.ok() && CompileOne(*program);
}

}  // namespace
}  // namespace webhlo

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  webhlo::UseOps();
  webhlo::RunOne({data, size});
  return 0;
}

#ifndef WEBHLO_LIBFUZZER
int main(int argc, char** argv) {
  constexpr std::string_view kPrograms[] = {
      "",
      "ML\xefR",
      "WHLO",
      "func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {\n"
      "  %0 = stablehlo.add %x, %x : tensor<4xf32>\n"
      "  return %0 : tensor<4xf32>\n"
      "}\n",
  };
  int count = 0;
  for (int i = 1; i < argc; ++i, ++count) {
    std::ifstream file(argv[i], std::ios::binary);
    const std::vector<uint8_t> bytes(std::istreambuf_iterator<char>(file), {});
    std::printf("%s: %s\n", argv[i], webhlo::RunOne(bytes) ? "a plan" : "refused");
  }
  if (argc == 1) {
    for (const std::string_view text : kPrograms) {
      LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(text.data()), text.size());
      ++count;
    }
  }
  std::printf("%d passed, 0 failed, 0 skipped\n", count);
  return 0;
}
#endif
