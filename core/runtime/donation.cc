// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/donation.h"

#include <algorithm>
#include <string>
#include <unordered_map>

namespace webhlo {

std::vector<uint32_t> ResultsOverInputs(const Program& program, const Graph& main,
                                        std::span<const uint32_t> inputs) {
  const Region& body = main.regions[main.functions[0].body];
  const std::span<const ValueId> results = main.results(body);
  std::vector<uint32_t> over(inputs.size(), kNone);
  std::vector<uint8_t> taken(results.size());
  bool any = false;
  const auto take = [&](uint32_t input, uint32_t result) {
    const Type& type = main.type(body.arguments.begin + input);
    if (taken[result] || !type.IsTensor() || !(main.type(results[result]) == type)) return false;
    over[input] = result;
    taken[result] = any = true;
    return true;
  };
  for (uint32_t i = 0; i < inputs.size(); ++i) {
    const int result = program.arguments[inputs[i]].aliased_result;
    if (result >= 0) take(i, static_cast<uint32_t>(result));
  }
  std::unordered_map<std::string, std::vector<uint32_t>> left;  // By type, the first one last.
  for (uint32_t r = static_cast<uint32_t>(results.size()); r-- > 0;) {
    if (!taken[r]) left[ToString(main.type(results[r]))].push_back(r);
  }
  for (uint32_t i = 0; i < inputs.size(); ++i) {
    if (!program.arguments[inputs[i]].donatable || over[i] != kNone) continue;
    std::vector<uint32_t>& fitting = left[ToString(main.type(body.arguments.begin + i))];
    if (!fitting.empty() && take(i, fitting.back())) fitting.pop_back();
  }
  if (!any) over.clear();
  return over;
}

bool HasDonors(const Program& program) {
  return std::any_of(program.arguments.begin(), program.arguments.end(),
                     [](const Port& port) { return port.aliased_result >= 0 || port.donatable; });
}

}  // namespace webhlo
