import type { Context } from "../../context.ts";

/** GraphiQL, from our own assets. */
export function graphiqlPage(_ctx: Context): Response {
  return new Response("GraphiQL", { headers: { "content-type": "text/html; charset=utf-8" } });
}
