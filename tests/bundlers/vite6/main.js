// SPDX-License-Identifier: Apache-2.0
import { show } from "./app.js";

show();
