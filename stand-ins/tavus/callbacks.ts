import { stageAt, type Course } from "./course.ts";
import { faceCallback } from "./faces.ts";
import { log, type Account, type DeliveryRecord, type JsonObject, type World } from "./state.ts";
import { videoCallback } from "./videos.ts";
import { voiceCallback } from "./voices.ts";

const timeoutMs = 10_000;

/**
 * Sends the callbacks of everything that has ended and was not announced yet, and says when the next thing will end (milliseconds since
 * the epoch, Infinity if nothing will). What has no callback URL, or was deleted before its end, only counts as announced.
 */
export function announceEnded(world: World): number {
  const now = world.now();
  let next = Infinity;
  const look = (account: Account, course: Course, body: (() => JsonObject) | null) => {
    if (course.announced || course.endsAt === null) return;
    const stage = stageAt(course, now);
    if (stage !== "done" && stage !== "failed") {
      next = Math.min(next, course.endsAt);
      return;
    }
    course.announced = true;
    const copies = account.settings.callbacks ? course.callbackCopies : 0;
    if (body !== null && course.callbackUrl !== null && copies > 0)
      void deliver(world, account, course.callbackUrl, body(), copies);
  };
  for (const account of Object.values(world.state.accounts)) {
    for (const video of Object.values(account.videos)) {
      look(account, video.course, video.deletedAt === null ? () => videoCallback(world, video) : null);
    }
    for (const face of Object.values(account.faces)) look(account, face.course, () => faceCallback(face, now));
    for (const voice of Object.values(account.voices)) look(account, voice.course, () => voiceCallback(voice, now));
  }
  return next;
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
