import { beforeEach, describe, expect, it } from "vitest";
import { emptyDatabase, type Harness, withHarness } from "../../harness/harness.ts";
import { ask, generate, requestsTo, seeThrough, usage } from "../ask.ts";

beforeEach(emptyDatabase);

const DAY = 24 * 3_600_000;
const times = <Value>(count: number, make: (index: number) => Promise<Value>) =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));
const codes = (payload: { errors: { code: string }[] }) => payload.errors.map(({ code }) => code);

async function find(t: Harness, by: string, key?: string) {
  const { data, errors } = await t.gql(`{ video(${by}) { id } }`, {}, key);
  return errors ? errors[0].extensions.code : (data.video?.id ?? null);
}

describe("forty calls of generateVideo at once", () => {
  it("on FREE are accepted exactly ten times, and each of the ten is rendered once", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const answers = await times(40, (index) => generate(t, key, { script: `Script ${index}.` }));
      const accepted = answers.filter(({ video }) => video);
      expect(accepted).toHaveLength(10);
      const refused = answers.filter(({ video }) => !video);
      expect(new Set(refused.flatMap(codes))).toEqual(new Set(["QUOTA_EXCEEDED"]));
      expect(refused[0].errors[0]).toMatchObject({ retryable: true, charged: false });
      expect(refused[0].errors[0].retryAfterMs).toBeGreaterThan(0);
      expect(await usage(t, key)).toMatchObject({ videosHeld: 10, videosRemaining: 0, videosGenerated: 0 });
      for (const { video } of accepted) expect((await seeThrough(t, video.id)).status).toBe("READY");
      expect(await requestsTo(t, "POST", /^\/v2\/videos$/)).toHaveLength(10);
      expect(await usage(t, key)).toMatchObject({ videosHeld: 0, videosRemaining: 0, videosGenerated: 10 });
      expect(codes(await generate(t, key, { script: "One more." }))).toEqual(["QUOTA_EXCEEDED"]);
      expect(await t.rows("SELECT count(*) AS n FROM usage_ledger")).toEqual([{ n: 10 }]);
    }));

  it("with one idempotencyKey are one video, thirty-nine of them replays", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const answers = await times(40, () => generate(t, key, { script: "The same.", idempotencyKey: "one" }));
      expect(new Set(answers.map(({ video }) => video.id)).size).toBe(1);
      expect(answers.filter(({ replayed }) => replayed)).toHaveLength(39);
      expect(answers.filter(({ deduplicated }) => deduplicated)).toEqual([]);
      await seeThrough(t, answers[0].video.id);
      expect(await requestsTo(t, "POST", /^\/v2\/videos$/)).toHaveLength(1);
      expect(await usage(t, key)).toMatchObject({ videosGenerated: 1, videosHeld: 0 });
    }));

  it("with one script and no key, or each with a key of its own, are one video, thirty-nine of them duplicates", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      for (const script of ["No keys.", "Forty keys."]) {
        const answers = await times(40, (index) =>
          generate(t, key, { script, ...(script === "No keys." ? {} : { idempotencyKey: `key ${index}` }) }),
        );
        expect(new Set(answers.map(({ video }) => video.id)).size, script).toBe(1);
        expect(
          answers.filter(({ deduplicated }) => deduplicated),
          script,
        ).toHaveLength(39);
        expect(
          answers.filter(({ replayed }) => replayed),
          script,
        ).toEqual([]);
      }
      expect(await usage(t, key)).toMatchObject({ videosHeld: 2 });
    }));

  it("with force are as many videos as the quota has left", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const answers = await times(40, () => generate(t, key, { script: "Again!", force: true }));
      expect(new Set(answers.flatMap(({ video }) => video?.id ?? [])).size).toBe(10);
      expect(answers.flatMap(codes)).toEqual(Array.from({ length: 30 }, () => "QUOTA_EXCEEDED"));
    }));
});

describe("an idempotencyKey", () => {
  it("repeats its first answer for 24 hours, refuses another input, and is free again after that", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const input = { script: "Once.", idempotencyKey: "k" };
      const first = await generate(t, key, input);
      expect(await seeThrough(t, first.video.id)).toMatchObject({ status: "READY" });
      for (const same of [
        input,
        { ...input, clientReference: null, context: null, visibility: "PUBLIC", force: false },
      ]) {
        expect(await generate(t, key, same)).toMatchObject({
          video: { id: first.video.id, status: "READY" },
          replayed: true,
          deduplicated: false,
          errors: [],
        });
      }
      for (const other of [
        { script: "Twice." },
        { context: "a party" },
        { visibility: "PRIVATE" },
        { clientReference: "mine" },
        { force: true },
      ]) {
        const answer = await generate(t, key, { ...input, ...other });
        expect(codes(answer)).toEqual(["IDEMPOTENCY_MISMATCH"]);
        expect(answer).toMatchObject({ video: null, replayed: null });
        expect(answer.errors[0]).toMatchObject({ path: ["input", "idempotencyKey"], retryable: false, charged: false });
      }
      t.moveTime(DAY - 60_000);
      expect((await generate(t, key, input)).replayed).toBe(true);
      t.moveTime(120_000);
      const other = await generate(t, key, { ...input, script: "Something else." });
      expect(other).toMatchObject({ replayed: false, deduplicated: false, errors: [] });
      expect(other.video.id).not.toBe(first.video.id);
      expect((await generate(t, key, { ...input, script: "Something else." })).video.id).toBe(other.video.id);
      expect(await find(t, 'idempotencyKey: "k"', key)).toBe(other.video.id);
    }));

  it("is its agent's own", () =>
    withHarness(async (t) => {
      const [one, two] = [await t.register(), await t.register()];
      const a = await generate(t, one.key, { script: "Same.", idempotencyKey: "k" });
      const b = await generate(t, two.key, { script: "Different.", idempotencyKey: "k" });
      expect(b).toMatchObject({ errors: [], replayed: false });
      expect(b.video.id).not.toBe(a.video.id);
    }));

  it("repeats a deduplicated answer as one, also when the video has failed since", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const id = await ask(t, key);
      const dup = { script: "Hello there.", idempotencyKey: "dup" };
      expect(await generate(t, key, dup)).toMatchObject({ video: { id }, deduplicated: true, replayed: false });
      expect(await generate(t, key, dup)).toMatchObject({ video: { id }, deduplicated: true, replayed: true });
      await t.rows(
        "UPDATE videos SET status = 'FAILED', failure_code = 'RENDER_FAILED', due_at = NULL WHERE id = ?",
        id,
      );
      expect(await generate(t, key, dup)).toMatchObject({ video: { id, status: "FAILED" }, replayed: true });
      expect((await generate(t, key, { script: "Hello there." })).video.id).not.toBe(id);
    }));

  it("repeats its answer also once the quota is used up, and while a new face is in training", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const input = { script: "First.", idempotencyKey: "k" };
      const { video } = await generate(t, key, input);
      await times(9, (index) => ask(t, key, { script: `${index}` }));
      expect(codes(await generate(t, key, { script: "Too many." }))).toEqual(["QUOTA_EXCEEDED"]);
      expect(await generate(t, key, input)).toMatchObject({ video: { id: video.id }, replayed: true });
      await t.gql(
        'mutation { updateAgent(input: { faceImageUrl: "https://faces.example/me.jpg" }) { errors { code } } }',
        {},
        key,
      );
      expect(codes(await generate(t, key, { script: "With my new face." }))).toEqual(["AGENT_NOT_READY"]);
      expect(await generate(t, key, input)).toMatchObject({ video: { id: video.id }, replayed: true, errors: [] });
      expect(codes(await generate(t, key, { ...input, script: "Other." }))).toEqual(["IDEMPOTENCY_MISMATCH"]);
    }));

  it("does not bring a deleted video back for 24 hours", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const input = { script: "Regretted.", idempotencyKey: "k", clientReference: "secret name" };
      const { video } = await generate(t, key, input);
      await seeThrough(t, video.id);
      await t.gql(`mutation { deleteVideo(id: "${video.id}") { errors { code } } }`, {}, key);
      expect(codes(await generate(t, key, input))).toEqual(["NOT_FOUND"]);
      await t.cronUntil(async () => (await t.rows("SELECT id FROM videos")).length === 0);
      expect(codes(await generate(t, key, input))).toEqual(["NOT_FOUND"]);
      expect(await find(t, 'idempotencyKey: "k"', key)).toBeNull();
      expect(JSON.stringify(await t.rows("SELECT * FROM video_requests"))).not.toContain("secret name");
      t.moveTime(DAY);
      expect(await generate(t, key, input)).toMatchObject({ errors: [], replayed: false, deduplicated: false });
      expect(await t.rows("SELECT count(*) AS n FROM video_requests")).toEqual([{ n: 1 }]);
    }));
});

describe("the same video", () => {
  it("is returned whatever the new key is, and only if everything about it is the same", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const base = { script: "Same.", context: "a party", visibility: "UNLISTED" };
      const id = await ask(t, key, base);
      const same = [
        base,
        { ...base, idempotencyKey: "new" },
        { ...base, clientReference: "job" },
        { ...base, context: " a party " },
      ];
      for (const input of same) {
        expect(await generate(t, key, input)).toMatchObject({ video: { id }, deduplicated: true, replayed: false });
      }
      const others = [
        { ...base, script: "Same!" },
        { ...base, context: "another party" },
        { ...base, context: null },
        { ...base, visibility: "PUBLIC" },
        { ...base, visibility: "PRIVATE" },
        { ...base, force: true },
      ];
      const ids = await Promise.all(others.map((input) => ask(t, key, input)));
      expect(new Set([id, ...ids]).size).toBe(7);
      // Of several that are the same the newest is returned.
      expect((await generate(t, key, base)).video.id).toBe(ids.at(-1));
      const other = await t.register();
      expect((await generate(t, other.key, base)).deduplicated).toBe(false);
      expect(await usage(t, key)).toMatchObject({ videosHeld: 7 });
    }));

  it("is not one that failed or was deleted, and is returned although the quota is used up", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const gone = await ask(t, key);
      await seeThrough(t, gone);
      await t.gql(`mutation { deleteVideo(id: "${gone}") { errors { code } } }`, {}, key);
      const again = await generate(t, key, { script: "Hello there." });
      expect(again).toMatchObject({ deduplicated: false, errors: [] });
      await times(8, (index) => ask(t, key, { script: `${index}` }));
      expect(codes(await generate(t, key, { script: "More." }))).toEqual(["QUOTA_EXCEEDED"]);
      expect(await generate(t, key, { script: "Hello there." })).toMatchObject({
        video: { id: again.video.id },
        deduplicated: true,
        errors: [],
      });
    }));

  it("changes with the face's voice", () =>
    withHarness(async (t) => {
      const { key, id: agent } = await t.register();
      await t.waitForBackground();
      await t.rows("UPDATE agents SET face_status = 'READY', face_id = 'r1' WHERE id = ?", agent);
      const before = await ask(t, key);
      await t.rows("UPDATE agents SET face_voice_id = 'v1' WHERE id = ?", agent);
      expect((await generate(t, key, { script: "Hello there." })).video.id).not.toBe(before);
    }));
});

describe("an agent's own names for a job", () => {
  it("find its video, also where an existing one was returned, and nothing for anybody else", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const id = await ask(t, key, { script: "Named.", clientReference: "job 1", idempotencyKey: "k1" });
      await generate(t, key, { script: "Named.", clientReference: "job 2", idempotencyKey: "k2" });
      for (const name of ["job 1", "job 2"]) expect(await find(t, `clientReference: "${name}"`, key)).toBe(id);
      for (const name of ["k1", "k2"]) expect(await find(t, `idempotencyKey: "${name}"`, key)).toBe(id);
      const later = await ask(t, key, { script: "Named again.", clientReference: "job 1" });
      expect(await find(t, 'clientReference: "job 1"', key)).toBe(later);

      const other = await t.register();
      for (const by of ['clientReference: "job 1"', 'idempotencyKey: "k1"']) {
        expect(await find(t, by, other.key)).toBeNull();
        expect(await find(t, by)).toBe("UNAUTHENTICATED");
      }
      expect(await find(t, 'clientReference: "unknown"', key)).toBeNull();
      expect(await find(t, `id: "${id}", clientReference: "job 1"`, key)).toBe("BAD_INPUT");
      const shown = await t.gql(`{ video(id: "${id}") { clientReference } }`, {}, other.key);
      expect(shown.data.video).toEqual({ clientReference: null });
    }));
});
