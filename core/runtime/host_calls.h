// SPDX-License-Identifier: Apache-2.0
//
// Which calls a program makes of its host, for whoever has to know before it runs.
#ifndef WEBHLO_CORE_RUNTIME_HOST_CALLS_H_
#define WEBHLO_CORE_RUNTIME_HOST_CALLS_H_

#include <string>
#include <vector>

#include "core/base/budget.h"
#include "core/base/task.h"
#include "core/graph/graph.h"
#include "core/graph/op_def.h"
#include "core/import/import.h"

namespace webhlo {

// The calls of one target.
struct HostCalls {
  std::string target;
  int64_t count = 0;
  std::string where;  // The first of them; empty if the program does not say.
  // Not so if all stand in branches that a compiled program may be without.
  bool certain = false;
};

// Of the entry of a compiled program.
std::vector<HostCalls> FindHostCalls(const Graph& graph);

// Of a program that is not compiled yet.
Task FindHostCalls(const Program& program, Budget& budget, std::vector<HostCalls>* calls);

// {"uplo":76} of a call whose configuration is a dictionary. A number that JSON has not is a text,
// in a dictionary under no name.
std::string CallAttributesJson(const OpView& call);

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_HOST_CALLS_H_
