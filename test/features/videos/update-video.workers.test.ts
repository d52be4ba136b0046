import { env as bindings } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { emptyDatabase, type Harness, withHarness } from "../../harness/harness.ts";
import { ask, readVideo, seeThrough } from "../ask.ts";

beforeEach(emptyDatabase);

const UPDATE = `mutation ($id: ID!, $visibility: Visibility!) {
  updateVideo(id: $id, visibility: $visibility) { video { id visibility } notes errors { code message retryAfterMs } }
}`;
const update = async (t: Harness, key: string, id: string, visibility: string) =>
  (await t.gql(UPDATE, { id, visibility }, key)).data.updateVideo;
const isLocked = async (t: Harness): Promise<boolean | null> => {
  const [{ host_id }] = await t.rows("SELECT host_id FROM videos");
  return (await bindings.STREAM.video(host_id).details()).requireSignedURLs;
};

it("locks the copy before a video is PRIVATE, and unlocks it when it is so no longer", () =>
  withHarness(async (t) => {
    const { key } = await t.register();
    const id = await ask(t, key);
    await seeThrough(t, id);
    expect(await isLocked(t)).toBe(false);
    const hidden = await update(t, key, id, "PRIVATE");
    expect(hidden).toEqual({ video: { id, visibility: "PRIVATE" }, notes: [expect.any(String)], errors: [] });
    expect(await isLocked(t)).toBe(true);
    expect(await readVideo(t, id)).toBeNull();
    expect((await update(t, key, id, "UNLISTED")).errors).toEqual([]);
    expect(await isLocked(t)).toBe(false);
    expect(await readVideo(t, id)).not.toBeNull();
    const { data } = await t.gql("{ videos { nodes { id } } }");
    expect(data.videos.nodes).toEqual([]);
  }));

it("changes nothing while the host does not take it, and goes on when it is called again", () => {
  let isDown = false;
  const stream = new Proxy(bindings.STREAM, {
    get(target, member) {
      if (member !== "video") return Reflect.get(target, member) as unknown;
      return (hostId: string) => ({
        details: () => target.video(hostId).details(),
        delete: () => target.video(hostId).delete(),
        update: (changes: object) =>
          isDown ? Promise.reject(new Error("InternalError: no")) : target.video(hostId).update(changes),
      });
    },
  });
  return withHarness(
    async (t) => {
      const { key } = await t.register();
      const id = await ask(t, key);
      await seeThrough(t, id);
      isDown = true;
      expect(await update(t, key, id, "PRIVATE")).toMatchObject({
        video: null,
        errors: [{ code: "UPSTREAM_UNAVAILABLE", retryAfterMs: expect.any(Number) }],
      });
      expect(await readVideo(t, id)).not.toBeNull();
      isDown = false;
      expect((await update(t, key, id, "PRIVATE")).errors).toEqual([]);
      isDown = true;
      expect((await update(t, key, id, "PUBLIC")).errors).toMatchObject([{ code: "UPSTREAM_UNAVAILABLE" }]);
      isDown = false;
      expect((await update(t, key, id, "PUBLIC")).errors).toEqual([]);
      expect(await isLocked(t)).toBe(false);
    },
    { env: { STREAM: stream } },
  );
});

it("comes one after the other where several change a video at once: what D1 says is what the host does", () =>
  withHarness(async (t) => {
    const { key } = await t.register();
    const id = await ask(t, key);
    await seeThrough(t, id);
    for (let round = 0; round < 6; round++) {
      const wanted = ["PUBLIC", "PRIVATE", "PUBLIC", "PRIVATE"];
      const answers = await Promise.all(wanted.map((visibility) => update(t, key, id, visibility)));
      expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
      const [{ visibility, lease }] = await t.rows("SELECT visibility, lease FROM videos");
      expect([await isLocked(t), lease]).toEqual([visibility === "PRIVATE", null]);
    }
  }));

it("of a video in the making holds for the copy that is made of it", () =>
  withHarness(async (t) => {
    const { key } = await t.register();
    await t.tavus.change({ renderMs: 60_000 });
    const id = await ask(t, key);
    await t.waitForBackground();
    expect((await update(t, key, id, "PRIVATE")).errors).toEqual([]);
    await t.tavus.force((await t.tavus.state()).videos[0].id, { status: "ready" });
    expect((await seeThrough(t, id)).status).toBe("READY");
    expect(await isLocked(t)).toBe(true);
    // What was changed is a duplicate of nothing.
    const { data } = await t.gql(
      'mutation { generateVideo(input: { script: "Hello there.", visibility: PRIVATE }) { deduplicated } }',
      {},
      key,
    );
    expect(data.generateVideo.deduplicated).toBe(false);
  }));

it("is the agent's own alone, and of what exists", () =>
  withHarness(async (t) => {
    const { key } = await t.register();
    const other = await t.register();
    const id = await ask(t, key);
    for (const [who, which] of [
      [other.key, id],
      [key, "vid_unknown"],
      [key, `vid_${"0".repeat(26)}`],
    ] as const)
      expect((await update(t, who, which, "PRIVATE")).errors).toMatchObject([{ code: "NOT_FOUND" }]);
    const { errors } = await t.gql(UPDATE, { id, visibility: "PRIVATE" });
    expect(errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
  }));
