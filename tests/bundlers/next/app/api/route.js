// SPDX-License-Identifier: Apache-2.0
import { classify, factor } from "../../app.js";

export const dynamic = "force-dynamic";

export async function GET() {
  const answer = await classify();
  await factor();
  return new Response(answer);
}
