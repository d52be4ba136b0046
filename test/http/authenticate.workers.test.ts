import { describe, expect, it } from "vitest";
import { newApiKey } from "../../src/features/agents/api-keys/api-key.ts";
import { sampleLink } from "../../src/features/agents/voice-sample/sample-link.ts";
import { callbackUrl } from "../../src/jobs/callback-url.ts";
import { type Harness, ORIGIN, withHarness } from "../harness/harness.ts";

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
const context = (t: Harness) => t.app.context("test", { waitUntil() {} });

/** A limit of so many calls, without an end to its minute. */
function limitOf(calls: number): RateLimit {
  const counts = new Map<string, number>();
  return {
    limit({ key }: { key: string }) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      return Promise.resolve({ success: counts.get(key)! <= calls });
    },
  } as RateLimit;
}
const closed = limitOf(0);

const ask = (t: Harness, address: string, key: string) =>
  t.fetch("/agents/me", { headers: { "cf-connecting-ip": address, authorization: `Bearer ${key}` } });

describe("the address of a caller is counted before anything is read", () => {
  it("so that a flood of forged keys costs a bounded number of reads, and stops nobody elsewhere", () =>
    withHarness(
      async (t) => {
        const { key } = await t.register();
        await t.waitForBackground();
        const statuses: number[] = [];
        const reads = await t.roundTrips(async () => {
          for (let call = 0; call < 40; call++) {
            const forged = newApiKey(random);
            statuses.push((await ask(t, `2001:db8:f00d:1:${(call + 1).toString(16)}::1`, forged)).status);
          }
        });
        expect(reads).toBe(20);
        expect(statuses.filter((status) => status === 401)).toHaveLength(20);
        expect(statuses.slice(20).every((status) => status === 429)).toBe(true);
        expect((await ask(t, "2001:db8:f00d:2::1", key)).status).toBe(200);
      },
      { env: { LIMIT_KEYED: limitOf(20) } },
    ));

  it("but honest agents behind one address have far more room than calls without a key", () =>
    withHarness(
      async (t) => {
        const { key } = await t.register();
        // More than the limit of calls without a key, which a wrong key counts against as well.
        for (let call = 0; call < 30; call++) expect((await ask(t, "203.0.113.20", key)).status).toBe(200);
        const forged = newApiKey(random);
        for (let call = 0; call < 10; call++) expect((await ask(t, "203.0.113.20", forged)).status).toBe(401);
        expect((await ask(t, "203.0.113.20", forged)).status).toBe(429);
        expect((await ask(t, "203.0.113.20", key)).status).toBe(200);
      },
      { env: { LIMIT_BY_IP: limitOf(10) } },
    ));

  it("wherever no key is asked for: /health, a watch page, a video, a sample", () =>
    withHarness(
      async (t) => {
        await t.env.BUCKET.put("samples/a/b.mp3", "sound");
        const sample = (await sampleLink(context(t), "samples/a/b.mp3")).slice(ORIGIN.length);
        for (const path of ["/health", "/v/vid_1", "/videos/vid_1", sample]) {
          for (const method of ["GET", "HEAD"]) {
            let answer: Response | undefined;
            expect(await t.roundTrips(async () => void (answer = await t.fetch(path, { method }))), path).toBe(0);
            expect([answer!.status, answer!.headers.get("retry-after")], `${method} ${path}`).toEqual([429, "60"]);
          }
        }
      },
      { env: { LIMIT_BY_IP: closed } },
    ));

  it("except for a vendor's callbacks, of which a forged one reads nothing and a genuine one is never refused", () =>
    withHarness(
      async (t) => {
        const id = "agt_01kb0000000000000000000000";
        const genuine = (await callbackUrl(context(t), "agent", id)).slice(ORIGIN.length);
        const forged = genuine.slice(0, -4) + (genuine.endsWith("0000") ? "1111" : "0000");
        const send = (path: string) => t.fetch(path, { method: "POST", body: "{}" });
        expect((await send(genuine)).status).toBe(204);
        for (const [path, status] of [
          [forged, 404],
          ["/webhooks/stream", 401],
        ] as const) {
          expect(await t.roundTrips(async () => expect((await send(path)).status).toBe(status)), path).toBe(0);
        }
      },
      { env: { LIMIT_BY_IP: closed, LIMIT_BY_KEY: closed, LIMIT_KEYED: closed } },
    ));
});
