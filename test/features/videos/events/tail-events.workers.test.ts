import { createClient } from "graphql-sse";
import { describe, expect, it } from "vitest";
import { type Harness, withHarness } from "../../../harness/harness.ts";
import { queryPlan } from "../../../harness/query-plan.ts";

interface Event {
  id: string | null;
  event: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever was selected
  data: any;
}

const GENERATE = "mutation ($input: GenerateVideoInput!) { generateVideo(input: $input) { video { id } } }";
const SELECTION = "{ cursor status stage progress at video { id status } }";

async function ask(t: Harness, key: string, input: object = { script: "Hello." }): Promise<string> {
  return (await t.gql(GENERATE, { input }, key)).data.generateVideo.video.id;
}

function open(
  t: Harness,
  query: string,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Response> {
  return t.fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream", ...headers },
    body: JSON.stringify({ query }),
    ...(signal ? { signal } : {}),
  });
}

/** Reads a stream until its end, or until `enough`; comments are counted. */
async function read(response: Response, enough: (events: Event[], comments: number) => boolean = () => false) {
  const events: Event[] = [];
  let comments = 0;
  let buffer = "";
  const reader = response.body!.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return { events, comments, ended: true };
    buffer += new TextDecoder().decode(value);
    const blocks = buffer.split("\n\n");
    buffer = blocks.pop()!;
    for (const block of blocks) {
      if (block.startsWith(":")) {
        comments++;
        continue;
      }
      const field = (name: string) =>
        block
          .split("\n")
          .find((line) => line.startsWith(`${name}:`))
          ?.slice(name.length + 1)
          .trim() ?? null;
      const data = field("data");
      events.push({ id: field("id"), event: field("event")!, data: data ? JSON.parse(data) : null });
    }
    if (enough(events, comments)) {
      await reader.cancel();
      return { events, comments, ended: false };
    }
  }
}

const status = ({ data }: Event) => data.data.videoStatus;
const of = (id: string, after?: string) =>
  `subscription { videoStatus(id: "${id}"${after ? `, after: "${after}"` : ""}) ${SELECTION} }`;

describe("videoStatus", () => {
  it("tells every step from the first to READY with growing cursors as ids, and completes", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const id = await ask(t, key);
      const reading = read(await open(t, of(id)));
      await t.finish(id);
      const { events, ended } = await reading;
      expect(ended).toBe(true);
      expect(events.at(-1)).toEqual({ id: null, event: "complete", data: null });
      const steps = events.slice(0, -1);
      expect(steps.map((event) => event.event)).toEqual(steps.map(() => "next"));
      expect(steps.map((event) => event.id)).toEqual(steps.map((event) => status(event).cursor));
      const cursors = steps.map((event) => event.id!);
      expect(cursors).toEqual([...new Set(cursors)].sort());
      const stages = steps.map((event) => status(event).stage).filter((stage, i, all) => stage !== all[i - 1]);
      expect(stages).toEqual(["QUEUED", "RENDERING", "INGESTING", "DONE"]);
      expect(status(steps.at(-1)!)).toMatchObject({ status: "READY", progress: 100, video: { id, status: "READY" } });
    }));

  it("resumes by `after` and by Last-Event-ID with nothing lost or repeated, and completes at once after the last", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const id = await ask(t, key);
      await t.finish(id);
      const { events } = await read(await open(t, of(id)));
      const ids = events.slice(0, -1).map((event) => event.id!);
      for (let seen = 0; seen < ids.length; seen++) {
        const after = await read(await open(t, of(id, ids[seen])));
        expect(after.events.slice(0, -1).map((event) => event.id)).toEqual(ids.slice(seen + 1));
        const reconnected = await read(await open(t, of(id, ids[0]), { "last-event-id": ids[seen]! }));
        expect(reconnected.events.slice(0, -1).map((event) => event.id)).toEqual(ids.slice(seen + 1));
        expect(reconnected.events.at(-1)!.event).toBe("complete");
      }
    }));

  it("works over GET, as EventSource asks", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const id = await ask(t, key);
      await t.finish(id);
      const response = await t.fetch(`/graphql?query=${encodeURIComponent(of(id))}`, {
        headers: { accept: "text/event-stream" },
      });
      expect(response.headers.get("content-type")).toContain("text/event-stream");
      expect((await read(response)).events.at(-2)!.data.data.videoStatus.status).toBe("READY");
    }));

  it("ends a FAILED video's stream too", () =>
    withHarness(async (t) => {
      await t.tavus.fault({ kind: "error", reason: "the face fell off" });
      const { key } = await t.register();
      const id = await ask(t, key);
      await t.finish(id);
      const { events } = await read(await open(t, of(id)));
      expect(status(events.at(-2)!)).toMatchObject({ status: "FAILED", stage: "RENDERING" });
      expect(events.at(-1)!.event).toBe("complete");
    }));

  it("sends keep-alive comments while nothing happens, and stops reading the log when the client goes", () =>
    withHarness(
      async (t) => {
        await t.tavus.change({ renderMs: 600_000 });
        const { key } = await t.register();
        const id = await ask(t, key);
        await t.waitForBackground();
        const { comments } = await read(await open(t, of(id)), (_events, seen) => seen >= 4);
        expect(comments).toBeGreaterThanOrEqual(4);
        await new Promise((resolve) => setTimeout(resolve, 60));
        const after = t.d1.count;
        await new Promise((resolve) => setTimeout(resolve, 200));
        expect(t.d1.count).toBe(after);
      },
      { vars: { KEEP_ALIVE_SECONDS: "0.03" } },
    ));

  it("shows a private video to its agent only, and a deleted one to nobody: the stream ends", () =>
    withHarness(async (t) => {
      await t.tavus.change({ renderMs: 600_000 });
      const owner = await t.register();
      const other = await t.register();
      const id = await ask(t, owner.key, { script: "Secret.", visibility: "PRIVATE" });
      const denied = await read(await open(t, of(id), { authorization: `Bearer ${other.key}` }));
      const unknown = await read(await open(t, of("vid_00000000000000000000000000")));
      for (const { events } of [denied, unknown]) {
        expect(events.map((event) => event.event)).toEqual(["next", "complete"]);
        expect(events[0]!.data.errors[0]).toMatchObject({
          message: unknown.events[0]!.data.errors[0].message,
          extensions: { code: "NOT_FOUND" },
        });
      }
      const reading = read(await open(t, of(id), { authorization: `Bearer ${owner.key}` }));
      await t.gql(`mutation { deleteVideo(id: "${id}") { errors { code } } }`, {}, owner.key);
      expect((await reading).events.at(-1)!.event).toBe("complete");
    }));

  it("reports errors of the document and of its variables as `next` on the accepted stream", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const id = await ask(t, key);
      const wrong = [
        "subscription { nothing }",
        "subscription {",
        of(id, "nonsense"),
        "subscription ($id: ID!) { videoStatus(id: $id) { cursor } }",
      ];
      for (const query of wrong) {
        const response = await open(t, query);
        expect([response.status, response.headers.get("content-type")], query).toEqual([
          200,
          "text/event-stream; charset=utf-8",
        ]);
        const { events } = await read(response);
        expect(events.map((event) => event.event)).toEqual(["next", "complete"]);
        expect(events[0]!.data.errors[0].extensions).toEqual(
          expect.objectContaining({ code: "BAD_INPUT", charged: false }),
        );
        expect(events[0]!.data.errors[0].extensions).not.toHaveProperty("http");
      }
    }));
});

describe("myVideoEvents", () => {
  it("begins now, tells of every video of the agent and of no other, and goes on from `after`", () =>
    withHarness(async (t) => {
      const mine = await t.register();
      const other = await t.register();
      const before = await ask(t, mine.key, { script: "Before." });
      await t.finish(before);
      const auth = { authorization: `Bearer ${mine.key}` };
      const isReady = (number: number) => (events: Event[]) =>
        events.filter((event) => event.data?.data?.myVideoEvents.status === "READY").length >= number;
      const reading = read(await open(t, `subscription { myVideoEvents ${SELECTION} }`, auth), isReady(2));
      const ids = [await ask(t, mine.key, { script: "One." }), await ask(t, mine.key, { script: "Two." })];
      const foreign = await ask(t, other.key, { script: "Foreign." });
      for (const id of [...ids, foreign]) await t.finish(id);
      const { events } = await reading;
      expect(new Set(events.map((event) => event.data.data.myVideoEvents.video.id))).toEqual(new Set(ids));
      const again = await read(
        await open(t, `subscription { myVideoEvents(after: "${events[0]!.id}") ${SELECTION} }`, auth),
        isReady(2),
      );
      expect(again.events.map((event) => event.id)).toEqual(events.slice(1).map((event) => event.id));
    }));
});

describe("a look at the log", () => {
  it("reads by indexes, of an agent's videos only those that are PROCESSING, and of its log only what is new", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const id = await ask(t, key);
      const auth = { authorization: `Bearer ${key}` };
      const stream = await open(t, `subscription { myVideoEvents ${SELECTION} }`, auth);
      await stream.body!.cancel();
      await t.finish(id);
      await read(await open(t, of(id)));

      const ofAgent = await queryPlan(t, /^select .* from "agents" left join "events"/s);
      expect(ofAgent).toContain("SEARCH v USING INDEX videos_agent_status (agent_id=? AND status=?)");
      expect(ofAgent).toContain("SEARCH events USING INDEX events_agent (agent_id=? AND sequence>?) LEFT-JOIN");
      const ofVideo = await queryPlan(t, /^select .* from "videos" inner join "agents" .* left join "events"/s);
      expect(ofVideo).toContain("SEARCH events USING INDEX events_video (video_id=? AND sequence>?) LEFT-JOIN");
      // The rows that the sub-select gives are at most 100.
      for (const step of [...ofAgent, ...ofVideo]) expect(step).not.toMatch(/^SCAN (agents|events|videos|v)\b/);
    }));
});

describe("the stock graphql-sse client", () => {
  it("follows a video to its end", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const id = await ask(t, key);
      const client = createClient({
        url: "https://molts.test/graphql",
        fetchFn: (url: string, init: RequestInit) => t.fetch(url, init),
        headers: { authorization: `Bearer ${key}` },
      });
      const statuses: string[] = [];
      const following = (async () => {
        for await (const { data } of client.iterate<{ videoStatus: { status: string } }>({ query: of(id) }))
          statuses.push(data!.videoStatus.status);
      })();
      await t.finish(id);
      await following;
      expect(statuses.at(0)).toBe("PROCESSING");
      expect(statuses.at(-1)).toBe("READY");
    }));
});
