import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import { buildAssets } from "../assets/build-assets.ts";
import { root } from "../run/config.ts";

/** One module of a Worker, in Miniflare's words; the first of a list is the entry. */
export interface WorkerModule {
  type: "ESModule" | "CompiledWasm" | "Data" | "Text";
  path: string;
  contents: string | Uint8Array<ArrayBuffer>;
}

const TYPES: Record<string, WorkerModule["type"]> = {
  ".js": "ESModule",
  ".mjs": "ESModule",
  ".wasm": "CompiledWasm",
  ".bin": "Data",
  ".txt": "Text",
  ".html": "Text",
  ".sql": "Text",
};

/** The endings of what wrangler leaves beside the bundle, as `buildModules` does. */
const NO_CODE = Object.keys(TYPES).filter((ending) => TYPES[ending] !== "ESModule");

function moduleOf(path: string, contents: Uint8Array<ArrayBuffer>): WorkerModule {
  const type = TYPES[extname(path)]!;
  return { type, path, contents: type === "ESModule" || type === "Text" ? utf8.decode(contents) : contents };
}

/** The bundle as `wrangler deploy` would upload it, under the name `molts.js`; what it imports beside itself follows. */
export async function buildProduction(config: string, folder: string, minify = true): Promise<WorkerModule[]> {
  await buildAssets();
  const wrangler = join(root, "node_modules", "wrangler", "bin", "wrangler.js");
  const args = ["deploy", "--dry-run", "-c", config, "--outdir", folder, ...(minify ? ["--minify"] : [])];
  const built = spawnSync(process.execPath, [wrangler, ...args], { encoding: "utf8" });
  if (built.status !== 0) throw new Error(`The bundle was not built:\n${built.stdout}${built.stderr}`);

  const files = (await readdir(folder)).filter((file) => extname(file) in TYPES);
  const modules = files.map(async (file) => {
    const contents = new Uint8Array(await readFile(join(folder, file)));
    return moduleOf(file === "index.js" ? "molts.js" : file, contents);
  });
  return Promise.all(modules);
}

const utf8 = new TextDecoder();

/** Bytes of the code as it is and as gzip makes it; the data beside it (an encoder's weights) is counted apart. */
export function sizeOf(modules: WorkerModule[]) {
  const code = modules.filter(({ type }) => type === "ESModule").map(({ contents }) => contents);
  const data = modules.filter(({ type }) => type !== "ESModule").map(({ contents }) => contents);
  const bytes = (parts: (string | Uint8Array)[]) => parts.reduce((sum, part) => sum + Buffer.from(part).length, 0);
  const packed = code.reduce((sum, part) => sum + gzipSync(part, { level: 9 }).length, 0);
  return { code: bytes(code), gzip: packed, data: bytes(data) };
}

/** A TypeScript file, by its path from this folder, as a module; `external` names what it finds beside itself. */
export function buildModule(file: string, path: string, external: string[] = []): WorkerModule {
  return buildModules(file, path, external)[0]!;
}

/** The same, and behind it what its code imports that is no code itself: an encoder's weights, a kernel, texts. */
export function buildModules(file: string, path: string, external: string[] = []): WorkerModule[] {
  const { outputFiles, metafile } = buildSync({
    entryPoints: [fileURLToPath(new URL(file, import.meta.url))],
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2024",
    external: ["cloudflare:*", "node:*", ...NO_CODE.map((ending) => `*${ending}`), ...external],
    metafile: true,
    write: false,
  });
  // What is external is imported by the very path that the source has, whichever folder that is in.
  const beside = Object.entries(metafile.inputs).flatMap(([importer, { imports }]) =>
    imports
      .filter((it) => it.external && NO_CODE.includes(extname(it.path)))
      .map((it) => moduleOf(normalize(it.path), new Uint8Array(readFileSync(join(root, dirname(importer), it.path))))),
  );
  return [{ type: "ESModule", path, contents: outputFiles[0]!.text }, ...beside];
}
