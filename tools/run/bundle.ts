import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { type BuildOptions, type BuildResult, build, context, type Plugin } from "esbuild";
import { root } from "./config.ts";

/** One module of a Worker, in Miniflare's words; the first of a list is the entry. */
export interface WorkerModule {
  type: "ESModule" | "CompiledWasm" | "Data" | "Text";
  path: string;
  contents: string | Uint8Array<ArrayBuffer>;
}

export interface BundleOptions {
  /** The entry's file, absolute or from the project's folder. */
  entry: string;
  /** What the bundle's module is called; `index.js` where nothing is said. */
  path?: string;
  minify?: boolean;
  /** Paths that the code imports and that are put beside it by others. */
  external?: string[];
}

export interface Bundle {
  modules: WorkerModule[];
  /** The source map of the first module, as JSON. */
  sourceMap: string;
}

/** What wrangler leaves beside the bundle, by ending: its default rules for modules. */
const BESIDE: Record<string, WorkerModule["type"]> = {
  ".wasm": "CompiledWasm",
  ".bin": "Data",
  ".txt": "Text",
  ".html": "Text",
  ".sql": "Text",
};

/** Names a module that is no code after its contents, as wrangler does, and keeps it beside the bundle. */
function modulesBeside(found: Map<string, WorkerModule>): Plugin {
  return {
    name: "modules beside the bundle",
    setup({ onResolve }) {
      onResolve({ filter: /\.(wasm|bin|txt|html|sql)$/ }, async ({ path: imported, resolveDir }) => {
        const contents = new Uint8Array(await readFile(resolve(resolveDir, imported)));
        const path = `${createHash("sha1").update(contents).digest("hex")}-${basename(imported)}`;
        const type = BESIDE[extname(imported)]!;
        found.set(path, { type, path, contents: type === "Text" ? new TextDecoder().decode(contents) : contents });
        return { path: `./${path}`, external: true };
      });
    },
  };
}

/** esbuild's options as `wrangler deploy` sets them; a test compares what comes out. */
function buildOptions({ entry, minify = false, external = [] }: BundleOptions): BuildOptions {
  const production = JSON.stringify("production");
  return {
    entryPoints: [resolve(root, entry)],
    absWorkingDir: root,
    outdir: join(root, "dist", "bundle"),
    entryNames: "index",
    write: false,
    bundle: true,
    minify,
    format: "esm",
    target: "es2024",
    supported: { "import-source": true, using: true },
    conditions: ["workerd", "worker", "browser"],
    loader: { ".js": "jsx", ".mjs": "jsx", ".cjs": "jsx" },
    define: {
      "navigator.userAgent": JSON.stringify("Cloudflare-Workers"),
      "process.env.NODE_ENV": production,
      "global.process.env.NODE_ENV": production,
      "globalThis.process.env.NODE_ENV": production,
    },
    external: ["cloudflare:*", ...external],
    sourcemap: true,
    logLevel: "warning",
  };
}

function bundleOf(
  { path = "index.js" }: BundleOptions,
  result: BuildResult,
  beside: Map<string, WorkerModule>,
): Bundle {
  const output = (ending: string) => result.outputFiles!.find((file) => file.path.endsWith(ending))!.text;
  return {
    modules: [{ type: "ESModule", path, contents: output(".js") }, ...beside.values()],
    sourceMap: output(".map"),
  };
}

/** A Worker's code in one module, as `wrangler deploy` makes it, and behind it what the code imports that is no code. */
export async function buildBundle(options: BundleOptions): Promise<Bundle> {
  const beside = new Map<string, WorkerModule>();
  const result = await build({ ...buildOptions(options), plugins: [modulesBeside(beside)] });
  return bundleOf(options, result, beside);
}

/**
 * Builds it, and builds it again whenever a file of it changes. Resolves with the first bundle; the later ones go to
 * `onChange`, until the process ends. Errors of a build are printed, and the next change is waited for.
 */
export async function watchBundle(options: BundleOptions, onChange: (bundle: Bundle) => void): Promise<Bundle> {
  const first = Promise.withResolvers<Bundle>();
  let deliver = (bundle: Bundle) => {
    deliver = onChange;
    first.resolve(bundle);
  };
  const beside = new Map<string, WorkerModule>();
  const report: Plugin = {
    name: "report",
    setup: ({ onStart, onEnd }) => {
      onStart(() => beside.clear());
      onEnd((result) => {
        if (result.errors.length === 0) deliver(bundleOf(options, result, beside));
      });
    },
  };
  const watched = await context({ ...buildOptions(options), plugins: [modulesBeside(beside), report] });
  await watched.watch();
  return first.promise;
}
