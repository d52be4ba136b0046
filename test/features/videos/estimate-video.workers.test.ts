import { beforeEach, describe, expect, it } from "vitest";
import { emptyDatabase, type Harness, withHarness } from "../../harness/harness.ts";
import { ask } from "../ask.ts";

beforeEach(emptyDatabase);

const times = <Value>(count: number, make: (index: number) => Promise<Value>) =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

describe("estimateVideo", () => {
  const estimate = async (t: Harness, key: string, input: object) =>
    (
      await t.gql(
        "query ($input: GenerateVideoInput!) { estimateVideo(input: $input) { durationSeconds duplicateOf { id } allowed errors { code path } } }",
        { input },
        key,
      )
    ).data.estimateVideo;

  it("says what generateVideo would do, and stores and takes nothing", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const fresh = await estimate(t, key, { script: "word ".repeat(150), idempotencyKey: "k" });
      expect(fresh).toMatchObject({ duplicateOf: null, allowed: true, errors: [] });
      expect(fresh.durationSeconds).toBeCloseTo(60, 0);
      expect(
        await t.rows(
          "SELECT (SELECT count(*) FROM videos) + (SELECT count(*) FROM video_requests) + (SELECT count(*) FROM usage_ledger) AS n",
        ),
      ).toEqual([{ n: 0 }]);

      expect(await estimate(t, key, { script: " ", context: "x".repeat(501) })).toMatchObject({
        allowed: false,
        errors: [
          { code: "BAD_INPUT", path: ["input", "script"] },
          { code: "BAD_INPUT", path: ["input", "context"] },
        ],
      });
      await times(10, (index) => ask(t, key, { script: `${index}` }));
      expect(await estimate(t, key, { script: "New." })).toMatchObject({
        allowed: false,
        duplicateOf: null,
        errors: [{ code: "QUOTA_EXCEEDED", path: null }],
      });
      const [{ id }] = await t.rows("SELECT id FROM videos WHERE script = '3'");
      expect(await estimate(t, key, { script: "3" })).toMatchObject({ allowed: true, duplicateOf: { id }, errors: [] });
      expect((await estimate(t, key, { script: "3", force: true })).errors[0].code).toBe("QUOTA_EXCEEDED");
      expect((await t.gql('{ estimateVideo(input: { script: "x" }) { allowed } }')).errors![0].extensions.code).toBe(
        "UNAUTHENTICATED",
      );
    }));

  it("names the duplicate that generateVideo would return, and an agent without a face", () =>
    withHarness(async (t) => {
      const { key, id: agent } = await t.register();
      await ask(t, key, { script: "Twice." });
      t.moveTime(10);
      const newest = await ask(t, key, { script: "Twice.", force: true });
      expect((await estimate(t, key, { script: "Twice." })).duplicateOf.id).toBe(newest);
      await t.rows("UPDATE agents SET face_status = 'PENDING' WHERE id = ?", agent);
      expect(await estimate(t, key, { script: "Twice." })).toMatchObject({
        allowed: false,
        errors: [{ code: "AGENT_NOT_READY" }],
      });
    }));
});
