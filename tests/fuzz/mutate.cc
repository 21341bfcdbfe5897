// SPDX-License-Identifier: Apache-2.0
// Mutation tests of everything that reads bytes from outside: real artifacts of each format,
// damaged in 10 000 deterministic ways a format. Every outcome must be a Status or a Program, soon
// and in bounded memory. What is accepted must also print. Built with sanitizers by `./dev test`.
//
//   fuzz_mutate [--count N] [--format text|bytecode|jax|whlo|tuning] [--only INDEX]
//
// Seeds: models/ of the project and, where WEBHLO_SHARED names the shared test data, a sample of
// it.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/import/bytecode_file.h"
#include "core/import/import.h"
#include "core/import/whlo.h"
#include "core/model/model_view.h"
#include "core/ops/op_table.h"
#include "core/runtime/compile.h"
#include "core/runtime/tuner.h"
#include "core/text/text.h"
#include "tests/core/test_files.h"

namespace webhlo {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr double kMaxSeconds = 5;      // One case, with sanitizers.
constexpr unsigned kHangSeconds = 60;  // Then the process ends and says which case it was.
constexpr long kMaxMegabytes = 2048;   // The whole process, with sanitizers.
constexpr size_t kMaxSeedSize = 48 << 10;
constexpr size_t kMaxSeeds = 40;

struct Seed {
  std::string name;
  Bytes bytes;
  size_t body = 0;  // Where the headers of the file end.
};

// SplitMix64: the same numbers everywhere.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  size_t Below(size_t limit) { return limit == 0 ? 0 : static_cast<size_t>(Next() % limit); }

 private:
  uint64_t state_;
};

// ---- Seeds
// ---------------------------------------------------------------------------------------

Seed MakeSeed(std::string name, Bytes bytes) {
  Seed seed{std::move(name), std::move(bytes), 0};
  const Bytes& b = seed.bytes;
  switch (DetectFormat(b)) {
    case Format::kBytecode: {
      // Strings, dialects and offsets are headers; entries and the program are the body.
      const Result<BytecodeFile> file = ReadBytecodeFile(b);
      seed.body = b.size();
      if (!file.ok()) break;
      seed.body = std::min(seed.body, file->ir.begin);
      if (!file->attributes.empty()) {
        seed.body = std::min(seed.body, file->attributes[0].bytes.begin);
      }
      break;
    }
    case Format::kJaxExport: {
      const Bytes artifact = ArtifactOf(b);
      const auto at = std::search(b.begin(), b.end(), artifact.begin(), artifact.end());
      seed.body = static_cast<size_t>(at - b.begin());
      const Seed inner = MakeSeed("", artifact);
      seed.body += inner.body;
      break;
    }
    case Format::kWhlo:
      seed.body = kModelHeaderSize + 8;
      break;
    default:
      seed.body = std::min<size_t>(b.size() / 2, 64);
  }
  return seed;
}

std::vector<std::filesystem::path> Sample(std::vector<std::filesystem::path> paths, size_t count) {
  std::erase_if(paths, [](const std::filesystem::path& path) {
    return std::filesystem::file_size(path) > kMaxSeedSize;
  });
  std::vector<std::filesystem::path> sample;
  for (size_t i = 0; i < std::min(count, paths.size()); ++i) {
    sample.push_back(paths[i * paths.size() / std::min(count, paths.size())]);
  }
  return sample;
}

bool HasShared() {
  const char* shared = std::getenv("WEBHLO_SHARED");
  return shared && std::filesystem::is_directory(shared);
}

// The project's own containers, and a sample of shared files.
std::vector<Bytes> ReadSeeds(const std::vector<std::pair<const char*, const char*>>& shared) {
  std::vector<Bytes> files;
  if (!HasShared()) return files;
  for (const auto& [folder, extension] : shared) {
    for (const auto& path : Sample(SharedFiles(folder, extension), kMaxSeeds / shared.size())) {
      files.push_back(ReadFile(path));
    }
  }
  return files;
}

std::vector<Bytes> OwnContainers() {
  return {ReadFile("models/digits/model.jaxexport"),
          ReadFile("models/digits/model_batch100.jaxexport")};
}

ImportOptions Options(bool require_known_ops) {
  ImportOptions options;
  options.require_known_ops = require_known_ops;
  return options;
}

Bytes ToBytes(const std::string& text) { return Bytes(text.begin(), text.end()); }

Bytes PrintedText(const Bytes& model) {
  Result<Program> program = Import(model, Options(false));
  if (!program.ok()) return {};
  PrintOptions options;
  options.locations = true;
  return ToBytes(Print(program->graph, options));
}

Bytes Converted(const Bytes& model) {
  Result<Program> program = Import(model, Options(false));
  if (!program.ok()) return {};
  const NamedProgram named{"main", std::move(*program)};
  std::vector<WeightEntry> weights;
  for (const Port& port : named.program.arguments) {
    WeightEntry& weight = weights.emplace_back();
    weight.name = port.name;
    weight.shape = {4};
    weight.encoding = {static_cast<Precision>(weights.size() % std::size(kPrecisionNames)), 2,
                       weights.size() % 2 == 0};
    weight.size = weight.encoding.ByteSize(TensorType(weight.dtype, weight.shape));
  }
  Result<Bytes> bytes =
      WriteWhlo({&named, 1}, weights, {}, {{"labels", "[\"a\"]"}, {"notes", "1"}});
  return bytes.ok() ? std::move(*bytes) : Bytes();
}

// A table as if each of the program's products had been measured, and all kernels but that of its
// plan were slower.
Bytes Tuned(const Bytes& model) {
  const Result<Program> program = Import(model, Options(true));
  if (!program.ok()) return {};
  const Result<ProgramPlans> plans =
      MakePlans(*program, std::vector<bool>(program->arguments.size()), CompileOptions());
  if (!plans.ok()) return {};
  Tuning tuning;
  for (const Step& step : plans->main.steps) {
    if (step.kind != Step::Kind::kKernel) continue;
    const KernelRequest request = RequestOf(plans->main, step, plans->options);
    const Result<Tuning::Key> key = Tuning::KeyOf(request);
    if (MayTune(request.op) && key.ok()) tuning.Set(*key, step.choice.kernel);
  }
  return ToBytes(tuning.Write());
}

std::vector<Seed> Seeds(std::string_view format) {
  std::vector<Bytes> files = OwnContainers();
  if (format == "tuning") {
    for (Bytes& file : files) file = Tuned(file);
  } else if (format == "text") {
    for (Bytes& file : files) file = PrintedText(file);
    const auto cases = FilesUnder("tests/cases", ".mlir");
    for (const auto& path : Sample(cases, kMaxSeeds)) files.push_back(ReadFile(path));
    for (Bytes& file : ReadSeeds({{"conformance/static", ".mlir"},
                                  {"conformance/static_generic", ".mlir"},
                                  {"conformance/quantized", ".mlir"},
                                  {"conformance/dynamic", ".mlir"},
                                  {"conformance/jax_backcompat", ".mlir"}})) {
      files.push_back(std::move(file));
    }
  } else if (format == "bytecode") {
    for (Bytes& file : files) file = ArtifactOf(file);
    for (Bytes& file : ReadSeeds({{"conformance/static_portable", ".mlirbc"},
                                  {"conformance/static_portable_0.9.0", ".mlirbc"},
                                  {"conformance/vhlo", ".bc"},
                                  {"conformance/jax_backcompat", ".mlirbc"}})) {
      files.push_back(std::move(file));
    }
  } else if (format == "jax") {
    for (Bytes& file : ReadSeeds({{"jax_programs", ".jaxexport"}}))
      files.push_back(std::move(file));
  } else {
    for (Bytes& file : ReadSeeds({{"jax_programs", ".jaxexport"},
                                  {"conformance/quantized", ".mlir"},
                                  {"conformance/jax_backcompat", ".mlirbc"}})) {
      files.push_back(std::move(file));
    }
    for (Bytes& file : files) file = Converted(file);
  }
  std::vector<Seed> seeds;
  for (Bytes& file : files) {
    if (!file.empty()) seeds.push_back(MakeSeed("", std::move(file)));
  }
  return seeds;
}

// ---- Mutations
// -----------------------------------------------------------------------------------

// Numbers that lengths, counts and indices go wrong by.
void WriteLength(Bytes* bytes, size_t at, Random* random) {
  static constexpr uint64_t kLengths[] = {0,          1,          0x7f,         0x80,
                                          0xff,       0x7fff,     0xffff,       0x7fffffff,
                                          0x80000000, 0xffffffff, ~uint64_t{0}, uint64_t{1} << 63};
  const size_t width = size_t{1} << random->Below(4);
  uint64_t old = 0;
  for (size_t i = 0; i < width && at + i < bytes->size(); ++i) {
    old |= uint64_t{(*bytes)[at + i]} << (8 * i);
  }
  const uint64_t value =
      random->Below(2) ? kLengths[random->Below(std::size(kLengths))] : old + random->Below(9) - 4;
  for (size_t i = 0; i < width && at + i < bytes->size(); ++i) {
    (*bytes)[at + i] = static_cast<uint8_t>(value >> (8 * i));
  }
}

// Damages `seed` with one to four mutations; tells whether all of them lie behind its headers.
Bytes Mutate(const Seed& seed, const std::vector<Seed>& seeds, Random* random, bool* in_body) {
  Bytes bytes = seed.bytes;
  *in_body = random->Below(3) != 0;
  const size_t rounds = 1 + (random->Below(2) ? 0 : random->Below(4));
  for (size_t round = 0; round < rounds; ++round) {
    const size_t low = *in_body ? std::min(seed.body, bytes.size()) : 0;
    const size_t at = low + random->Below(bytes.size() - low);
    if (at >= bytes.size()) break;
    switch (random->Below(7)) {
      case 0:
        bytes[at] ^= static_cast<uint8_t>(1 << random->Below(8));
        break;
      case 1:
        bytes[at] = static_cast<uint8_t>(random->Next());
        break;
      case 2:
        WriteLength(&bytes, at, random);
        break;
      case 3: {  // A piece of another file.
        const Bytes& other = seeds[random->Below(seeds.size())].bytes;
        const size_t from = random->Below(other.size());
        const size_t size = 1 + random->Below(std::min<size_t>(other.size() - from, 64));
        if (random->Below(2)) {
          const size_t fits = std::min(size, bytes.size() - at);
          std::copy_n(other.begin() + from, fits, bytes.begin() + at);
        } else {
          bytes.insert(bytes.begin() + at, other.begin() + from, other.begin() + from + size);
        }
        break;
      }
      case 4: {  // A hole.
        const size_t size = 1 + random->Below(std::min<size_t>(bytes.size() - at, 32));
        bytes.erase(bytes.begin() + at, bytes.begin() + at + size);
        break;
      }
      case 5: {  // A piece twice.
        const size_t size = 1 + random->Below(std::min<size_t>(bytes.size() - at, 128));
        const Bytes piece(bytes.begin() + at, bytes.begin() + at + size);
        bytes.insert(bytes.begin() + at, piece.begin(), piece.end());
        break;
      }
      default:
        if (round == 0 && random->Below(2)) {
          bytes.resize(at);
        } else {
          bytes[at] = bytes[low + random->Below(bytes.size() - low)];
        }
    }
    if (bytes.empty()) break;
  }
  return bytes;
}

// ---- The run
// -------------------------------------------------------------------------------------

char current_case[128] = "start";

void OnHang(int) {
  constexpr std::string_view kText = "hangs: ";
  [[maybe_unused]] auto ignored = write(2, kText.data(), kText.size());
  ignored = write(2, current_case, std::strlen(current_case));
  ignored = write(2, "\n", 1);
  _exit(1);
}

size_t plans_made = 0;

// What was accepted with all its ops known goes on to a plan, if it is small.
void MakePlan(const Program& program) {
  constexpr size_t kMaxNodes = 300;
  if (program.graph.nodes.size() > kMaxNodes) return;
  const std::vector<bool> weights(program.arguments.size());
  plans_made += MakePlans(program, weights, CompileOptions()).ok();  // Either answer is fine.
}

// Whether the bytes were accepted.
bool Accepts(std::span<const uint8_t> bytes, std::string_view format, bool require_known_ops) {
  PrintOptions print;
  print.elide_elements_above = 64;
  if (format == "tuning") {
    const Result<Tuning> tuning =
        Tuning::Read({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    if (!tuning.ok() || !require_known_ops) return tuning.ok();
    // Whatever it says, there is a plan.
    static const Result<Program> program = Import(OwnContainers()[0], Options(true));
    CompileOptions options;
    options.plan.tuning = &*tuning;
    const std::vector<bool> weights(program->arguments.size());
    const bool made = MakePlans(*program, weights, options).ok();
    plans_made += made;
    return made;
  }
  if (format == "whlo") {
    Result<WhloFile> file = ReadWhlo(bytes, Options(require_known_ops));
    if (!file.ok()) return false;
    for (const NamedProgram& program : file->programs) {
      Print(program.program.graph, print);
      if (require_known_ops) MakePlan(program.program);
    }
    return true;
  }
  Result<Program> program = Import(bytes, Options(require_known_ops));
  if (!program.ok()) return false;
  print.locations = true;
  Print(program->graph, print);
  if (require_known_ops) MakePlan(*program);
  return true;
}

struct Tally {
  size_t cases = 0;
  size_t accepted = 0;
  size_t in_body = 0;
  size_t slow = 0;
  double seconds = 0;
  double slowest = 0;
};

Tally RunFormat(std::string_view format, size_t count, int64_t only) {
  const std::vector<Seed> seeds = Seeds(format);
  Tally tally;
  for (size_t i = 0; i < count; ++i) {
    if (only >= 0 && static_cast<size_t>(only) != i) continue;
    std::snprintf(current_case, sizeof(current_case), "--format %.*s --only %zu",
                  static_cast<int>(format.size()), format.data(), i);
    Random random(i * 4 + format.size());
    bool in_body;
    const Seed& seed = seeds[i % seeds.size()];
    const Bytes bytes = Mutate(seed, seeds, &random, &in_body);
    alarm(kHangSeconds);
    const std::clock_t start = std::clock();  // Of this process: the machine may be busy.
    const bool accepted = Accepts(bytes, format, i % 4 == 0);
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    alarm(0);
    ++tally.cases;
    tally.accepted += accepted;
    tally.in_body += in_body;
    tally.seconds += seconds;
    tally.slowest = std::max(tally.slowest, seconds);
    if (seconds > kMaxSeconds) {
      std::printf("slow: %s takes %.1f s\n", current_case, seconds);
      ++tally.slow;
    }
  }
  std::printf(
      "%-8.*s %zu seeds, %zu mutations (%zu behind the headers): %zu accepted, %zu refused; "
      "%.1f s, slowest %.3f s\n",
      static_cast<int>(format.size()), format.data(), seeds.size(), tally.cases, tally.in_body,
      tally.accepted, tally.cases - tally.accepted, tally.seconds, tally.slowest);
  std::fflush(stdout);
  return tally;
}

int Run(size_t count, std::string_view wanted, int64_t only) {
  std::signal(SIGALRM, OnHang);
  if (!HasShared())
    std::printf("WEBHLO_SHARED is not set: only the project's own files are seeds\n");
  size_t passed = 0, failed = 0;
  for (const std::string_view format : {"text", "bytecode", "jax", "whlo", "tuning"}) {
    if (!wanted.empty() && wanted != format) continue;
    const Tally tally = RunFormat(format, count, only);
    failed += tally.slow;
    passed += tally.cases - tally.slow;
    if (only >= 0) continue;
    if (tally.accepted == 0 || tally.accepted == tally.cases) {
      std::printf("%.*s: one of the two outcomes never came\n", static_cast<int>(format.size()),
                  format.data());
      ++failed;
    }
    if (tally.in_body * 3 < tally.cases) {
      std::printf("%.*s: too few mutations behind the headers\n", static_cast<int>(format.size()),
                  format.data());
      ++failed;
    }
  }
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const long megabytes = usage.ru_maxrss / 1024;
  std::printf("%zu plans made, peak memory %ld MB\n", plans_made, megabytes);
  if (megabytes > kMaxMegabytes) ++failed;
  std::printf("%zu passed, %zu failed, 0 skipped\n", passed, failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace webhlo

int main(int argc, char** argv) {
  webhlo::UseOps();
  size_t count = 10000;
  std::string format;
  int64_t only = -1;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view option = argv[i];
    if (option == "--count") count = std::strtoull(argv[i + 1], nullptr, 10);
    if (option == "--format") format = argv[i + 1];
    if (option == "--only") only = std::strtoll(argv[i + 1], nullptr, 10);
  }
  return webhlo::Run(count, format, only);
}
