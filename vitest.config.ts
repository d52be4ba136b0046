import { tmpdir } from "node:os";
import { join } from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { writeLocalConfig } from "./tools/run/config.ts";
import { INDEX_VARS, VECTORIZE_SERVICE, vectorizeWorker } from "./stand-ins/vectorize/miniflare.ts";

const configPath = writeLocalConfig({
  state: join(tmpdir(), `molts-test-${process.pid}`),
  publicUrl: "https://molts.test",
  tavusUrl: "http://127.0.0.1:9",
  tavusKey: "set by the harness",
});

// A file's ending picks where it runs: *.workers.test.ts in workerd, *.node.test.ts in Node.
export default defineConfig({
  test: {
    globalSetup: ["./test/harness/global-setup.ts"],
    silent: "passed-only",
    projects: [
      {
        extends: true,
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath },
            miniflare: {
              bindings: { MIGRATIONS: await readD1Migrations("./migrations") },
              // As a module, the plugin would hand them over as a JSON array of seven million numbers.
              dataBlobBindings: { ENCODER_WEIGHTS: "src/platform/encoder/weights.bin" },
              serviceBindings: {
                VECTORIZE: { name: VECTORIZE_SERVICE, entrypoint: "Vectorize" },
                VECTORIZE_CONTROL: { name: VECTORIZE_SERVICE, entrypoint: "VectorizeControl" },
              },
              workers: [vectorizeWorker({ ...INDEX_VARS, VISIBILITY_MS: "2000" })],
            },
          })),
        ],
        test: {
          name: "workers",
          include: ["test/**/*.workers.test.ts"],
          setupFiles: ["./test/harness/apply-migrations.ts"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "node",
          include: ["test/**/*.node.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // One instance of graphql for the schema and for what prints it.
          server: { deps: { inline: [/@pothos/, "graphql"] } },
        },
      },
    ],
  },
});
