// SPDX-License-Identifier: Apache-2.0
// Built by Emscripten into dist/, one for all variants.
import type { CreateModule, NativeImporter } from './native.js';

declare const create: CreateModule<NativeImporter>;
export default create;
