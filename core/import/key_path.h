// SPDX-License-Identifier: Apache-2.0
//
// How JAX spells where a value stands in a Python call: `weights['fc1.bias']`,
// `params.layers[0].kernel`.
#ifndef WEBHLO_CORE_IMPORT_KEY_PATH_H_
#define WEBHLO_CORE_IMPORT_KEY_PATH_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace webhlo {

// {"weights", "fc1.bias"}; {"params", "layers", "0", "kernel"}; {"", "0"} for "[0]". Nothing when
// the text is no such path.
std::optional<std::vector<std::string>> ParseKeyPath(std::string_view text);

}  // namespace webhlo

#endif  // WEBHLO_CORE_IMPORT_KEY_PATH_H_
