// SPDX-License-Identifier: Apache-2.0
#include "core/jit/loops.h"

#include <doctest/doctest.h>

#include <bit>
#include <string>
#include <string_view>

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
  const LaneValue parameter = {record.AddParameter(Lane::kF32, 1, 0x3f800000), ElementType::kF32};
  CHECK(one.id() != parameter.id());
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
  CHECK(l.Mul(x, x).id() == l.Mul(x, x).id());
  CHECK(l.Mul(x, x).id() != l.Add(x, x).id());
  CHECK((l.Number(2.0f).id() == l.Constant(ElementType::kF32, 0x40000000).id()));
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

size_t Count(const std::string& text, std::string_view what) {
  size_t n = 0;
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; ++at) ++n;
  return n;
}

TEST_CASE("jit loops: constants that registers do not hold are loaded once a turn") {
  ModuleBuilder builder({});
  Record record(&builder);
  Speaker l(record, ElementType::kF32);
  LaneValue out = l.Input(0, ElementType::kF32);
  for (int i = 0; i < 8; ++i) out = l.Add(out, l.Number(static_cast<float>(i)));
  // A turn of four vectors, and no other.
  const LoopNest nest{
      .sizes = {2, 16}, .inputs = {{ElementType::kF32, {16, 1}}}, .outputs = {ElementType::kF32}};
  EmitMap(record, nest, std::span(&out, 1), "sum");
  const std::string text = builder.Annotated();
  CHECK(Count(text, "f32x4.add") == 32);
  CHECK(Count(text, "v128.load32_splat") == 8);
}

TEST_CASE("jit loops: lanes of 64 bits take two registers, which a tail stores in part") {
  ModuleBuilder builder({});
  Record record(&builder);
  Speaker l(record, ElementType::kF64);
  const LaneValue x = l.Input(0, ElementType::kF64);
  const LaneValue out = l.Add(x, l.Number(1));
  // Seven elements, known: one vector, and three more.
  const LoopNest nest{
      .sizes = {2, 7}, .inputs = {{ElementType::kF64, {8, 1}}}, .outputs = {ElementType::kF64}};
  const auto function = EmitMap(record, nest, std::span(&out, 1), "add");
  REQUIRE(function);
  CHECK(function->constants == std::vector<uint32_t>{0, 0x3ff00000});
  const std::string text = builder.Annotated();
  CHECK(Count(text, "f64x2.add") == 4);
  CHECK(Count(text, "v128.store +") == 3);
  CHECK(Count(text, "v128.store64_lane +16 lane 0") == 1);
}

TEST_CASE("jit loops: narrow integers are computed in lanes of their width, sixteen a register") {
  ModuleBuilder builder({});
  Record record(&builder);
  Speaker l(record, ElementType::kU8);
  const LaneValue x = l.Input(0, ElementType::kU8), y = l.Input(1, ElementType::kU8);
  const LaneValue out = l.Narrow(l.Add(l.Held(x), l.Held(y)), ElementType::kU8);
  const LoopNest nest{.sizes = {100},
                      .inputs = {{ElementType::kU8, {1}}, {ElementType::kU8, {1}}},
                      .outputs = {ElementType::kU8}};
  EmitMap(record, nest, std::span(&out, 1), "add");
  const std::string text = builder.Annotated();
  // Four registers, one of them, four elements, and a tail.
  CHECK(Count(text, "i8x16.add") == 4 + 1 + 1 + 1);
  CHECK(Count(text, "v128.store +") == 5);
  CHECK(Count(text, "v128.load32_zero") == 4);
}

TEST_CASE("jit loops: where wider lanes are computed in, elements are loaded as such") {
  ModuleBuilder builder({});
  Record record(&builder);
  Speaker l(record, ElementType::kF32);
  const LaneValue x = l.Input(0, ElementType::kU8);
  const LaneValue out = l.Mul(l.Convert(x, ElementType::kF32), l.Number(0.5f));
  const LoopNest nest{
      .sizes = {2, 16}, .inputs = {{ElementType::kU8, {16, 1}}}, .outputs = {ElementType::kF32}};
  EmitMap(record, nest, std::span(&out, 1), "scaled");
  const std::string text = builder.Annotated();
  CHECK(Count(text, "v128.load8x8_u") == 2);
  CHECK(Count(text, "v128.load +") == 0);
  CHECK(Count(text, "i32x4.extend_low_i16x8_u") == 2);
  CHECK(Count(text, "i32x4.extend_high_i16x8_u") == 2);
  CHECK(Count(text, "f32x4.mul") == 4);
}

TEST_CASE("jit loops: what becomes narrow wraps, and floats saturate") {
  ModuleBuilder builder({});
  Record record(&builder);
  Speaker l(record, ElementType::kI32);
  const LaneValue x = l.Input(0, ElementType::kI32), y = l.Input(1, ElementType::kF32);
  const LaneValue outputs[] = {l.Convert(x, ElementType::kI8), l.Convert(y, ElementType::kU8)};
  const LoopNest nest{.sizes = {2, 16},
                      .inputs = {{ElementType::kI32, {16, 1}}, {ElementType::kF32, {16, 1}}},
                      .outputs = {ElementType::kI8, ElementType::kU8}};
  EmitMap(record, nest, outputs, "narrow");
  const std::string text = builder.Annotated();
  CHECK(Count(text, "v128.and") == 4);
  CHECK(Count(text, "i16x8.narrow_i32x4_s") == 2 + 2);
  CHECK(Count(text, "i8x16.narrow_i16x8_u") == 1 + 1);
  CHECK(Count(text, "v128.store +") == 2);
}

TEST_CASE("jit loops: products of 8 bits are computed in 16") {
  ModuleBuilder builder({});
  Record record(&builder);
  Speaker l(record, ElementType::kI8);
  const LaneValue x = l.Input(0, ElementType::kI8);
  const LaneValue out = l.Mul(x, x);
  CHECK(record.insts()[out.id()].lane == Lane::kU8);
  const LoopNest nest{
      .sizes = {2, 16}, .inputs = {{ElementType::kI8, {16, 1}}}, .outputs = {ElementType::kI8}};
  EmitMap(record, nest, std::span(&out, 1), "square");
  CHECK(Count(builder.Annotated(), "i16x8.mul") == 2);
}

TEST_CASE("jit loops: complex numbers are taken apart as they are loaded, and put together again") {
  ModuleBuilder builder({});
  Record record(&builder);
  Speaker l(record, ElementType::kF32);
  const LaneValue z = l.Input(0, ElementType::kC64);
  const LaneValue outputs[] = {l.Complex(z.Part(1), z.Part(0)),
                               l.Complex(l.Neg(z.Part(0)), z.Part(1))};
  // Seven elements: one vector, and three more.
  const LoopNest nest{.sizes = {2, 7},
                      .inputs = {{ElementType::kC64, {8, 1}}},
                      .outputs = {ElementType::kC64, ElementType::kC64}};
  EmitMap(record, nest, outputs, "turned");
  const std::string text = builder.Annotated();
  CHECK(Count(text, "f32x4.neg") == 2);
  // Each part from two registers; into two, of which a tail of three numbers fills one and a half.
  CHECK(Count(text, "v128.load +") == 8);
  CHECK(Count(text, "i8x16.shuffle") == 4 + 8);
  CHECK(Count(text, "v128.store +") == 6);
  CHECK(Count(text, "v128.store64_lane +16 lane 0") == 2);
}

TEST_CASE("jit loops: of numbers of 16 bytes no more is read than there are") {
  ModuleBuilder builder({});
  Record record(&builder);
  Speaker l(record, ElementType::kF64);
  const LaneValue z = l.Input(0, ElementType::kC128);
  const LaneValue out = l.Add(z.Part(0), z.Part(1));
  const LoopNest nest{
      .sizes = {2, 5}, .inputs = {{ElementType::kC128, {5, 1}}}, .outputs = {ElementType::kF64}};
  EmitMap(record, nest, std::span(&out, 1), "sum");
  // The parts of the fifth number are loaded alone.
  CHECK(Count(builder.Annotated(), "v128.load64_splat") == 2);
}

TEST_CASE("jit loops: a mask goes to the lanes that it meets") {
  ModuleBuilder builder({});
  Record record(&builder);
  Speaker l(record, ElementType::kF32);
  const LaneValue x = l.Input(0, ElementType::kF32), y = l.Input(1, ElementType::kF64);
  const LaneValue wide = l.Lt(y, l.Constant(ElementType::kF64, 0)), narrow = l.Lt(x, l.Number(0));
  const LaneValue outputs[] = {l.Select(wide, x, l.Neg(x)), l.Select(narrow, y, l.Neg(y))};
  const LoopNest nest{.sizes = {2, 4},
                      .inputs = {{ElementType::kF32, {4, 1}}, {ElementType::kF64, {4, 1}}},
                      .outputs = {ElementType::kF32, ElementType::kF64}};
  EmitMap(record, nest, outputs, "select");
  const std::string text = builder.Annotated();
  CHECK(Count(text, "i8x16.shuffle") == 1);
  CHECK(Count(text, "i64x2.extend_low_i32x4_s") == 1);
  CHECK(Count(text, "i64x2.extend_high_i32x4_s") == 1);
  CHECK(Count(text, "v128.bitselect") == 3);
}

TEST_CASE("jit loops: what the machine lacks is recorded as what it has") {
  ModuleBuilder builder({});
  Record record(&builder);
  Speaker l(record, ElementType::kU64);
  const LaneValue a = l.Input(0, ElementType::kU64), b = l.Input(1, ElementType::kU64);
  const uint32_t max = l.Max(a, b).id();
  CHECK(max == l.Select(l.Lt(a, b), b, a).id());
  CHECK(record.insts()[max].operation == Operation::kSelect);
  // Signs do not count in a sum: it is one operation.
  const auto as_signed = [](LaneValue v) { return LaneValue{v.id(), ElementType::kI64}; };
  CHECK(l.Add(a, b).id() == l.Add(as_signed(a), as_signed(b)).id());
  CHECK(l.Lt(a, b).id() != l.Lt(as_signed(a), as_signed(b)).id());
}

TEST_CASE("jit loops: a fold holds its accumulators while it takes the elements") {
  ModuleBuilder builder({});
  Record record(&builder);
  Speaker l(record, ElementType::kF32);
  const LaneValue accumulator = l.Input(0, ElementType::kF32), x = l.Input(1, ElementType::kF32);
  const LaneValue out = l.Sub(l.Mul(accumulator, l.Number(3)), x);
  const LoopNest nest{.sizes = {8},
                      .inputs = {{ElementType::kF32, {1}}, {ElementType::kF32, {1}}},
                      .outputs = {ElementType::kF32}};
  EmitFold(record, nest, 100, std::span(&out, 1), "fold");
  const std::string text = builder.Annotated();
  // Four vectors, one, and the tail; each loads once, and adds a row's bytes to go on.
  CHECK(Count(text, "f32x4.mul") == 6);
  CHECK(Count(text, "v128.load +") == 12);
  CHECK(Count(text, "v128.store +") == 5);
  CHECK(Count(text, "i32.const 400") == 3);
}

}  // namespace
}  // namespace webhlo::jit
