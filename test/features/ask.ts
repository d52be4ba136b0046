// oxlint-disable typescript/no-explicit-any -- rows and the stand-in's records of every shape
import type { Harness } from "../harness/harness.ts";

const GENERATE = `mutation ($input: GenerateVideoInput!) {
  generateVideo(input: $input) {
    video { id status stage soulVersion clientReference failure { code message retryable charged } }
    deduplicated replayed
    errors { code message path retryable retryAfterMs charged }
  }
}`;

/** The payload of one generateVideo. */
export async function generate(t: Harness, key: string, input: object) {
  const { data, errors } = await t.gql(GENERATE, { input }, key);
  if (!data?.generateVideo) throw new Error(JSON.stringify(errors));
  return data.generateVideo;
}

/** The id of a video that is accepted. */
export async function ask(t: Harness, key: string, input: object = { script: "Hello there." }): Promise<string> {
  const payload = await generate(t, key, input);
  if (!payload.video) throw new Error(JSON.stringify(payload.errors));
  return payload.video.id;
}

/**
 * Does what a caller asks for and nothing more: D1 is out of reach once the answer is made, so that what follows is left to
 * whoever processes it next. @param trips D1 round trips of the answer
 */
async function answerOnly<Value>(t: Harness, trips: number, work: () => Promise<Value>): Promise<Value> {
  await t.waitForBackground();
  t.d1.left = trips;
  const value = await work();
  await t.waitForBackground();
  t.d1.left = Infinity;
  return value;
}

/** As `ask`: the video is accepted, and not yet processed. */
export async function askOnly(t: Harness, key: string, input?: object): Promise<string> {
  // The note of the key's first use is made with this call.
  await usage(t, key);
  return answerOnly(t, 2, () => ask(t, key, input));
}

/** A registered agent of which nothing is made yet. */
export const registerOnly = (t: Harness, input?: Record<string, unknown>) => answerOnly(t, 2, () => t.register(input));

/** A video as anybody, or the holder of `key`, sees it. */
export async function readVideo(t: Harness, id: string, key?: string) {
  const { data } = await t.gql(
    `{ video(id: "${id}") { id status stage durationSeconds failure { code message retryable charged } } }`,
    {},
    key,
  );
  return data.video;
}

export async function usage(t: Harness, key: string) {
  const { data } = await t.gql(
    "{ viewer { usage { periodStart periodEnd videosGenerated secondsGenerated videosLimit videosRemaining videosHeld videosGeneratedTotal } } }",
    {},
    key,
  );
  return data.viewer.usage;
}

/** Runs cron until a video is READY or FAILED, and returns its row; the Worker's clock goes on by `stepMs` a run. */
export async function seeThrough(t: Harness, id: string, stepMs?: number) {
  let row: any;
  await t.cronUntil(async () => {
    [row] = await t.rows("SELECT * FROM videos WHERE id = ?", id);
    return row?.status !== "PROCESSING";
  }, stepMs);
  return row;
}

/** How many renders the vendor was made to do for a video of ours, those that were deleted there included. */
export async function rendersMade(t: Harness, id: string): Promise<number> {
  return (await t.tavus.state()).madeNames[id] ?? 0;
}

/** The renders that the vendor has of a video of ours. */
export async function rendersOf(t: Harness, id: string): Promise<any[]> {
  return (await t.tavus.state()).videos.filter((video: { name: string }) => video.name === id);
}

/** The copies that Stream holds of a video of ours. */
export async function copiesOf(t: Harness, id: string): Promise<unknown[]> {
  return (await t.env.STREAM.videos.list()).filter((video) => (video.meta as { videoId?: string }).videoId === id);
}

/** How often the vendor was asked for something, whatever it answered. */
export async function requestsTo(t: Harness, method: string, path: RegExp): Promise<any[]> {
  const { requests } = await t.tavus.state();
  return requests.filter(
    (request: { method: string; path: string }) => request.method === method && path.test(request.path),
  );
}
