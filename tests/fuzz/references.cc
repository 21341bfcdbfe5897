// SPDX-License-Identifier: Apache-2.0
//
// Mutates the graphs of tests/cases (attributes, operands, types, regions) and runs what Verify
// still accepts: an Infer that lets something through shows as a fault of its Reference under the
// sanitizers. Deterministic. Last line: `N passed, N failed, N skipped`; a fault ends the program.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "core/graph/verifier.h"
#include "core/ops/op_table.h"
#include "core/passes/pass.h"
#include "core/runtime/reference_interpreter.h"
#include "core/text/text.h"
#include "tests/core/test_files.h"

namespace webhlo {
namespace {

constexpr int kMutationsPerFile = 400;
constexpr int64_t kMaxWork = 4'000'000;
constexpr int64_t kMaxBytes = 1 << 20;
// Larger attribute values are only verified: windows of such sizes are legal and endless.
constexpr int64_t kMaxValue = 256;

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }
  size_t Below(size_t n) { return static_cast<size_t>(Next() % n); }

 private:
  uint64_t state_;
};

int64_t Interesting(Random& random, int64_t old) {
  constexpr int64_t kValues[] = {-1,
                                 0,
                                 1,
                                 2,
                                 3,
                                 4,
                                 5,
                                 7,
                                 64,
                                 std::numeric_limits<int64_t>::max(),
                                 std::numeric_limits<int64_t>::min(),
                                 int64_t{1} << 31,
                                 int64_t{1} << 61,
                                 -(int64_t{1} << 61)};
  switch (random.Below(3)) {
    case 0:
      return static_cast<int64_t>(static_cast<uint64_t>(old) + 1);
    case 1:
      return static_cast<int64_t>(static_cast<uint64_t>(old) - 1);
    default:
      return kValues[random.Below(std::size(kValues))];
  }
}

void MutateAttribute(Random& random, Graph& graph) {
  if (graph.attribute_pool.empty()) return;
  NamedAttribute& attribute = graph.attribute_pool[random.Below(graph.attribute_pool.size())];
  const Attribute& old = attribute.value;
  if (old.kind() == Attribute::Kind::kInts) {
    std::vector<int64_t> values(old.ints().begin(), old.ints().end());
    const size_t choice = random.Below(6);
    if (choice == 0) {
      values.push_back(Interesting(random, 0));
    } else if (!values.empty()) {
      const size_t i = random.Below(values.size());
      if (choice == 1) {
        values.pop_back();
      } else if (choice == 2) {
        std::swap(values[i], values[random.Below(values.size())]);
      } else {
        values[i] = Interesting(random, values[i]);
      }
    }
    attribute.value = Attribute::Ints(std::move(values));
  } else if (old.kind() == Attribute::Kind::kInt) {
    attribute.value =
        Attribute::Int(Interesting(random, old.int_value()), old.type().tensor.element);
  } else if (old.kind() == Attribute::Kind::kBool) {
    attribute.value = Attribute::Bool(!old.bool_value());
  } else if (old.kind() == Attribute::Kind::kDense) {
    DenseElements dense = old.dense();
    for (uint8_t& byte : dense.bytes) {
      if (random.Below(4) == 0) byte = static_cast<uint8_t>(random.Next());
    }
    if (dense.type.element == ElementType::kI1) {
      for (uint8_t& byte : dense.bytes) byte &= 1;
    }
    attribute.value = Attribute::Dense(std::move(dense));
  }
}

void MutateType(Random& random, Graph& graph) {
  if (graph.values.empty()) return;
  Value& value = graph.values[random.Below(graph.values.size())];
  if (random.Below(2) == 0) {
    value.type = static_cast<TypeId>(random.Below(graph.types.size()));
    return;
  }
  Type type = graph.types[value.type];
  if (!type.tensor.dims.empty() && random.Below(4) != 0) {
    int64_t& dim = type.tensor.dims[random.Below(type.tensor.dims.size())];
    dim = Interesting(random, dim);
  } else {
    type.tensor.element =
        static_cast<ElementType>(random.Below(static_cast<size_t>(ElementType::kQuantized)));
  }
  value.type = graph.InternType(type);
}

void Mutate(Random& random, Graph& graph) {
  switch (random.Below(5)) {
    case 0:
      if (!graph.operand_pool.empty()) {
        graph.operand_pool[random.Below(graph.operand_pool.size())] =
            static_cast<ValueId>(random.Below(graph.values.size()));
      }
      return;
    case 1:
      return MutateType(random, graph);
    default:
      return MutateAttribute(random, graph);
  }
}

bool IsSmall(const Graph& graph) {
  for (const Type& type : graph.types) {
    if (type.IsTensor() && type.tensor.IsStatic() && type.tensor.FitsAddressSpace() &&
        type.tensor.ByteSize() > kMaxBytes) {
      return false;
    }
  }
  for (const NamedAttribute& attribute : graph.attribute_pool) {
    if (attribute.value.kind() != Attribute::Kind::kInts) continue;
    for (int64_t value : attribute.value.ints()) {
      if (value > kMaxValue || value < -kMaxValue) return false;
    }
  }
  return true;
}

// What comes between a verified program and its references; false where that refuses it.
bool BringToReferences(Graph& graph) {
  for (const PassFunction pass : {ResolveTuples, ExpandQuantized, ExpandOps}) {
    Graph next;
    if (!pass({}, graph, &next).ok()) return false;
    if (!next.functions.empty()) graph = std::move(next);
  }
  return true;
}

int Main() {
  const std::vector<std::filesystem::path> files = FilesUnder("tests/cases", ".mlir");
  int refused = 0, ran = 0, only_verified = 0, failed = files.empty() ? 1 : 0;
  Random random(0x9E3779B97F4A7C15);
  for (const std::filesystem::path& path : files) {
    const std::string text = ReadText(path);
    const Result<Graph> original = ParseText(text, path.native());
    if (!original.ok()) {
      std::printf("%s: %s\n", path.c_str(), original.status().ToString().c_str());
      ++failed;
      continue;
    }
    for (int i = 0; i < kMutationsPerFile; ++i) {
      Graph graph = *original;
      for (size_t n = 1 + random.Below(3); n > 0; --n) Mutate(random, graph);
      if (!Verify(graph).ok()) {
        ++refused;
      } else if (!IsSmall(graph)) {
        ++only_verified;
      } else {
        Graph run = std::move(graph);
        if (!BringToReferences(run)) {
          ++refused;
          continue;
        }
        ++ran;
        for (const Function& function : run.functions) {
          if (function.is_private || run.regions[function.body].arguments.size != 0) continue;
          Budget budget;
          budget.Limit(kMaxWork);
          // Checks fail, of course; what counts is that nothing worse happens.
          static_cast<void>(Interpret(run, function, {}, budget).ok());
        }
      }
    }
  }
  std::printf("%d mutations refused, %d run, %d verified only\n", refused, ran, only_verified);
  if (ran < refused / 10) ++failed;
  std::printf("%d passed, %d failed, 0 skipped\n", failed ? 0 : 1, failed);
  return failed ? 1 : 0;
}

}  // namespace
}  // namespace webhlo

int main() {
  webhlo::UseOps();
  return webhlo::Main();
}
