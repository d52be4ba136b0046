import { beforeEach, describe, expect, it } from "vitest";
import { callbackUrl } from "../../../src/jobs/callback-url.ts";
import { sampleLink } from "../../../src/features/agents/voice-sample/sample-link.ts";
import { emptyDatabase, type Harness, ORIGIN, withHarness } from "../../harness/harness.ts";

beforeEach(emptyDatabase);

const [V1, V2] = [`v1:${"1".repeat(64)}`, `v2:${"2".repeat(64)}`];
const at = (peppers: string, run: (t: Harness) => Promise<void>) =>
  withHarness(run, { vars: { KEY_PEPPERS: peppers } });

const whoIs = async (t: Harness, key: string) => {
  const { data, errors } = await t.gql("{ viewer { agent { id } } }", {}, key);
  return data?.viewer?.agent.id ?? errors?.[0].extensions.code;
};
const hashOf = async (t: Harness, id: string) =>
  (await t.rows("SELECT hash FROM api_keys WHERE agent_id = ?", id))[0].hash;
const context = (t: Harness) => t.app.context("test", { waitUntil() {} });
const path = (url: string) => url.slice(ORIGIN.length);

describe("a new pepper", () => {
  it("signs, while what was made under the old one goes on, and is renewed where it is used", async () => {
    const input = { idempotencyKey: crypto.randomUUID() };
    const made = { used: { key: "", id: "" }, unused: { key: "", id: "" }, callback: "", sample: "" };
    await at(V1, async (t) => {
      made.used = await t.register(input);
      made.unused = await t.register();
      await t.waitForBackground();
      made.callback = path(await callbackUrl(context(t), "agent", made.used.id));
      await t.env.BUCKET.put("samples/a/b.mp3", "sound");
      made.sample = path(await sampleLink(context(t), "samples/a/b.mp3"));
    });

    await at(`${V2},${V1}`, async (t) => {
      const before = await hashOf(t, made.used.id);
      expect(await t.roundTrips(async () => expect(await whoIs(t, made.used.key)).toBe(made.used.id))).toBe(1);
      await t.waitForBackground();
      const renewed = await hashOf(t, made.used.id);
      expect(renewed).not.toBe(before);
      expect(await whoIs(t, made.used.key)).toBe(made.used.id);
      await t.waitForBackground();
      expect(await hashOf(t, made.used.id)).toBe(renewed);

      // The same registration again is the same agent and the same key, although its record is sealed under the old one.
      expect(await t.register(input)).toEqual(made.used);
      expect((await t.fetch(made.callback, { method: "POST" })).status).toBe(204);
      const sample = await t.fetch(made.sample);
      expect([sample.status, await sample.text()]).toEqual([200, "sound"]);
      expect(path(await callbackUrl(context(t), "agent", made.used.id))).not.toBe(made.callback);
    });

    await at(V2, async (t) => {
      expect(await whoIs(t, made.used.key)).toBe(made.used.id);
      expect(await whoIs(t, made.unused.key)).toBe("UNAUTHENTICATED");
      expect((await t.fetch(made.callback, { method: "POST" })).status).toBe(404);
      expect((await t.fetch(made.sample)).status).toBe(404);
    });
  });

  it("may be told to all isolates before it signs", async () => {
    const agent = { key: "", id: "" };
    await at(`${V1},${V2}`, async (t) => void Object.assign(agent, await t.register()));
    await at(V1, async (t) => expect(await whoIs(t, agent.key)).toBe(agent.id));
    await at(`${V2},${V1}`, async (t) => {
      expect(await whoIs(t, agent.key)).toBe(agent.id);
      await t.waitForBackground();
    });
    await at(`${V1},${V2}`, async (t) => expect(await whoIs(t, agent.key)).toBe(agent.id));
  });
});
