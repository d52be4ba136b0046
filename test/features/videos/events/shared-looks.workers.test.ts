import { describe, expect, it } from "vitest";
import type { Actor, Context } from "../../../../src/context.ts";
import type { AgentRow } from "../../../../src/db/schema/agents.ts";
import { lookTogether, type VideoLook } from "../../../../src/features/videos/events/shared-looks.ts";
import { tailVideo } from "../../../../src/features/videos/events/tail-events.ts";
import { type Harness, withHarness } from "../../../harness/harness.ts";
import { virtualTime, type VirtualTime } from "./virtual-time.ts";

const HOUR_MS = 3_600_000;
const PRODUCTION = {
  TAIL_BUSY_SECONDS: undefined,
  TAIL_IDLE_SECONDS: undefined,
  TAIL_ANONYMOUS_SECONDS: undefined,
};

/** Videos that are at the vendor, with one event each; returns their ids. */
async function renders(t: Harness, count: number, dueAt: number, visibility = "PUBLIC"): Promise<string[]> {
  const agent = await t.register();
  await t.waitForBackground();
  const ids = Array.from({ length: count }, () => `vid_${crypto.randomUUID().replaceAll("-", "").slice(0, 26)}`);
  for (let start = 0; start < count; start += 50) {
    await t.env.DB.batch(
      ids.slice(start, start + 50).flatMap((id) => [
        t.env.DB.prepare(
          `INSERT INTO videos (id, agent_id, script, soul_version, visibility, status, stage, fingerprint, face_id, stage_since, created_at, due_at)
           VALUES (?, ?, 'Hello.', 1, ?, 'PROCESSING', 'RENDERING', ?, 'face', 1, 1, ?)`,
        ).bind(id, agent.id, visibility, id, dueAt),
        happens(t, id),
      ]),
    );
  }
  return ids;
}

const happens = (t: Harness, id: string, progress = 0) =>
  t.env.DB.prepare(
    `INSERT INTO events (agent_id, kind, video_id, status, stage, progress, at)
     SELECT agent_id, 'VIDEO', id, status, stage, ?, 1 FROM videos WHERE id = ?`,
  ).bind(progress, id);

const ANONYMOUS: Actor = { kind: "anonymous" };
const KEYED: Actor = { kind: "agent", agent: { id: "agt_another" } as AgentRow, keyId: "key_another" };

const readerOf = (t: Harness, actor: Actor): Context => ({
  ...t.app.context("reader", { waitUntil() {} }),
  actor,
});

/** Readers of videos in virtual time, each with the progress of the events that it was told of. */
function readers(time: VirtualTime) {
  const open = new Set<AbortController>();
  return {
    /** Nobody waits for the database. */
    isQuiet: () => time.sleepers() === open.size,
    open(ctx: Context, id: string, afterMs: number) {
      const abort = new AbortController();
      const told: (number | null)[] = [];
      open.add(abort);
      const read = async () => {
        await time.sleep(afterMs);
        for await (const { event } of await tailVideo(ctx, id, null, abort.signal)) told.push(event.progress);
      };
      const ended = read().finally(() => open.delete(abort));
      return { told, ended, isOpen: () => open.has(abort) };
    },
    leave: () => open.forEach((abort) => abort.abort()),
  };
}

describe("ten readers of each of many public videos", () => {
  /** Statements of the readers in 5 seconds, once all are open. */
  async function statements(videos: number, actor: Actor, dueInMs: number): Promise<number> {
    const time = virtualTime();
    let count = 0;
    await withHarness(
      async (t) => {
        const ids = await renders(t, videos, time.now() + dueInMs);
        const all = readers(time);
        const ctx = readerOf(t, actor);
        for (let reader = 0; reader < 10 * videos; reader++)
          all.open(ctx, ids[reader % videos]!, (reader * 7_919) % 5_000);
        await time.advance(6_000, all.isQuiet);
        const before = t.d1.count;
        await time.advance(5_000, all.isQuiet);
        count = t.d1.count - before;
        all.leave();
        await time.advance(0, all.isQuiet);
      },
      { runtime: { now: time.now, sleep: time.sleep }, vars: PRODUCTION },
    );
    return count;
  }

  // A look of each reader every 0.5 s would be 10,000; one every 2 s, 2,500.
  it("1,000 of 100 cost at most a statement a second and video while nothing is due", async () => {
    expect(await statements(100, KEYED, HOUR_MS)).toBeLessThanOrEqual(500);
  }, 90_000);

  it("cost at most two a second and video while their next event is due", async () => {
    expect(await statements(10, KEYED, 0)).toBeLessThanOrEqual(100);
  });

  it("cost at most a statement a second and video without keys, whatever is due", async () => {
    expect(await statements(10, ANONYMOUS, 0)).toBeLessThanOrEqual(50);
  });
});

describe("readers that share looks", () => {
  it("are told of every event once and in order, however late each begins, and all complete", async () => {
    const time = virtualTime();
    await withHarness(
      async (t) => {
        const [id] = await renders(t, 1, time.now());
        const all = readers(time);
        const opened = [KEYED, ANONYMOUS].flatMap((actor) =>
          Array.from({ length: 10 }, (_, reader) => all.open(readerOf(t, actor), id!, reader * 731)),
        );
        const before = t.d1.count;
        for (let progress = 1; progress <= 60; progress++) {
          await happens(t, id!, progress).run();
          await time.advance(progress % 7 === 0 ? 1_900 : 130, all.isQuiet);
        }
        await t.env.DB.batch([
          t.env.DB.prepare("UPDATE videos SET status = 'READY', stage = 'DONE', due_at = NULL WHERE id = ?").bind(id),
          happens(t, id!, 100),
        ]);
        await time.advance(6_000, all.isQuiet);
        for (const { told, ended } of opened) {
          expect(told).toEqual([...Array(61).keys(), 100]);
          await ended;
        }
        // Each one's first, and then at most two a second together.
        expect(t.d1.count - before - 62).toBeLessThan(20 + 2 * 33);
      },
      { runtime: { now: time.now, sleep: time.sleep }, vars: PRODUCTION },
    );
  });

  it("end when the video becomes PRIVATE or is deleted; its agent's own goes on", async () => {
    const time = virtualTime();
    await withHarness(
      async (t) => {
        const ids = await renders(t, 2, time.now() + HOUR_MS);
        const all = readers(time);
        const [{ agent }] = await t.rows("SELECT agent_id AS agent FROM videos WHERE id = ?", ids[0]);
        const owner: Actor = { kind: "agent", agent: { id: agent } as AgentRow, keyId: "key_owner" };
        const open = (actor: Actor, id: string) => all.open(readerOf(t, actor), id, 0);
        const opened = ids.map((id) => [open(KEYED, id), open(ANONYMOUS, id), open(owner, id)]);
        await time.advance(100, all.isQuiet);
        await t.rows("UPDATE videos SET visibility = 'PRIVATE' WHERE id = ?", ids[0]);
        await t.rows("UPDATE videos SET deleted_at = 1 WHERE id = ?", ids[1]);
        await happens(t, ids[0]!, 50).run();
        await time.advance(6_000, all.isQuiet);
        expect(opened.map((readersOfOne) => readersOfOne.map(({ isOpen }) => isOpen()))).toEqual([
          [false, false, true],
          [false, false, false],
        ]);
        expect(opened[0]!.map(({ told }) => told)).toEqual([[0], [0], [0, 50]]);
        all.leave();
        await time.advance(0, all.isQuiet);
      },
      { runtime: { now: time.now, sleep: time.sleep }, vars: PRODUCTION },
    );
  });

  it("of a PRIVATE video are none: each looks for itself", async () => {
    const time = virtualTime();
    await withHarness(
      async (t) => {
        const [id] = await renders(t, 1, time.now() + HOUR_MS, "PRIVATE");
        const [{ agent }] = await t.rows("SELECT agent_id AS agent FROM videos WHERE id = ?", id);
        const all = readers(time);
        const ctx = readerOf(t, { kind: "agent", agent: { id: agent } as AgentRow, keyId: "key_owner" });
        for (let reader = 0; reader < 5; reader++) all.open(ctx, id!, 0);
        await time.advance(1_000, all.isQuiet);
        const before = t.d1.count;
        await time.advance(10_000, all.isQuiet);
        expect(t.d1.count - before).toBe(25);
        all.leave();
        await time.advance(0, all.isQuiet);
      },
      { runtime: { now: time.now, sleep: time.sleep }, vars: PRODUCTION },
    );
  });
});

describe("a look that others wait for", () => {
  const signal = new AbortController().signal;
  const lookOf = (ctx: Context, after = 0): VideoLook => ({
    begunAt: ctx.now(),
    after,
    log: [],
    now: { video: { visibility: "PUBLIC", deletedAt: null }, agent: {} } as never,
  });

  it("is not waited for after its request has ended, or failed, and not when it begins behind a reader's place", () =>
    withHarness(async (t) => {
      const ctx = t.app.context("reader", { waitUntil() {} });
      const ask = (id: string, read: () => Promise<VideoLook>, after = 0) =>
        lookTogether(ctx, id, { after, since: ctx.now(), signal }, read);
      let reads = 0;
      const good = async () => {
        reads++;
        return lookOf(ctx);
      };
      void ask("ended", () => new Promise(() => {}));
      await ask("ended", good);
      expect(reads).toBe(1);

      const failing = ask("failed", () => Promise.reject(new Error("D1_ERROR")));
      await expect(failing).rejects.toThrow("D1_ERROR");
      await ask("failed", good);
      expect(reads).toBe(2);

      const later = ask(
        "behind",
        async () => {
          await new Promise((resolve) => setTimeout(resolve, 50));
          return lookOf(ctx, 7);
        },
        7,
      );
      await ask("behind", good, 3);
      expect(reads).toBe(3);
      await later;
    }));

  it("is used for less than a second, and only by those who have seen none as new", () =>
    withHarness(async (t) => {
      const ctx = t.app.context("reader", { waitUntil() {} });
      let reads = 0;
      const read = async () => {
        reads++;
        return lookOf(ctx);
      };
      const first = await lookTogether(ctx, "once", { after: 0, since: 0, signal }, read);
      expect(await lookTogether(ctx, "once", { after: 0, since: 0, signal }, read)).toBe(first);
      expect(reads).toBe(1);
      const next = await lookTogether(ctx, "once", { after: 0, since: first.begunAt + 1, signal }, async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return read();
      });
      expect(next).not.toBe(first);
      t.moveTime(1_000);
      expect(await lookTogether(ctx, "once", { after: 0, since: 0, signal }, read)).not.toBe(next);
      expect(reads).toBe(3);
    }));
});
