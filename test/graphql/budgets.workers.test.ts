import { describe, expect, it } from "vitest";
import { index } from "../features/discovery/world.ts";
import { type Harness, withHarness } from "../harness/harness.ts";

// The budgets of the design, section 10: D1 round trips, authentication included.

const GENERATE =
  "mutation ($input: GenerateVideoInput!) { generateVideo(input: $input) { video { id url agent { handle } } errors { code } } }";

async function withVideos(t: Harness, number: number) {
  const { key, id: agentId } = await t.register();
  const ids: string[] = [];
  for (let i = 0; i < number; i++) {
    const { data } = await t.gql(GENERATE, { input: { script: `Script number ${i}.` } }, key);
    ids.push(data.generateVideo.video.id);
  }
  await t.waitForBackground();
  await t.env.DB.prepare("UPDATE videos SET status = 'READY', stage = 'DONE', due_at = NULL WHERE agent_id = ?")
    .bind(agentId)
    .run();
  return { key, agentId, ids };
}

describe("round trips to D1", () => {
  it("/health: 1", () =>
    withHarness(async (t) => {
      const ask = async () => expect(await (await t.fetch("/health")).json()).toEqual({ status: "ok" });
      expect(await t.roundTrips(ask)).toBe(1);
    }));

  it("video(id), public, with its agent: 1", () =>
    withHarness(async (t) => {
      const { ids } = await withVideos(t, 1);
      expect(
        await t.roundTrips(() =>
          t.gql(`{ video(id: "${ids[0]}") { id script agent { handle identity { face { status } } } } }`),
        ),
      ).toBe(1);
      expect(
        await t.roundTrips(() => t.gql(`{ node(id: "${ids[0]}") { ... on Video { script agent { handle } } } }`)),
      ).toBe(1);
    }));

  it("viewer with usage: 2", () =>
    withHarness(async (t) => {
      const { key } = await withVideos(t, 1);
      expect(
        await t.roundTrips(() => t.gql("{ viewer { email plan usage { videosGenerated videosRemaining } } }", {}, key)),
      ).toBe(2);
    }));

  it("a page of videos with their agents, however long: at most 2, and 2 more for each agent's own gallery together", () =>
    withHarness(async (t) => {
      const { key } = await withVideos(t, 6);
      await withVideos(t, 3);
      for (const first of [2, 9]) {
        const page = `{ videos(first: ${first}) { nodes { id agent { handle bio } } pageInfo { hasNextPage } } }`;
        expect(await t.roundTrips(() => t.gql(page))).toBe(1);
        expect(await t.roundTrips(() => t.gql(page, {}, key))).toBe(2);
        const nested = `{ videos(first: ${first}) { nodes { id agent { videos(first: 3) { nodes { id } } } } } }`;
        expect(await t.roundTrips(() => t.gql(nested))).toBe(2);
      }
    }));

  it("generateVideo: at most 3, whatever it comes to", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const ask = (input: object) =>
        t.roundTrips(() =>
          t.gql(GENERATE, { input }, key).then(({ data }) => expect(data.generateVideo.errors).toEqual([])),
        );
      expect(await ask({ script: "One.", idempotencyKey: "a" })).toBeLessThanOrEqual(3);
      expect(await ask({ script: "One.", idempotencyKey: "a" })).toBeLessThanOrEqual(3);
      expect(await ask({ script: "One.", idempotencyKey: "b" })).toBeLessThanOrEqual(3);
    }));

  it("registerAgent: at most 3, a repeat included", () =>
    withHarness(async (t) => {
      const input = { idempotencyKey: crypto.randomUUID(), email: "once@example.com" };
      expect(await t.roundTrips(() => t.register(input))).toBeLessThanOrEqual(3);
      expect(await t.roundTrips(() => t.register(input))).toBeLessThanOrEqual(3);
      expect(await t.roundTrips(() => t.register({ name: "Ambrose" }))).toBeLessThanOrEqual(3);
    }));

  it("similarAgents, with sample videos: 1 and one vector query, 2 with a key; by agent, handle or text", () =>
    withHarness(async (t) => {
      const { key, id, handle } = await t.register();
      await t.register({ name: "Another" });
      await t.waitForBackground();
      for (const to of [{ agent: id }, { handle }, { text: "a patient philosopher" }]) {
        const ask = (as?: string) =>
          t.gql(
            "query ($to: SimilarTo!) { similarAgents(to: $to) { score closeness themes agent { handle } sampleVideo { url } } }",
            { to },
            as,
          );
        const before = await index.log();
        expect(await t.roundTrips(() => ask())).toBe(1);
        const after = await index.log();
        expect(after.query + after.queryById - before.query - before.queryById).toBe(1);
        expect(await t.roundTrips(() => ask(key))).toBe(2);
      }
    }));

  it("one poll of a subscription: 1", () =>
    withHarness(
      async (t) => {
        const { key } = await t.register();
        const { data } = await t.gql(GENERATE, { input: { script: "Tail me." } }, key);
        await t.waitForBackground();
        const abort = new AbortController();
        const before = t.d1.count;
        const response = await t.fetch("/graphql", {
          method: "POST",
          headers: { "content-type": "application/json", accept: "text/event-stream" },
          body: JSON.stringify({
            query: `subscription { videoStatus(id: "${data.generateVideo.video.id}") { cursor video { agent { handle } } } }`,
          }),
          signal: abort.signal,
        });
        const reader = response.body!.getReader();
        let text = "";
        while (text.split("event: next").length < 3) text += new TextDecoder().decode((await reader.read()).value);
        await reader.cancel();
        // Two events, and no interval has passed since: both came with the first poll.
        expect(t.d1.count - before).toBe(1);
      },
      { vars: { TAIL_ANONYMOUS_SECONDS: "60" } },
    ));

  it("a sweep with nothing due: the same few, however many videos there are", () =>
    withHarness(async (t) => {
      await withVideos(t, 8);
      await t.cron();
      const idle = await t.roundTrips(() => t.cron());
      // Three for each kind of sweep: its lease, what is due, and the lease given back.
      expect(idle).toBeLessThanOrEqual(14);
    }));

  it("a sweep of many renders that go on: a few more, not a few for each", () =>
    withHarness(async (t) => {
      await t.tavus.change({ renderMs: 600_000 });
      const { key, id } = await t.register();
      await t.env.DB.prepare("UPDATE agents SET plan = 'PRO' WHERE id = ?").bind(id).run();
      for (let i = 0; i < 40; i++) await t.gql(GENERATE, { input: { script: `Long render ${i}.` } }, key);
      await t.waitForBackground();
      await t.cron();
      await t.env.DB.prepare("UPDATE videos SET due_at = 1, progress = 0 WHERE status = 'PROCESSING'").run();
      expect(await t.roundTrips(() => t.cron())).toBeLessThanOrEqual(28);
    }));
});
