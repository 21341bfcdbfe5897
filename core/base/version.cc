// SPDX-License-Identifier: Apache-2.0
#include "core/base/version.h"

namespace webhlo {

std::string_view Version() { return "0.1.0"; }

}  // namespace webhlo
