// SPDX-License-Identifier: Apache-2.0
//
// What tests of sessions share: the phases of one, each of which must succeed.
#ifndef WEBHLO_TESTS_CORE_RUNTIME_SESSION_TESTING_H_
#define WEBHLO_TESTS_CORE_RUNTIME_SESSION_TESTING_H_

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/runtime/session.h"

namespace webhlo {

using Floats = std::vector<float>;

// y = x * scale + bias
inline constexpr std::string_view kAffine = R"(module {
  func.func public @main(%arg0: tensor<3xf32> loc("weights['norm']['scale']"), %arg1: tensor<3xf32> loc("weights['bias']"),
      %arg2: tensor<3xf32> loc("inputs['x']")) -> tensor<3xf32> {
    %0 = stablehlo.multiply %arg2, %arg0 : tensor<3xf32>
    %1 = stablehlo.add %0, %arg1 : tensor<3xf32>
    return %1 : tensor<3xf32>
  }
})";

inline void Must(const Status& status) { REQUIRE_MESSAGE(status.ok(), status.ToString()); }

inline void Add(Session* session, std::string_view text, std::string name = "main") {
  const std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  Must(session->AddProgram(std::move(name), bytes, "test.mlir"));
}

inline void Bind(Session* session) { Must(RunToEnd(session->Bind())); }

inline void Arrive(Session* session, uint32_t i, const Floats& values) {
  Result<uint8_t*> buffer = session->WeightBuffer(i);
  Must(buffer.status());
  std::memcpy(*buffer, values.data(), values.size() * sizeof(float));
  Must(RunToEnd(session->WeightArrived(i)));
}

inline void Finish(Session* session) { Must(session->Finish()); }

}  // namespace webhlo

#endif  // WEBHLO_TESTS_CORE_RUNTIME_SESSION_TESTING_H_
