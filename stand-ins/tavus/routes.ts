import type { Account, World } from "./state.ts";

/** One request to one operation of the vendor's API. */
export type Call = {
  world: World;
  account: Account;
  request: Request;
  url: URL;
  /** What stood in place of `:name` in the route's path. */
  params: Record<string, string>;
};

export type Route = {
  method: string;
  path: string;
  answer: (call: Call) => Response | Promise<Response>;
};

/** The route of a request; `unknown` if no route has the path, `wrong method` if only others of that path exist. */
export function findRoute(
  routes: Route[],
  method: string,
  path: string,
): { route: Route; params: Record<string, string> } | "unknown" | "wrong method" {
  let known = false;
  for (const route of routes) {
    const params = matchPath(route.path, path);
    if (params === null) continue;
    if (route.method === method) return { route, params };
    known = true;
  }
  return known ? "wrong method" : "unknown";
}

function matchPath(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const actual = given[index]!;
    if (part.startsWith(":") && actual !== "") params[part.slice(1)] = actual;
    else if (part !== actual) return null;
  }
  return params;
}
