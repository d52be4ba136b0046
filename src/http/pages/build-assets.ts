import { cp, mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..", "..", "..");

/** Gathers what the pages load into `dist/assets`, served by Workers Assets: our own files, and GraphiQL as published. */
export async function buildAssets(): Promise<void> {
  const target = join(root, "dist", "assets", "assets");
  await rm(join(root, "dist", "assets"), { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  await cp(join(import.meta.dirname, "assets"), target, { recursive: true });
  await cp(join(root, "node_modules", "@graphql-yoga", "graphiql", "dist"), join(target, "graphiql"), {
    recursive: true,
  });
}

if (import.meta.main) await buildAssets();
