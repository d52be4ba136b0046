import { newId } from "../../src/core/ids.ts";
import { createDb } from "../../src/db/client.ts";
import { agents } from "../../src/db/schema/agents.ts";
import { videos } from "../../src/db/schema/videos.ts";
import { registeredRow } from "./agent-row.ts";

const START = Date.UTC(2026, 10, 1);
const AGENTS = 20;
const VIDEOS = 200;
const BATCH = 100;

/** Bytes that are the same in every run. */
const fixed = (seed: number) => (bytes: number) =>
  Uint8Array.from({ length: bytes }, (_, place) => (seed * 31 + place * 17) % 256);

/** What a database is filled with: a gallery of READY videos, or that many that are at the vendor and due. */
export type Seed = "gallery" | { renders: number };

/** Fills a database that has its tables and nothing in them; returns the id of a video in its middle. */
export async function seedDatabase(d1: D1Database, seed: Seed): Promise<string> {
  const rows = seed === "gallery" ? gallery() : renders(seed.renders);
  const db = createDb(d1);
  for (let agent = 0; agent < AGENTS; agent++) await db.insert(agents).values(agentRow(agent));
  for (let start = 0; start < rows.length; start += BATCH) {
    const [first, ...rest] = rows.slice(start, start + BATCH).map((row) => db.insert(videos).values(row));
    await db.batch([first!, ...rest]);
  }
  return rows[rows.length >> 1]!.id;
}

const gallery = () => Array.from({ length: VIDEOS }, (_, number) => videoRow(number));

function renders(count: number) {
  const now = Date.now();
  return Array.from({ length: count }, (_, number) => ({
    ...videoRow(number),
    status: "PROCESSING" as const,
    stage: "RENDERING" as const,
    renderId: `render-${number}`,
    hostId: null,
    dueAt: now - count + number,
    stageSince: now,
    createdAt: now,
    readyAt: null,
  }));
}

const agentId = (number: number) => newId("agt", START + number, fixed(number));

const agentRow = (number: number): typeof agents.$inferInsert => ({
  id: agentId(number),
  handle: `agent-${number}`,
  name: `Agent ${number}`,
  ...registeredRow(START),
  derivedBio:
    "A patient philosopher who answers every question with a better one. Speaks slowly, and only in whole days.",
  createdAt: START + number,
  soulMd: `# Agent ${number}\n\n${"I am a patient philosopher. ".repeat(100)}`,
});

const videoRow = (number: number): typeof videos.$inferInsert => ({
  id: newId("vid", START + number * 1000, fixed(number)),
  agentId: agentId(number % AGENTS),
  script: `Good morning, this is number ${number}. ${"Today I have thought about time, and it has thought about me. ".repeat(5)}`,
  soulVersion: 1,
  visibility: "PUBLIC",
  status: "READY",
  stage: "DONE",
  fingerprint: String(number),
  faceId: "r5dc7c7d0bcb",
  hostId: `host-${number}`,
  embedUrl: `https://customer-molts.cloudflarestream.com/${number}/iframe`,
  hlsUrl: `https://customer-molts.cloudflarestream.com/${number}/manifest/video.m3u8`,
  thumbnailUrl: `https://customer-molts.cloudflarestream.com/${number}/thumbnails/thumbnail.jpg`,
  durationSeconds: 31.5,
  views: number,
  stageSince: START + number * 1000,
  createdAt: START + number * 1000,
  readyAt: START + number * 1000 + 60_000,
});
