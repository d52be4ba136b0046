import type { SoakAgent } from "./agent.ts";
import { type Due, dueRows, r2Objects, readD1, type Row } from "./stored.ts";

/** What the vendor's stand-in counts. */
export interface Vendor {
  made: Record<string, number>;
  madeNames: Record<string, number>;
  /** What it has now. */
  videos: { name: string; status: string }[];
}

export interface Findings {
  /** What is wrong, a sentence each; empty when all is well. */
  problems: string[];
  figures: Record<string, number | string>;
}

/** A job may be this late before it counts as stuck, in milliseconds. */
const LATE_MS = 60_000;
const SHOWN = 5;
const FINAL = ["READY", "FAILED"];
const LEDGER_OF: Record<string, string[]> = { READY: ["COMMITTED"], FAILED: ["RELEASED", "SPENT"] };
/** A persona has its agent's id as its name; voices and faces add a word. */
const isPersona = (name: string) => /^agt_\w+$/.test(name);
const STAGES = ["QUEUED", "RENDERING", "INGESTING", "DONE"];

/**
 * Holds what the stopped stack has stored against what the agents were told and what the vendor has made.
 * @param stoppedAt milliseconds since 1970
 */
export function checkStored(state: string, agents: SoakAgent[], vendor: Vendor, stoppedAt: number): Findings {
  return readD1(state, (rows) => {
    const videos = rows("SELECT * FROM videos ORDER BY id");
    const found: [string, unknown[]][] = [
      ...checkAnswers(agents, videos),
      ...checkVideos(videos),
      ...checkVendor(videos, vendor),
      ...checkLedger(videos, rows("SELECT * FROM usage_ledger")),
      ...checkEvents(videos, rows("SELECT * FROM events WHERE kind = 'VIDEO' ORDER BY sequence")),
      ...checkDue(dueRows(state), stoppedAt),
      ...checkBucket(rows("SELECT id, soul_version FROM agents"), videos, r2Objects(state)),
    ];
    const problems = found
      .filter(([, cases]) => cases.length > 0)
      .map(([what, cases]) => `${what}: ${cases.length}, e.g. ${cases.slice(0, SHOWN).join(", ")}`);
    return { problems, figures: figuresOf(rows, videos, agents, vendor) };
  });
}

function checkAnswers(agents: SoakAgent[], videos: Row[]): [string, unknown[]][] {
  const asked = agents.flatMap((agent) => agent.asked);
  const stored = new Map(videos.map((video) => [video.id, video]));
  const told = new Set(asked.flatMap(({ ids }) => [...ids]));
  return [
    ["Videos that were never accepted", asked.filter(({ ids }) => ids.size === 0).map((it) => it.idempotencyKey)],
    ["Idempotency keys that gave several videos", asked.filter(({ ids }) => ids.size > 1).map((it) => [...it.ids])],
    ["Accepted videos that are not stored", [...told].filter((id) => !stored.has(id))],
    ["Stored videos that no agent was told of", [...stored.keys()].filter((id) => !told.has(String(id)))],
    [
      "Videos whose agent was told another end",
      asked
        .filter(({ ids, status }) => ids.size > 0 && status !== stored.get([...ids][0]!)?.status)
        .map((it) => [...it.ids]),
    ],
  ];
}

function checkVideos(videos: Row[]): [string, unknown[]][] {
  const ids = (isWrong: (video: Row) => boolean) =>
    videos.filter(isWrong).map(({ id, status, stage }) => `${id} ${status} ${stage}`);
  return [
    ["Videos that are not final", ids(({ status }) => !FINAL.includes(String(status)))],
    ["FAILED videos without a code", ids(({ status, failure_code: code }) => status === "FAILED" && !code)],
    ["READY videos that cannot be played", ids(({ status, host_id: copy }) => status === "READY" && !copy)],
  ];
}

function checkVendor(videos: Row[], { madeNames, videos: renders }: Vendor): [string, unknown[]][] {
  const kept = new Set(renders.filter(({ status }) => status !== "deleted").map(({ name }) => name));
  const made = (video: Row) => madeNames[String(video.id)] ?? 0;
  const known = new Set(videos.map(({ id }) => id));
  const names = Object.keys(madeNames);
  const again = names.filter((name) => madeNames[name]! > 1);
  return [
    [
      "Renders, voices and faces made more than once",
      again.filter((name) => !isPersona(name)).map((name) => `${name} ${madeNames[name]} times`),
    ],
    [
      "Renders that we call deleted and the vendor has",
      videos.filter(({ id, render_deleted_at: at }) => at !== null && kept.has(String(id))).map(({ id }) => id),
    ],
    ["Renders of no video of ours", names.filter((name) => name.startsWith("vid_") && !known.has(name))],
    [
      "READY videos that were never rendered",
      videos.filter((video) => video.status === "READY" && made(video) === 0).map(({ id }) => id),
    ],
    [
      "FAILED videos that were never rendered although the vendor did not refuse them",
      videos
        .filter((video) => video.status === "FAILED" && made(video) === 0 && video.failure_code !== "RENDER_REJECTED")
        .map(({ id, failure_code: code }) => `${id} ${code}`),
    ],
  ];
}

function checkLedger(videos: Row[], ledger: Row[]): [string, unknown[]][] {
  const status = new Map(videos.map((video) => [video.id, video]));
  const counted = new Set(ledger.map(({ video_id: id }) => id));
  const wrong = ledger.filter(({ video_id: id, state, seconds }) => {
    const video = status.get(id);
    if (!video || !(LEDGER_OF[String(video.status)] ?? ["HELD"]).includes(String(state))) return true;
    return state === "COMMITTED" && seconds !== (video.duration_seconds ?? 0);
  });
  return [
    ["Videos without a row in the ledger", videos.filter(({ id }) => !counted.has(id)).map(({ id }) => id)],
    [
      "Rows of the ledger that say another thing than their video",
      wrong.map(
        ({ video_id: id, state, seconds }) =>
          `${id} ${state} ${seconds} s, video ${status.get(id)?.status} ${status.get(id)?.duration_seconds} s`,
      ),
    ],
  ];
}

function checkEvents(videos: Row[], events: Row[]): [string, unknown[]][] {
  const byVideo = Map.groupBy(events, ({ video_id: id }) => id);
  const text = ({ status, stage, progress }: Row) => `${status} ${stage} ${progress}`;
  const of = (video: Row) => byVideo.get(video.id!) ?? [];
  const ids = (isWrong: (of: Row[], video: Row) => boolean) =>
    videos
      .filter((video) => isWrong(of(video), video))
      .map((video) => `${video.id}: ${of(video).map(text).join(" | ")}`);
  const isFinal = ({ status }: Row) => FINAL.includes(String(status));
  return [
    ["Videos with an event twice", ids((its) => new Set(its.map(text)).size < its.length)],
    [
      "Videos without one final event as the last",
      ids((its, video) => its.filter(isFinal).length !== 1 || its.at(-1)?.status !== video.status),
    ],
    [
      "Videos whose events go back",
      ids((its) =>
        its.some(
          ({ stage }, index) =>
            index > 0 && STAGES.indexOf(String(stage)) < STAGES.indexOf(String(its[index - 1]!.stage)),
        ),
      ),
    ],
  ];
}

function checkDue(due: Due[], stoppedAt: number): [string, unknown[]][] {
  const show = ({ table, id, dueAt, leaseUntil }: Due) =>
    `${table} ${id} due ${Math.round((dueAt - stoppedAt) / 1000)} s, leased ${leaseUntil > stoppedAt ? Math.round((leaseUntil - stoppedAt) / 1000) : 0} s`;
  return [
    ["Rows that are stuck", due.filter(({ dueAt }) => dueAt < stoppedAt - LATE_MS).map(show)],
    ["Leases that are still held", due.filter(({ leaseUntil }) => leaseUntil > stoppedAt).map(show)],
  ];
}

function checkBucket(agents: Row[], videos: Row[], objects: Map<string, number>): [string, unknown[]][] {
  const copyOf = (video: Row) => `videos/${video.agent_id}/${video.id}.mp4`;
  const souls = agents.map(({ id, soul_version: version }) => `souls/${id}/${version}.md`);
  const copies = videos.filter(({ file_bytes: bytes }) => bytes !== null);
  const uncopied = videos.filter(({ status, file_bytes: bytes }) => status === "READY" && bytes === null);
  const expected = new Set([...souls, ...copies.map(copyOf)]);
  return [
    ["READY videos without a copy, while others have one", copies.length > 0 ? uncopied.map(({ id }) => id) : []],
    ["Souls that R2 does not have", souls.filter((key) => !objects.has(key))],
    [
      "Copies whose file R2 does not have whole",
      copies.filter((video) => objects.get(copyOf(video)) !== video.file_bytes).map(copyOf),
    ],
    ["Objects in R2 that nobody needs", [...objects.keys()].filter((key) => !expected.has(key))],
  ];
}

function figuresOf(
  rows: (sql: string) => Row[],
  videos: Row[],
  agents: SoakAgent[],
  vendor: Vendor,
): Findings["figures"] {
  const count = (sql: string) => Number(rows(`SELECT count(*) AS value FROM ${sql}`)[0]!.value);
  const ready = videos.filter(({ status }) => status === "READY");
  const waits = ready.map((video) => Number(video.ready_at) - Number(video.created_at)).sort((a, b) => a - b);
  const percentile = (part: number) =>
    `${((waits[Math.min(waits.length - 1, Math.floor(part * waits.length))] ?? 0) / 1000).toFixed(1)} s`;
  const failures = Map.groupBy(
    videos.filter(({ status }) => status === "FAILED"),
    ({ failure_code: code }) => code,
  );
  const states = rows("SELECT state, count(*) AS many, sum(seconds) AS seconds FROM usage_ledger GROUP BY state");
  return {
    "videos accepted": videos.length,
    "videos READY": ready.length,
    "videos FAILED": [...failures].map(([code, its]) => `${its.length} ${code}`).join(", ") || "0",
    "renders deleted at the vendor": videos.filter(({ render_deleted_at: at }) => at !== null).length,
    "videos with a copy in R2": videos.filter(({ file_bytes: bytes }) => bytes !== null).length,
    "renders made": vendor.made.videos ?? 0,
    "voices made": vendor.made.voices ?? 0,
    "faces made": vendor.made.faces ?? 0,
    "personas made": vendor.made.pals ?? 0,
    "personas made again, which costs nothing": Object.entries(vendor.madeNames).filter(
      ([name, times]) => times > 1 && isPersona(name),
    ).length,
    ledger: states.map(({ state, many, seconds }) => `${many} ${state} of ${Number(seconds).toFixed(1)} s`).join(", "),
    "seconds of READY videos": ready.reduce((sum, video) => sum + Number(video.duration_seconds), 0).toFixed(1),
    "agents registered": count("agents"),
    "registrations counted": rows("SELECT sum(in_day) AS value FROM registration_counts")[0]!.value ?? 0,
    events: count("events"),
    "calls sent again by agents": agents.reduce((sum, { retries }) => sum + retries, 0),
    "from accepted to READY, half of them": percentile(0.5),
    "from accepted to READY, 95 %": percentile(0.95),
    "from accepted to READY, the longest": percentile(1),
  };
}
