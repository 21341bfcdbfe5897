// SPDX-License-Identifier: Apache-2.0
//
// What plans promise: of memory, and of being values.
#include "core/runtime/plan.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/memory.h"
#include "core/base/strings.h"
#include "core/import/import.h"
#include "core/runtime/compile.h"
#include "tests/core/cases.h"

namespace webhlo {
namespace {

Result<ProgramPlans> CompileText(std::string_view text, std::vector<bool> weights,
                                 int num_threads) {
  ASSIGN_OR_RETURN(const Program program,
                   Import({reinterpret_cast<const uint8_t*>(text.data()), text.size()}));
  CompileOptions options;
  options.plan.num_threads = num_threads;
  return MakePlans(program, std::move(weights), options);
}

struct ScratchCase {
  std::string_view kernel;  // That the plan has to have.
  std::string_view program;
  std::vector<bool> weights;
};

const ScratchCase kScratchCases[] = {
    {"convolution.tiled",
     R"(
func.func @main(%x: tensor<1x1055x1055x1xf32>, %w: tensor<32x32x1x2xf32>) -> tensor<1x1024x1024x2xf32> {
  %0 = stablehlo.convolution(%x, %w) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x1055x1055x1xf32>, tensor<32x32x1x2xf32>) -> tensor<1x1024x1024x2xf32>
  return %0 : tensor<1x1024x1024x2xf32>
})",
     {false, true}},
    {"convolution.tiled",
     R"(
func.func @main(%x: tensor<1x512x512x3xf32>, %w: tensor<7x7x3x64xf32>) -> tensor<1x506x506x64xf32> {
  %0 = stablehlo.convolution(%x, %w) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x512x512x3xf32>, tensor<7x7x3x64xf32>) -> tensor<1x506x506x64xf32>
  return %0 : tensor<1x506x506x64xf32>
})",
     {false, true}},
    // The lhs is transposed in scratch, where a packed rhs would lie beside it.
    {"matmul.few_rows",
     R"(
func.func @main(%x: tensor<3000003x9xf32>, %y: tensor<3000003x1xf32>) -> tensor<9x1xf32> {
  %0 = stablehlo.dot_general %x, %y, contracting_dims = [0] x [0] : (tensor<3000003x9xf32>, tensor<3000003x1xf32>) -> tensor<9x1xf32>
  return %0 : tensor<9x1xf32>
})",
     {}},
    {"matmul.tiled_batch",
     R"(
func.func @main(%x: tensor<12x4096x64xf32>, %y: tensor<12x4096x64xf32>) -> tensor<12x4096x4096xf32> {
  %0 = stablehlo.dot_general %x, %y, batching_dims = [0] x [0], contracting_dims = [2] x [2] : (tensor<12x4096x64xf32>, tensor<12x4096x64xf32>) -> tensor<12x4096x4096xf32>
  return %0 : tensor<12x4096x4096xf32>
})",
     {}},
    {"reduce",
     R"(
func.func @main(%x: tensor<2x4096x2x4096xf32>) -> tensor<4096xf32> {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %0 = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [0, 2, 3] : (tensor<2x4096x2x4096xf32>, tensor<f32>) -> tensor<4096xf32>
  return %0 : tensor<4096xf32>
})",
     {}},
};

struct WorkCase {
  std::string_view op;  // Of the step.
  std::string_view program;
  double flops, bytes;
  std::vector<bool> weights = {};
};

const WorkCase kWorkCases[] = {
    {"webhlo.matmul",
     R"(
func.func @main(%x: tensor<3x4x8xf32>, %w: tensor<8x16xf32>) -> tensor<3x4x16xf32> {
  %0 = stablehlo.dot_general %x, %w, contracting_dims = [2] x [0] : (tensor<3x4x8xf32>, tensor<8x16xf32>) -> tensor<3x4x16xf32>
  %1 = stablehlo.tanh %0 : tensor<3x4x16xf32>
  return %1 : tensor<3x4x16xf32>
})",
     2 * 12 * 16 * 8,
     4 * (12 * 8 + 8 * 16 + 12 * 16),
     {false, true}},
    {"webhlo.conv2d",
     R"(
func.func @main(%x: tensor<2x9x8x6xf32>, %w: tensor<3x3x6x10xf32>) -> tensor<2x7x6x10xf32> {
  %0 = stablehlo.convolution(%x, %w) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<2x9x8x6xf32>, tensor<3x3x6x10xf32>) -> tensor<2x7x6x10xf32>
  return %0 : tensor<2x7x6x10xf32>
})",
     2 * (3 * 3 * 6) * (2 * 7 * 6 * 10),
     4 * (2 * 9 * 8 * 6 + 3 * 3 * 6 * 10 + 2 * 7 * 6 * 10),
     {false, true}},
    // Depthwise: a filter of one feature.
    {"webhlo.conv2d",
     R"(
func.func @main(%x: tensor<1x8x8x6xf32>, %w: tensor<3x3x1x6xf32>) -> tensor<1x6x6x6xf32> {
  %0 = stablehlo.convolution(%x, %w) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {} {batch_group_count = 1 : i64, feature_group_count = 6 : i64} : (tensor<1x8x8x6xf32>, tensor<3x3x1x6xf32>) -> tensor<1x6x6x6xf32>
  return %0 : tensor<1x6x6x6xf32>
})",
     2 * 9 * 6 * 6 * 6,
     4 * (8 * 8 * 6 + 9 * 6 + 6 * 6 * 6),
     {false, true}},
    // Integers have no matmul.
    {"stablehlo.dot_general", R"(
func.func @main(%x: tensor<5x7xi32>, %y: tensor<7x3xi32>) -> tensor<5x3xi32> {
  %0 = stablehlo.dot_general %x, %y, contracting_dims = [1] x [0] : (tensor<5x7xi32>, tensor<7x3xi32>) -> tensor<5x3xi32>
  return %0 : tensor<5x3xi32>
})",
     2 * 5 * 3 * 7, 4 * (5 * 7 + 7 * 3 + 5 * 3)},
    {"webhlo.fusion", R"(
func.func @main(%x: tensor<10x4xf32>, %y: tensor<4xf32>) -> tensor<10x4xf32> {
  %0 = stablehlo.broadcast_in_dim %y, dims = [1] : (tensor<4xf32>) -> tensor<10x4xf32>
  %1 = stablehlo.multiply %x, %0 : tensor<10x4xf32>
  %2 = stablehlo.tanh %1 : tensor<10x4xf32>
  return %2 : tensor<10x4xf32>
})",
     2 * 10 * 4, 4 * (10 * 4 + 4 + 10 * 4)},
    // What is read of a table is what comes out.
    {"stablehlo.dynamic_slice", R"(
func.func @main(%x: tensor<1000xf32>, %i: tensor<i32>) -> tensor<10xf32> {
  %0 = stablehlo.dynamic_slice %x, %i, sizes = [10] : (tensor<1000xf32>, tensor<i32>) -> tensor<10xf32>
  return %0 : tensor<10xf32>
})",
     0, 4 * (10 + 1 + 10)},
    // An input must stay as it is, so all of it is copied;
    {"stablehlo.dynamic_update_slice", R"(
func.func @main(%x: tensor<1000xf32>, %y: tensor<10xf32>, %i: tensor<i32>) -> tensor<1000xf32> {
  %0 = stablehlo.dynamic_update_slice %x, %y, %i : (tensor<1000xf32>, tensor<10xf32>, tensor<i32>) -> tensor<1000xf32>
  return %0 : tensor<1000xf32>
})",
     0, 4 * (1000 + 10 + 1 + 1000)},
    // a value that nobody else reads is updated in its place.
    {"stablehlo.dynamic_update_slice", R"(
func.func @main(%x: tensor<1000xf32>, %y: tensor<10xf32>, %i: tensor<i32>) -> tensor<1000xf32> {
  %0 = stablehlo.reverse %x, dims = [0] : tensor<1000xf32>
  %1 = stablehlo.dynamic_update_slice %0, %y, %i : (tensor<1000xf32>, tensor<10xf32>, tensor<i32>) -> tensor<1000xf32>
  return %1 : tensor<1000xf32>
})",
     0, 4 * (10 + 1 + 10)},
};

TEST_CASE("plan: the work of a step is what its op's row counts, and its operands and results") {
  for (const WorkCase& test : kWorkCases) {
    CAPTURE(test.program);
    const Result<ProgramPlans> compiled = CompileText(test.program, test.weights, 1);
    REQUIRE_MESSAGE(compiled.ok(), compiled.status().ToString());
    const Plan& plan = compiled->main;
    int found = 0;
    for (uint32_t i = 0; i < plan.steps.size(); ++i) {
      const Step& step = plan.steps[i];
      if (step.node == kNone || plan.graph.op_name(plan.graph.nodes[step.node]) != test.op) {
        continue;
      }
      ++found;
      const StepWork work = WorkOf(plan, i);
      CHECK(work.flops == test.flops);
      CHECK(work.bytes == test.bytes);
    }
    CHECK_MESSAGE(found == 1, ToString(plan));
  }
}

TEST_CASE("plan: no kernel wants more scratch than its operands and results have, and 16 MiB") {
  for (const ScratchCase& test : kScratchCases) {
    for (int threads : {1, 16}) {
      const Result<ProgramPlans> compiled = CompileText(test.program, test.weights, threads);
      REQUIRE_MESSAGE(compiled.ok(), compiled.status().ToString());
      const Plan& plan = compiled->main;
      bool found = false;
      for (const Step& step : plan.steps) {
        if (step.kind != Step::Kind::kKernel) continue;
        CAPTURE(ToString(step.choice));
        found |= step.choice.kernel.starts_with(test.kernel);
        const OpView op(plan.graph, plan.graph.nodes[step.node]);
        int64_t bytes = kScratchAllowance;
        for (size_t i = 0; i < op.num_operands(); ++i) bytes += op.operand(i).ByteSize();
        for (size_t i = 0; i < op.num_results(); ++i) bytes += op.result(i).ByteSize();
        CHECK(static_cast<int64_t>(step.choice.scratch_bytes) <= bytes);
      }
      const std::string text = ToString(compiled->main);
      CHECK_MESSAGE(found, "no ", std::string(test.kernel), " in ", text);
    }
  }
}

TEST_CASE("plan: values and arenas beyond the largest block are refused, with the limit") {
  // Natively no type reaches the limit.
  if (kMaxBlock > (uint64_t{1} << 32)) return;
  const auto refusal = [](std::string_view text) {
    const Status status = CompileText(text, {}, 1).status();
    CHECK(status.code() == StatusCode::kOutOfMemory);
    CHECK(status.message().find("less than 2 GiB, all memory 4 GiB") != std::string_view::npos);
    return std::string(status.message().substr(0, status.message().find(':')));
  };
  CHECK(refusal(R"(
func.func @main(%x: tensor<536870912xf32>) -> tensor<536870912xf32> {
  return %x : tensor<536870912xf32>
})") == "argument 0, tensor<536870912xf32>");
  CHECK(refusal(R"(
func.func @main(%x: tensor<65536xi8>) -> tensor<i8> {
  %zero = stablehlo.constant dense<0> : tensor<i8>
  %0 = stablehlo.concatenate %x, %x, dim = 0 : (tensor<65536xi8>, tensor<65536xi8>) -> tensor<131072xi8>
  %1 = stablehlo.broadcast_in_dim %0, dims = [1] : (tensor<131072xi8>) -> tensor<65536x131072xi8>
  %2 = stablehlo.reverse %1, dims = [0] : tensor<65536x131072xi8>
  %3 = stablehlo.reduce(%2 init: %zero) applies stablehlo.add across dimensions = [0, 1] : (tensor<65536x131072xi8>, tensor<i8>) -> tensor<i8>
  return %3 : tensor<i8>
})") == "stablehlo.broadcast_in_dim, tensor<65536x131072xi8>");
  CHECK(refusal(R"(
func.func @main(%x: tensor<300000000xf32>, %y: tensor<300000000xf32>) -> tensor<300000000xf32> {
  %0 = stablehlo.reverse %x, dims = [0] : tensor<300000000xf32>
  %1 = stablehlo.add %0, %y : tensor<300000000xf32>
  return %1 : tensor<300000000xf32>
})") == "the arena");
}

// The plans of a program's functions, arguments but the last being weights.
std::vector<Plan> PlansOf(std::string_view bytes, std::string_view name,
                          const PlanOptions& options) {
  std::vector<Plan> plans;
  ImportOptions import;
  import.file_name = name;
  import.require_entry = false;
  Result<Program> program =
      Import({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, import);
  REQUIRE_MESSAGE(program.ok(), program.status().ToString());
  for (uint32_t f = 0; f < program->graph.functions.size(); ++f) {
    if (program->graph.functions[f].is_private) continue;
    program->entry_index = f;
    const RegionId body = program->graph.functions[f].body;
    std::vector<bool> weights(program->graph.regions[body].arguments.size, true);
    if (!weights.empty()) weights.back() = false;
    CompileOptions compile;
    compile.plan = options;
    compile.fold_literals = false;
    Result<ProgramPlans> compiled = MakePlans(*program, std::move(weights), compile);
    REQUIRE_MESSAGE(compiled.ok(), compiled.status().ToString());
    plans.push_back(std::move(compiled->main));
    for (Plan& init : compiled->init_plans) plans.push_back(std::move(init));
  }
  return plans;
}

TEST_CASE("plan: every choice of a kernel can be written down and read back") {
  std::vector<Case> programs = Cases();
  for (const char* model :
       {"models/digits/model.jaxexport", "models/digits/model_batch100.jaxexport"}) {
    programs.push_back({model, ReadText(model)});
  }
  std::set<std::string> kernels;
  for (const Case& program : programs) {
    CAPTURE(program.name);
    for (const Plan& plan : PlansOf(program.text, program.name, {.num_threads = 2})) {
      for (const Step& step : plan.steps) {
        if (step.kind != Step::Kind::kKernel) continue;
        const std::string line = WriteKernelChoice(step.choice);
        const Result<KernelChoice> again = ReadKernelChoice(line);
        REQUIRE_MESSAGE(again.ok(), line);
        CHECK_MESSAGE(*again == step.choice, line);
        kernels.insert(step.choice.kernel);
      }
    }
  }
  for (const char* kernel :
       {"jit", "tile fusion", "move.gather", "matmul.rows", "matmul.tiled", "softmax", "reduce"}) {
    CHECK_MESSAGE(kernels.contains(kernel), std::string(kernel));
  }
}

TEST_CASE("plan: two of one program are equal, of other options or literals they are not") {
  const auto plan = [](std::string_view factor, const PlanOptions& options) {
    const std::string program = StrCat(
        "func.func @main(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {\n"
        " %0 = stablehlo.constant dense<[[1.0, 2.0], [3.0, ",
        factor,
        "]]> : tensor<2x2xf32>\n"
        " %1 = stablehlo.multiply %x, %0 : tensor<2x2xf32>\n return %1 : tensor<2x2xf32>\n}");
    return std::move(PlansOf(program, "product", options)[0]);
  };
  const Plan one = plan("4.0", {});
  CHECK(one == plan("4.0", {}));
  CHECK_FALSE(one == plan("4.0", {.jit = false}));
  CHECK_FALSE(one == plan("4.0", {.engine = PlanOptions::Engine::kReference}));
  CHECK_FALSE(one == plan("5.0", {}));
}

TEST_CASE("plan: the print shows which kernels there were, and why one was taken") {
  const auto print = [](std::string_view rows) {
    const std::string x = StrCat("tensor<", rows, "x64xf32>"),
                      y = StrCat("tensor<", rows, "x32xf32>");
    const std::string program =
        StrCat("func.func @main(%w: tensor<64x32xf32>, %x: ", x, ") -> ", y,
               " {\n %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (", x,
               ", tensor<64x32xf32>) -> ", y, "\n return %0 : ", y, "\n}");
    return ToString(PlansOf(program, "product", {.texts = &kPlanTexts})[0]);
  };
  CHECK(print("1").find("matmul.rows 1x64x32 input0, packed -> arena+256; first of matmul.rows, "
                        "matmul.tiled, xnnpack.fully_connected\n") != std::string::npos);
  CHECK(print("9").find("matmul.tiled 9x64x32 input0, packed -> arena+2304; preferred of "
                        "matmul.rows, matmul.tiled, xnnpack.fully_connected\n") !=
        std::string::npos);
}

}  // namespace
}  // namespace webhlo
