// SPDX-License-Identifier: Apache-2.0
#include "core/jit/assembler.h"

#include <doctest/doctest.h>

#include "core/jit/module_builder.h"

namespace webhlo::jit {
namespace {

constexpr WasmType I = WasmType::kI32;

// while (n != 0) { p[0] = sine(p[0]); ... } in little.
Assembler SmallFunction(ModuleBuilder& builder) {
  const Import sine = {.name = "sine",
                       .signature = {.parameters = {WasmType::kF32}, .result = WasmType::kF32}};
  const uint32_t index = builder.AddImport(sine);
  Assembler a({I, I});
  const uint32_t v = a.AddLocal(WasmType::kV128);
  a.Note("load");
  a.Get(0);
  a.Access(Op::kV128Load, 160);
  a.Set(v);
  a.Block();
  a.Loop();
  a.Get(1);
  a.Do(Op::kI32Eqz);
  a.BranchIf(1);
  a.Get(v);
  a.Get(v);
  a.Lane(Op::kF32x4ExtractLane, 3);
  a.Call(index, sine.signature);
  a.Lane(Op::kF32x4ReplaceLane, 3);
  a.Set(v);
  a.Get(1);
  a.I32(-1);
  a.Do(Op::kI32Add);
  a.Set(1);
  a.Branch(0);
  a.End();
  a.End();
  a.Get(0);
  a.Get(v);
  a.AccessLane(Op::kV128Store32Lane, 8, 2);
  return a;
}

TEST_CASE("assembler: bytes explain themselves") {
  ModuleBuilder builder({});
  CHECK(SmallFunction(builder).Annotated() ==
        R"(                            ;; load
00000: 20 00                local.get 0
00002: fd 00 02 a0 01       v128.load +160
00007: 21 02                local.set 2
00009: 02 40                block
0000b: 03 40                  loop
0000d: 20 01                    local.get 1
0000f: 45                       i32.eqz
00010: 0d 01                    br_if 1
00012: 20 02                    local.get 2
00014: 20 02                    local.get 2
00016: fd 1f 03                 f32x4.extract_lane lane 3
00019: 10 00                    call 0
0001b: fd 20 03                 f32x4.replace_lane lane 3
0001e: 21 02                    local.set 2
00020: 20 01                    local.get 1
00022: 41 7f                    i32.const -1
00024: 6a                       i32.add
00025: 21 01                    local.set 1
00027: 0c 00                    br 0
00029: 0b                     end
0002a: 0b                   end
0002b: 20 00                local.get 0
0002d: 20 02                local.get 2
0002f: fd 5a 02 08 02       v128.store32_lane +8 lane 2
)");
}

TEST_CASE("module builder: a module's bytes") {
  ModuleBuilder builder({.shared_memory = true, .relaxed_simd = false});
  Assembler function({I});
  function.Get(0);
  function.I32(300);
  function.Do(Op::kI32Add);
  function.Set(0);
  CHECK(builder.AddFunction("nothing", std::move(function)) == 0);
  CHECK(builder.Call({0, {0x3f800000, 0x80000000}, {}}, {}).constants == 0);
  const JitBinary binary = builder.Finish();
  CHECK(binary.num_functions == 1);
  CHECK(binary.constants == std::vector<uint8_t>{0, 0, 0x80, 0x3f, 0, 0, 0, 0x80});
  const std::vector<uint8_t> expected = {
      0,  'a', 's', 'm', 1,   0,    0,   0,    1,    5, 1,    0x60, 1, 0x7f,
      0,                                                                // Types: (i32) -> ().
      2,  11,  1,   1,   'e', 1,    'm', 2,    3,    1, 0x80, 0x80, 4,  // The shared memory.
      3,  2,   1,   0,                                                  // One function.
      7,  6,   1,   2,   'f', '0',  0,   0,                             // Exported.
      10, 12,  1,   10,  0,   0x20, 0,   0x41, 0xac, 2, 0x6a, 0x21, 0, 0x0b,
  };
  REQUIRE(binary.modules.size() == 1);
  CHECK(binary.modules[0].bytes == expected);
}

TEST_CASE("module builder: equal functions are one, and so are equal runs of constants") {
  ModuleBuilder builder({});
  auto add = [&](int32_t number) {
    Assembler function({I});
    function.I32(number);
    function.Set(0);
    return builder.AddFunction("set", std::move(function));
  };
  CHECK(add(1) == 0);
  CHECK(add(2) == 1);
  CHECK(add(1) == 0);
  CHECK(builder.num_functions() == 2);

  // The callers' constants are its second and its first; they have a third, which it does not read.
  const JitTemplate function{1, {10, 20, 30}, {1, 0, JitTemplate::kUnused}};
  auto call = [&](std::vector<uint32_t> parameters) {
    const JitFunction called = builder.Call(function, parameters);
    CHECK(called.number == 1);
    return called.constants;
  };
  CHECK(call({20, 10, 1}) == 0);
  CHECK(call({20, 11, 1}) == 12);
  CHECK(call({20, 10, 2}) == 0);
  const std::vector<uint8_t> constants = builder.Finish().constants;
  REQUIRE(constants.size() == 24);
  CHECK(constants[0] == 10);
  CHECK(constants[4] == 20);
  CHECK(constants[12] == 11);
  CHECK(constants[20] == 30);
}

TEST_CASE("module builder: as many modules as it takes to keep each small") {
  ModuleBuilder builder({});
  constexpr uint32_t kFunctions = 40;
  for (uint32_t i = 0; i < kFunctions; ++i) {
    Assembler function({I});
    for (int k = 0; k < 100'000; ++k) {  // 400 kB.
      function.Get(0);
      function.Set(0);
    }
    function.I32(static_cast<int32_t>(i));
    function.Set(0);
    CHECK(builder.AddFunction("nothing", std::move(function)) == i);
  }
  const JitBinary binary = builder.Finish();
  CHECK(binary.modules.size() == 4);
  uint32_t functions = 0;
  size_t bytes = 0;
  for (const JitModule& module : binary.modules) {
    CHECK(module.bytes.size() < 5 << 20);
    functions += module.num_functions;
    bytes += module.bytes.size();
  }
  CHECK(functions == kFunctions);
  CHECK(binary.num_functions == kFunctions);
  CHECK(binary.num_bytes == bytes);
}

TEST_CASE("module builder: a function that no engine takes does not fit") {
  Assembler function({I});
  function.Get(0);
  function.Set(0);
  ModuleBuilder builder({});
  CHECK(builder.AddFunction("fits", function));
  for (int i = 0; i < 50'000; ++i) function.AddLocal(I);
  CHECK_FALSE(builder.AddFunction("too long", function));
  CHECK(builder.num_functions() == 1);
}

TEST_CASE("module builder: a function is imported once") {
  const auto import = [](std::string name) {
    return Import{.name = std::move(name),
                  .signature = {.parameters = {WasmType::kF64}, .result = WasmType::kF64}};
  };
  ModuleBuilder builder({});
  CHECK(builder.AddImport(import("sine")) == 0);
  CHECK(builder.AddImport(import("power")) == 1);
  CHECK(builder.AddImport(import("sine")) == 0);
  CHECK(builder.Finish().imports == std::vector<std::string>{"sine", "power"});
}

}  // namespace
}  // namespace webhlo::jit
