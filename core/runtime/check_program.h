// SPDX-License-Identifier: Apache-2.0
//
// Runs a test program in StableHLO's own style: functions without arguments that compute something
// and check it (check.expect_eq, ...). What `./dev conformance` and the case tests stand on. Their
// literals stand for inputs, so compiling folds only splats.
#ifndef WEBHLO_CORE_RUNTIME_CHECK_PROGRAM_H_
#define WEBHLO_CORE_RUNTIME_CHECK_PROGRAM_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/runtime/plan_builder.h"

namespace webhlo {

struct CheckOutcome {
  std::string name;       // The function, or "import", or "round trip".
  Status status;          // `mismatch` when a check found another value than it expected.
  std::string text = {};  // CheckOptions::notation: how the program prints.
};

struct CheckOptions {
  PlanOptions::Engine engine = PlanOptions::Engine::kKernel;
  bool jit = true;
  int num_threads = 1;
  double deadline_ms = 20000;
  // The program need not mean anything: it is imported, printed, read back and compared.
  bool notation = false;
};

// One outcome a function that has checks. A program without any is imported, verified, printed,
// read back and compared: one outcome, "round trip".
std::vector<CheckOutcome> CheckProgram(std::span<const uint8_t> bytes, std::string_view file_name,
                                       const CheckOptions& options);

// [{"case": ..., "ok": ..., "code": ..., "message": ...}]
std::string CheckProgramJson(std::span<const uint8_t> bytes, std::string_view file_name,
                             const CheckOptions& options);

}  // namespace webhlo

#endif  // WEBHLO_CORE_RUNTIME_CHECK_PROGRAM_H_
