// SPDX-License-Identifier: Apache-2.0
// Embind knows wide strings, which no binding of ours uses; their decoder takes an engine some
// milliseconds to make.
addToLibrary({
  _embind_register_std_wstring: (rawType, charSize, name) => {},
  _embind_register_std_wstring__deps: [],
});
