// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/binding.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <unordered_map>

#include "core/base/strings.h"
#include "core/graph/quantized.h"

namespace webhlo {
namespace {

// At most this many names in a message.
constexpr size_t kMaxListed = 12;

// The names that a port answers to: the last keys of its path, joined ("weight", "fc1.weight").
std::vector<std::string> Suffixes(const Port& port) {
  std::vector<std::string> suffixes;
  for (size_t k = port.keys.size(); k-- > 0;) {
    suffixes.push_back(suffixes.empty() ? port.keys[k]
                                        : StrCat(port.keys[k], ".", suffixes.back()));
  }
  return suffixes;
}

bool Names(std::string_view name, const Port& port) {
  const std::vector<std::string> suffixes = Suffixes(port);
  return port.name == name || std::find(suffixes.begin(), suffixes.end(), name) != suffixes.end();
}

// So that each tensor is looked up once.
using PortsBySuffix = std::unordered_multimap<std::string, size_t>;
void AddSuffixes(const Port& port, size_t i, PortsBySuffix* ports) {
  for (std::string& suffix : Suffixes(port)) ports->emplace(std::move(suffix), i);
}

class Binder {
 public:
  Binder(std::span<const NamedProgram> programs, std::span<const DeclaredWeight> weights,
         const Ties& ties)
      : programs_(programs), weights_(weights), ties_(ties), used_(weights.size(), false) {
    binding_.taken.assign(weights.size(), false);
  }

  Result<Binding> Run() {
    for (uint32_t w = 0; w < weights_.size(); ++w) {
      if (!by_name_.emplace(weights_[w].name, w).second) {
        return InvalidArgument(StrCat("two weight tensors are named \"", weights_[w].name, "\""));
      }
    }
    for (const NamedProgram& program : programs_) {
      std::vector<int32_t>& weight_of = binding_.weight_of.emplace_back();
      weight_of.assign(program.program.arguments.size(), -1);
      std::vector<bool> tied(weight_of.size(), false);
      RETURN_IF_ERROR(BindTies(program, &tied));
      RETURN_IF_ERROR(BindTensors(program, tied));
      RETURN_IF_ERROR(CheckTrees(program));
    }
    RETURN_IF_ERROR(CheckNothingIsLeft());
    return std::move(binding_);
  }

 private:
  // Of the program at hand, the last so far.
  std::vector<int32_t>& weight_of() { return binding_.weight_of.back(); }

  Status Bind(const NamedProgram& program, size_t argument, uint32_t w) {
    const std::string where = StrCat("argument \"", program.program.arguments[argument].name,
                                     "\" of program \"", program.name, "\"");
    const int32_t bound = weight_of()[argument];
    if (bound >= 0 && bound != static_cast<int32_t>(w)) {
      return InvalidArgument(StrCat(where, " is named by two tensors: \"",
                                    weights_[static_cast<size_t>(bound)].name, "\" and \"",
                                    weights_[w].name, "\""));
    }
    const Type& type = program.program.argument_type(static_cast<uint32_t>(argument));
    if (!type.IsTensor() || !Admits(StorageOf(type.tensor), weights_[w].type)) {
      return InvalidArgument(StrCat("tensor \"", weights_[w].name, "\" is ",
                                    ToString(weights_[w].type), ", but ", where, " is ",
                                    ToString(type)));
    }
    weight_of()[argument] = static_cast<int32_t>(w);
    used_[w] = binding_.taken[w] = true;
    return OkStatus();
  }

  Status BindTies(const NamedProgram& program, std::vector<bool>* tied) {
    const std::vector<Port>& ports = program.program.arguments;
    const std::vector<Port>& dropped = program.program.dropped_arguments;
    for (const auto& tie : ties_) {
      const std::string& argument = tie.first;
      const auto it = by_name_.find(tie.second);
      if (it == by_name_.end()) {
        return InvalidArgument(StrCat("tied: no weight tensor is named \"", tie.second, "\""));
      }
      std::vector<size_t> named;
      for (size_t i = 0; i < ports.size(); ++i) {
        if (Names(argument, ports[i])) named.push_back(i);
      }
      if (named.size() > 1) {
        return InvalidArgument(StrCat("tied: \"", argument, "\" names several arguments: ",
                                      ports[named[0]].name, ", ", ports[named[1]].name));
      }
      if (named.empty()) {
        if (std::any_of(dropped.begin(), dropped.end(),
                        [&](const Port& port) { return Names(argument, port); })) {
          ties_used_.insert(argument);
          used_[it->second] = true;
        }
        continue;
      }
      ties_used_.insert(argument);
      (*tied)[named[0]] = true;
      RETURN_IF_ERROR(Bind(program, named[0], it->second));
    }
    return OkStatus();
  }

  Status BindTensors(const NamedProgram& program, const std::vector<bool>& tied) {
    const std::vector<Port>& ports = program.program.arguments;
    const std::vector<Port>& dropped = program.program.dropped_arguments;
    PortsBySuffix by_suffix, dropped_by_suffix;
    for (size_t i = 0; i < ports.size(); ++i) {
      if (!tied[i]) AddSuffixes(ports[i], i, &by_suffix);
    }
    for (size_t i = 0; i < dropped.size(); ++i) AddSuffixes(dropped[i], i, &dropped_by_suffix);
    for (uint32_t w = 0; w < weights_.size(); ++w) {
      const auto [begin, end] = by_suffix.equal_range(weights_[w].name);
      if (begin == end) {
        // The program does not read it, so that its type does not matter either.
        if (dropped_by_suffix.count(weights_[w].name)) used_[w] = true;
        continue;
      }
      if (std::next(begin) != end) {
        std::vector<std::string> candidates;
        for (auto it = begin; it != end; ++it) candidates.push_back(ports[it->second].name);
        return InvalidArgument(StrCat("tensor \"", weights_[w].name,
                                      "\" names several arguments of program \"", program.name,
                                      "\": ", ListNames(candidates)));
      }
      RETURN_IF_ERROR(Bind(program, begin->second, w));
    }
    return OkStatus();
  }

  // Of one tree of arguments (one root key) either all leaves are weights or none is.
  Status CheckTrees(const NamedProgram& program) {
    const std::vector<Port>& ports = program.program.arguments;
    struct Tree {
      std::vector<std::string> missing;
      bool any = false;
    };
    std::map<std::string, Tree> trees;
    for (size_t i = 0; i < ports.size(); ++i) {
      if (ports[i].keys.size() < 2) continue;
      Tree& tree = trees[ports[i].keys[0]];
      if (weight_of()[i] < 0) {
        tree.missing.push_back(ports[i].name);
      } else {
        tree.any = true;
      }
    }
    for (const auto& [root, tree] : trees) {
      if (!tree.any || tree.missing.empty()) continue;
      const std::vector<std::string> unused = Unused();
      return InvalidArgument(StrCat(
          "no weight tensor for ", tree.missing.size(),
          tree.missing.size() == 1 ? " argument" : " arguments", " of program \"", program.name,
          "\": ", ListNames(tree.missing),
          unused.empty() ? "" : StrCat("; tensors that no argument took: ", ListNames(unused))));
    }
    return OkStatus();
  }

  Status CheckNothingIsLeft() const {
    for (const auto& [argument, tensor] : ties_) {
      if (!ties_used_.count(argument)) {
        return InvalidArgument(StrCat("tied: no program has an argument \"", argument, "\""));
      }
    }
    const std::vector<std::string> extra = Unused();
    if (extra.empty()) return OkStatus();
    std::vector<std::string> candidates;
    for (size_t p = 0; p < programs_.size(); ++p) {
      const std::vector<Port>& ports = programs_[p].program.arguments;
      for (size_t i = 0; i < ports.size(); ++i) {
        if (binding_.weight_of[p][i] < 0) candidates.push_back(ports[i].name);
      }
    }
    return InvalidArgument(StrCat(
        "no argument takes the weight tensors ", ListNames(extra),
        candidates.empty() ? "; every argument has its tensor"
                           : StrCat("; arguments without a tensor: ", ListNames(candidates))));
  }

  std::vector<std::string> Unused() const {
    std::vector<std::string> unused;
    for (uint32_t w = 0; w < weights_.size(); ++w) {
      if (!used_[w]) unused.push_back(weights_[w].name);
    }
    return unused;
  }

  std::span<const NamedProgram> programs_;
  std::span<const DeclaredWeight> weights_;
  const Ties& ties_;
  std::unordered_map<std::string, uint32_t> by_name_;
  std::vector<bool> used_;  // Taken, or of a dropped argument.
  std::set<std::string> ties_used_;
  Binding binding_;
};

}  // namespace

Result<Binding> BindNames(std::span<const NamedProgram> programs,
                          std::span<const DeclaredWeight> weights, const Ties& ties) {
  return Binder(programs, weights, ties).Run();
}

std::string ListNames(std::span<const std::string> names) {
  const size_t shown = std::min(names.size(), kMaxListed);
  std::string out = Join(std::vector<std::string>(names.begin(), names.begin() + shown));
  if (names.size() > shown) StrAppend(&out, " and ", names.size() - shown, " more");
  return out;
}

}  // namespace webhlo
