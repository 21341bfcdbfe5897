// SPDX-License-Identifier: Apache-2.0
// POST /api/classify: the bytes of 28 x 28 f32 numbers; answers what `classify` does, as JSON.

import { classify } from "../../model.js";

export async function POST(request) {
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength !== 4 * 28 * 28) {
    const error = `${bytes.byteLength} bytes, expected 28 x 28 numbers of 4`;
    return Response.json({ error }, { status: 400 });
  }
  return Response.json(await classify(new Float32Array(bytes)));
}
