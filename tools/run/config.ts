import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import { parse } from "smol-toml";

export const root = resolve(import.meta.dirname, "..", "..");

export interface LocalOptions {
  /** The folder of all local state. */
  state: string;
  publicUrl: string;
  tavusUrl: string;
  tavusKey: string;
  /** Variables that differ from production's, by name. */
  vars?: Record<string, string>;
}

/** What we use of wrangler.toml. */
interface ProductionConfig {
  name: string;
  main: string;
  compatibility_date: string;
  compatibility_flags: string[];
  assets: { directory: string; binding: string };
  d1_databases: { binding: string; database_id: string; migrations_dir: string }[];
  r2_buckets: { binding: string; bucket_name: string }[];
  stream: { binding: string };
  ratelimits: { name: string; namespace_id: string; simple: { limit: number; period: 10 | 60 } }[];
  vars: Record<string, string>;
  vectorize: unknown;
  routes: unknown;
  build: unknown;
  secrets: unknown;
}

export type LocalConfig = ReturnType<typeof localConfig>;

/**
 * Production's wrangler.toml as it can run here: Vectorize, which has no local form, becomes a service binding to its
 * stand-in, and the variables point at this machine. Everything else stays as it is deployed.
 */
export function localConfig(options: LocalOptions) {
  // Not by wrangler's own function for it: to load wrangler takes two seconds.
  const production = parse(readFileSync(join(root, "wrangler.toml"), "utf8")) as unknown as ProductionConfig;
  const { vectorize: _vectorize, routes: _routes, build: _build, secrets: _secrets, ...rest } = production;
  return {
    ...rest,
    main: join(root, production.main),
    assets: { ...production.assets, directory: join(root, production.assets.directory) },
    d1_databases: production.d1_databases.map((database) => ({
      ...database,
      migrations_dir: join(root, "migrations"),
    })),
    services: [{ binding: "VECTORIZE", service: "molts-vectorize", entrypoint: "Vectorize" }],
    vars: {
      ...production.vars,
      PUBLIC_URL: options.publicUrl,
      TAVUS_API_URL: options.tavusUrl,
      TAVUS_API_KEY: options.tavusKey,
      ...localPepper(pepper(options.state), options.vars),
      STREAM_WEBHOOK_SECRET: "local-stream-webhook-secret",
      ...options.vars,
    } as Record<string, string>,
  };
}

/** The pepper of a state folder as v1, unless peppers are given. */
export function localPepper(secret: string, given: Record<string, string> = {}): Record<string, string> {
  return (given.KEY_PEPPERS ?? given.KEY_PEPPER) ? {} : { KEY_PEPPERS: `v1:${secret}` };
}

/** Made once for a state folder: the keys that its agents hold stay valid from start to start. */
function pepper(state: string): string {
  mkdirSync(state, { recursive: true });
  const file = join(state, "pepper");
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString("hex"), { mode: 0o600 });
  return readFileSync(file, "utf8");
}
