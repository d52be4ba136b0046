import { mkdirSync, readFileSync, writeFileSync, existsSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import { experimental_readRawConfig } from "wrangler";

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

/**
 * Production's wrangler.toml as it can run here: Vectorize, which has no local form, becomes a service binding to its
 * stand-in, and the variables point at this machine. Everything else stays as it is deployed.
 */
export function localConfig(options: LocalOptions) {
  const { rawConfig: raw } = experimental_readRawConfig({ config: join(root, "wrangler.toml") });
  const { vectorize: _vectorize, routes: _routes, build: _build, secrets: _secrets, $schema: _schema, ...rest } = raw;
  return {
    ...rest,
    main: join(root, raw.main!),
    assets: { ...raw.assets, directory: join(root, raw.assets!.directory!) },
    d1_databases: raw.d1_databases!.map((database: object) => ({
      ...database,
      migrations_dir: join(root, "migrations"),
    })),
    services: [{ binding: "VECTORIZE", service: "molts-vectorize", entrypoint: "Vectorize" }],
    vars: {
      ...raw.vars,
      PUBLIC_URL: options.publicUrl,
      TAVUS_API_URL: options.tavusUrl,
      TAVUS_API_KEY: options.tavusKey,
      KEY_PEPPER: pepper(options.state),
      STREAM_WEBHOOK_SECRET: "local-stream-webhook-secret",
      ...options.vars,
    },
  };
}

/** Writes the local configuration into the state folder and returns its path. */
export function writeLocalConfig(options: LocalOptions): string {
  mkdirSync(options.state, { recursive: true });
  const file = join(options.state, "wrangler.json");
  writeFileSync(file, JSON.stringify(localConfig(options), null, 2));
  return file;
}

/** Made once for a state folder: the keys that its agents hold stay valid from start to start. */
function pepper(state: string): string {
  const file = join(state, "pepper");
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString("hex"), { mode: 0o600 });
  return readFileSync(file, "utf8");
}
