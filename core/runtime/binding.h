// SPDX-License-Identifier: Apache-2.0
//
// Binding: names meeting tensors. A pure function of the programs' ports, the names and types of
// the declared weights and the ties; every way in which they do not fit is a message that names
// them.
#ifndef WEBHLO_CORE_RUNTIME_BINDING_H_
#define WEBHLO_CORE_RUNTIME_BINDING_H_

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/graph/encoding.h"
#include "core/graph/type.h"
#include "core/import/whlo.h"

namespace webhlo {

struct DeclaredWeight {
  std::string name;
  TensorType type;
  Encoding encoding = {};  // Of the bytes that will arrive.

  uint64_t ByteSize() const { return encoding.ByteSize(type); }
};

struct Binding {
  // By program and argument: the weight that it is, -1 for inputs.
  std::vector<std::vector<int32_t>> weight_of;
  // By weight: whether an argument takes it. Others name arguments that an exporter dropped.
  std::vector<bool> taken;
};

// Argument (public name) -> tensor that other arguments may use too.
using Ties = std::map<std::string, std::string>;

Result<Binding> BindNames(std::span<const NamedProgram> programs,
                          std::span<const DeclaredWeight> weights, const Ties& ties);

// Names for a message, not more than a reader takes in.
std::string ListNames(std::span<const std::string> names);

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_BINDING_H_
