// SPDX-License-Identifier: Apache-2.0
// Built by Emscripten into dist/, one per variant.
import type { CreateModule } from './native.js';

declare const create: CreateModule;
export default create;
