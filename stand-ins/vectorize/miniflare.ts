import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Service name of the stand-in, as in its wrangler.toml. */
export const VECTORIZE_SERVICE = "molts-vectorize";

/** The index as README.md has it made for production. */
export const INDEX_VARS = {
  DIMENSIONS: "512",
  METADATA_INDEXES: "agentId:string,model:string,kind:string",
};

/**
 * The stand-in as an auxiliary Worker for `miniflare.workers` of the Vitest plugin, or for Miniflare itself. Both take
 * finished JavaScript only, so it is bundled here.
 * @param vars DIMENSIONS, METADATA_INDEXES and VISIBILITY_MS as in wrangler.toml, as strings
 */
export async function vectorizeWorker(vars: Record<string, string>) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("worker.ts", import.meta.url).href)],
    bundle: true,
    format: "esm",
    target: "es2024",
    external: ["cloudflare:workers"],
    write: false,
  });
  return {
    name: VECTORIZE_SERVICE,
    compatibilityDate: "2026-10-01",
    modules: [{ type: "ESModule" as const, path: "worker.js", contents: outputFiles[0]!.text }],
    durableObjects: { INDEX: { className: "IndexStore", useSQLite: true } },
    bindings: vars,
  };
}
