// SPDX-License-Identifier: Apache-2.0
//
// Graphs print, and prints read back: as imported and after every pass, the graph that is read is
// the one that was printed.
#include <algorithm>
#include <filesystem>
#include <random>
#include <vector>

#include "core/import/import.h"
#include "core/runtime/compile.h"
#include "tests/core/cases.h"
#include "tests/core/test_files.h"
#include "tests/core/text/text_testing.h"

namespace webhlo {
namespace {

// Whether two graphs are one program: all that they hold but the order of their ids.
class Comparison {
 public:
  Comparison(const Graph& a, const Graph& b, bool locations)
      : a_(a), b_(b), locations_(locations), same_(a.values.size(), kNone) {}

  bool Same() {
    return a_.module_name == b_.module_name && a_.module_attributes == b_.module_attributes &&
           std::equal(a_.functions.begin(), a_.functions.end(), b_.functions.begin(),
                      b_.functions.end(),
                      [&](const Function& x, const Function& y) { return SameFunction(x, y); });
  }

 private:
  bool SameFunction(const Function& x, const Function& y) {
    return x.name == y.name && x.is_private == y.is_private && x.attributes == y.attributes &&
           x.argument_attributes == y.argument_attributes &&
           x.result_attributes == y.result_attributes && (x.body == kNone) == (y.body == kNone) &&
           SameLocation(x.location, y.location) && (x.body == kNone || SameRegion(x.body, y.body));
  }

  bool SameRegion(RegionId x, RegionId y) {
    const Region& p = a_.regions[x];
    const Region& q = b_.regions[y];
    if (p.nodes.size != q.nodes.size || !Define(p.arguments, q.arguments)) return false;
    for (uint32_t i = 0; i < p.nodes.size; ++i) {
      if (!SameNode(a_.nodes[p.nodes.begin + i], b_.nodes[q.nodes.begin + i])) return false;
    }
    return SameValues(a_.results(p), b_.results(q));
  }

  bool SameNode(const Node& x, const Node& y) {
    if (!SameLocation(x.location, y.location)) return false;
    const bool outer = locations_;
    // What a reduction `applies` has no location of its own.
    if (a_.op_name(x) == "stablehlo.reduce" && a_.regions[a_.regions_of(x)[0]].nodes.size == 1) {
      locations_ = false;
    }
    const bool same = SameButLocation(x, y);
    locations_ = outer;
    return same;
  }

  bool SameButLocation(const Node& x, const Node& y) {
    const auto p = a_.regions_of(x);
    const auto q = b_.regions_of(y);
    const auto attributes = a_.attributes(x);
    const auto others = b_.attributes(y);
    return a_.op_name(x) == b_.op_name(y) && SameValues(a_.operands(x), b_.operands(y)) &&
           std::equal(attributes.begin(), attributes.end(), others.begin(), others.end()) &&
           std::equal(p.begin(), p.end(), q.begin(), q.end(),
                      [&](RegionId r, RegionId s) { return SameRegion(r, s); }) &&
           Define(x.results, y.results);
  }

  // From here on the values of one range are those of the other.
  bool Define(Range x, Range y) {
    if (x.size != y.size) return false;
    for (uint32_t i = 0; i < x.size; ++i) {
      if (!(a_.type(x.begin + i) == b_.type(y.begin + i))) return false;
      same_[x.begin + i] = y.begin + i;
    }
    return true;
  }

  bool SameValues(std::span<const ValueId> x, std::span<const ValueId> y) const {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                      [&](ValueId p, ValueId q) { return same_[p] == q; });
  }

  bool SameLocation(LocationId x, LocationId y, int depth = 0) const {
    if (!locations_ || depth > 20) return true;
    const Location& p = a_.locations[x];
    const Location& q = b_.locations[y];
    return p.kind == q.kind && p.text == q.text && p.line == q.line && p.column == q.column &&
           p.end_line == q.end_line && p.end_column == q.end_column &&
           std::equal(p.children.begin(), p.children.end(), q.children.begin(), q.children.end(),
                      [&](LocationId r, LocationId s) { return SameLocation(r, s, depth + 1); });
  }

  const Graph& a_;
  const Graph& b_;
  bool locations_;
  std::vector<ValueId> same_;  // By value of a_.
};

// Prints, with and without locations, and reads back.
void CheckReadsBack(const Graph& graph) {
  for (const bool locations : {false, true}) {
    const PrintOptions options{.locations = locations};
    const std::string text = Print(graph, options);
    const Result<Graph> again = ParseText(text, "printed");
    REQUIRE_MESSAGE(again.ok(), again.status().ToString(), "\n", text);
    const bool same = Comparison(graph, *again, locations).Same();
    CHECK_MESSAGE(same, text);
    if (!locations) CHECK(Print(*again) == text);
  }
}

// The program as it is imported and after every pass that changes it: how many graphs.
int CheckEveryStageReadsBack(const Program& program, std::vector<bool> weights) {
  int graphs = 0;
  std::string before;
  CompileOptions options;
  options.observer = [&](std::string_view stage, const Graph& graph) {
    const std::string text = Print(graph);
    if (text == before) return;
    before = text;
    ++graphs;
    CAPTURE(std::string(stage));
    CheckReadsBack(graph);
  };
  const Result<ProgramPlans> compiled = MakePlans(program, std::move(weights), options);
  CHECK_MESSAGE(compiled.ok(), compiled.status().ToString());
  return graphs;
}

Program Imported(std::span<const uint8_t> bytes, std::string_view name) {
  Result<Program> program = Import(bytes, {.require_entry = false, .file_name = name});
  REQUIRE_MESSAGE(program.ok(), program.status().ToString());
  return std::move(*program);
}

TEST_CASE("every case reads back, as imported and after every pass") {
  int graphs = 0;
  for (const Case& test : Cases()) {
    CAPTURE(test.name);
    const std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(test.text.data()),
                                         test.text.size());
    Program program = Imported(bytes, test.name);
    CheckReadsBack(program.graph);
    const std::vector<Function>& functions = program.graph.functions;
    for (uint32_t i = 0; i < functions.size(); ++i) {
      if (functions[i].is_private || functions[i].body == kNone) continue;
      program.entry_index = i;
      const uint32_t arguments = program.graph.regions[functions[i].body].arguments.size;
      graphs += CheckEveryStageReadsBack(program, std::vector<bool>(arguments));
    }
  }
  CHECK(graphs > 1000);
}

TEST_CASE("every model reads back, as imported and after every pass") {
  size_t models = 0;
  for (const std::filesystem::path& path : FilesUnder("models", ".jaxexport")) {
    CAPTURE(path.string());
    Result<Program> program = Import(ReadFile(path));
    REQUIRE_MESSAGE(program.ok(), program.status().ToString());
    std::vector<bool> weights;
    for (const Port& port : program->arguments) weights.push_back(port.keys.size() > 1);
    CHECK(CheckEveryStageReadsBack(*program, weights) >= 5);
    ++models;
  }
  CHECK(models > 0);
}

// Programs that between them use most of the syntax.
constexpr std::string_view kSeeds[] = {
    R"(module @m attributes {mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<2x3xf32> {jax.buffer_donor = true} loc("x")) -> (tensor<2xf32> {jax.result_info = "y"}) {
    %cst = stablehlo.constant dense<[[1.0, 2.0, 3.0], [4.5e-3, 0x7FC00000, -0.0]]> : tensor<2x3xf32>
    %0 = stablehlo.add %arg0, %cst : tensor<2x3xf32> loc(#loc1)
    %1 = stablehlo.constant dense<0.0> : tensor<f32>
    %2 = stablehlo.reduce(%0 init: %1) applies stablehlo.add across dimensions = [1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<2xf32>
    %3:2 = stablehlo.while(%i = %2, %j = %1) : tensor<2xf32>, tensor<f32>
     cond {
      %c = stablehlo.constant dense<true> : tensor<i1>
      stablehlo.return %c : tensor<i1>
    } do {
      stablehlo.return %i, %j : tensor<2xf32>, tensor<f32>
    }
    %4 = call @f(%3#0) : (tensor<2xf32>) -> tensor<2xf32>
    return %4 : tensor<2xf32>
  }
  func.func private @f(%arg0: tensor<2xf32>) -> tensor<2xf32> {
    %0 = "stablehlo.sort"(%arg0) <{dimension = 0 : i64, is_stable = true}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %1 = stablehlo.compare LT, %a, %b, TOTALORDER : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %1 : tensor<i1>
    }) : (tensor<2xf32>) -> tensor<2xf32>
    return %0 : tensor<2xf32>
  }
}
#loc1 = loc(callsite("f"("a.py":1:2) at fused<"m">["b.py":3:4, unknown]))
)",
    R"(#alias = dense<"0x0102030405060708"> : tensor<8xui8>
!q = tensor<2x!quant.uniform<i8<-128:127>:f32:0, {0.1:2, 0.2}>>
func.func @main(%arg0: tensor<?x4xf32, #stablehlo.bounds<8, ?>>, %arg1: !q, %t: !stablehlo.token) {
  %0 = "stablehlo.gather"(%arg0, %arg0) <{dimension_numbers = #stablehlo.gather<offset_dims = [2], collapsed_slice_dims = [1], start_index_map = [1, 2], index_vector_dim = 2>, slice_sizes = array<i64: 1, 1>}> : (tensor<?x4xf32, #stablehlo.bounds<8, ?>>, tensor<?x4xf32, #stablehlo.bounds<8, ?>>) -> tensor<4xcomplex<f64>>
  %1 = stablehlo.convolution(%0, %0) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {stride = [2], pad = [[1, -1]], reverse = [true]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64, precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision DEFAULT>]} : (tensor<4xcomplex<f64>>, tensor<4xcomplex<f64>>) -> tensor<4xf32>
  %2 = stablehlo.custom_call @"a b"(%1) {backend_config = {x = #alias, y = dense_resource<w> : tensor<2xi8>}, called_computations = [@main]} : (tensor<4xf32>) -> tuple<tensor<f32>, !stablehlo.token>
  %3 = stablehlo.dot_general %1, %1, contracting_dims = [0] x [0], algorithm = <lhs_precision_type = f32, rhs_precision_type = f32, accumulation_type = f32, lhs_component_count = 1, rhs_component_count = 1, num_primitive_operations = 1, allow_imprecise_accumulation = false> : (tensor<4xf32>, tensor<4xf32>) -> tensor<f32>
  %4 = stablehlo.slice %1 [0:4:2] : (tensor<4xf32>) -> tensor<2xf32>
  return
}
{-#
  dialect_resources: { builtin: { w: "0x040000000102" } }
#-}
)",
};

TEST_CASE("mutated programs are refused or read back, never worse") {
  // Every outcome is legal but a crash; what is accepted must print and read back.
  static constexpr std::string_view kPieces[] = {
      "<",  ">", "(",  ")",   "[", "]",  "{",    "}",       "\"",     "%0",   "#loc1",
      "!q", "-", "->", "0x1", "?", "x",  "loc(", "tensor<", "dense<", "^bb0", "//",
      ",",  ":", "99", "#",   "=", "@f", "1.",   "\n",      "array<", "{-#",  "stablehlo.constant"};
  std::mt19937 random(1);
  const auto below = [&](size_t n) { return static_cast<size_t>(random() % n); };
  size_t accepted = 0;
  size_t refused = 0;
  for (const std::string_view seed : kSeeds) {
    Parsed(seed);
    for (int i = 0; i < 2000; ++i) {
      std::string text(seed);
      for (size_t changes = 1 + below(2); changes > 0 && !text.empty(); --changes) {
        const size_t at = below(text.size());
        switch (below(5)) {
          case 0:
            text[at] = static_cast<char>(text[at] ^ 1 << below(8));
            break;
          case 1:
            text.resize(at);
            break;
          case 2:
            text.insert(at, kPieces[below(std::size(kPieces))]);
            break;
          case 3:
            text.erase(at, below(40));
            break;
          default:
            text.insert(at, text.substr(below(text.size()), below(60)));
        }
      }
      Result<Graph> graph = ParseText(text, "mutant");
      if (!graph.ok() || !VerifyStructure(*graph).ok()) {
        ++refused;
        continue;
      }
      ++accepted;
      CheckReadsBack(*graph);
    }
  }
  MESSAGE(accepted, " mutants accepted, ", refused, " refused");
  CHECK(accepted > 50);
  CHECK(refused > 1000);
}

TEST_CASE("text: shared programs read, print and read back to the same graph") {
  if (!HasSharedData("text: shared programs")) return;
  size_t programs = 0;
  for (const std::filesystem::path& path : SharedFiles("conformance", ".mlir")) {
    CAPTURE(path.string());
    const std::vector<uint8_t> bytes = ReadFile(path);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (const std::string_view part : SplitTextFile(text)) {
      Result<Graph> graph = ParseText(part);
      // Other dialects' ops have a text form of their own.
      if (!graph.ok() && graph.status().code() == StatusCode::kUnsupported) continue;
      REQUIRE_MESSAGE(graph.ok(), graph.status().ToString());
      const Status status = VerifyStructure(*graph);
      REQUIRE_MESSAGE(status.ok(), status.ToString());
      CheckReadsBack(*graph);
      ++programs;
    }
  }
  MESSAGE(programs, " programs");
}

}  // namespace
}  // namespace webhlo
