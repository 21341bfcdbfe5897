// SPDX-License-Identifier: Apache-2.0
// The version of the runtime, as the package and the inspector show it.
#ifndef WEBHLO_CORE_BASE_VERSION_H_
#define WEBHLO_CORE_BASE_VERSION_H_

#include <string_view>

namespace webhlo {

// "major.minor.patch", the version of the npm package that this code ships in.
std::string_view Version();

}  // namespace webhlo

#endif  // WEBHLO_CORE_BASE_VERSION_H_
