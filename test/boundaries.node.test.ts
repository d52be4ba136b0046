import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");
const src = join(root, "src");

/** A later feature may build on an earlier one, never the other way round. */
const FEATURES = [
  "health",
  "events",
  "agents",
  "usage",
  "videos",
  "discovery",
  "owners",
  "webhooks",
  "billing",
  "interviews",
];

interface Edge {
  from: string;
  /** A path below src, or a package's name. */
  to: string;
  isType: boolean;
  /** Evaluated when the importing file is, and not when it calls `import()`. */
  isStatic: boolean;
}

function edges(): Edge[] {
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  return files.flatMap((file) => {
    const text = readFileSync(join(src, file), "utf8");
    const imports = text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)";/gm);
    const later = text.matchAll(/\bimport\((type)?"([^"]+)"\)/g);
    const edge = (isStatic: boolean, [, type, to]: RegExpExecArray) => ({
      from: file,
      to: to!.startsWith(".") ? relative(src, resolve(src, dirname(file), to!)) : to!,
      isType: type !== undefined,
      isStatic,
    });
    return [...[...imports].map((found) => edge(true, found)), ...[...later].map((found) => edge(false, found))];
  });
}

/** A feature's part of the graph. */
const isGraphql = (file: string) => /^features\/\w+\/graphql\//.test(file);
const isOurs = (to: string) => to.endsWith(".ts");
const isDrizzle = (to: string) => to.startsWith("drizzle-orm");

/** The table of the design: what a file may import, as what is wrong with an import; null when nothing is. */
function objection({ from, to }: Edge): string | null {
  const [layer] = from.split("/");
  const [target] = to.split("/");
  const only = (...allowed: string[]) =>
    isOurs(to) && !allowed.includes(target!) ? `${layer} may not import ${to}` : null;

  if (to === "app.ts" && from !== "index.ts") return "only the entry imports the composition root";
  switch (layer) {
    case "core":
      if (!isOurs(to)) return to === "zod" ? null : "core imports zod only";
      return only("core");
    case "db":
      return (
        only("db", "core") ??
        (to.startsWith("core/") && !/^core\/(ids|vocabulary)\.ts$/.test(to) ? "db knows ids and words only" : null)
      );
    case "jobs":
      return only("jobs", "core", "db", "context.ts");
    case "context.ts":
    case "config.ts":
      return only("core", "db", "config.ts");
    case "features":
      return isGraphql(from) ? graphqlObjection(from, to) : verbObjection(from, to);
    case "graphql":
      if (from === "graphql/schema.ts")
        return /^(features\/\w+\/graphql\/index\.ts|graphql\/.*)$/.test(to) ? null : "schema only gathers";
      return only("graphql", "core", "context.ts");
    case "platform":
      return isDrizzle(to) ? "platform knows no database" : only("platform", "core");
    case "http":
    case "scheduled":
      if (isDrizzle(to)) return `${layer} leaves SQL to the verbs`;
      return only("http", "scheduled", "features", "graphql", "core", "jobs", "context.ts");
    default:
      return null;
  }
}

function verbObjection(from: string, to: string): string | null {
  // Data that ships with a feature, as a text module of the Worker.
  if (to.endsWith(".txt")) return to.startsWith(`${dirname(from)}/`) ? null : "a feature's data is its own";
  if (!isOurs(to)) return isDrizzle(to) || to === "zod" ? null : `a verb may not import ${to}`;
  if (isGraphql(to)) return "a verb knows nothing of GraphQL";
  if (/^(context\.ts|core\/|db\/|jobs\/)/.test(to)) return null;
  return to.startsWith("features/") ? featureObjection(from, to) : `a verb may not import ${to}`;
}

function graphqlObjection(from: string, to: string): string | null {
  if (isDrizzle(to) || to.startsWith("db/")) return "resolvers call verbs, not the database";
  if (to.startsWith("features/")) return featureObjection(from, to);
  return isOurs(to) && !/^(graphql|core)\//.test(to) ? `a resolver may not import ${to}` : null;
}

function featureObjection(from: string, to: string): string | null {
  const [own, other] = [from, to].map((file) => FEATURES.indexOf(file.split("/")[1]!));
  return other! <= own! ? null : "imports run from a later feature to an earlier one";
}

/** Every file and package that is evaluated when `start` is. */
function loadedWith(start: string): Set<string> {
  const all = edges().filter(({ isType, isStatic }) => isStatic && !isType);
  const loaded = new Set([start]);
  for (const file of loaded) for (const { from, to } of all) if (from === file) loaded.add(to);
  return loaded;
}

describe("a request that needs no GraphQL", () => {
  const isGraphqlCode = (to: string) => /^(graphql\/|http\/graphql\/|graphql(-|$)|@pothos\/)/.test(to) || isGraphql(to);

  it.each([
    "app.ts",
    "http/router.ts",
    "http/pages/watch.ts",
    "http/pages/error-page.ts",
    "http/pages/graphiql.ts",
    "http/rest/openapi.ts",
    "scheduled/run.ts",
  ])("loads none of it with %s", (start) => {
    const loaded = [...loadedWith(start)];
    expect(loaded.length).toBeGreaterThan(2);
    expect(loaded.filter(isGraphqlCode)).toEqual([]);
  });

  it("is told apart from one that does", () => {
    const loaded = [...loadedWith("http/graphql/route.ts")].filter(isGraphqlCode);
    expect(loaded).toEqual(
      expect.arrayContaining(["graphql", "graphql-yoga", "@pothos/core", "features/videos/graphql/index.ts"]),
    );
  });
});

describe("the import rules of the design", () => {
  it("hold for every import of src", () => {
    const all = edges();
    expect(all.length).toBeGreaterThan(200);
    expect(
      all.map((edge) => ({ ...edge, objection: objection(edge) })).filter((edge) => edge.objection !== null),
    ).toEqual([]);
  });

  it("refuse what they are there to refuse", () => {
    const refused: [string, string][] = [
      ["core/errors.ts", "db/client.ts"],
      ["db/client.ts", "features/agents/handle.ts"],
      ["features/agents/register-agent.ts", "features/videos/find-video.ts"],
      ["features/agents/register-agent.ts", "platform/tavus/client.ts"],
      ["features/videos/graphql/video.ts", "drizzle-orm"],
      ["platform/stream.ts", "features/videos/find-video.ts"],
      ["http/router.ts", "drizzle-orm"],
      ["http/router.ts", "platform/stream.ts"],
      ["scheduled/run.ts", "db/client.ts"],
      ["http/router.ts", "app.ts"],
    ];
    for (const [from, to] of refused)
      expect(objection({ from, to, isType: false, isStatic: true }), `${from} -> ${to}`).not.toBeNull();
  });
});
