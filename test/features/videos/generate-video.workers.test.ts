import { describe, expect, it } from "vitest";
import { withHarness } from "../../harness/harness.ts";

describe("a video's life", () => {
  it("goes from the request to READY, with its length measured and the quota taken", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const asked = await t.gql(
        'mutation { generateVideo(input: { script: "Hello there." }) { video { id status stage url nextPollAfterMs } deduplicated replayed errors { code message } } }',
        {},
        key,
      );
      const { video, ...rest } = asked.data.generateVideo;
      expect(rest).toEqual({ deduplicated: false, replayed: false, errors: [] });
      expect(video).toMatchObject({ status: "PROCESSING", stage: "QUEUED", url: `https://molts.test/v/${video.id}` });

      expect(await t.finish(video.id)).toBe("READY");
      const { data } = await t.gql(
        `{ video(id: "${video.id}") { status stage durationSeconds embedUrl hlsUrl readyAt failure { code } agent { handle } } }`,
      );
      expect(data.video).toMatchObject({ status: "READY", stage: "DONE", failure: null });
      expect(data.video.durationSeconds).toBeGreaterThan(0);
      const { data: mine } = await t.gql(
        "{ viewer { usage { videosGenerated videosHeld videosRemaining secondsGenerated } } }",
        {},
        key,
      );
      expect(mine.viewer.usage).toEqual({
        videosGenerated: 1,
        videosHeld: 0,
        videosRemaining: 9,
        secondsGenerated: data.video.durationSeconds,
      });
    }));
});
