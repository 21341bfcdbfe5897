// SPDX-License-Identifier: Apache-2.0
//
// The Session as JavaScript sees it (js/src/native.ts). Marshalling only: pointers, sizes and
// handles are numbers, errors are '' or JSON text, and nothing is decided here.
#include <emscripten/bind.h>
#include <emscripten/em_js.h>

#include <charconv>
#include <cstdint>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "core/base/status.h"
#include "core/base/strings.h"
#include "core/graph/type.h"
#include "core/ops/rng.h"
#include "core/runtime/check_program.h"
#include "core/runtime/session.h"

// A failed `new` would print and abort. This ends the instance as well, but says why.
// clang-format off
EM_JS(void, webhlo_out_of_memory, (void), {
  throw Object.assign(new WebAssembly.RuntimeError("out of memory"), {outOfMemory: true});
});
// clang-format on

namespace webhlo {
namespace {

using emscripten::class_;
using emscripten::val;

std::span<const uint8_t> Bytes(uintptr_t pointer, size_t size) {
  return {reinterpret_cast<const uint8_t*>(pointer), size};
}

uintptr_t Address(const void* pointer) { return reinterpret_cast<uintptr_t>(pointer); }

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

// Of several tensors: "3x4,,5".
Result<Session::Shapes> ParseShapes(std::string_view text) {
  Session::Shapes shapes;
  for (size_t end = 0; end != text.npos;) {
    end = text.find(',');
    ASSIGN_OR_RETURN(shapes.emplace_back(), ParseShape(text.substr(0, end)));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return shapes;
}

class JsSession {
 public:
  JsSession(int threads, int flags) : session_(MakeOptions(threads, flags)) {
    std::set_new_handler(&webhlo_out_of_memory);
  }

  void Seed(double seed) { SeedRandomNumbers(static_cast<uint64_t>(seed)); }
  std::string AddProgram(std::string name, uintptr_t pointer, size_t size, std::string file_name) {
    return JsonError(session_.AddProgram(std::move(name), Bytes(pointer, size), file_name));
  }
  std::string AddWhlo(uintptr_t pointer, size_t size) {
    return JsonError(session_.AddWhlo(Bytes(pointer, size)));
  }
  void KeepShapes(uint32_t count) { session_.set_max_specializations(count); }
  std::string Describe() { return session_.DescribeJson(); }
  std::string Directory() { return session_.DirectoryJson(); }
  std::string DeclareDirectory() { return JsonError(session_.DeclareDirectory()); }
  std::string DeclareWeight(std::string name, std::string dtype, std::string shape) {
    Result<TensorType> type = ParseTensorType(dtype, shape);
    if (!type.ok()) return JsonError(type.status().WithContext(StrCat("weight \"", name, "\"")));
    return JsonError(session_.DeclareWeight(std::move(name), std::move(*type)));
  }
  std::string PlaceWeight(uint32_t i, std::string file, double offset) {
    return JsonError(session_.PlaceWeight(i, std::move(file), static_cast<uint64_t>(offset)));
  }
  std::string Tie(std::string argument, std::string tensor) {
    return JsonError(session_.Tie(std::move(argument), std::move(tensor)));
  }
  // Bind and WeightArrived begin what Proceed goes on with: 0 done, 1 paused, 3 error.
  void Bind() { loading_ = session_.Bind(); }
  uintptr_t WeightBuffer(uint32_t i) {
    Result<uint8_t*> buffer = session_.WeightBuffer(i);
    return Keep(buffer.status()) ? Address(*buffer) : 0;
  }
  void WeightArrived(uint32_t i) { loading_ = session_.WeightArrived(i); }
  int Proceed(double slice_ms, double deadline_ms) {
    session_.StartSlice(slice_ms, deadline_ms);
    if (!loading_.Resume()) return 1;
    return Keep(loading_.status()) ? 0 : 3;
  }
  std::string Finish() { return JsonError(session_.Finish()); }
  std::string LastError() { return JsonError(last_error_); }

  // Null on an error.
  val Inspect(std::string stage, std::string program) {
    Result<std::string> text = session_.Inspect(stage, program);
    return Keep(text.status()) ? val(*text) : val::null();
  }
  std::string Memory() { return session_.MemoryJson(); }

  // As Bind, then Proceed.
  int Specialize(uint32_t p, std::string shapes, double slice_ms, double deadline_ms) {
    Result<Session::Shapes> parsed = ParseShapes(shapes);
    if (!Keep(parsed.status())) return 3;
    loading_ = session_.Specialize(p, std::move(*parsed));
    return Proceed(slice_ms, deadline_ms);
  }
  std::string ResultShapes(uint32_t p) { return session_.ResultShapesJson(p); }

  uintptr_t InputPointer(uint32_t p, uint32_t i) { return Address(session_.InputPointer(p, i)); }
  std::string BindInput(uint32_t p, uint32_t i, uint32_t tensor) {
    return JsonError(session_.BindInput(p, i, tensor));
  }
  // 0 done, 1 paused, 2 host call, 3 error, as of Advance. One call, since small programs run in a
  // microsecond, which is what a few calls from JavaScript take.
  int Start(uint32_t p, double budget_ms) {
    return Keep(session_.Start(p)) ? Advance(budget_ms) : 3;
  }
  int Advance(double budget_ms) {
    Result<Executable::State> state = session_.Advance(budget_ms);
    return Keep(state.status()) ? static_cast<int>(*state) : 3;
  }
  void Stop() {
    loading_ = Task();
    session_.Stop();
  }
  uintptr_t OutputPointer(uint32_t p, uint32_t i) { return Address(session_.OutputPointer(p, i)); }
  std::string HostCall() { return session_.HostCallJson(); }

  // 0 on an error, as with CreateTensor.
  uint32_t TakeOutput(uint32_t p, uint32_t i) {
    Result<uint32_t> tensor = session_.TakeOutput(p, i);
    return Keep(tensor.status()) ? *tensor : 0;
  }
  uint32_t CreateTensor(double bytes) {
    Result<uint32_t> tensor = session_.tensors().Create(static_cast<uint64_t>(bytes));
    return Keep(tensor.status()) ? *tensor : 0;
  }
  uintptr_t TensorPointer(uint32_t tensor) {
    AlignedBuffer* buffer = session_.tensors().Find(tensor);
    return buffer == nullptr ? 0 : Address(buffer->data());
  }
  void DisposeTensor(uint32_t tensor) { session_.tensors().Dispose(tensor); }

  std::string WriteWhlo() {
    Result<std::vector<uint8_t>> whlo = session_.MakeWhlo();
    if (!whlo.ok()) return JsonError(whlo.status());
    whlo_ = std::move(*whlo);
    return std::string();
  }
  uintptr_t WhloPointer() { return Address(whlo_.data()); }
  size_t WhloSize() { return whlo_.size(); }

 private:
  static Session::Options MakeOptions(int threads, int flags) {
    Session::Options options;
    options.num_threads = threads;
    options.jit = (flags & 1) == 0;
    if (flags & 2) options.engine = PlanOptions::Engine::kReference;
    return options;
  }
  bool Keep(const Status& status) {
    if (!status.ok()) last_error_ = status;
    return status.ok();
  }

  Session session_;
  Task loading_;
  Status last_error_;
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

EMSCRIPTEN_BINDINGS(webhlo) {
  emscripten::function("checkProgram", &CheckProgramAt);
  class_<JsSession>("Session")
      .constructor<int, int>()
      .function("seed", &JsSession::Seed)
      .function("addProgram", &JsSession::AddProgram)
      .function("addWhlo", &JsSession::AddWhlo)
      .function("describe", &JsSession::Describe)
      .function("directory", &JsSession::Directory)
      .function("declareDirectory", &JsSession::DeclareDirectory)
      .function("declareWeight", &JsSession::DeclareWeight)
      .function("placeWeight", &JsSession::PlaceWeight)
      .function("tie", &JsSession::Tie)
      .function("bind", &JsSession::Bind)
      .function("weightBuffer", &JsSession::WeightBuffer)
      .function("weightArrived", &JsSession::WeightArrived)
      .function("proceed", &JsSession::Proceed)
      .function("finish", &JsSession::Finish)
      .function("lastError", &JsSession::LastError)
      .function("inspect", &JsSession::Inspect)
      .function("memory", &JsSession::Memory)
      .function("keepShapes", &JsSession::KeepShapes)
      .function("specialize", &JsSession::Specialize)
      .function("resultShapes", &JsSession::ResultShapes)
      .function("inputPointer", &JsSession::InputPointer)
      .function("bindInput", &JsSession::BindInput)
      .function("start", &JsSession::Start)
      .function("advance", &JsSession::Advance)
      .function("stop", &JsSession::Stop)
      .function("outputPointer", &JsSession::OutputPointer)
      .function("hostCall", &JsSession::HostCall)
      .function("takeOutput", &JsSession::TakeOutput)
      .function("createTensor", &JsSession::CreateTensor)
      .function("tensorPointer", &JsSession::TensorPointer)
      .function("disposeTensor", &JsSession::DisposeTensor)
      .function("writeWhlo", &JsSession::WriteWhlo)
      .function("whloPointer", &JsSession::WhloPointer)
      .function("whloSize", &JsSession::WhloSize);
}

}  // namespace
}  // namespace webhlo
