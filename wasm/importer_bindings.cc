// SPDX-License-Identifier: Apache-2.0
//
// What the importer's module has beside the Session: programs in every encoding are read, and
// written as .whlo bytes, which are all that the variants read.
#include <emscripten/bind.h>

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
      .function("encodedSize", &JsImporter::EncodedSize);
}

}  // namespace
}  // namespace webhlo
