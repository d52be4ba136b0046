import { createClient } from "graphql-sse";
import { expect, it } from "vitest";
import { registerOverRest, registerWithVoice, SOUL_MD, type TestAgent, VOICE } from "./agent.ts";
import { openStream } from "./event-stream.ts";
import { eventually, type World, withWorld } from "./world.ts";

const FOLLOW =
  "subscription ($id: ID!, $after: String) { videoStatus(id: $id, after: $after) { cursor status stage progress video { id } } }";

interface Event {
  cursor: string;
  status: string;
  stage: string;
  progress: number | null;
  video: { id: string };
}

/** All events of a video by the stock client, until it completes. */
async function followWithStockClient({ url, key }: TestAgent, id: string, after?: string): Promise<Event[]> {
  const client = createClient({ url: `${url}/graphql`, headers: { authorization: `Bearer ${key}` } });
  const events: Event[] = [];
  try {
    for await (const { data, errors } of client.iterate<{ videoStatus: Event }>({
      query: FOLLOW,
      variables: { id, after },
    })) {
      if (errors) throw new Error(JSON.stringify(errors));
      events.push(data!.videoStatus);
    }
  } finally {
    client.dispose();
  }
  return events;
}

const parsed = (events: { event: string; data: string }[]): Event[] =>
  events.filter(({ event }) => event === "next").map(({ data }) => JSON.parse(data).data.videoStatus);

it("an agent registers with its voice, asks for a video, follows it live, and has it on a page of its own", () =>
  withWorld({ cronSeconds: 1, vars: { POLL_SECONDS: "1", KEEP_ALIVE_SECONDS: "0.5" } }, async (world) => {
    const { url } = world;
    const agent = await registerWithVoice(url);
    const video = await agent.generate({ script: "What is it like to be you?", visibility: "PRIVATE" });
    expect(video).toMatchObject({ status: "PROCESSING", stage: "QUEUED", url: `${url}/v/${video.id}` });

    const stock = followWithStockClient(agent, video.id);
    const plain = await openStream(url, { query: FOLLOW, variables: { id: video.id }, key: agent.key });
    expect(plain.response.headers.get("content-type")).toMatch(/^text\/event-stream/);

    await expectHiddenFromOthers(world, video.id);

    // A client that is cut off after its second event goes on from there, by either name of the cursor.
    const cut = await openStream(url, { query: FOLLOW, variables: { id: video.id }, key: agent.key });
    const last = (await cut.until(2))[1]!.id!;
    cut.leave();
    const byHeader = await openStream(url, {
      query: FOLLOW,
      variables: { id: video.id },
      key: agent.key,
      lastEventId: last,
    });
    const byArgument = await openStream(url, {
      query: FOLLOW,
      variables: { id: video.id, after: last },
      key: agent.key,
    });

    const events = await stock;
    await Promise.all([plain.ended, byHeader.ended, byArgument.ended]);
    expect(events.map(({ stage }) => stage).filter((stage, index, all) => stage !== all[index - 1])).toEqual([
      "QUEUED",
      "RENDERING",
      "INGESTING",
      "DONE",
    ]);
    expect(events.at(-1)).toMatchObject({ status: "READY", progress: 100, video: { id: video.id } });
    expect(events.slice(0, -1).every(({ status }) => status === "PROCESSING")).toBe(true);
    const cursors = events.map(({ cursor }) => cursor);
    expect(cursors).toEqual([...new Set(cursors)].sort());

    // Every way of following shows the very same events, and ends by itself.
    expect(parsed(plain.events)).toEqual(events);
    expect(plain.events.map(({ id }) => id)).toEqual([...cursors, null]);
    expect(plain.events.at(-1)).toEqual({ id: null, event: "complete", data: "" });
    expect(plain.comments).toBeGreaterThan(3);
    const afterCut = events.filter(({ cursor }) => cursor > last);
    expect(afterCut).toHaveLength(events.length - 2);
    expect(parsed(byHeader.events)).toEqual(afterCut);
    expect(parsed(byArgument.events)).toEqual(afterCut);
    const started = Date.now();
    expect(await followWithStockClient(agent, video.id, cursors.at(-1))).toEqual([]);
    expect(Date.now() - started).toBeLessThan(2_000);

    await expectPageAndUsage(agent, video.id);
    await expectOneRenderCalledBack(world, video.id);
  }));

/** For everybody but its agent a private video does not exist: no stream, no page, no answer. */
async function expectHiddenFromOthers({ url }: World, id: string): Promise<void> {
  const stranger = await registerOverRest(url);
  for (const key of [stranger.key, undefined]) {
    const open = (variables: object) => openStream(url, { query: FOLLOW, variables, ...(key ? { key } : {}) });
    const [hidden, unknown] = [await open({ id }), await open({ id: "vid_00000000000000000000000000" })];
    await Promise.all([hidden.ended, unknown.ended]);
    expect(JSON.parse(hidden.events[0]!.data).errors[0].extensions.code).toBe("NOT_FOUND");
    expect(hidden.events).toEqual(unknown.events);
    expect(hidden.events.at(-1)!.event).toBe("complete");
    const headers: Record<string, string> = key ? { authorization: `Bearer ${key}` } : {};
    for (const path of [`/videos/${id}`, `/v/${id}`]) expect((await fetch(url + path, { headers })).status).toBe(404);
  }
  expect(await stranger.video(id)).toBeNull();
}

async function expectPageAndUsage(agent: TestAgent, id: string): Promise<void> {
  const { durationSeconds, status } = await agent.video(id);
  expect(status).toBe("READY");
  expect(durationSeconds).toBeGreaterThan(0);
  const page = await fetch(`${agent.url}/v/${id}`, { headers: { authorization: `Bearer ${agent.key}` } });
  expect(page.status).toBe(200);
  expect(page.headers.get("content-type")).toMatch(/^text\/html/);
  await page.body?.cancel();
  expect(await agent.usage()).toEqual({
    videosGenerated: 1,
    videosHeld: 0,
    videosRemaining: 9,
    secondsGenerated: durationSeconds,
  });
}

async function expectOneRenderCalledBack(world: World, id: string): Promise<void> {
  // The render itself may be deleted by now, since its file is ours.
  const { made, madeNames, deliveries } = await world.tavus("GET", "account");
  expect([made.videos, madeNames[id]]).toEqual([1, 1]);
  const ofVideo = deliveries.filter((one: { url: string }) => one.url.includes(`/webhooks/tavus/videos/${id}/`));
  expect(ofVideo).toHaveLength(1);
  expect(ofVideo[0]).toMatchObject({ status: 204 });
}

it("a voice sample becomes the agent's voice and is gone from us; a changed SOUL.md changes the one persona", () =>
  withWorld({ cronSeconds: 1 }, async (world) => {
    const agent = await registerWithVoice(world.url);
    expect((await agent.identity()).voice.status).toBe("PENDING");
    const ready = await eventually("the voice", async () => {
      const identity = await agent.identity();
      return identity.voice.status === "READY" && identity.persona.status === "READY" && identity;
    });
    expect(ready.face).toMatchObject({ status: "DEFAULT" });
    expect(ready.voice).toMatchObject({ vendorId: expect.any(String), detail: null });

    // The vendor fetched the sample from our signed link, byte for byte; afterwards there is nothing at that link.
    const { voices, downloads } = await world.tavus("GET", "account");
    expect(voices).toHaveLength(1);
    expect(downloads).toEqual([
      expect.objectContaining({
        voiceId: ready.voice.vendorId,
        bytes: VOICE.length,
        format: "mp3",
        contentType: "audio/mpeg",
      }),
    ]);
    const link = new URL(downloads[0].url);
    expect(link.origin).toBe(world.url);
    expect(link.pathname).toMatch(/^\/samples\/.+\.mp3$/);
    await eventually("the sample's removal", async () => {
      const answer = await fetch(link);
      await answer.body?.cancel();
      return answer.status === 404;
    });

    const personas = async () => (await world.tavus("GET", "account")).pals as { id: string }[];
    const soulOf = (pal: object) => JSON.stringify(pal);
    await eventually("the persona's voice", async () => soulOf((await personas())[0]!).includes(ready.voice.vendorId!));
    const [persona] = await personas();
    expect(persona!.id).toBe(ready.persona.vendorId);
    expect(soulOf(persona!)).toContain(JSON.stringify(SOUL_MD).slice(1, 60));

    const changed = `${SOUL_MD}\n## New\n\nI have taken up gardening.\n`;
    expect(await agent.updateSoul(changed)).toBe(2);
    await eventually("the new SOUL.md", async () => soulOf((await personas())[0]!).includes("taken up gardening"));
    expect(await personas()).toHaveLength(1);
    expect((await personas())[0]!.id).toBe(persona!.id);
    // The same text again is no change.
    expect(await agent.updateSoul(changed)).toBe(2);
  }));
