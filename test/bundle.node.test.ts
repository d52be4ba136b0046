import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");

describe("the bundle that is deployed", () => {
  it("builds from wrangler.toml and is at most 250 KiB gzip", () => {
    const out = mkdtempSync(join(tmpdir(), "molts-bundle-"));
    try {
      const wrangler = join(root, "node_modules", "wrangler", "bin", "wrangler.js");
      execFileSync(process.execPath, [wrangler, "deploy", "--dry-run", "--minify", "--outdir", out], {
        cwd: root,
        stdio: "pipe",
        env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
      });
      const bundle = readFileSync(join(out, "index.js"));
      expect(gzipSync(bundle, { level: 9 }).byteLength).toBeLessThanOrEqual(250 * 1024);
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  });
});
