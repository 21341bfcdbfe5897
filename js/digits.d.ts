// SPDX-License-Identifier: Apache-2.0
/** Where the example model is: handwritten digits, 28 x 28 pixels; 0 is paper, 1 is ink. */
declare const digits: URL;
export default digits;
