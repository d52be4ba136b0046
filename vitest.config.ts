import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { localConfig } from "./tools/run/config.ts";
import { workerOptions } from "./tools/run/worker-options.ts";
import Sequencer from "./test/harness/sequencer.ts";
import { INDEX_VARS, VECTORIZE_SERVICE, vectorizeWorker } from "./stand-ins/vectorize/miniflare.ts";

// Not by the plugin's option for a wrangler.toml: to load wrangler takes two seconds.
const worker = workerOptions(
  localConfig({
    state: join(tmpdir(), `molts-test-${process.pid}`),
    publicUrl: "https://molts.test",
    tavusUrl: "http://127.0.0.1:9",
    tavusKey: "set by the harness",
  }),
);

const encoderFolder = join(import.meta.dirname, "src/platform/encoder");

/** What src imports, bundled once: a thousand small modules become a handful. */
const PACKAGES = [
  "@pothos/core",
  "@pothos/plugin-relay",
  "drizzle-orm",
  "drizzle-orm/d1",
  "drizzle-orm/sqlite-core",
  "graphql",
  "graphql-yoga",
  "zod",
];

// A file's ending picks where it runs: *.workers.test.ts in workerd, *.node.test.ts in Node.
export default defineConfig({
  test: {
    globalSetup: ["./test/harness/global-setup.ts"],
    silent: "passed-only",
    // Much of a test's time is waiting for another process. By itself Vitest leaves one core free.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // A file has one line, however slow its tests are.
    slowTestThreshold: 600_000,
    sequence: { sequencer: Sequencer },
    experimental: { diagnostics: false },
    projects: [
      {
        extends: true,
        plugins: [
          cloudflareTest(async () => ({
            // Tests call createApp: the plugin need not load the entry, and with it all of src, for every file.
            main: "test/harness/no-entry.ts",
            // workerd's own notes on every connection that a stand-in breaks.
            verbose: false,
            miniflare: {
              ...worker,
              // wrangler's own, for the files that src imports.
              modulesRules: [
                { type: "Text", include: ["**/*.txt"] },
                { type: "CompiledWasm", include: ["**/*.wasm"] },
                { type: "Data", include: ["**/*.bin"] },
              ],
              // Vitest imports it, and the Worker itself has nothing of Node.
              compatibilityFlags: [...worker.compatibilityFlags, "enable_nodejs_inspector_module"],
              bindings: { ...worker.bindings, MIGRATIONS: await readD1Migrations("./migrations") },
              serviceBindings: {
                // As a module, the plugin would hand the weights over as a JSON array of seven million numbers.
                ENCODER_FILES: { disk: { path: encoderFolder, writable: false } },
                VECTORIZE: { name: VECTORIZE_SERVICE, entrypoint: "Vectorize" },
                VECTORIZE_CONTROL: { name: VECTORIZE_SERVICE, entrypoint: "VectorizeControl" },
              },
              workers: [await vectorizeWorker({ ...INDEX_VARS, VISIBILITY_MS: "2000" })],
            },
          })),
        ],
        test: {
          name: "workers",
          include: ["test/**/*.workers.test.ts"],
          setupFiles: ["./test/harness/apply-migrations.ts"],
          testTimeout: 30_000,
          // One workerd takes file after file: starting it and evaluating the modules takes longer than most files.
          isolate: false,
          deps: { optimizer: { ssr: { enabled: true, include: PACKAGES } } },
        },
      },
      {
        test: {
          name: "node",
          isolate: false,
          include: ["test/**/*.node.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Bundled, too, there is one instance of graphql for the schema and for what prints it.
          deps: { optimizer: { ssr: { enabled: true, include: PACKAGES } } },
        },
      },
    ],
  },
});
