import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Service name of the stand-in, as in its wrangler.toml. */
export const VECTORIZE_SERVICE = "molts-vectorize";

/** The index as README.md has it made for production. */
export const INDEX_VARS = {
  DIMENSIONS: "512",
  METADATA_INDEXES: "agentId:string,model:string,kind:string",
};

/** The entry of its code. */
export const VECTORIZE_ENTRY = fileURLToPath(new URL("worker.ts", import.meta.url));

/**
 * The stand-in as an auxiliary Worker for `miniflare.workers` of the Vitest plugin, or for Miniflare itself.
 *
 * @param vars DIMENSIONS, METADATA_INDEXES and VISIBILITY_MS as in wrangler.toml, as strings
 * @param code the entry, bundled: both take finished JavaScript only
 */
export const vectorizeOptions = (vars: Record<string, string>, code: string) => ({
  name: VECTORIZE_SERVICE,
  compatibilityDate: "2026-10-01",
  modules: [{ type: "ESModule" as const, path: "worker.js", contents: code }],
  durableObjects: { INDEX: { className: "IndexStore", useSQLite: true } },
  bindings: vars,
});

/** The same, bundled here. */
export async function vectorizeWorker(vars: Record<string, string>) {
  const { outputFiles } = await build({
    entryPoints: [VECTORIZE_ENTRY],
    bundle: true,
    format: "esm",
    target: "es2024",
    external: ["cloudflare:workers"],
    write: false,
  });
  return vectorizeOptions(vars, outputFiles[0]!.text);
}
