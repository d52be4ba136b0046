import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildBundle } from "../tools/run/bundle.ts";
import { root } from "../tools/run/config.ts";

describe("the bundle that is deployed", () => {
  const out = mkdtempSync(join(tmpdir(), "molts-bundle-"));
  beforeAll(() => {
    const wrangler = join(root, "node_modules", "wrangler", "bin", "wrangler.js");
    execFileSync(process.execPath, [wrangler, "deploy", "--dry-run", "--minify", "--outdir", out], {
      cwd: root,
      stdio: "pipe",
      // Vitest's NODE_ENV would get into the code.
      env: { ...process.env, NODE_ENV: "production", WRANGLER_SEND_METRICS: "false" },
    });
  });
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  it("is at most 250 KiB gzip", () => {
    expect(gzipSync(readFileSync(join(out, "index.js")), { level: 9 }).byteLength).toBeLessThanOrEqual(250 * 1024);
  });

  it("is, byte for byte, what npm start and the bench run, with all that lies beside it", async () => {
    const { modules } = await buildBundle({ entry: "src/index.ts", minify: true, sourceMap: true });
    const uploaded = readdirSync(out).filter((file) => !file.endsWith(".map") && file !== "README.md");
    expect(modules.map(({ path }) => path).sort()).toEqual(uploaded.sort());
    for (const { path, contents } of modules) {
      expect(Buffer.compare(Buffer.from(contents), readFileSync(join(out, path))), path).toBe(0);
    }
  });
});
