import type { Context } from "../context.ts";
import { checkHealth } from "../features/health/check-health.ts";

/** GET /health → {status: "ok"}, or a problem when the database does not answer */
export async function healthRoute(ctx: Context): Promise<Response> {
  await checkHealth(ctx);
  return Response.json({ status: "ok" }, { headers: { "cache-control": "no-store" } });
}
