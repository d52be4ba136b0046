import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { registerOverRest, type TestAgent } from "./agent.ts";
import { openStream } from "./event-stream.ts";
import { eventually, type World, withWorld } from "./world.ts";

const LEASE_SECONDS = 120;

/**
 * Lets a killed Worker's leases run out: what it held when it died is nobody else's for two minutes, which are made to
 * pass in the database's file while nothing runs.
 */
function letLeasesRunOut(state: string): void {
  const folder = join(state, "v3", "d1", "miniflare-D1DatabaseObject");
  const files = readdirSync(folder).filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite");
  expect(files).toHaveLength(1);
  const database = new DatabaseSync(join(folder, files[0]!));
  const held = database.prepare("SELECT max(lease_until) AS until FROM videos").get() as { until: number };
  expect(held.until).toBeGreaterThan(Date.now());
  expect(held.until).toBeLessThanOrEqual(Date.now() + LEASE_SECONDS * 1000);
  database.exec(`UPDATE videos SET lease_until = lease_until - ${LEASE_SECONDS * 1000} WHERE lease_until > 0`);
  database.close();
}

async function expectDead({ url, state }: World): Promise<void> {
  await expect(fetch(`${url}/health`)).rejects.toThrow();
  expect(existsSync(state)).toBe(true);
}

const ready = (agent: TestAgent, id: string) =>
  eventually(`${id} READY`, async () => {
    const video = await agent.video(id);
    if (video.status === "FAILED") throw new Error(`${id} failed`);
    return video.status === "READY" && video;
  });

/** The names, which are our ids, of every render that the vendor was ever asked for and took, deleted ones included. */
async function renders(world: World): Promise<string[]> {
  const { madeNames } = await world.tavus("GET", "account");
  const made = Object.entries<number>(madeNames).filter(([name]) => name.startsWith("vid_"));
  return made.flatMap(([name, count]) => Array<string>(count).fill(name));
}

it("a Worker that is killed while it hands videos to the vendor leaves each to be made exactly once", () =>
  withWorld({ cronSeconds: 1, vars: { POLL_SECONDS: "1", SUBMIT_IN_DOUBT_SECONDS: "3" } }, async (world) => {
    const agent = await registerOverRest(world.url);
    const submit = { method: "POST", path: "/v2/videos" };
    await world.tavus("PATCH", "account", { renderMs: 1000, queueMs: 100 });

    // The vendor takes the first one but its answer never comes; the second one it does not even take.
    await world.tavus("POST", "faults", { ...submit, fault: { kind: "hang", accepted: true }, times: 1 });
    const input = { script: "The vendor has this one.", idempotencyKey: "first" };
    const first = await agent.generate(input);
    await eventually("the vendor has the first", async () => (await renders(world)).includes(first.id));
    await world.tavus("POST", "faults", { ...submit, fault: { kind: "hang" }, times: 1 });
    const second = await agent.generate({ script: "The vendor does not have this one." });
    await eventually("the vendor was asked for the second", async () => {
      const { requests } = await world.tavus("GET", "account");
      const isSubmit = (one: { method: string; path: string }) => one.method === "POST" && one.path === "/v2/videos";
      return requests.filter(isSubmit).length === 2;
    });
    expect(await agent.usage()).toMatchObject({ videosGenerated: 0, videosHeld: 2, videosRemaining: 8 });

    await world.stack.kill();
    await expectDead(world);
    letLeasesRunOut(world.state);
    await world.startAgain();

    // The agent has lost its answer too, and blindly asks again.
    expect((await agent.generate(input)).id).toBe(first.id);
    const made = [await ready(agent, first.id), await ready(agent, second.id)];
    expect((await renders(world)).sort()).toEqual([first.id, second.id].sort());
    expect(await agent.usage()).toEqual({
      videosGenerated: 2,
      videosHeld: 0,
      videosRemaining: 8,
      secondsGenerated: made[0]!.durationSeconds! + made[1]!.durationSeconds!,
    });
  }));

it("a Worker that is killed while a video renders goes on with that render, and so do its followers", () =>
  withWorld({ cronSeconds: 1, vars: { POLL_SECONDS: "1" } }, async (world) => {
    const agent = await registerOverRest(world.url);
    await world.tavus("PATCH", "account", { renderMs: 4000, queueMs: 100 });
    const video = await agent.generate({ script: "I am being rendered." });

    const query = "subscription ($id: ID!) { videoStatus(id: $id) { cursor status stage } }";
    const stream = { query, variables: { id: video.id }, key: agent.key };
    const before = await openStream(world.url, stream);
    // A follower whose server dies sees its connection break, not a stream that is complete.
    const broken = expect(before.ended).rejects.toThrow();
    const seen = (await before.until(2)).slice();
    expect(JSON.parse(seen[1]!.data).data.videoStatus).toMatchObject({ status: "PROCESSING", stage: "RENDERING" });

    await world.stack.kill();
    await broken;
    await expectDead(world);
    await world.startAgain();

    const after = await openStream(world.url, { ...stream, lastEventId: before.events.at(-1)!.id! });
    await after.ended;
    const ids = [...before.events, ...after.events.slice(0, -1)].map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(JSON.parse(after.events.at(-2)!.data).data.videoStatus).toMatchObject({ status: "READY", stage: "DONE" });
    expect(after.events.at(-1)!.event).toBe("complete");
    // Nothing is missing either: the whole log, read anew, is what the two connections saw together.
    const whole = await openStream(world.url, stream);
    await whole.ended;
    expect(whole.events.slice(0, -1).map(({ id }) => id)).toEqual(ids);

    const { durationSeconds } = await ready(agent, video.id);
    expect(await renders(world)).toEqual([video.id]);
    expect(await agent.usage()).toEqual({
      videosGenerated: 1,
      videosHeld: 0,
      videosRemaining: 9,
      secondsGenerated: durationSeconds,
    });
  }));
