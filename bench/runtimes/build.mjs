// SPDX-License-Identifier: Apache-2.0
// Another build of WebHLO, from the folder that --build names.

import { create as createWebHLO } from './webhlo.mjs';

export const create = (context) => createWebHLO({ ...context, package: context.build });
