import { describe, expect, it } from "vitest";
import type { Random } from "../../../src/core/ids.ts";
import { countView } from "../../../src/features/videos/count-view.ts";
import { findVideo } from "../../../src/features/videos/find-video.ts";
import { type Harness, withHarness } from "../../harness/harness.ts";
import { ask } from "../ask.ts";

const DAY_MS = 24 * 3_600_000;
/** A draw of the one in ten that is counted, and of the nine that are not. */
const chosen: Random = (bytes) => new Uint8Array(bytes);
const passed: Random = (bytes) => new Uint8Array(bytes).fill(255);

async function scene(t: Harness) {
  const { key } = await t.register();
  const id = await ask(t, key);
  await t.finish(id);
  await t.waitForBackground();
  const ctx = t.app.context("views", { waitUntil() {} });
  const read = async () => (await findVideo(ctx, { id }))!.video;
  return {
    id,
    read,
    /** Views by draws of `random`, of the video as it was read before them. */
    async view(random: Random, times = 1) {
      const video = await read();
      await Promise.all(Array.from({ length: times }, () => countView({ ...ctx, random }, video)));
    },
    setToday: (views: number) =>
      t.rows(
        "UPDATE videos SET views = ?, views_day = ?, views_in_day = ?",
        views,
        Math.floor(t.now() / DAY_MS),
        views,
      ),
  };
}

describe("a view", () => {
  it("is written after the answer, which it cannot keep from coming", () =>
    withHarness(async (t) => {
      const { id, read } = await scene(t);
      const isWritten = () => [...t.d1.queries].some((query) => query.startsWith('update "videos" set "views"'));
      const open = async () => {
        const response = await t.fetch(`/v/${id}`);
        expect(response.status).toBe(200);
        return response.text();
      };
      // Only the read of the answer itself goes through.
      t.d1.left = 1;
      expect(await open()).toContain("1 view<");
      expect(isWritten()).toBe(false);
      await t.waitForBackground();
      expect(isWritten()).toBe(true);
      t.d1.left = Infinity;
      expect((await read()).views).toBe(0);
      await open();
      await t.waitForBackground();
      expect((await read()).views).toBe(1);
    }));

  it("counts by itself below 1,000 a day, and above as ten for one in ten", () =>
    withHarness(async (t) => {
      const { read, view, setToday } = await scene(t);
      await view(passed, 3);
      expect(await read()).toMatchObject({ views: 3, viewsInDay: 3 });
      await setToday(990);
      await view(passed, 9);
      expect(await read()).toMatchObject({ views: 999, viewsInDay: 999 });
      // All read before one of them was the thousandth: the statement itself decides.
      await view(passed, 20);
      expect(await read()).toMatchObject({ views: 1_000, viewsInDay: 1_000 });
      expect(await t.roundTrips(() => view(passed, 5))).toBe(1);
      expect(await read()).toMatchObject({ views: 1_000 });
      expect(await t.roundTrips(() => view(chosen))).toBe(2);
      expect(await read()).toMatchObject({ views: 1_010, viewsInDay: 1_010 });

      t.moveTime(DAY_MS);
      await view(passed);
      expect(await read()).toMatchObject({ views: 1_011, viewsInDay: 1, viewsDay: Math.floor(t.now() / DAY_MS) });
    }));

  it("is estimated without bias: 5,000 sampled ones within three standard errors of 3·√n, by a tenth of the writes", () =>
    withHarness(async (t) => {
      const { read, view, setToday } = await scene(t);
      await setToday(1_000);
      let state = 1;
      const drawn: Random = (bytes) => {
        // xorshift32: the same draws in every run.
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        const result = new Uint8Array(bytes);
        new DataView(result.buffer).setUint32(0, state);
        return result;
      };
      const views = 5_000;
      const trips = await t.roundTrips(() => view(drawn, views));
      const counted = (await read()).views - 1_000;
      expect(counted).toBe((trips - 1) * 10);
      expect(Math.abs(counted - views)).toBeLessThan(3 * 3 * Math.sqrt(views));
    }));

  it("of a video that is not READY counts nothing", () =>
    withHarness(async (t) => {
      const { read, view } = await scene(t);
      await t.rows("UPDATE videos SET status = 'FAILED'");
      await view(chosen);
      expect((await read()).views).toBe(0);
    }));
});
