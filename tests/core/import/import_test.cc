// SPDX-License-Identifier: Apache-2.0
#include "core/import/import.h"

#include <doctest/doctest.h>

#include <string>

#include "core/base/strings.h"

namespace webhlo {
namespace {

std::span<const uint8_t> Bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

Program Imported(std::string_view text) {
  Result<Program> program = Import(Bytes(text), {.require_known_ops = false});
  REQUIRE_MESSAGE(program.ok(), std::string(program.status().message()));
  return std::move(*program);
}

std::string Names(const std::vector<Port>& ports) {
  std::string out;
  for (const Port& port : ports) StrAppend(&out, out.empty() ? "" : " ", port.name);
  return out;
}

// The names of arguments with the given locations.
std::string ArgumentNames(std::initializer_list<std::string_view> locations) {
  std::string text = "func.func @main(";
  size_t i = 0;
  for (const std::string_view location : locations) {
    StrAppend(&text, i ? ", " : "", "%a", i, ": tensor<f32>");
    if (!location.empty()) StrAppend(&text, " loc(\"", location, "\")");
    ++i;
  }
  return Names(Imported(text + ") { return }").arguments);
}

std::string ResultNames(std::initializer_list<std::string_view> infos) {
  std::string types, values, value_types;
  for (const std::string_view info : infos) {
    StrAppend(&types, types.empty() ? "" : ", ", "tensor<f32>");
    if (info != "-") StrAppend(&types, " {jax.result_info = \"", info, "\"}");
    StrAppend(&values, values.empty() ? "" : ", ", "%a");
    StrAppend(&value_types, value_types.empty() ? "" : ", ", "tensor<f32>");
  }
  return Names(Imported(StrCat("func.func @main(%a: tensor<f32>) -> (", types, ") { return ",
                               values, " : ", value_types, " }"))
                   .results);
}

TEST_CASE("formats are told by their first bytes") {
  CHECK(DetectFormat(Bytes("module {}")) == Format::kText);
  CHECK(DetectFormat(Bytes("// \xc3\xa4\n")) == Format::kText);
  CHECK(DetectFormat(Bytes("ML\xefR\x0d")) == Format::kBytecode);
  CHECK(DetectFormat(Bytes("WHLO\x01")) == Format::kWhlo);
  CHECK(DetectFormat(Bytes(std::string_view("\0\1\2\3", 4))) == Format::kUnknown);
  CHECK(DetectFormat(Bytes("")) == Format::kUnknown);
  CHECK(Import(Bytes("\xff\xfe")).status().code() == StatusCode::kInvalidModel);
}

TEST_CASE("arguments are named by the last key of their path") {
  CHECK(ArgumentNames({"weights['fc1.bias']", "inputs['image']"}) == "fc1.bias image");
  CHECK(ArgumentNames({"args[0].x['w'][1]", "x"}) == "1 x");
  CHECK(ArgumentNames({"", "x", ""}) == "arg0 x arg2");
  // As many keys as make it unique.
  CHECK(ArgumentNames({"a['k']['w']", "b['k']['w']", "c['w']"}) == "a.k.w b.k.w c.w");
  CHECK(ArgumentNames({"w", "b['w']"}) == "w b.w");
  CHECK(ArgumentNames({"w", "w"}) == "w.0 w.1");
}

TEST_CASE("results are named by jax.result_info") {
  CHECK(ResultNames({"result['logits']"}) == "logits");
  CHECK(ResultNames({"['logits']", "['cache']['k']"}) == "logits k");
  CHECK(ResultNames({""}) == "result");
  CHECK(ResultNames({"result"}) == "result");
  CHECK(ResultNames({"-"}) == "result");
  CHECK(ResultNames({"-", "-"}) == "result0 result1");
  CHECK(ResultNames({"result[0]", "result[1]"}) == "0 1");
}

TEST_CASE("keys that a container gave are kept") {
  Program program = Imported("func.func @main(%a: tensor<f32> loc(\"x\")) { return }");
  program.arguments[0].keys = {"params", "w"};
  CHECK(NamePorts(&program).ok());
  CHECK(program.arguments[0].name == "w");
  program.arguments.resize(2);
  CHECK(NamePorts(&program).code() == StatusCode::kInvalidModel);
}

TEST_CASE("aliasing and donation are read from argument attributes") {
  const Program program = Imported(
      "func.func @main(%a: tensor<f32> {tf.aliasing_output = 1 : i32}, "
      "%b: tensor<f32> {jax.buffer_donor = true}, %c: tensor<f32> {tf.aliasing_output = 9 : i32}) "
      "-> (tensor<f32>, tensor<f32>) { return %a, %b : tensor<f32>, tensor<f32> }");
  CHECK(program.arguments[0].aliased_result == 1);
  CHECK(program.arguments[1].aliased_result == -1);
  CHECK(program.arguments[1].donatable);
  CHECK(program.arguments[2].aliased_result == -1);
}

TEST_CASE("the entry is @main, else the only public function") {
  CHECK(Imported("func.func @f() { return } func.func @main() { return }").entry_index == 1);
  CHECK(Imported("func.func private @f() { return } func.func @g() { return }").entry_index == 1);
  CHECK(Import(Bytes("func.func @f() { return } func.func @g() { return }"), {}).status().code() ==
        StatusCode::kInvalidModel);
  CHECK(Import(Bytes("module {}"), {}).status().code() == StatusCode::kInvalidModel);
}

TEST_CASE("programs for several devices are refused when they are to run") {
  constexpr std::string_view kText =
      "module attributes {mhlo.num_partitions = 2 : i32} { func.func @main() { return } }";
  CHECK(Import(Bytes(kText)).status().code() == StatusCode::kUnsupported);
  Imported(kText);
}

}  // namespace
}  // namespace webhlo
