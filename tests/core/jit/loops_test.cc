// SPDX-License-Identifier: Apache-2.0
#include "core/jit/loops.h"

#include <doctest/doctest.h>

#include <bit>

#include "core/jit/module_builder.h"
#include "core/jit/speaker.h"

namespace webhlo::jit {
namespace {

TEST_CASE("jit loops: one loop, its vectors and its tail") {
  ModuleBuilder builder({});
  Record record(&builder);
  Speaker l(record, ElementType::kF32);
  const LoopNest nest{.sizes = {100},
                      .inputs = {{ElementType::kF32, {1}}, {ElementType::kF32, {0}}},
                      .outputs = {ElementType::kF32}};
  const LaneValue out = l.Add(l.Input(0, ElementType::kF32), l.Sqrt(l.Input(1, ElementType::kF32)));
  EmitMap(record, nest, std::span(&out, 1), "add sqrt");
  const std::string text = builder.Annotated();
  // What only depends on the row is computed once, before the loops.
  CHECK(text.find("f32x4.sqrt") == text.rfind("f32x4.sqrt"));
  CHECK(text.find("f32x4.sqrt") < text.find("loop"));
  // Four vectors at a time, single vectors, a tail of one to three elements.
  size_t adds = 0;
  for (size_t at = 0; (at = text.find("f32x4.add", at)) != std::string::npos; ++at) ++adds;
  CHECK(adds == 6);
  CHECK(text.find("v128.store +48") != std::string::npos);
  CHECK(text.find("v128.store64_lane +0 lane 0") != std::string::npos);
  CHECK(text.find("v128.store32_lane +8 lane 2") != std::string::npos);
}

TEST_CASE("jit loops: a parameter has a place of its own, and whoever looks at its bits is known") {
  ModuleBuilder builder({});
  Record record(&builder);
  Speaker l(record, ElementType::kF32);
  const LaneValue x = l.Input(0, ElementType::kF32);
  const LaneValue one = l.Number(1.0f);
  const LaneValue parameter = {record.AddParameter(Lane::kF32, 1, 0x3f800000)};
  CHECK(one.id != parameter.id);
  const LaneValue out = l.Add(l.Mul(x, parameter), one);
  const LoopNest nest{
      .sizes = {4}, .inputs = {{ElementType::kF32, {1}}}, .outputs = {ElementType::kF32}};
  const auto function = EmitMap(record, nest, std::span(&out, 1), "scaled");
  REQUIRE(function);
  CHECK(function->constants == std::vector<uint32_t>{0x3f800000, 0x3f800000});
  CHECK(function->parameters.size() == 2);
  CHECK(function->parameters[0] == JitTemplate::kUnused);
  CHECK(function->parameters[1] < 2);
  CHECK(l.ConstantBits(one));
  CHECK_FALSE(record.looked_at_parameters());
  CHECK(l.ConstantBits(parameter));
  CHECK(record.looked_at_parameters());
}

TEST_CASE("jit loops: equal computations are recorded once") {
  ModuleBuilder builder({});
  Record record(&builder);
  Speaker l(record, ElementType::kF32);
  const LaneValue x = l.Input(0, ElementType::kF32);
  CHECK(l.Mul(x, x).id == l.Mul(x, x).id);
  CHECK(l.Mul(x, x).id != l.Add(x, x).id);
  CHECK((l.Number(2.0f).id == l.Constant(ElementType::kF32, 0x40000000).id));
}

TEST_CASE("jit loops: relaxed instructions only where they are allowed") {
  for (bool relaxed : {false, true}) {
    ModuleBuilder builder({.shared_memory = false, .relaxed_simd = relaxed});
    Record record(&builder);
    Speaker l(record, ElementType::kF32);
    const LaneValue x = l.Input(0, ElementType::kF32);
    const LaneValue out = l.Select(l.Lt(x, l.Number(0.0f)), x, l.MulAdd(x, x, x));
    const LoopNest nest{
        .sizes = {8}, .inputs = {{ElementType::kF32, {1}}}, .outputs = {ElementType::kF32}};
    EmitMap(record, nest, std::span(&out, 1), "relaxed");
    CHECK((builder.Annotated().find("relaxed_") != std::string::npos) == relaxed);
  }
}

TEST_CASE("jit loops: a maximum with a constant is one instruction, with +0 two") {
  const auto count = [](float constant) {
    ModuleBuilder builder({});
    Record record(&builder);
    Speaker l(record, ElementType::kF32);
    const LaneValue out = l.Max(l.Input(0, ElementType::kF32),
                                l.Constant(ElementType::kF32, std::bit_cast<uint32_t>(constant)));
    const LoopNest nest{
        .sizes = {4, 4}, .inputs = {{ElementType::kF32, {0, 1}}}, .outputs = {ElementType::kF32}};
    EmitMap(record, nest, std::span(&out, 1), "max");
    const std::string text = builder.Annotated();
    size_t n = 0;
    for (const char* op : {"f32x4.pmax", "f32x4.add", "v128.and", "v128.or"}) {
      for (size_t at = 0; (at = text.find(op, at)) != std::string::npos; ++at) ++n;
    }
    return n;
  };
  CHECK(count(3) == 1);
  CHECK(count(0) == 2);
  CHECK(count(-0.0f) == 1);
  CHECK(count(std::bit_cast<float>(0x7fc00000)) == 5);
}

}  // namespace
}  // namespace webhlo::jit
