// SPDX-License-Identifier: Apache-2.0
//
// What every variant gives to JavaScript: the Session, without what the importer adds.
#include <emscripten/bind.h>
#include <emscripten/em_js.h>

#include <charconv>
#include <new>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/pi_over_two.h"
#include "core/base/strings.h"
#include "core/graph/type.h"
#include "wasm/js_session.h"

// A failed `new` would print and abort. This ends the instance as well, but says why.
// clang-format off
EM_JS(void, webhlo_out_of_memory, (void), {
  throw Object.assign(new WebAssembly.RuntimeError("out of memory"), {outOfMemory: true});
});
// clang-format on

// Embind's own, to name a type in a message that nobody has bound, which is no mistake that a user
// can make: for that alone the C library's printf would be in what a page downloads.
extern "C" int siprintf(char* text, const char* /*format*/, ...) {
  *text = '\0';
  return 0;
}

// The C library's own, of sin, cos and tan: with the bits of 2/pi that numbers of 16 000 binary
// digits need.
extern "C" int __rem_pio2(double x, double* remainder) {
  return webhlo::RemainderOfPiOverTwo(x, remainder);
}

// XNNPACK's own, for messages that it is built without.
extern "C" const char* xnn_operator_type_to_string(int /*type*/) { return ""; }

namespace webhlo {
namespace {

// "3x4" -> {3, 4}, "" -> {}; digits come from a caller that has checked the numbers.
Result<std::vector<int64_t>> ParseShape(std::string_view shape) {
  std::vector<int64_t> dims;
  while (!shape.empty()) {
    int64_t size = 0;
    const char* end = shape.data() + shape.size();
    const auto [next, error] = std::from_chars(shape.data(), end, size);
    if (error != std::errc() || size < 0 || (next != end && *next != 'x')) {
      return InvalidArgument(StrCat("not a shape: ", shape));
    }
    dims.push_back(size);
    shape = next == end ? std::string_view() : std::string_view(next + 1, end - next - 1);
  }
  return dims;
}

Result<TensorType> ParseTensorType(std::string_view dtype, std::string_view shape) {
  const std::optional<ElementType> element = ParseDtype(dtype);
  if (!element) return Unsupported(StrCat("dtype ", dtype, " is not known"));
  ASSIGN_OR_RETURN(std::vector<int64_t> dims, ParseShape(shape));
  return TensorType(*element, std::move(dims));
}

Session::Options OptionsOf(int threads, int flags) {
  Session::Options options;
  options.num_threads = threads;
  options.jit = (flags & 1) == 0;
  if (flags & 2) options.engine = PlanOptions::Engine::kReference;
  options.save_memory = (flags & 256) != 0;
  options.tune = (flags & 512) != 0;
  const size_t precision = static_cast<size_t>(flags >> 4 & 15);
  if (precision > 0 && precision <= std::size(kPrecisionNames)) {
    options.precision = static_cast<Precision>(precision - 1);
  }
  return options;
}

}  // namespace

Result<Session::Shapes> ParseShapes(std::string_view text) {
  Session::Shapes shapes;
  for (size_t end = 0; end != text.npos;) {
    end = text.find(',');
    ASSIGN_OR_RETURN(shapes.emplace_back(), ParseShape(text.substr(0, end)));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return shapes;
}

JsSession::JsSession(int threads, int flags) : session_(OptionsOf(threads, flags)) {
  std::set_new_handler(&webhlo_out_of_memory);
}

std::string JsSession::DeclareWeight(std::string name, std::string dtype, std::string shape) {
  Result<TensorType> type = ParseTensorType(dtype, shape);
  if (!type.ok()) return JsonError(type.status().WithContext(StrCat("weight \"", name, "\"")));
  return JsonError(session_.DeclareWeight(std::move(name), std::move(*type)));
}

int JsSession::Specialize(uint32_t p, std::string shapes, double slice_ms, double deadline_ms) {
  Result<Session::Shapes> parsed = ParseShapes(shapes);
  if (!Keep(parsed.status())) return 3;
  loading_ = session_.Specialize(p, std::move(*parsed));
  return Proceed(slice_ms, deadline_ms);
}

EMSCRIPTEN_BINDINGS(webhlo) {
  using emscripten::class_;
  class_<JsSession>("Session")
      .constructor<int, int>()
      .function("seed", &JsSession::Seed)
      .function("addWhlo", &JsSession::AddWhlo)
      .function("describe", &JsSession::Describe)
      .function("directory", &JsSession::Directory)
      .function("metadata", &JsSession::MetadataTexts)
      .function("declareDirectory", &JsSession::DeclareDirectory)
      .function("declareWeight", &JsSession::DeclareWeight)
      .function("tie", &JsSession::Tie)
      .function("donate", &JsSession::Donate)
      .function("bind", &JsSession::Bind)
      .function("weightBuffer", &JsSession::WeightBuffer)
      .function("weightArrived", &JsSession::WeightArrived)
      .function("proceed", &JsSession::Proceed)
      .function("finish", &JsSession::Finish)
      .function("useTuning", &JsSession::UseTuning)
      .function("tuning", &JsSession::Tuning)
      .function("tune", &JsSession::Tune)
      .function("lastError", &JsSession::LastError)
      .function("facts", &JsSession::Facts)
      .function("memory", &JsSession::Memory)
      .function("keepShapes", &JsSession::KeepShapes)
      .function("specialize", &JsSession::Specialize)
      .function("resultShapes", &JsSession::ResultShapes)
      .function("inputPointer", &JsSession::InputPointer)
      .function("bindInput", &JsSession::BindInput)
      .function("keepOutput", &JsSession::KeepOutput)
      .function("start", &JsSession::Start)
      .function("advance", &JsSession::Advance)
      .function("stop", &JsSession::Stop)
      .function("recordTimes", &JsSession::RecordTimes)
      .function("outputPointer", &JsSession::OutputPointer)
      .function("hostCall", &JsSession::HostCall)
      .function("createTensor", &JsSession::CreateTensor)
      .function("tensorPointer", &JsSession::TensorPointer)
      .function("disposeTensor", &JsSession::DisposeTensor);
}

}  // namespace webhlo
