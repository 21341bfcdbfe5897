// SPDX-License-Identifier: Apache-2.0
#include "core/jit/module_builder.h"

#include <span>

#include "core/base/strings.h"

namespace webhlo::jit {
namespace {

// Limits of engines (WebAssembly JavaScript Interface, "Limits").
constexpr size_t kMaxFunctionBytes = 7'654'321;
constexpr size_t kMaxLocals = 50'000;
// A module ends with the function that passes this size. Chrome compiles 8 MiB on the main thread
// without waiting.
constexpr size_t kModuleBytes = 4 << 20;

void Text(std::vector<uint8_t>* out, std::string_view text) {
  AppendUnsigned(out, text.size());
  out->insert(out->end(), text.begin(), text.end());
}

void Section(std::vector<uint8_t>* out, uint8_t id, const std::vector<uint8_t>& contents) {
  out->push_back(id);
  AppendUnsigned(out, contents.size());
  out->insert(out->end(), contents.begin(), contents.end());
}

std::string Hex(uint64_t value, int digits) {
  std::string out(digits, '0');
  for (int i = digits - 1; i >= 0; --i, value >>= 4) out[i] = "0123456789abcdef"[value & 15];
  return out;
}

std::string TypeNames(const std::vector<WasmType>& types) {
  std::vector<std::string_view> names;
  for (WasmType type : types) names.push_back(WasmTypeName(type));
  return Join(names, " ");
}

}  // namespace

uint32_t ModuleBuilder::AddImport(const Import& import) {
  for (size_t i = 0; i < imports_.size(); ++i) {
    if (imports_[i].name == import.name) return static_cast<uint32_t>(i);
  }
  imports_.push_back(import);
  return static_cast<uint32_t>(imports_.size() - 1);
}

const JitTemplate* ModuleBuilder::Find(const std::string& key) const {
  const auto it = by_key_.find(key);
  return it == by_key_.end() ? nullptr : &it->second;
}

std::optional<uint32_t> ModuleBuilder::AddFunction(std::string name, Assembler code) {
  std::string body = code.Body();
  if (body.size() > kMaxFunctionBytes || code.num_locals() > kMaxLocals) return std::nullopt;
  const auto [it, is_new] = by_body_.try_emplace(std::move(body), num_functions());
  if (is_new) functions_.push_back({std::move(name), std::move(code), it->first});
  return it->second;
}

JitFunction ModuleBuilder::Call(const JitTemplate& function, std::span<const uint32_t> parameters) {
  std::vector<uint32_t> run = function.constants;
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (function.parameters[i] != JitTemplate::kUnused) run[function.parameters[i]] = parameters[i];
  }
  std::string bytes(reinterpret_cast<const char*>(run.data()), run.size() * sizeof(run[0]));
  const auto offset = static_cast<uint32_t>(constants_.size() * sizeof(run[0]));
  const auto [it, is_new] = runs_.try_emplace(std::move(bytes), offset);
  if (is_new) constants_.insert(constants_.end(), run.begin(), run.end());
  return {function.number, it->second};
}

// The module of functions begin <= i < end.
JitModule ModuleBuilder::Module(size_t begin, size_t end) const {
  const std::span<const Function> functions(functions_.data() + begin, end - begin);
  std::vector<uint8_t> out = {0, 'a', 's', 'm', 1, 0, 0, 0};
  std::vector<uint8_t> section;
  const size_t num_imports = imports_.size();

  // Types: one for each import, then one for each function.
  AppendUnsigned(&section, num_imports + functions.size());
  auto add_type = [&](const std::vector<WasmType>& parameters, const WasmType* result) {
    section.push_back(0x60);
    AppendUnsigned(&section, parameters.size());
    for (WasmType type : parameters) section.push_back(static_cast<uint8_t>(type));
    AppendUnsigned(&section, result ? 1 : 0);
    if (result) section.push_back(static_cast<uint8_t>(*result));
  };
  for (const Import& import : imports_) {
    add_type(import.signature.parameters, &import.signature.result);
  }
  for (const Function& function : functions) add_type(function.code.parameters(), nullptr);
  Section(&out, 1, section);

  // Imports: the memory (limits that any memory of a WebHLO instance meets), and the functions.
  section.clear();
  AppendUnsigned(&section, 1 + num_imports);
  Text(&section, "e");
  Text(&section, "m");
  section.push_back(2);
  section.push_back(options_.shared_memory ? 3 : 1);
  AppendUnsigned(&section, 1);
  AppendUnsigned(&section, 65536);
  for (size_t i = 0; i < num_imports; ++i) {
    Text(&section, "e");
    Text(&section, imports_[i].name);
    section.push_back(0);
    AppendUnsigned(&section, i);
  }
  Section(&out, 2, section);

  section.clear();
  AppendUnsigned(&section, functions.size());
  for (size_t i = 0; i < functions.size(); ++i) AppendUnsigned(&section, num_imports + i);
  Section(&out, 3, section);

  section.clear();
  AppendUnsigned(&section, functions.size());
  for (size_t i = 0; i < functions.size(); ++i) {
    Text(&section, StrCat("f", i));
    section.push_back(0);
    AppendUnsigned(&section, num_imports + i);
  }
  Section(&out, 7, section);

  section.clear();
  AppendUnsigned(&section, functions.size());
  for (const Function& function : functions) {
    AppendUnsigned(&section, function.body.size());
    section.insert(section.end(), function.body.begin(), function.body.end());
  }
  Section(&out, 10, section);
  return {std::move(out), static_cast<uint32_t>(functions.size())};
}

JitBinary ModuleBuilder::Finish() const {
  JitBinary binary;
  for (size_t begin = 0, end = 0; begin < functions_.size(); begin = end) {
    for (size_t bytes = 0; end < functions_.size() && bytes < kModuleBytes; ++end) {
      bytes += functions_[end].body.size();
    }
    binary.modules.push_back(Module(begin, end));
    binary.num_bytes += binary.modules.back().bytes.size();
  }
  for (uint32_t bits : constants_) {
    for (int i = 0; i < 4; ++i) binary.constants.push_back(static_cast<uint8_t>(bits >> (8 * i)));
  }
  for (const Import& import : imports_) binary.imports.push_back(import.name);
  binary.num_functions = num_functions();
  return binary;
}

std::string ModuleBuilder::Annotated() const {
  std::string out =
      StrCat("modules: ", options_.shared_memory ? "shared" : "unshared", " memory, ",
             functions_.size(), " functions, ", constants_.size() * 4, " bytes of constants\n");
  for (size_t i = 0; i < constants_.size(); ++i) {
    StrAppend(&out, "constant +", i * 4, ": 0x", Hex(constants_[i], 8), "\n");
  }
  for (size_t i = 0; i < imports_.size(); ++i) {
    StrAppend(&out, "import ", i, ": ", imports_[i].name, " (",
              TypeNames(imports_[i].signature.parameters), ") -> ",
              WasmTypeName(imports_[i].signature.result), "\n");
  }
  for (size_t i = 0; i < functions_.size(); ++i) {
    const Function& function = functions_[i];
    StrAppend(&out, "f", i, ": ", function.name, " (", TypeNames(function.code.parameters()), "), ",
              function.code.num_locals() - function.code.parameters().size(), " locals, ",
              function.body.size(), " bytes\n", function.code.Annotated());
  }
  return out;
}

}  // namespace webhlo::jit
