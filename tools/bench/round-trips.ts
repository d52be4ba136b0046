import { setTimeout as pause } from "node:timers/promises";
import { bodyOf, oneVideo, type Operation, pageOfVideos } from "./operations.ts";
import * as report from "./report.ts";
import type { Host } from "./start-host.ts";

/** Longer than a new agent is indexed and its persona is tried. */
const BACKGROUND_MS = 2_000;

const operation = (operationName: string, query: string, variables: Record<string, unknown> = {}): Operation => ({
  title: operationName,
  operationName,
  query: query.replace(/^\w+/, `$& ${operationName}`),
  variables,
});

const register = operation(
  "registerAgent",
  "mutation($input: RegisterAgentInput!) { registerAgent(input: $input) { apiKey errors { message } } }",
  { input: { name: "Bench", email: "owner@example.com", soulMd: "# Bench\n\nI am measured." } },
);
const generate = operation(
  "generateVideo",
  "mutation($input: GenerateVideoInput!) { generateVideo(input: $input) { video { id } errors { message } } }",
  { input: { script: "Good morning." } },
);
const usage = operation("viewerUsage", "query { viewer { usage { videosGenerated videosRemaining } } }");

/** Counts D1 round trips, authentication included; what goes on after an answer is not part of it. */
export async function countRoundTrips(counting: Host, videoId: string): Promise<void> {
  const ask = async (asked: Operation, key?: string) => {
    const answer = await fetch(`http://127.0.0.1:${counting.port}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(key ? { authorization: `Bearer ${key}` } : {}) },
      body: bodyOf(asked),
    });
    const text = await answer.text();
    if (!answer.ok || text.includes('"message"')) throw new Error(`${asked.operationName}: ${text}`);
    return { text, trips: Number(answer.headers.get("x-d1-round-trips")) };
  };
  // The first call of a key notes that it was used; the ones that are counted do not.
  const registered = await ask(register);
  const key = (JSON.parse(registered.text) as { data: { registerAgent: { apiKey: string } } }).data.registerAgent
    .apiKey;
  await ask(usage, key);
  // What the registration set off must have ended, or its round trips would be counted with those of others.
  await pause(BACKGROUND_MS);
  const counted: [what: string, trips: number, budget: number][] = [
    ["video(id) with its agent, no key", (await ask(oneVideo(videoId))).trips, 1],
    ["video(id) with its agent", (await ask(oneVideo(videoId), key)).trips, 2],
    ["20 videos with their agents", (await ask(pageOfVideos, key)).trips, 2],
    ["viewer { usage }", (await ask(usage, key)).trips, 2],
    ["generateVideo", (await ask(generate, key)).trips, 3],
    ["registerAgent", registered.trips, 3],
  ];
  report.heading("D1 round trips of an operation, authentication included");
  report.table(
    ["", "round trips", "budget"],
    counted.map(([what, trips, budget]) => [what, report.number(trips), report.number(budget)]),
  );
  const over = counted.filter(([, trips, budget]) => trips > budget).length;
  report.atMost("operations over their budget of D1 round trips", over, 0, (value) => report.number(value));
}
