import { copyFile, mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..", "..");
const pages = join(root, "src", "http", "pages");
const target = join(root, "dist", "assets");

/** Of GraphiQL as published, what its page loads. */
const GRAPHIQL = /^(graphiql\.css|yoga-graphiql\.umd\.js|monacoeditorwork\/.*)$/;

/**
 * Gathers what the pages load into `dist/assets`, served by Workers Assets: our own files and GraphiQL's under `/assets`,
 * and the `_headers` that they get, which has to lie at the top. Touches only what has changed, so that it may run while
 * a Worker serves from there.
 */
export async function buildAssets(): Promise<void> {
  const published = join(root, "node_modules", "@graphql-yoga", "graphiql", "dist");
  const own = join(pages, "assets");
  const wanted = new Map([["_headers", join(pages, "_headers")]]);
  for (const file of await filesIn(own)) wanted.set(`assets/${file}`, join(own, file));
  for (const file of await filesIn(published)) {
    if (GRAPHIQL.test(file)) wanted.set(`assets/graphiql/${file}`, join(published, file));
  }
  await mkdir(target, { recursive: true });
  for (const [file, source] of wanted) await put(source, join(target, file));
  for (const file of await filesIn(target)) {
    if (!wanted.has(file)) await rm(join(target, file), { force: true });
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
}

/** Copies in one step: nobody reads half a file. */
async function put(source: string, copy: string): Promise<void> {
  const original = await stat(source);
  const present = await stat(copy).catch(() => null);
  if (present?.size === original.size && Math.abs(present.mtimeMs - original.mtimeMs) < 1_000) return;
  await mkdir(dirname(copy), { recursive: true });
  const half = join(root, "dist", `.half-${process.pid}`);
  await copyFile(source, half);
  await utimes(half, original.atime, original.mtime);
  await rename(half, copy);
}

if (import.meta.main) await buildAssets();
