import { createHash } from "node:crypto";
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { type Bundle, buildBundle, type BundleOptions } from "./bundle.ts";
import { root } from "./config.ts";

interface Kept {
  bundle: Bundle;
  /** Of the files that it was built from. */
  stamps: string;
}

/** What decides what is built, beside the sources. */
const SETTINGS = [
  ...["package-lock.json", "tsconfig.json", join("src", "tsconfig.json")].map((file) => join(root, file)),
  join(import.meta.dirname, "bundle.ts"),
];

/** Sizes and times of a bundle's files, and the time of the newest. @throws Error when one of them is gone */
async function stampsOf({ sources }: Bundle): Promise<{ stamps: string; newestMs: number }> {
  const stats = await Promise.all([...sources, ...SETTINGS].map((file) => stat(file)));
  return {
    stamps: stats.map(({ size, mtimeMs }) => `${size} ${mtimeMs}`).join(),
    newestMs: Math.max(...stats.map(({ mtimeMs }) => mtimeMs)),
  };
}

/** The bundle as it was last built with these options, if no file of it has changed since; otherwise it is built. */
export async function keptBundle(options: BundleOptions): Promise<Bundle> {
  const name = createHash("sha1").update(JSON.stringify(options)).digest("hex");
  const file = join(root, "node_modules", ".cache", "bundles", name);
  const kept = (await readFile(file)
    .then(deserialize)
    .catch(() => null)) as Kept | null;
  if (kept && (await stampsOf(kept.bundle).catch(() => null))?.stamps === kept.stamps) return kept.bundle;

  const begun = Date.now();
  const bundle = await buildBundle(options);
  const { stamps, newestMs } = await stampsOf(bundle);
  // A file that was written while it was built may be in it or not.
  if (newestMs < begun) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.${process.pid}`, serialize({ bundle, stamps } satisfies Kept));
    await rename(`${file}.${process.pid}`, file);
  }
  return bundle;
}
