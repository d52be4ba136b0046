import type { LocalConfig } from "./config.ts";

/**
 * The bindings of a configuration as Miniflare wants them, for our Worker. Wrangler's own function for it says the same,
 * which a test checks, and takes two seconds to load.
 */
export function workerOptions(config: LocalConfig) {
  const { compatibility_date: compatibilityDate, compatibility_flags: compatibilityFlags, assets } = config;
  return {
    name: config.name,
    compatibilityDate,
    compatibilityFlags,
    bindings: config.vars,
    d1Databases: Object.fromEntries(config.d1_databases.map((it) => [it.binding, { id: it.database_id }])),
    r2Buckets: Object.fromEntries(config.r2_buckets.map((it) => [it.binding, { id: it.bucket_name }])),
    stream: config.stream,
    ratelimits: Object.fromEntries(config.ratelimits.map((limit) => [limit.name, limit])),
    serviceBindings: Object.fromEntries(
      config.services.map((it) => [it.binding, { name: it.service, entrypoint: it.entrypoint }]),
    ),
    assets: {
      directory: assets.directory,
      binding: assets.binding,
      routerConfig: { has_user_worker: true },
      assetConfig: { compatibility_date: compatibilityDate, compatibility_flags: compatibilityFlags },
    },
  };
}
