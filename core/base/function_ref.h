// SPDX-License-Identifier: Apache-2.0
//
// FunctionRef: somebody else's function object, as an argument of a function that is no template.
#ifndef WEBHLO_CORE_BASE_FUNCTION_REF_H_
#define WEBHLO_CORE_BASE_FUNCTION_REF_H_

#include <utility>

namespace webhlo {

template <typename Signature>
class FunctionRef;

// Valid as long as the object is.
template <typename R, typename... Args>
class FunctionRef<R(Args...)> {
 public:
  template <typename F>
  FunctionRef(const F& f)
      : object_(&f), call_([](const void* object, Args... args) -> R {
          return (*static_cast<const F*>(object))(std::forward<Args>(args)...);
        }) {}

  R operator()(Args... args) const { return call_(object_, std::forward<Args>(args)...); }

 private:
  const void* object_;
  R (*call_)(const void*, Args...);
};

}  // namespace webhlo

#endif  // WEBHLO_CORE_BASE_FUNCTION_REF_H_
