// SPDX-License-Identifier: Apache-2.0
//
// The Session as JavaScript sees it (js/src/native.ts). Marshalling only: pointers, sizes and
// handles are numbers, errors are '' or JSON text, and nothing is decided here.
#ifndef WEBHLO_WASM_JS_SESSION_H_
#define WEBHLO_WASM_JS_SESSION_H_

#include <emscripten/val.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/json.h"
#include "core/base/status.h"
#include "core/ops/rng.h"
#include "core/runtime/session.h"

namespace webhlo {

inline std::span<const uint8_t> Bytes(uintptr_t pointer, size_t size) {
  return {reinterpret_cast<const uint8_t*>(pointer), size};
}

inline uintptr_t Address(const void* pointer) { return reinterpret_cast<uintptr_t>(pointer); }

// Of several tensors: "3x4,,5".
Result<Session::Shapes> ParseShapes(std::string_view text);

class JsSession {
 public:
  JsSession(int threads, int flags);

  void Seed(double seed) { SeedRandomNumbers(static_cast<uint64_t>(seed)); }
  std::string AddWhlo(uintptr_t pointer, size_t size) {
    return JsonError(session_.AddWhlo(Bytes(pointer, size)));
  }
  void KeepShapes(uint32_t count) { session_.set_max_specializations(count); }
  std::string Describe() { return session_.DescribeJson(); }
  std::string Directory() { return session_.DirectoryJson(); }
  std::string MetadataTexts() { return session_.MetadataJson(); }
  std::string DeclareDirectory() { return JsonError(session_.DeclareDirectory()); }
  std::string DeclareWeight(std::string name, std::string dtype, std::string shape);
  std::string Tie(std::string argument, std::string tensor) {
    return JsonError(session_.Tie(std::move(argument), std::move(tensor)));
  }
  std::string Donate(std::string argument) { return JsonError(session_.Donate(argument)); }
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
  std::string UseTuning(std::string text) { return JsonError(session_.UseTuning(text)); }
  std::string Tuning() { return session_.tuning(); }
  // As Proceed answers.
  int Tune(double slice_ms) {
    const Result<bool> done = session_.Tune(slice_ms);
    if (!Keep(done.status())) return 3;
    return *done ? 0 : 1;
  }
  std::string Finish() { return JsonError(session_.Finish()); }
  std::string LastError() { return JsonError(last_error_); }

  emscripten::val Facts(std::string what, std::string program) {
    return TextOrNull(session_.Facts(what, program));
  }
  std::string Memory() { return session_.MemoryJson(); }

  // As Bind, then Proceed.
  int Specialize(uint32_t p, std::string shapes, double slice_ms, double deadline_ms);
  std::string ResultShapes(uint32_t p) { return session_.ResultShapesJson(p); }

  // 0 on an error.
  uintptr_t InputPointer(uint32_t p, uint32_t i) {
    Result<void*> input = session_.InputPointer(p, i);
    return Keep(input.status()) ? Address(*input) : 0;
  }
  std::string BindInput(uint32_t p, uint32_t i, uint32_t tensor, bool donated) {
    return JsonError(session_.BindInput(p, i, tensor, donated));
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
  void RecordTimes(bool on) { session_.RecordTimes(on); }
  uintptr_t OutputPointer(uint32_t p, uint32_t i) { return Address(session_.OutputPointer(p, i)); }
  std::string HostCall() { return session_.HostCallJson(); }

  // 0 on an error, as with CreateTensor.
  uint32_t KeepOutput(uint32_t p, uint32_t i) {
    Result<uint32_t> tensor = session_.KeepOutput(p, i);
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

 protected:
  Session& session() { return session_; }
  // What Proceed goes on with.
  void Begin(Task task) { loading_ = std::move(task); }
  // Null on an error.
  emscripten::val TextOrNull(const Result<std::string>& text) {
    return Keep(text.status()) ? emscripten::val(*text) : emscripten::val::null();
  }

 private:
  bool Keep(const Status& status) {
    if (!status.ok()) last_error_ = status;
    return status.ok();
  }

  Session session_;
  Task loading_;
  Status last_error_;
};

}  // namespace webhlo

#endif  // WEBHLO_WASM_JS_SESSION_H_
