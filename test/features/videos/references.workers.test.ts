import { describe, expect, it } from "vitest";
import { withHarness } from "../../harness/harness.ts";
import { ask } from "../ask.ts";

// What names a video, or bounds a list of them, is checked in the verbs: every door has the same rules.

describe("a video's name", () => {
  it("that has another kind or shape than an id of a video is not found, and costs no read", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const id = await ask(t, key);
      await t.waitForBackground();
      for (const wrong of ["", "vid_1", `${id}0`, id.toUpperCase(), id.replace("vid_", "agt_"), "x".repeat(10_000)]) {
        const reads = await t.roundTrips(async () => {
          const { data, errors } = await t.gql("query ($id: ID) { video(id: $id) { id } }", { id: wrong });
          expect([data, errors], wrong.slice(0, 40)).toEqual([{ video: null }, undefined]);
        });
        expect(reads).toBe(0);
        const deleted = await t.gql(
          "mutation ($id: ID!) { deleteVideo(id: $id) { deletedVideoId errors { code path } } }",
          { id: wrong },
          key,
        );
        expect(deleted.data.deleteVideo).toEqual({
          deletedVideoId: null,
          errors: [{ code: "NOT_FOUND", path: ["id"] }],
        });
        const followed = await t.gql("subscription ($id: ID!) { videoStatus(id: $id) { cursor } }", { id: wrong });
        expect(followed.errors?.[0].extensions.code).toBe("NOT_FOUND");
        const { data } = await t.gql("query ($agent: ID) { videos(agent: $agent) { nodes { id } } }", { agent: wrong });
        expect(data.videos.nodes).toEqual([]);
      }
      expect((await t.gql(`{ video(id: "${id}") { id } }`)).data.video).toEqual({ id });
    }));

  it("of the agent's own is 1 to 255 characters of clean text", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      for (const name of ["clientReference", "idempotencyKey"]) {
        const find = (value: string) =>
          t.gql(`query ($name: String) { video(${name}: $name) { id } }`, { name: value }, key);
        for (const wrong of ["", " ", "k".repeat(256), "a\u0000b", "\ud800"]) {
          expect((await find(wrong)).errors, JSON.stringify(wrong).slice(0, 20)).toMatchObject([
            { extensions: { code: "BAD_INPUT", inputPath: [name] }, message: expect.stringMatching(`^${name} `) },
          ]);
        }
        expect((await find("k".repeat(255))).data).toEqual({ video: null });
      }
    }));

  it("is exactly one", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      for (const names of ["", '(id: "x", clientReference: "y")', '(clientReference: "x", idempotencyKey: "y")']) {
        const { errors } = await t.gql(`{ video${names} { id } }`, {}, key);
        expect(errors).toMatchObject([
          {
            message: "Give exactly one of id, clientReference, idempotencyKey.",
            extensions: { code: "BAD_INPUT" },
          },
        ]);
      }
    }));
});

describe("the length of a page", () => {
  it.each([
    ["videos", (first: string) => `{ videos(first: ${first}) { nodes { id } } }`, 100],
    ["viewer.videos", (first: string) => `{ viewer { videos(first: ${first}) { nodes { id } } } }`, 100],
    ["agent.videos", (first: string) => `{ viewer { agent { videos(first: ${first}) { nodes { id } } } } }`, 100],
    ["agent.similar", (first: string) => `{ viewer { agent { similar(first: ${first}) { score } } } }`, 50],
    ["similarAgents", (first: string) => `{ similarAgents(to: { text: "x" }, first: ${first}) { score } }`, 50],
  ] as const)("of %s is bounded, and null is its default", (_what, query, most) =>
    withHarness(async (t) => {
      const { key } = await t.register();
      for (const wrong of ["0", "-1"]) {
        expect((await t.gql(query(wrong), {}, key)).errors).toMatchObject([
          { message: `first must be 1 to ${most}.`, extensions: { code: "BAD_INPUT", inputPath: ["first"] } },
        ]);
      }
      for (const right of ["1", "null"]) expect((await t.gql(query(right), {}, key)).errors, right).toBeUndefined();
    }),
  );

  it("is refused one beyond the most", () =>
    withHarness(async (t) => {
      const { errors } = await t.gql("{ videos(first: 101) { nodes { id } } }");
      expect(errors).toMatchObject([{ message: "first must be 1 to 100.", extensions: { code: "BAD_INPUT" } }]);
    }));
});
