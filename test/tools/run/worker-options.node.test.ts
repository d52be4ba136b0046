import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { localConfig } from "../../../tools/run/config.ts";
import { writeLocalConfig } from "./write-local-config.ts";
import { workerOptions } from "../../../tools/run/worker-options.ts";

/** Without what says nothing: undefined, and empty lists and objects. */
const said = (value: object) =>
  Object.fromEntries(
    Object.entries(JSON.parse(JSON.stringify(value)) as object).filter(
      ([, part]) => typeof part !== "object" || Object.keys(part as object).length > 0,
    ),
  );

it("Miniflare gets the bindings that wrangler reads from the configuration", async () => {
  const state = await mkdtemp(join(tmpdir(), "molts-options-"));
  try {
    const options = { state, publicUrl: "http://localhost:1", tavusUrl: "http://localhost:2", tavusKey: "key" };
    const config = localConfig(options);
    const wrangler = unstable_getMiniflareWorkerOptions(writeLocalConfig(options)).workerOptions;
    // What is not about bindings: the bundle is ours, nothing here starts by itself, and there is no e-mail.
    const {
      rootPath: _root,
      modulesRules: _rules,
      cronTriggers: _crons,
      email,
      ratelimits,
      ...theirs
    } = said(wrangler);
    expect(email).toEqual({ send_email: [] });
    const { name, ratelimits: limits, ...ours } = said(workerOptions(config));
    expect(name).toBe(config.name);
    expect(ours).toEqual(theirs);
    expect(ratelimits).toMatchObject(limits);
  } finally {
    await rm(state, { recursive: true });
  }
});
