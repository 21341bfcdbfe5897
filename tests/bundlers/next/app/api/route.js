// SPDX-License-Identifier: Apache-2.0
import { classify } from "../../app.js";

export const dynamic = "force-dynamic";

export async function GET() {
  return new Response(await classify());
}
