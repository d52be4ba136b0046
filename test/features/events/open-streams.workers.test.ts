import { describe, expect, it } from "vitest";
import type { Context } from "../../../src/context.ts";
import { countStream } from "../../../src/features/events/open-streams.ts";
import { type Harness, withHarness } from "../../harness/harness.ts";
import { ask } from "../ask.ts";

/** Keep-alives of production: a stream that is not held up is never taken for lost. */
const vars = { STREAMS_A_KEY: "3", STREAMS_AN_ADDRESS: "2", KEEP_ALIVE_SECONDS: undefined };

function open(t: Harness, query: string, headers: Record<string, string> = {}): Promise<Response> {
  return t.fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream", ...headers },
    body: JSON.stringify({ query }),
  });
}
const of = (id: string) => `subscription { videoStatus(id: "${id}") { cursor } }`;

/** An agent and a video of it that stays in the making. */
async function scene(t: Harness) {
  await t.tavus.change({ renderMs: 600_000 });
  const { key } = await t.register();
  const id = await ask(t, key);
  await t.waitForBackground();
  return { key, id, auth: { authorization: `Bearer ${key}` } };
}

describe("open streams", () => {
  it("are so many for an address and for a key; the next one is answered by 429, before the log is read", () =>
    withHarness(
      async (t) => {
        const { id, auth } = await scene(t);
        const streams: Response[] = [];
        for (const [limit, headers] of [
          [2, {}],
          [3, auth],
        ] as const) {
          for (let number = 0; number < limit; number++) streams.push(await open(t, of(id), headers));
          expect(streams.map(({ status }) => status)).toEqual(streams.map(() => 200));
          let refused: Response;
          const trips = await t.roundTrips(async () => void (refused = await open(t, of(id), headers)));
          // The key's own.
          expect(trips).toBe(headers === auth ? 1 : 0);
          expect([refused!.status, refused!.headers.get("content-type")]).toEqual([429, "application/json"]);
          expect(refused!.headers.get("retry-after")).toBe("10");
          const { errors } = (await refused!.json()) as { errors: { message: string; extensions: object }[] };
          expect(errors[0]!.extensions).toEqual({
            code: "RATE_LIMITED",
            retryable: true,
            retryAfterMs: 10_000,
            charged: false,
          });
          expect(errors[0]!.message).toContain(headers === auth ? "one stream of myVideoEvents" : "send your API key");
        }
        const own = await open(t, "subscription { myVideoEvents { cursor } }", auth);
        expect(own.status).toBe(429);
        for (const stream of streams) await stream.body!.cancel();
      },
      { vars },
    ));

  it("are no longer counted when the client goes, the video ends, or the stream is refused", () =>
    withHarness(
      async (t) => {
        const { key, id, auth } = await scene(t);
        const isFull = async () => {
          const held = [await open(t, of(id)), await open(t, of(id))];
          const statuses = [...held, await open(t, of(id))].map(({ status }) => status);
          for (const { body } of held) await body!.cancel();
          return statuses;
        };
        // The client goes: `isFull` leaves each time.
        for (let times = 0; times < 3; times++) expect(await isFull()).toEqual([200, 200, 429]);
        // No such video, a cursor that is none, another form than a stream, and a look at the headers alone.
        for (let times = 0; times < 3; times++) {
          await (await open(t, of("vid_00000000000000000000000000"))).text();
          await (await open(t, `subscription { videoStatus(id: "${id}", after: "nonsense") { cursor } }`)).text();
          expect((await open(t, of(id), { accept: "image/png" })).status).toBe(406);
          expect(await (await open(t, of(id), { accept: "application/json" })).text()).toContain("text/event-stream");
          const head = await t.fetch(`/graphql?query=${encodeURIComponent(of(id))}`, {
            method: "HEAD",
            headers: { accept: "text/event-stream" },
          });
          expect(head.status).toBe(200);
        }
        expect(await isFull()).toEqual([200, 200, 429]);
        // The video ends, and with it the streams.
        const streams = [await open(t, of(id)), await open(t, of(id))];
        await t.gql(`mutation { deleteVideo(id: "${id}") { errors { code } } }`, {}, key);
        for (const stream of streams) expect(await stream.text()).toContain("event: complete");
        const next = await open(t, of(id));
        expect(next.status).toBe(200);
        await next.text();
        // An error of the database ends a stream too.
        const other = await ask(t, key, { script: "Another." });
        await t.waitForBackground();
        for (let times = 0; times < 3; times++) {
          const stream = await open(t, of(other), auth);
          t.d1.left = 0;
          expect(await stream.text()).toContain('"code":"INTERNAL"');
          t.d1.left = Infinity;
        }
        const last = [await open(t, of(other), auth), await open(t, of(other), auth), await open(t, of(other), auth)];
        expect(last.map(({ status }) => status)).toEqual([200, 200, 200]);
        for (const { body } of last) await body!.cancel();
      },
      { vars },
    ));

  it("are forgotten when they give no sign of life for three keep-alives: the runtime may end them without a word", () =>
    withHarness(
      async (t) => {
        const ctx: Context = {
          ...t.app.context("reader", { waitUntil() {} }),
          actor: { kind: "anonymous" },
          address: crypto.randomUUID(),
        };
        const alive = countStream(ctx);
        countStream(ctx);
        expect(() => countStream(ctx)).toThrow("2 event streams of this address are open");
        t.moveTime(20_000);
        alive.renew();
        t.moveTime(20_000);
        countStream(ctx);
        expect(() => countStream(ctx)).toThrow("2 event streams");
        alive.end();
        alive.end();
        countStream(ctx);
        expect(() => countStream(ctx)).toThrow("2 event streams");
      },
      { vars },
    ));
});
