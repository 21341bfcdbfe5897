// SPDX-License-Identifier: Apache-2.0
// The checks that stand between a .whlo file's FlatBuffer and those who read it by index.
#include "core/model/model_view.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>

namespace webhlo {
namespace {

using flatbuffers::FlatBufferBuilder;

// One program: func @main(%0: tensor<f32>) { %1 = "op"(%0); return %1 }, to be spoilt in one place.
struct Parts {
  uint32_t num_segments = 0;
  uint32_t value_type = 0;
  uint32_t operand = 0;
  uint32_t node_name = 0;
  uint32_t node_location = 0;
  model::Span node_operands{0, 1};
  model::Span node_attributes{0, 1};
  model::Span region_nodes{0, 1};
  uint32_t entry = 0;
  uint32_t body = 0;
  uint32_t nested_type = 0;
  uint32_t attribute_name = 0;
  uint32_t attribute_dense = 0;
  uint32_t location_child = 0;
  size_t num_arguments = 1;
};

std::vector<uint8_t> Build(const Parts& parts) {
  FlatBufferBuilder fbb;
  const auto types = fbb.CreateVector(std::vector{
      model::CreateType(fbb, model::TypeKind::Tensor, fbb.CreateString("f32")),
      model::CreateType(fbb, model::TypeKind::Tuple, fbb.CreateString("f32"), 0, 0, 0, 0,
                        fbb.CreateVector(std::vector<uint32_t>{parts.nested_type}))});
  const auto names = fbb.CreateVectorOfStrings({"op"});
  const auto constants = fbb.CreateVector(std::vector{
      model::CreateConstant(fbb, 0, false, fbb.CreateVector(std::vector<uint8_t>{0, 0, 0, 0}))});
  const auto locations = fbb.CreateVector(std::vector{
      model::CreateLocation(fbb, model::LocationKind::Name, fbb.CreateString("here"), 0, 0, 0, 0,
                            fbb.CreateVector(std::vector<uint32_t>{parts.location_child}))});
  const auto value_types = fbb.CreateVector(std::vector<uint32_t>{parts.value_type, 0});
  const std::vector<model::Node> nodes{{parts.node_name, parts.node_location, parts.node_operands,
                                        model::Span(1, 1), parts.node_attributes,
                                        model::Span(0, 0)}};
  const std::vector<model::Region> regions{
      {model::Span(0, 1), parts.region_nodes, model::Span(1, 1)}};
  const auto node_vector = fbb.CreateVectorOfStructs(nodes);
  const auto region_vector = fbb.CreateVectorOfStructs(regions);
  const auto operands = fbb.CreateVector(std::vector<uint32_t>{parts.operand, 1});
  const auto attribute = model::CreateAttribute(fbb, model::AttributeKind::Dense, 0, 0, 0, kNoIndex,
                                                0, 0, 0, parts.attribute_dense);
  const auto attributes = fbb.CreateVector(
      std::vector{model::CreateNamedAttribute(fbb, parts.attribute_name, attribute)});
  const auto region_pool = fbb.CreateVector(std::vector<uint32_t>{});
  const auto functions = fbb.CreateVector(
      std::vector{model::CreateFunction(fbb, fbb.CreateString("main"), false, parts.body)});
  std::vector<flatbuffers::Offset<model::Port>> ports;
  for (size_t i = 0; i < parts.num_arguments; ++i) {
    const auto keys = fbb.CreateVectorOfStrings({"x"});
    ports.push_back(model::CreatePort(fbb, keys, fbb.CreateString("x")));
  }
  const auto arguments = fbb.CreateVector(ports);
  const auto result_keys = fbb.CreateVectorOfStrings({"y"});
  const auto results =
      fbb.CreateVector(std::vector{model::CreatePort(fbb, result_keys, fbb.CreateString("y"))});
  const auto program =
      model::CreateProgram(fbb, fbb.CreateString("p"), 0, 0, 0, types, names, constants, locations,
                           value_types, 0, node_vector, region_vector, operands, attributes,
                           region_pool, functions, parts.entry, arguments, results);
  const auto programs = fbb.CreateVector(std::vector{program});
  const auto weights = fbb.CreateVector(std::vector<flatbuffers::Offset<model::Weight>>{});
  const auto segments = fbb.CreateVectorOfStructs(std::vector<model::Segment>(parts.num_segments));
  fbb.Finish(model::CreateModel(fbb, programs, weights, segments), model::ModelIdentifier());
  std::vector<uint8_t> file = MakeModelHeader(fbb.GetSize());
  file.insert(file.end(), fbb.GetBufferPointer(), fbb.GetBufferPointer() + fbb.GetSize());
  return file;
}

TEST_CASE("model view: one wrong index at a time") {
  const Parts good;
  {
    const std::vector<uint8_t> file = Build(good);
    Result<ModelView> view = ModelView::Open(file);
    REQUIRE_MESSAGE(view.ok(), view.status().ToString());
    CHECK(view->model().programs()->size() == 1);
  }
  const std::function<void(Parts&)> spoil[] = {
      [](Parts& p) { p.num_segments = 1; },
      [](Parts& p) { p.value_type = 2; },
      [](Parts& p) { p.operand = 2; },
      [](Parts& p) { p.node_name = 1; },
      [](Parts& p) { p.node_location = 2; },
      [](Parts& p) { p.node_operands = model::Span(2, 1); },
      [](Parts& p) { p.node_operands = model::Span(0xffffffff, 2); },
      [](Parts& p) { p.node_attributes = model::Span(0, 2); },
      [](Parts& p) { p.region_nodes = model::Span(1, 1); },
      [](Parts& p) { p.entry = 1; },
      [](Parts& p) { p.body = 1; },
      [](Parts& p) { p.body = kNoIndex; },
      [](Parts& p) { p.nested_type = 1; },
      [](Parts& p) { p.attribute_name = 1; },
      [](Parts& p) { p.attribute_dense = 1; },
      [](Parts& p) { p.attribute_dense = kNoIndex; },
      [](Parts& p) { p.location_child = 1; },
      [](Parts& p) { p.num_arguments = 2; },
  };
  for (size_t i = 0; i < std::size(spoil); ++i) {
    CAPTURE(i);
    Parts parts = good;
    spoil[i](parts);
    const std::vector<uint8_t> file = Build(parts);
    CHECK(ModelView::Open(file).status().code() == StatusCode::kInvalidModel);
  }
}

TEST_CASE("model view: the header") {
  const std::vector<uint8_t> file = Build(Parts());
  CHECK(IsModelFile(file));
  CHECK(*ModelHeadSize(file) >= file.size());
  CHECK(!ModelHeadSize(std::span(file).first(15)).ok());
  CHECK(!ModelView::Open(std::span(file).first(file.size() - 1)).ok());
  std::vector<uint8_t> huge = file;
  for (int i = 8; i < 16; ++i) huge[i] = 0xff;
  CHECK(!ModelView::Open(huge).ok());
}

}  // namespace
}  // namespace webhlo
