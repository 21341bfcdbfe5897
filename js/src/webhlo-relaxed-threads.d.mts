// SPDX-License-Identifier: Apache-2.0
// Built by Emscripten into dist/, one per variant.
export { default } from './native.js';
