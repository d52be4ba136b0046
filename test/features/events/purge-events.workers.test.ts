import { expect, it } from "vitest";
import { purgeEvents } from "../../../src/features/events/purge-events.ts";
import { withHarness } from "../../harness/harness.ts";
import { askOnly, seeThrough } from "../ask.ts";

const DAY_MS = 24 * 3_600_000;

it("keeps events for 30 days, and each video's last one as long as the video", () =>
  withHarness(async (t) => {
    const { key, id: agent } = await t.register();
    const video = await askOnly(t, key);
    await seeThrough(t, video);
    const kinds = async () =>
      (await t.rows("SELECT kind, stage FROM events WHERE agent_id = ? ORDER BY sequence", agent)).map(
        ({ kind, stage }) => (stage ? `${kind} ${stage}` : kind),
      );
    expect(await kinds()).toEqual(expect.arrayContaining(["REGISTERED", "VIDEO QUEUED", "VIDEO DONE"]));
    const all = await kinds();

    const ctx = t.app.context("purge", { waitUntil() {} });
    t.moveTime(29 * DAY_MS);
    expect(await purgeEvents(ctx, 5_000)).toBe(0);
    t.moveTime(2 * DAY_MS);
    expect(await purgeEvents(ctx, 5_000)).toBe(all.length - 1);
    expect(await kinds()).toEqual(["VIDEO DONE"]);
    expect(await purgeEvents(ctx, 5_000)).toBe(0);
  }));
