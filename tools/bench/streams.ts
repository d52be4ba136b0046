import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { HostOptions } from "./host.ts";
import { requestBytes } from "./load.ts";
import * as report from "./report.ts";
import { type Host, startHost } from "./start-host.ts";

const READERS_A_VIDEO = 10;
/** Opened together, so that the readers are spread over the seconds. */
const AT_ONCE = 20;
const SETTLE_MS = 6_000;
const COUNTED_MS = 10_000;
const DUE = "unixepoch() * 1000";
const NOT_DUE = "unixepoch() * 1000 + 3600000";

interface Scene {
  name: string;
  /** The part of the readers that takes part. */
  share: number;
  vars?: Record<string, string>;
  visibility: "PUBLIC" | "PRIVATE";
  /** SQL: when the videos' next events are due. */
  dueAt: string;
  withKey: boolean;
}

// Of a PRIVATE video each reader looks for itself. A fifth of the readers: all of them are more than one machine can do.
const SCENES: Scene[] = [
  {
    name: "before: each for itself, every 0.5 s",
    share: 0.2,
    vars: { TAIL_IDLE_SECONDS: "0.5" },
    visibility: "PRIVATE",
    dueAt: DUE,
    withKey: true,
  },
  { name: "with keys, the next event due", share: 1, visibility: "PUBLIC", dueAt: DUE, withKey: true },
  { name: "with keys, nothing due", share: 1, visibility: "PUBLIC", dueAt: NOT_DUE, withKey: true },
  { name: "without keys", share: 1, visibility: "PUBLIC", dueAt: DUE, withKey: false },
];

/** What the event streams of so many videos, ten of each, cost D1, through one isolate of the Worker itself. */
export async function measureStreams(options: HostOptions, videos: number): Promise<void> {
  const rows: string[][] = [];
  for (const [number, scene] of SCENES.entries()) {
    const readers = videos * READERS_A_VIDEO * scene.share;
    const persist = `${options.persist}-${number}`;
    const { statements, ended } = await measure({ ...options, persist, seed: { renders: videos } }, scene, readers);
    rows.push([scene.name, ...[readers, statements, ended].map((value) => report.number(value))]);
    if (number === 1) report.atMost("statements a second of due streams", statements, 2 * videos, report.number);
    if (number > 1) report.atMost(`statements a second of streams ${scene.name}`, statements, videos, report.number);
  }
  report.heading(`Event streams of ${videos} videos, in one isolate`);
  report.table(["", "streams", "D1 statements a second", "streams that broke"], rows);
}

async function measure(options: HostOptions, scene: Scene, readers: number) {
  const bindings = { STREAMS_A_KEY: String(readers), STREAMS_AN_ADDRESS: String(readers), ...scene.vars };
  const host = await startHost({ ...options, bindings });
  const { agent, apiKey } = await register(host);
  const ids = await sql<{ id: string }>(
    host,
    `UPDATE videos SET agent_id = '${agent.id}', visibility = '${scene.visibility}', due_at = ${scene.dueAt} RETURNING id`,
  );
  const sockets: Socket[] = [];
  let ended = 0;
  while (sockets.length < readers) {
    const opened = Array.from({ length: AT_ONCE }, (_, place) => {
      const { id } = ids[(sockets.length + place) % ids.length]!;
      return subscribe(host, id, scene.withKey ? apiKey : null, () => ended++);
    });
    sockets.push(...(await Promise.all(opened)));
  }
  // Due for longer than a minute is not due any more.
  await sql(host, `UPDATE videos SET due_at = ${scene.dueAt} RETURNING id`);
  await pause(SETTLE_MS);
  const before = await statementsOf(host);
  await pause(COUNTED_MS);
  const statements = ((await statementsOf(host)) - before) / (COUNTED_MS / 1000);
  const broken = ended;
  for (const socket of sockets) socket.destroy();
  await host.stop();
  return { statements, ended: broken };
}

const statementsOf = async ({ port }: Host): Promise<number> =>
  ((await (await fetch(`http://127.0.0.1:${port}/__bench/total`)).json()) as { statements: number }).statements;

async function sql<Row>({ port }: Host, statement: string): Promise<Row[]> {
  const answer = await fetch(`http://127.0.0.1:${port}/__bench/sql`, { method: "POST", body: statement });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Row[];
}

async function register({ port }: Host): Promise<{ agent: { id: string }; apiKey: string }> {
  const answer = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      query: `mutation { registerAgent(input: { name: "Bench", email: "owner@example.com", soulMd: "# Bench" }) {
        apiKey agent { id } } }`,
    }),
  });
  const { data } = (await answer.json()) as { data: { registerAgent: { agent: { id: string }; apiKey: string } } };
  return data.registerAgent;
}

/** Opens a stream that is read until it is destroyed. Resolves once it has begun. */
function subscribe({ port }: Host, id: string, key: string | null, onEnd: () => void): Promise<Socket> {
  const body = JSON.stringify({ query: `subscription { videoStatus(id: "${id}") { cursor status stage progress } }` });
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("data", (head) => {
      if (!head.toString("latin1").startsWith("HTTP/1.1 200")) reject(new Error(head.toString("latin1")));
      else resolve(socket);
    });
    socket.on("data", () => {});
    socket.on("error", reject);
    socket.on("end", onEnd);
    socket.write(
      requestBytes(body, { accept: "text/event-stream", ...(key ? { authorization: `Bearer ${key}` } : {}) }),
    );
  });
}
