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
  sourceMap?: boolean;
}

export interface Bundle {
  modules: WorkerModule[];
  /** Of the first module, as JSON, if it was asked for. */
  sourceMap: string | null;
  /** Every file that it was built from, absolute. */
  sources: string[];
}

/** What wrangler leaves beside the bundle, by ending: its default rules for modules. */
const BESIDE: Record<string, WorkerModule["type"]> = {
  ".wasm": "CompiledWasm",
  ".bin": "Data",
  ".txt": "Text",
  ".html": "Text",
  ".sql": "Text",
};

/** Modules that are not code, by their source. */
type Beside = Map<string, WorkerModule>;

/** Names a module that is not code after its contents, as wrangler does, and keeps it beside the bundle. */
const modulesBeside = (found: Beside): Plugin => ({
  name: "modules beside the bundle",
  setup({ onStart, onResolve }) {
    onStart(() => found.clear());
    onResolve({ filter: /\.(wasm|bin|txt|html|sql)$/ }, async ({ path: imported, resolveDir }) => {
      const source = resolve(resolveDir, imported);
      const contents = new Uint8Array(await readFile(source));
      const path = `${createHash("sha1").update(contents).digest("hex")}-${basename(imported)}`;
      const type = BESIDE[extname(imported)]!;
      found.set(source, { type, path, contents: type === "Text" ? new TextDecoder().decode(contents) : contents });
      return { path: `./${path}`, external: true };
    });
  },
});

/** esbuild's options as `wrangler deploy` sets them; a test compares what comes out. */
function buildOptions({ entry, minify = false, external = [], sourceMap = false }: BundleOptions): BuildOptions {
  const production = JSON.stringify("production");
  return {
    entryPoints: [resolve(root, entry)],
    absWorkingDir: root,
    outdir: join(root, "dist", "bundle"),
    entryNames: "index",
    write: false,
    metafile: true,
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
    sourcemap: sourceMap,
    logLevel: "warning",
  };
}

function bundleOf({ path = "index.js" }: BundleOptions, result: BuildResult, beside: Beside): Bundle {
  const output = (ending: string) => result.outputFiles!.find((file) => file.path.endsWith(ending))?.text;
  return {
    modules: [{ type: "ESModule", path, contents: output(".js")! }, ...beside.values()],
    sourceMap: output(".map") ?? null,
    sources: [...Object.keys(result.metafile!.inputs).map((file) => join(root, file)), ...beside.keys()],
  };
}

/** A Worker's code in one module, as `wrangler deploy` makes it, followed by the imported modules that are not code. */
export async function buildBundle(options: BundleOptions): Promise<Bundle> {
  const beside: Beside = new Map();
  const result = await build({ ...buildOptions(options), plugins: [modulesBeside(beside)] });
  return bundleOf(options, result, beside);
}

/** Whether two bundles are the same code. */
export const isSame = (one: Bundle, other: Bundle): boolean =>
  one.modules[0]!.contents === other.modules[0]!.contents &&
  // The others are named after their contents.
  one.modules.map(({ path }) => path).join() === other.modules.map(({ path }) => path).join();

/** Builds it at once and again whenever a file of it changes, until the process ends. Errors of a build are printed. */
export async function watchBundle(options: BundleOptions, onBundle: (bundle: Bundle) => void): Promise<void> {
  const beside: Beside = new Map();
  const report: Plugin = {
    name: "report",
    setup: ({ onEnd }) =>
      onEnd((result) => {
        if (result.errors.length === 0) onBundle(bundleOf(options, result, beside));
      }),
  };
  const watched = await context({ ...buildOptions(options), plugins: [modulesBeside(beside), report] });
  await watched.watch();
}
