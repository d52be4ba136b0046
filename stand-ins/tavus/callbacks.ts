import { stageAt } from "./course.ts";
import { faceCallback } from "./faces.ts";
import { log, type Account, type Change, type DeliveryRecord, type JsonObject, type World } from "./state.ts";
import { videoCallback } from "./videos.ts";
import { voiceCallback } from "./voices.ts";

const timeoutMs = 10_000;

/** Notes the work of a thing that has changed, or of everything, if its end is still to be told. */
export function noteOpen(world: World, change: Change | null): void {
  const note = (account: Account, kind: Change["kind"], id: string) => {
    const course = kind === undefined || kind === "pals" ? undefined : account[kind][id]?.course;
    if (course !== undefined && !course.announced) world.open.set(course, { account, kind: kind!, id });
  };
  if (change !== null) {
    if (change.id !== undefined) note(change.account, change.kind, change.id);
    return;
  }
  for (const account of Object.values(world.state.accounts)) {
    for (const kind of ["videos", "faces", "voices"] as const) {
      for (const id of Object.keys(account[kind])) note(account, kind, id);
    }
  }
}

/**
 * Sends the callbacks of everything that has ended and was not announced yet, and says what it has announced and when the next thing
 * will end (milliseconds since the epoch, Infinity if nothing will). What has no callback URL, or was deleted before its end, only counts
 * as announced.
 */
export function announceEnded(world: World): { announced: Change[]; next: number } {
  const now = world.now();
  const announced: Change[] = [];
  let next = Infinity;
  for (const [course, change] of world.open) {
    const { account, kind, id } = change;
    const isThere = kind !== undefined && kind !== "pals" && account[kind][id!]?.course === course;
    if (!isThere || course.announced) {
      world.open.delete(course);
      continue;
    }
    if (course.endsAt === null) continue;
    const stage = stageAt(course, now);
    if (stage !== "done" && stage !== "failed") {
      next = Math.min(next, course.endsAt);
      continue;
    }
    course.announced = true;
    world.open.delete(course);
    announced.push(change);
    const copies = account.settings.callbacks ? course.callbackCopies : 0;
    const body = course.callbackUrl !== null && copies > 0 ? bodyOf(world, change) : null;
    if (body !== null) void deliver(world, account, course.callbackUrl!, body, copies);
  }
  return { announced, next };
}

function bodyOf(world: World, { account, kind, id }: Change): JsonObject | null {
  const now = world.now();
  if (kind === "faces") return faceCallback(account.faces[id!]!, now);
  if (kind === "voices") return voiceCallback(account.voices[id!]!, now);
  const video = account.videos[id!]!;
  return video.deletedAt === null ? videoCallback(world, video) : null;
}

/** Whether a delivery succeeds is nobody's business: a retry policy is not documented, so there is none. */
async function deliver(world: World, account: Account, url: string, body: JsonObject, copies: number): Promise<void> {
  for (let copy = 0; copy < copies; copy++) {
    const entry = log<DeliveryRecord>(account.deliveries, {
      at: world.now(),
      url,
      body,
      status: null,
    });
    try {
      const response = await world.fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), world.closing]),
      });
      entry.status = response.status;
      await response.body?.cancel();
    } catch {
      // The entry in the log shows that no answer came.
    }
  }
}
