import { beforeEach, describe, expect, it } from "vitest";
import { processIdentity } from "../../../../src/features/agents/identity/process-identity.ts";
import { emptyDatabase, withHarness } from "../../../harness/harness.ts";
import { ask, registerOnly, requestsTo } from "../../ask.ts";
import { seeIdentityThrough } from "../agents.ts";
import { CREATE_PAL, DAY, palsOf, SOON, soulOf, update } from "./identities.ts";

beforeEach(emptyDatabase);

describe("a persona", () => {
  const faults: Record<string, { fault: object; times?: number }> = {
    "500": { fault: { kind: "status", status: 500 } },
    "503": { fault: { kind: "status", status: 503, headers: { "retry-after": "2" } } },
    "429": { fault: { kind: "status", status: 429, headers: { "retry-after": "2" } } },
    "401": { fault: { kind: "status", status: 401 } },
    "500 although made": { fault: { kind: "status", status: 500, accepted: true }, times: 1 },
    "broken JSON": { fault: { kind: "malformed" } },
    "broken JSON although made": { fault: { kind: "malformed", accepted: true }, times: 1 },
    "a lost answer": { fault: { kind: "lost" }, times: 1 },
    "a reset": { fault: { kind: "reset" } },
    "a hang although made": { fault: { kind: "hang", accepted: true }, times: 1 },
  };
  it("is made exactly once, whatever fails", () =>
    withHarness(async (t) => {
      for (const [name, { fault, times = 2 }] of Object.entries(faults)) {
        await t.tavus.fault(fault, { ...CREATE_PAL, times });
        const { id } = await t.register({ name, soulMd: `I am ${name}.` });
        const row = await seeIdentityThrough(t, id);
        expect(row, name).toMatchObject({ persona_status: "READY", persona_detail: null, due_at: null, lease: null });
        expect((await t.tavus.state()).faults, name).toEqual([]);
        const pals = await palsOf(t, id);
        expect(pals, name).toMatchObject([{ id: row.persona_id, document: { system_prompt: `I am ${name}.` } }]);
      }
    }, SOON));

  it("is made exactly once when the search for a lost one fails, and when its write fails", () =>
    withHarness(async (t) => {
      for (const status of [429, 400, 500]) {
        await t.tavus.fault({ kind: "lost" }, { ...CREATE_PAL, times: 1 });
        await t.tavus.fault({ kind: "status", status }, { method: "GET", path: "/v2/pals$", times: 2 });
        const { id } = await t.register();
        expect((await seeIdentityThrough(t, id)).persona_status, `${status}`).toBe("READY");
        expect(await palsOf(t, id), `${status}`).toHaveLength(1);
      }
      for (const when of ["before", "after"] as const) {
        const { id } = await registerOnly(t);
        const crash = t.crashAfter(/^POST \/v2\/pals$/, when);
        await processIdentity(t.app.context("test", { waitUntil() {} }), id).catch(() => {});
        expect(crash.happened).toBe(true);
        const row = await seeIdentityThrough(t, id, 70_000);
        expect(row.persona_status, when).toBe("READY");
        expect(
          (await palsOf(t, id)).map((pal) => pal.id),
          when,
        ).toEqual([row.persona_id]);
      }
    }));

  it("is made exactly once by many at once", () =>
    withHarness(
      async (t) => {
        const { id } = await registerOnly(t);
        const ctx = t.app.context("test", { waitUntil: () => {} });
        await Promise.all([...Array.from({ length: 6 }, () => processIdentity(ctx, id)), t.cron(), t.cron()]);
        expect((await seeIdentityThrough(t, id)).persona_status).toBe("READY");
        expect(await requestsTo(t, "POST", /^\/v2\/pals$/)).toHaveLength(1);
      },
      { tavus: { latencyMs: 10 } },
    ));

  it("gets a changed SOUL.md, also while it is first made, and R2 keeps every version", () =>
    withHarness(async (t) => {
      await t.tavus.fault({ kind: "latency", ms: 120 }, { ...CREATE_PAL, times: 1 });
      const { key, id } = await t.register({ soulMd: "Version one." });
      while ((await requestsTo(t, "POST", /^\/v2\/pals$/)).length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await update(t, key, { soulMd: "Version two." });
      await update(t, key, { soulMd: "Version two." });
      await update(t, key, { soulMd: "Version three." });
      const row = await seeIdentityThrough(t, id);
      expect(row).toMatchObject({
        soul_version: 3,
        persona_soul_version: 3,
        persona_status: "READY",
        backed_up_soul_version: 3,
      });
      expect(await palsOf(t, id)).toMatchObject([
        { id: row.persona_id, document: { system_prompt: "Version three." } },
      ]);

      await update(t, key, { soulMd: "Version four." });
      await seeIdentityThrough(t, id);
      expect((await palsOf(t, id)).map((pal) => pal.document.system_prompt)).toEqual(["Version four."]);
      const kept = await Promise.all([1, 2, 3, 4, 5].map((version) => soulOf(t, id, version)));
      expect(kept).toEqual(["Version one.", "Version two.", "Version three.", "Version four.", undefined]);
      const [{ soul_version }] = await t.rows("SELECT soul_version FROM videos WHERE id = ?", await ask(t, key));
      expect(soul_version).toBe(4);
    }));

  it("that is refused says why, does not hinder videos, and is tried again with the next SOUL.md only", () =>
    withHarness(async (t) => {
      await t.tavus.fault({ kind: "status", status: 400, body: { error: "too gloomy" } }, CREATE_PAL);
      const { key, id } = await t.register();
      const row = await seeIdentityThrough(t, id);
      expect(row).toMatchObject({ persona_status: "FAILED", persona_id: null, backed_up_soul_version: 1 });
      expect(row.persona_detail).toContain("too gloomy");
      await t.tavus.clearFaults();
      expect(await t.finish(await ask(t, key))).toBe("READY");
      t.moveTime(DAY);
      await t.cron();
      await update(t, key, { bio: "Not gloomy." });
      await t.waitForBackground();
      expect(await requestsTo(t, "POST", /^\/v2\/pals$/)).toHaveLength(1);
      await update(t, key, { soulMd: "I am cheerful." });
      const recovered = await seeIdentityThrough(t, id);
      expect(recovered).toMatchObject({ persona_status: "READY", persona_detail: null });
      expect(await palsOf(t, id)).toMatchObject([{ document: { system_prompt: "I am cheerful." } }]);
    }));

  it("whose old text is refused after a new one has come gets the new one", () =>
    withHarness(async (t) => {
      await t.tavus.fault({ kind: "latency", ms: 120 }, { ...CREATE_PAL, times: 1 });
      await t.tavus.fault({ kind: "status", status: 400, body: { error: "too gloomy" } }, { ...CREATE_PAL, times: 1 });
      const { key, id } = await t.register();
      while ((await requestsTo(t, "POST", /^\/v2\/pals$/)).length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await update(t, key, { soulMd: "I am cheerful." });
      expect(await seeIdentityThrough(t, id)).toMatchObject({ persona_status: "READY", persona_detail: null });
      expect(await palsOf(t, id)).toMatchObject([{ document: { system_prompt: "I am cheerful." } }]);
    }));

  it("that is gone at the vendor is made anew with the next change", () =>
    withHarness(async (t) => {
      const { key, id } = await t.register();
      const { persona_id: gone } = await seeIdentityThrough(t, id);
      await fetch(`${t.tavus.url}/v2/pals/${gone}`, { method: "DELETE", headers: { "x-api-key": t.tavus.key } });
      await update(t, key, { soulMd: "Back again." });
      const row = await seeIdentityThrough(t, id);
      expect(row.persona_id).not.toBe(gone);
      expect(await palsOf(t, id)).toMatchObject([{ id: row.persona_id, document: { system_prompt: "Back again." } }]);
    }));
});
