import { beforeEach, describe, expect, it } from "vitest";
import { emptyDatabase, type Harness, withHarness } from "../../../harness/harness.ts";
import {
  ask,
  copiesOf,
  generate,
  readVideo,
  rendersMade,
  rendersOf,
  requestsTo,
  seeThrough,
  usage,
} from "../../ask.ts";

beforeEach(emptyDatabase);

const HOUR = 3_600_000;
const SUBMIT = { method: "POST", path: "/v2/videos$" };
const LIST = { method: "GET", path: "/v2/videos$" };
const LOOK = { method: "GET", path: "/v2/videos/*" };
const FILE = { method: "*", path: "/files/*" };
const SOON = { vars: { TAVUS_TIMEOUT_SECONDS: "0.15" } };

interface Fault {
  name: string;
  fault: object;
  where: object;
  times?: number;
}

const retried = (status: number) => ({ kind: "status", status, headers: { "retry-after": "3" } });
const AT_SUBMIT: Fault[] = [
  ...[500, 503, 429, 401, 403, 404].map((status) => ({ name: `${status}`, fault: retried(status), where: SUBMIT })),
  { name: "500 although accepted", fault: { kind: "status", status: 500, accepted: true }, where: SUBMIT, times: 1 },
  { name: "broken JSON", fault: { kind: "malformed" }, where: SUBMIT },
  { name: "broken JSON although accepted", fault: { kind: "malformed", accepted: true }, where: SUBMIT, times: 1 },
  { name: "a hang", fault: { kind: "hang" }, where: SUBMIT, times: 1 },
  { name: "a hang although accepted", fault: { kind: "hang", accepted: true }, where: SUBMIT, times: 1 },
  { name: "a reset", fault: { kind: "reset" }, where: SUBMIT },
  { name: "a lost answer", fault: { kind: "lost" }, where: SUBMIT, times: 1 },
  { name: "a late answer", fault: { kind: "latency", ms: 60 }, where: SUBMIT, times: 1 },
];
const AT_LOOK: Fault[] = [
  ...[500, 503, 429, 401, 400].map((status) => ({ name: `${status}`, fault: retried(status), where: LOOK })),
  { name: "404 for once", fault: { kind: "status", status: 404 }, where: LOOK, times: 1 },
  { name: "broken JSON", fault: { kind: "malformed" }, where: LOOK },
  { name: "a hang", fault: { kind: "hang" }, where: LOOK, times: 1 },
  { name: "a reset", fault: { kind: "reset" }, where: LOOK },
  { name: "a late answer", fault: { kind: "latency", ms: 60 }, where: LOOK },
];
const AT_INGEST: Fault[] = [
  ...[500, 404].map((status) => ({ name: `${status}`, fault: { kind: "status", status }, where: FILE })),
  { name: "a reset", fault: { kind: "reset" }, where: FILE },
];

async function pro(t: Harness) {
  const agent = await t.register();
  await t.rows("UPDATE agents SET plan = 'PRO' WHERE id = ?", agent.id);
  return agent;
}

async function held(t: Harness, videoId: string): Promise<string> {
  return (await t.rows("SELECT state FROM usage_ledger WHERE video_id = ?", videoId))[0].state;
}

describe("the vendor's faults", () => {
  it("neither render a video twice nor lose one, whatever the vendor answers and when; the quota stays exact", () =>
    withHarness(async (t) => {
      const { key } = await pro(t);
      let asked = 0;
      for (const [stage, faults] of Object.entries({ AT_SUBMIT, AT_LOOK, AT_INGEST })) {
        for (const { name, fault, where, times = 2 } of faults) {
          const what = `${stage}: ${name}`;
          // What is to happen while a render goes on happens then, however slowly this machine gets to it.
          const goesOn = stage === "AT_LOOK";
          await t.tavus.change({ renderMs: goesOn ? 600_000 : 40 });
          await t.tavus.fault(fault, { ...where, times });
          const id = await ask(t, key, { script: what });
          asked++;
          if (goesOn) {
            await t.cronUntil(async () => (await t.tavus.state()).faults.length === 0);
            await t.tavus.force((await rendersOf(t, id))[0].id, { status: "ready" });
          }
          const row = await seeThrough(t, id);
          expect(row, what).toMatchObject({ status: "READY", stage: "DONE", due_at: null, lease: null });
          expect(row.duration_seconds, what).toBeGreaterThan(0);
          expect((await t.tavus.state()).faults, what).toEqual([]);
          expect(await rendersMade(t, id), what).toBe(1);
          expect(await copiesOf(t, id), what).toHaveLength(1);
        }
      }
      const used = await usage(t, key);
      expect(used).toMatchObject({ videosGenerated: asked, videosHeld: 0, videosGeneratedTotal: asked });
      const [{ seconds }] = await t.rows("SELECT sum(duration_seconds) AS seconds FROM videos");
      expect(used.secondsGenerated).toBeCloseTo(seconds);
    }, SOON));

  it("do not lead to a second render when the search for a lost one is refused too", () =>
    withHarness(async (t) => {
      const { key } = await pro(t);
      for (const status of [429, 400, 401, 404, 500]) {
        await t.tavus.fault({ kind: "lost" }, { ...SUBMIT, times: 1 });
        await t.tavus.fault({ kind: "status", status }, { ...LIST, times: 2 });
        const id = await ask(t, key, { script: `Lost, then ${status}.` });
        expect((await seeThrough(t, id)).status, `${status}`).toBe("READY");
        expect(await rendersMade(t, id), `${status}`).toBe(1);
      }
    }));

  it("end a refused script at once with the vendor's words, uncharged and never sent again", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      await t.tavus.fault({ kind: "status", status: 400, body: { error: "script is profane" } }, SUBMIT);
      const id = await ask(t, key);
      await t.waitForBackground();
      expect((await readVideo(t, id)).failure).toEqual({
        code: "RENDER_REJECTED",
        message: expect.stringContaining("script is profane"),
        retryable: false,
        charged: false,
      });
      await t.tavus.clearFaults();
      t.moveTime(3_600_000);
      await t.cron();
      expect(await requestsTo(t, "POST", /^\/v2\/videos$/)).toHaveLength(1);
      expect(await usage(t, key)).toMatchObject({ videosGenerated: 0, videosHeld: 0, videosRemaining: 10 });
      // What failed is no duplicate: the same script may be tried again.
      const again = await generate(t, key, { script: "Hello there." });
      expect(again).toMatchObject({ deduplicated: false, errors: [] });
      expect(again.video.id).not.toBe(id);
    }));

  it("end a render that fails or is deleted at the vendor with its reason, uncharged", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      await t.tavus.fault({ kind: "error", reason: "the face did not load" }, { times: 1 });
      const failed = await ask(t, key, { script: "This one fails." });
      expect((await seeThrough(t, failed)).status).toBe("FAILED");
      expect((await readVideo(t, failed)).failure).toMatchObject({
        code: "RENDER_FAILED",
        message: expect.stringContaining("the face did not load"),
        retryable: true,
        charged: false,
      });
      await t.tavus.change({ renderMs: 60_000 });
      const gone = [
        await ask(t, key, { script: "Softly deleted." }),
        await ask(t, key, { script: "Deleted for good." }),
      ];
      await t.waitForBackground();
      const [soft, hard] = await Promise.all(gone.map((id) => rendersOf(t, id).then(([render]) => render.id)));
      await t.tavus.force(soft, { status: "deleted" });
      await fetch(`${t.tavus.url}/v2/videos/${hard}?hard=true`, {
        method: "DELETE",
        headers: { "x-api-key": t.tavus.key },
      });
      for (const id of gone) {
        expect((await seeThrough(t, id)).failure_code).toBe("RENDER_FAILED");
        expect(await held(t, id)).toBe("SPENT");
      }
      expect(await usage(t, key)).toMatchObject({ videosGenerated: 0, videosHeld: 0, videosRemaining: 10 });
    }));

  it("end a render that never ends at its deadline, and a submit that is declined for as long", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      await t.tavus.fault({ kind: "stuck" }, { times: 1 });
      const stuck = await ask(t, key, { script: "Stuck." });
      await t.waitForBackground();
      await t.tavus.fault({ kind: "status", status: 429 }, SUBMIT);
      const never = await ask(t, key, { script: "Never taken." });
      await t.waitForBackground();
      t.moveTime(14 * 60_000);
      await t.cron();
      expect((await readVideo(t, never)).status).toBe("PROCESSING");
      t.moveTime(90_000);
      expect((await seeThrough(t, never)).failure_code).toBe("RENDER_TIMED_OUT");
      expect(await held(t, never)).toBe("RELEASED");
      expect((await readVideo(t, stuck)).status).toBe("PROCESSING");
      t.moveTime(16 * 60_000);
      expect((await seeThrough(t, stuck)).failure_code).toBe("RENDER_TIMED_OUT");
      expect((await readVideo(t, stuck)).failure).toMatchObject({ retryable: true, charged: false });
      expect(await usage(t, key)).toMatchObject({ videosHeld: 0, videosGenerated: 0, videosRemaining: 10 });
      // The render was begun, and counts as an attempt.
      expect(await held(t, stuck)).toBe("SPENT");
      // The end came late and is told: nothing moves any more, and the vendor keeps nothing.
      t.moveTime(3_600_000);
      await t.cron();
      expect((await readVideo(t, stuck)).status).toBe("FAILED");
      expect((await t.rows("SELECT * FROM events WHERE video_id = ? AND status = 'FAILED'", stuck)).length).toBe(1);
      expect(await rendersOf(t, stuck)).toEqual([]);
    }));

  it("let a finished render be had for a day while its file is refused, ever less often", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      await t.tavus.fault({ kind: "status", status: 403 }, FILE);
      const [late, never] = [await ask(t, key, { script: "Late." }), await ask(t, key, { script: "Never." })];
      const begun = t.now();
      await t.cronUntil(async () => t.now() - begun > 6 * HOUR, 5 * 60_000);
      expect((await readVideo(t, late)).status).toBe("PROCESSING");
      const tries = (await requestsTo(t, "GET", /^\/files\//)).length;
      expect(tries).toBeGreaterThan(20);
      expect(tries).toBeLessThan(200);
      await t.tavus.clearFaults();
      await t.rows("UPDATE videos SET due_at = ? WHERE id = ?", t.now() + 30 * HOUR, never);
      expect((await seeThrough(t, late, 60_000)).status).toBe("READY");

      await t.tavus.fault({ kind: "status", status: 403 }, FILE);
      t.moveTime(30 * HOUR);
      expect(await seeThrough(t, never)).toMatchObject({ status: "FAILED", failure_code: "INGEST_FAILED" });
      expect(await held(t, never)).toBe("SPENT");
    }));

  it("keep a render that finished during 30 minutes without cron, also when the first poll after them fails", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      await t.tavus.change({ renderMs: 600_000 });
      const kept = await ask(t, key, { script: "Finished while nobody looked." });
      const shaky = await ask(t, key, { script: "And this one too." });
      await t.waitForBackground();
      for (const id of [kept, shaky]) await t.tavus.force((await rendersOf(t, id))[0].id, { status: "ready" });
      await t.tavus.fault({ kind: "status", status: 503 }, { ...LOOK, times: 4 });
      t.moveTime(31 * 60_000);
      expect((await seeThrough(t, kept)).status).toBe("READY");
      expect((await seeThrough(t, shaky)).status).toBe("READY");
      expect(await usage(t, key)).toMatchObject({ videosGenerated: 2, videosHeld: 0 });
    }));

  it("do not keep a video waiting for longer than its deadline, whatever Retry-After says", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      await t.tavus.fault(
        { kind: "status", status: 429, headers: { "retry-after": "86400" } },
        { ...SUBMIT, times: 1 },
      );
      const id = await ask(t, key);
      await t.waitForBackground();
      const [{ due_at }] = await t.rows("SELECT due_at FROM videos WHERE id = ?", id);
      expect(due_at - t.now()).toBeGreaterThan(10 * 60_000);
      expect(due_at - t.now()).toBeLessThanOrEqual(15 * 60_000);
      t.moveTime(15 * 60_000 + 1_000);
      expect((await seeThrough(t, id)).status).toBe("READY");
    }));
});

describe("callbacks", () => {
  it("bring the poll forward, twice or forged alike, and are not needed", () =>
    withHarness(
      async (t) => {
        const { key } = await t.register();
        const id = await ask(t, key);
        await t.waitForBackground();
        const [render] = await rendersOf(t, id);
        const { pathname } = new URL(render.submitted.callback_url);
        const post = (path: string) => t.fetch(path, { method: "POST", body: '{"status": "error"}' });

        expect((await post(pathname.replace(/.{8}$/, "00000000"))).status).toBe(404);
        expect((await post(pathname.replace("/videos/", "/agents/"))).status).toBe(404);
        await t.waitForBackground();
        expect(await requestsTo(t, "GET", /^\/v2\/videos\/.+/)).toHaveLength(0);

        // Not ended yet, whatever the caller says: nothing of the body is believed.
        expect((await post(pathname)).status).toBe(204);
        await t.waitForBackground();
        expect((await readVideo(t, id)).status).toBe("PROCESSING");

        await t.tavus.force(render.id, { status: "ready" });
        expect((await Promise.all([post(pathname), post(pathname)])).map(({ status }) => status)).toEqual([204, 204]);
        await t.waitForBackground();
        expect((await readVideo(t, id)).status).toBe("READY");
        expect(await copiesOf(t, id)).toHaveLength(1);
        expect((await post(pathname)).status).toBe(204);
        await t.waitForBackground();
        expect(await usage(t, key)).toMatchObject({ videosGenerated: 1, videosHeld: 0 });
      },
      { tavus: { renderMs: 60_000 }, vars: { POLL_SECONDS: "60" } },
    ));
});
