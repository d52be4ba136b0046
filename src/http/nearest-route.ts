import { nearest } from "./nearest.ts";

/** Longer than any route with an id in it. Comparing two paths takes time by the product of their lengths. */
const MAX_LENGTH = 100;

interface NamedRoute {
  /** A path with `{id}` for what varies. */
  name: string;
  methods: object;
}

/**
 * The route that was probably meant by a wrong path, as a caller writes it: `POST /agents/register` for
 * /agent/register, and for /v1/agents/register. Null when none is near.
 */
export function nearestRoute(path: string, routes: readonly NamedRoute[]): string | null {
  if (path.length > MAX_LENGTH) return null;
  const parts = path.split("/");
  // Whatever stands where a route has an id is as good as an id.
  const filled = ({ name }: NamedRoute) =>
    name
      .split("/")
      .map((part, at) => (part === "{id}" ? parts[at] || part : part))
      .join("/");
  const paths = routes.map(filled);
  const meant = paths.find((one) => path.endsWith(one)) ?? nearest(path, paths);
  if (meant === null) return null;
  const { name, methods } = routes[paths.indexOf(meant)]!;
  return `${Object.keys(methods).join(" or ")} ${name}`;
}
