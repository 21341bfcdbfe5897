// SPDX-License-Identifier: Apache-2.0
//
// Tests that are text: the cases of tests/golden/*.mlir, and the worked example of
// docs/architecture.md. A case says what it shows, which stage of compiling prints it, and what a
// print looks like:
//
//   // What a reader should see in it.
//   // stage: fold-scales
//   // weights: 1 2
//   // shapes: 4x784 784x128 128
//   func.func @main(...) ...
//   // ---->
//   what the stage prints
//
// with `// -----` between two cases. A stage is a pass, run alone and followed by
// eliminate-dead-code, or one of `webhlo inspect`: graph, passes, init, plan, memory (one thread,
// no JIT, so that all builds print the same). `weights` are arguments of @main by number; `shapes`
// what its arguments have where the program leaves sizes free, `-` for scalars; `file` holds the
// program where it does not stand here. A case whose print is its program states `// ----> the
// same`.
//
// With WEBHLO_REWRITE set (`./dev test --rewrite`) the files are written anew, what changed is
// printed, and the diff is the review.
//
// Native builds only: in WebAssembly XNNPACK's scratch memory, which plans print, is another one.
#ifndef __EMSCRIPTEN__
#include "tests/core/golden.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/strings.h"
#include "core/runtime/session.h"
#include "tests/core/passes/pass_testing.h"
#include "tests/core/test_files.h"

namespace webhlo {
namespace {

PassFunction FindPass(std::string_view name) {
  for (const auto& passes : {ProgramPasses(), FusionPasses()}) {
    for (const PipelineEntry& pass : passes) {
      if (pass.name == name) return pass.run;
    }
  }
  return nullptr;
}

// The types of @main's arguments with these shapes.
std::vector<Type> ArgumentTypes(std::string_view program,
                                const std::vector<std::vector<int64_t>>& shapes) {
  const Graph graph = Parse(program);
  std::vector<Type> types;
  for (uint32_t i = 0; i < shapes.size(); ++i) {
    const ValueId argument = graph.regions[graph.functions[0].body].arguments.begin + i;
    types.push_back(TensorType(graph.tensor(argument).element, shapes[i]));
  }
  return types;
}

// The part of a line of a plan that tells why its kernel was taken, as the stage `choices` has it.
std::string ChoiceIn(std::string_view line) {
  const size_t reason = line.rfind("; "), of = line.rfind(" of ");
  if (reason == line.npos || of == line.npos || of < reason) return "";
  std::string json =
      StrCat("{\"why\":\"", line.substr(reason + 2, of - reason - 2), "\",\"candidates\":[\"");
  for (const char c : line.substr(of + 4)) {
    if (c == ',') {
      json.append("\",\"");
    } else if (c != ' ') {
      json.push_back(c);
    }
  }
  return json + "\"]}";
}

// An executable keeps no alternatives, so `choices` asks for them again; a plan that is made for a
// print has noted them.
void CheckChoices(const Session& session, std::string_view plan) {
  const Result<std::string> choices = session.Facts("choices", "");
  REQUIRE_MESSAGE(choices.ok(), choices.status().ToString());
  std::string_view left = *choices;
  std::istringstream lines{std::string(plan)};
  for (std::string line; std::getline(lines, line) && !line.starts_with("arena ");) {
    REQUIRE_MESSAGE(left.size() > 1, line);
    left.remove_prefix(1);  // [ or ,
    const std::string_view choice =
        left.substr(0, left.starts_with("null") ? 4 : left.find('}') + 1);
    left.remove_prefix(choice.size());
    const std::string printed = ChoiceIn(line);
    if (printed.empty()) {
      const bool is_only = choice == "null" || choice.starts_with("{\"why\":\"only\"");
      CHECK_MESSAGE(is_only, line << "\n" << choice);
      CHECK_MESSAGE(choice.find("\",\"", choice.find('[')) == choice.npos, choice);
    } else {
      CHECK_MESSAGE(choice == printed, line);
    }
  }
  CHECK(left == "]");
}

// What a stage prints of a program. `weights`: one flag an argument of @main.
std::string StageOf(std::string_view stage, std::string_view program,
                    const std::vector<bool>& weights,
                    const std::vector<std::vector<int64_t>>& shapes = {}) {
  if (const PassFunction pass = FindPass(stage)) {
    return After(pass, program, weights, ArgumentTypes(program, shapes));
  }
  Session session({.jit = false});
  const std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(program.data()),
                                       program.size());
  const auto must = [](const Status& status) { REQUIRE_MESSAGE(status.ok(), status.ToString()); };
  must(session.AddProgram("main", bytes, "golden"));
  const Result<Program> imported = Import(bytes);
  must(imported.status());
  for (uint32_t i = 0; i < weights.size(); ++i) {
    if (!weights[i]) continue;
    must(session.DeclareWeight(imported->arguments[i].name, imported->argument_type(i).tensor));
  }
  if (stage != "graph") must(RunToEnd(session.Bind()));
  const Result<std::string> text = session.Inspect(stage, "");
  must(text.status());
  // Nothing is compiled yet where sizes are free.
  if (stage == "plan" && !text->starts_with("// ")) CheckChoices(session, *text);
  return *text;
}

constexpr std::string_view kArrow = "// ---->";
constexpr std::string_view kBetween = "// -----\n";

struct GoldenCase {
  std::string head;  // Comments and options, as they are written.
  std::string title, stage, program;
  std::string file;  // That holds the program, where it does not stand here.
  std::vector<bool> weights;
  std::vector<std::vector<int64_t>> shapes;
};

GoldenCase ReadCase(std::string_view text) {
  GoldenCase read;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line) && !line.starts_with(kArrow);) {
    if (!read.program.empty() || !line.starts_with("//")) {
      StrAppend(&read.program, line, "\n");
      continue;
    }
    StrAppend(&read.head, line, "\n");
    std::istringstream words(line.substr(2));
    std::string key;
    words >> key;
    if (key == "stage:") {
      words >> read.stage;
    } else if (key == "file:") {
      words >> read.file;
    } else if (key == "weights:") {
      for (size_t i; words >> i;) {
        read.weights.resize(std::max(read.weights.size(), i + 1));
        read.weights[i] = true;
      }
    } else if (key == "shapes:") {
      for (std::string shape; words >> shape;) {
        std::istringstream sizes(shape);
        read.shapes.emplace_back();
        for (int64_t size; sizes >> size; sizes.ignore()) read.shapes.back().push_back(size);
      }
    } else if (read.title.empty() && !key.empty() && key != "SPDX-License-Identifier:") {
      read.title = line;
    }
  }
  return read;
}

std::string Written(const GoldenCase& c) {
  const std::string program = c.file.empty() ? c.program : ReadText(c.file);
  const std::string print = StageOf(c.stage, program, c.weights, c.shapes);
  const bool same = FindPass(c.stage) && print == Canonical(c.program);
  return StrCat(c.head, c.program, kArrow, same ? " the same\n" : StrCat("\n", print));
}

// One `CHECK` for each case, and the file written anew when that was asked for. `stages` takes what
// stages there are.
void CheckFile(const std::filesystem::path& path, std::set<std::string, std::less<>>* stages) {
  const std::string text = ReadText(path);
  std::string rewritten;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(StrCat("\n", kBetween), begin), text.size() - 1) + 1;
    const std::string_view part = std::string_view(text).substr(begin, end - begin);
    const GoldenCase c = ReadCase(part);
    CAPTURE(path.string());
    CAPTURE(c.title);
    REQUIRE_FALSE(c.stage.empty());
    stages->insert(c.stage);
    const std::string written = Written(c);
    if (Rewrites()) {
      if (written != part) MESSAGE(path.string(), ": rewritten: ", c.title);
    } else {
      CHECK(part == written);
    }
    if (!rewritten.empty()) rewritten += kBetween;
    rewritten += written;
    begin = end + kBetween.size();
  }
  if (Rewrites() && rewritten != text) Write(path, rewritten);
}

TEST_CASE("golden: stages print what tests/golden says, and every pass is one") {
  const std::vector<std::filesystem::path> files = FilesUnder("tests/golden", ".mlir");
  REQUIRE_MESSAGE(!files.empty(), "no tests/golden here: run the tests from the project's root");
  std::set<std::string, std::less<>> stages;
  for (const std::filesystem::path& file : files) CheckFile(file, &stages);
  for (const auto& passes : {ProgramPasses(), FusionPasses()}) {
    for (const PipelineEntry& pass : passes) {
      CAPTURE(std::string(pass.name));
      CHECK_MESSAGE(stages.contains(pass.name), "a pass without a case");
    }
  }
}

// The example is the first program after its heading; every block after it says which stage it is.
TEST_CASE("golden: the worked example of docs/architecture.md is what the stages print") {
  const Section section("docs/architecture.md", "<!-- worked example -->\n", "<!-- end -->\n");
  const std::string_view example = section.text();
  constexpr std::string_view kFence = "```mlir\n", kClose = "```\n";
  const size_t program_begin = example.find(kFence) + kFence.size();
  const size_t program_end = example.find(kClose, program_begin);
  const std::string program(example.substr(program_begin, program_end - program_begin));
  std::string written(example.substr(0, program_end + kClose.size()));
  for (const std::string_view stage : {"passes", "plan", "memory"}) {
    StrAppend(&written, "\n`webhlo inspect --stage ", stage, "`:\n\n```\n",
              StageOf(stage, program, {false, true, true}), kClose);
  }
  section.Check(written);
}

}  // namespace
}  // namespace webhlo
#endif  // __EMSCRIPTEN__
