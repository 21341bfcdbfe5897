// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/tuning.h"

#include <charconv>
#include <utility>

#include "core/base/math.h"
#include "core/base/strings.h"
#include "core/graph/computation.h"
#include "core/graph/rewriter.h"

namespace webhlo {
namespace {

// FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/). Two steps that meet in one key cost speed at
// most, never a result.
uint64_t Hash(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return hash;
}

constexpr size_t kKeyDigits = 16;
// No kernel's name is longer.
constexpr size_t kMaxName = 64;

std::string Hexadecimal(uint64_t key) {
  std::string digits(kKeyDigits, '0');
  for (size_t i = kKeyDigits; i-- > 0; key >>= 4) digits[i] = "0123456789abcdef"[key & 15];
  return digits;
}

}  // namespace

Result<StepProgram> ProgramOfStep(const OpView& op, uint64_t constant_operands) {
  StepProgram program;
  Rewriter r(op.graph(), &program.graph,
             [](Rewriter& rw, const Node& node) { return rw.Clone(node); });
  GraphBuilder& b = r.builder();
  Function function;
  function.name = "step";
  function.body = b.BeginRegion();
  for (const bool constants : {false, true}) {
    for (uint32_t i = 0; i < op.num_operands(); ++i) {
      const ValueId v = op.operand_id(i);
      if (HasBit(constant_operands, i) != constants || r.Map(v) != kNone) continue;
      r.SetMapped(v, b.AddArgument(op.operand_type(i)));
      program.operands.push_back(i);
      if (constants) ++program.num_constants;
    }
  }
  RETURN_IF_ERROR(r.Clone(op.node()));
  std::vector<ValueId> results;
  for (size_t i = 0; i < op.num_results(); ++i) results.push_back(r.Map(op.result_id(i)));
  b.EndRegion(results);
  program.graph.functions.push_back(std::move(function));
  return program;
}

bool MayTune(const OpView& op) { return op.Is(ops::kWebhloMatmul) || op.Is(ops::kWebhloConv2d); }

Result<Tuning::Key> Tuning::KeyOf(const KernelRequest& request) {
  ASSIGN_OR_RETURN(const StepProgram program, ProgramOfStep(request.op, request.constant_operands));
  return Hash(StrCat(ComputationKey(program.graph), "constants ", program.num_constants,
                     " threads ", request.num_threads, " precision ",
                     static_cast<int>(request.precision), request.save_memory ? " small" : ""));
}

Result<Tuning> Tuning::Read(std::string_view text) {
  Tuning tuning;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    Key key = 0;
    const char* const digits = line.data();
    const bool is_long = line.size() > kKeyDigits + 1;
    if (!is_long || line[kKeyDigits] != ' ' || line.size() > kKeyDigits + 1 + kMaxName ||
        std::from_chars(digits, digits + kKeyDigits, key, 16).ptr != digits + kKeyDigits) {
      return InvalidArgument(StrCat("no line of a tuning: \"", line.substr(0, kMaxName), "\""));
    }
    tuning.Set(key, line.substr(kKeyDigits + 1));
  }
  return tuning;
}

std::string Tuning::Write() const {
  std::string text;
  for (const auto& [key, kernel] : kernels_) StrAppend(&text, Hexadecimal(key), " ", kernel, "\n");
  return text;
}

std::string_view Tuning::Fastest(Key key) const {
  const auto found = kernels_.find(key);
  return found == kernels_.end() ? std::string_view() : std::string_view(found->second);
}

void Tuning::Set(Key key, std::string_view kernel) { kernels_[key] = kernel; }

}  // namespace webhlo
