// SPDX-License-Identifier: Apache-2.0
//
// What the importer's module has beside the Session: programs in every encoding are read, and
// written as .whlo bytes, which are all that the variants read.
#include <emscripten/bind.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "core/runtime/check_program.h"
#include "wasm/js_session.h"

namespace webhlo {
namespace {

class JsImporter : public JsSession {
 public:
  using JsSession::JsSession;

  std::string AddProgram(std::string name, uintptr_t pointer, size_t size, std::string file_name) {
    return JsonError(session().AddProgram(std::move(name), Bytes(pointer, size), file_name));
  }
  std::string PlaceWeight(uint32_t i, std::string file, double offset) {
    return JsonError(session().PlaceWeight(i, std::move(file), static_cast<uint64_t>(offset)));
  }
  std::string WriteWhlo(double least_size) {
    Result<std::vector<uint8_t>> whlo = session().MakeWhlo(static_cast<uint64_t>(least_size));
    if (!whlo.ok()) return JsonError(whlo.status());
    whlo_ = std::move(*whlo);
    return std::string();
  }
  uintptr_t WhloPointer() { return Address(whlo_.data()); }
  size_t WhloSize() { return whlo_.size(); }
  void SetMetadata(std::string key, std::string json) {
    session().SetMetadata(std::move(key), std::move(json));
  }
  bool IsEncoded(uint32_t i) { return session().IsEncoded(i); }
  // As WeightArrived.
  void EncodeWeight(uint32_t i) { Begin(session().EncodeWeight(i)); }
  uintptr_t EncodedPointer() { return Address(session().encoded_weight().data()); }
  size_t EncodedSize() { return session().encoded_weight().size(); }

  std::string BindNames() { return JsonError(session().BindNames()); }
  // Null on an error. `shapes`: what Specialize takes, of each executable, between semicolons.
  emscripten::val Inspect(std::string stage, std::string program, std::string shapes, int threads,
                          bool relaxed, std::string jit_refusal) {
    std::vector<Session::Shapes> compiled;
    for (std::string_view left = shapes; !left.empty();) {
      const size_t end = std::min(left.find(';'), left.size());
      Result<Session::Shapes> parsed = ParseShapes(left.substr(0, end));
      if (!parsed.ok()) return TextOrNull(parsed.status());
      compiled.push_back(std::move(*parsed));
      left.remove_prefix(std::min(end + 1, left.size()));
    }
    return TextOrNull(session().Inspect(stage, program, compiled,
                                        {relaxed, threads > 1, threads, std::move(jit_refusal)}));
  }

 private:
  std::vector<uint8_t> whlo_;
};

// For the conformance runner: flags as in a Session's constructor.
std::string CheckProgramAt(uintptr_t pointer, size_t size, std::string file_name, int flags,
                           int threads) {
  CheckOptions options;
  options.jit = (flags & 1) == 0;
  if (flags & 2) options.engine = PlanOptions::Engine::kReference;
  options.notation = (flags & 4) != 0;
  options.num_threads = threads;
  return CheckProgramJson(Bytes(pointer, size), file_name, options);
}

EMSCRIPTEN_BINDINGS(webhlo_importer) {
  emscripten::function("checkProgram", &CheckProgramAt);
  emscripten::class_<JsImporter, emscripten::base<JsSession>>("Importer")
      .constructor<int, int>()
      .function("addProgram", &JsImporter::AddProgram)
      .function("placeWeight", &JsImporter::PlaceWeight)
      .function("setMetadata", &JsImporter::SetMetadata)
      .function("writeWhlo", &JsImporter::WriteWhlo)
      .function("whloPointer", &JsImporter::WhloPointer)
      .function("whloSize", &JsImporter::WhloSize)
      .function("isEncoded", &JsImporter::IsEncoded)
      .function("encodeWeight", &JsImporter::EncodeWeight)
      .function("encodedPointer", &JsImporter::EncodedPointer)
      .function("encodedSize", &JsImporter::EncodedSize)
      .function("bindNames", &JsImporter::BindNames)
      .function("inspect", &JsImporter::Inspect);
}

}  // namespace
}  // namespace webhlo
