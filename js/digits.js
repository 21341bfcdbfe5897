// SPDX-License-Identifier: Apache-2.0
export default new URL('./digits.whlo', import.meta.url);
