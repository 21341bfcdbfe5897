// SPDX-License-Identifier: Apache-2.0
//
// Status and Result<T>: how every fallible function of the core answers. There are no exceptions.
// An OK Status is a null pointer, so the happy path costs one compare. A message names the place,
// both sides and the constraint: `dot_general "%12": lhs batch dim 0 is 4, rhs is 8 (C9)`.
#ifndef WEBHLO_CORE_BASE_STATUS_H_
#define WEBHLO_CORE_BASE_STATUS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace webhlo {

enum class StatusCode : uint8_t {
  kOk = 0,
  kInvalidModel,     // The bytes are not a well-formed program, container or weight file.
  kUnsupported,      // Well-formed, but this build cannot run it; the message names the op.
  kInvalidArgument,  // The caller's request is wrong: a name, shape, dtype, length or option.
  kOutOfMemory,      // A size does not fit the memory that the caller allows.
  kCancelled,        // A signal or a deadline stopped the work.
  kMismatch,         // A check that the program makes of its values failed.
  kInternal,         // A defect of WebHLO itself.
};

// The stable public spelling: "invalid_model", "unsupported", ...
std::string_view StatusCodeName(StatusCode code);

// Returned in a register, as the pointer that it is, where the compiler knows how to.
#if defined(__clang__)
#define WEBHLO_TRIVIAL_ABI [[clang::trivial_abi]]
#else
#define WEBHLO_TRIVIAL_ABI
#endif

class [[nodiscard]] WEBHLO_TRIVIAL_ABI Status {
 public:
  Status() = default;
  Status(StatusCode code, std::string message);
  Status(const Status& other);
  Status(Status&& other) noexcept : rep_(std::exchange(other.rep_, nullptr)) {}
  Status& operator=(Status other) noexcept {
    std::swap(rep_, other.rep_);
    return *this;
  }
  ~Status() {
    if (rep_ != nullptr) Forget();
  }

  bool ok() const { return rep_ == nullptr; }
  StatusCode code() const { return ok() ? StatusCode::kOk : rep_->code; }
  std::string_view message() const { return ok() ? std::string_view() : rep_->message; }

  // The same error with `context` and ": " put before its message; OK stays OK.
  Status WithContext(std::string_view context) const;
  // "code: message", or "ok".
  std::string ToString() const;

 private:
  struct Rep {
    StatusCode code;
    std::string message;
  };
  void Forget();

  Rep* rep_ = nullptr;
};

inline Status OkStatus() { return Status(); }
Status InvalidModel(std::string message);
Status Unsupported(std::string message);
Status InvalidArgument(std::string message);
Status OutOfMemory(std::string message);
Status Cancelled(std::string message);
Status Mismatch(std::string message);
Status Internal(std::string message);

// A value or the error that stands in its place.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Status status) : status_(std::move(status)) {}

  bool ok() const { return status_.ok(); }
  const Status& status() const { return status_; }
  T& value() { return *value_; }
  const T& value() const { return *value_; }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

 private:
  Status status_;
  std::optional<T> value_;
};

#define WEBHLO_CONCAT_INNER(a, b) a##b
#define WEBHLO_CONCAT(a, b) WEBHLO_CONCAT_INNER(a, b)

#define RETURN_IF_ERROR(expr)                               \
  do {                                                      \
    if (::webhlo::Status status_ = (expr); !status_.ok()) { \
      return status_;                                       \
    }                                                       \
  } while (false)

#define ASSIGN_OR_RETURN(lhs, expr) \
  ASSIGN_OR_RETURN_IMPL(WEBHLO_CONCAT(result_, __LINE__), lhs, expr)
#define ASSIGN_OR_RETURN_IMPL(result, lhs, expr) \
  auto result = (expr);                          \
  if (!result.ok()) return result.status();      \
  lhs = std::move(result.value())

}  // namespace webhlo

#endif  // WEBHLO_CORE_BASE_STATUS_H_
