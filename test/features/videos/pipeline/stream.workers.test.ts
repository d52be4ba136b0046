import { beforeEach, describe, expect, it } from "vitest";
import { videoJob } from "../../../../src/features/videos/pipeline/video-job.ts";
import { processOnce } from "../../../../src/jobs/process.ts";
import { hex } from "../../../../src/core/hash.ts";
import { emptyDatabase, type Harness, withHarness } from "../../../harness/harness.ts";
import { ask, readVideo, seeThrough, usage } from "../../ask.ts";

beforeEach(emptyDatabase);

const SECRET = "stream-webhook-secret";

/** A Stream that takes its time and can fail, which the emulation does not. */
function fakeStream() {
  const copies = new Map<string, any>();
  let made = 0;
  const one = (id: string) => ({
    details: async () => structuredClone(copies.get(id)),
    delete: async () => void copies.delete(id),
  });
  return {
    copies,
    made: () => made,
    end(id: string, fields: object) {
      Object.assign(copies.get(id), fields);
    },
    binding: {
      upload: async (_url: string, params: { meta: object }) => {
        const id = `copy${++made}`;
        copies.set(id, {
          id,
          meta: params.meta,
          created: new Date().toISOString(),
          readyToStream: false,
          duration: -1,
          status: { state: "downloading", errorReasonCode: "", errorReasonText: "" },
          hlsPlaybackUrl: `https://customer-1.cloudflarestream.com/${id}/manifest/video.m3u8`,
          thumbnail: `https://customer-1.cloudflarestream.com/${id}/thumbnails/thumbnail.jpg`,
        });
        return structuredClone(copies.get(id));
      },
      video: one,
      videos: { list: async () => [...copies.values()] },
    } as unknown as StreamBinding,
  };
}

async function signature(time: number, body: string, secret = SECRET): Promise<string> {
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  const signed = hex(await crypto.subtle.sign("HMAC", key, encoder.encode(`${time}.${body}`)));
  return `time=${time},sig1=${signed}`;
}

async function post(t: Harness, body: string, header: string | null): Promise<number> {
  const headers = header === null ? {} : { "webhook-signature": header };
  const response = await t.fetch("/webhooks/stream", { method: "POST", body, headers });
  await t.waitForBackground();
  return response.status;
}

/** A test with a video that Stream is copying. */
const whileCopying = (
  run: (t: Harness, id: string, stream: ReturnType<typeof fakeStream>, key: string) => Promise<void>,
  vars: Record<string, string | undefined> = {},
) => {
  const stream = fakeStream();
  return withHarness(
    async (t) => {
      const { key } = await t.register();
      const id = await ask(t, key);
      while (stream.copies.size === 0) {
        await t.cron();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await t.waitForBackground();
      await run(t, id, stream, key);
    },
    { env: { STREAM: stream.binding }, vars: { STREAM_WEBHOOK_SECRET: SECRET, ...vars } },
  );
};

describe("Stream's webhook", () => {
  it("makes a video READY at once when its signature is right, and is believed nothing else", () =>
    whileCopying(async (t, id, stream) => {
      await t.rows("UPDATE videos SET due_at = ?", t.now() + 3_600_000);
      const body = JSON.stringify({ uid: "copy1", readyToStream: true, meta: { videoId: id } });
      const now = Math.floor(t.now() / 1000);
      stream.end("copy1", { readyToStream: true, duration: 12.5 });
      const wrong = [
        null,
        "",
        await signature(now, body, "another secret"),
        await signature(now, `${body} `),
        (await signature(now, body)).replace(`time=${now}`, `time=${now + 1}`),
        await signature(now - 6 * 60, body),
        await signature(now + 6 * 60, body),
        (await signature(now, body)).replace("sig1", "sig2"),
      ];
      for (const header of wrong) expect(await post(t, body, header), `${header}`).toBe(401);
      expect((await readVideo(t, id)).status).toBe("PROCESSING");
      expect(await post(t, body, await signature(now - 4 * 60, body))).toBe(204);
      expect(await readVideo(t, id)).toMatchObject({ status: "READY", stage: "DONE", durationSeconds: 12.5 });
    }));

  it("that says ready too early, or of no video of ours, changes nothing", () =>
    whileCopying(async (t, id) => {
      for (const meta of [{ videoId: id }, { videoId: "vid_00000000000000000000000000" }, { videoId: 7 }, undefined]) {
        const body = JSON.stringify({ uid: "copy1", readyToStream: true, status: { state: "ready" }, meta });
        expect(await post(t, body, await signature(Math.floor(t.now() / 1000), body))).toBe(204);
      }
      const noJson = "ready!";
      expect(await post(t, noJson, await signature(Math.floor(t.now() / 1000), noJson))).toBe(204);
      expect((await readVideo(t, id)).status).toBe("PROCESSING");
    }));

  it("is refused altogether while no secret is configured", () =>
    whileCopying(
      async (t, id) => {
        const body = JSON.stringify({ meta: { videoId: id } });
        expect(await post(t, body, await signature(Math.floor(t.now() / 1000), body))).toBe(401);
      },
      { STREAM_WEBHOOK_SECRET: undefined },
    ));
});

describe("the copying", () => {
  it("fails the video with Stream's reason, and gives the quota back", () =>
    whileCopying(async (t, id, stream, key) => {
      const status = { state: "error", errorReasonCode: "ERR_MALFORMED_VIDEO", errorReasonText: "not a video" };
      await t.cronUntil(async () => {
        for (const copy of stream.copies.keys()) stream.end(copy, { status });
        return (await readVideo(t, id)).status === "FAILED";
      });
      expect(stream.made()).toBe(3);
      const { failure } = await readVideo(t, id);
      expect(failure).toMatchObject({ code: "INGEST_FAILED", retryable: true, charged: false });
      expect(failure.message).toContain("not a video");
      expect(await usage(t, key)).toMatchObject({ videosHeld: 0, videosGenerated: 0, videosRemaining: 10 });
    }));

  it("that could not fetch the file is begun anew with a fresh link, for as long as an outage may last", () =>
    whileCopying(async (t, id, stream, key) => {
      const status = { state: "error", errorReasonCode: "ERR_FETCH_ORIGIN_ERROR", errorReasonText: "no answer" };
      await t.cronUntil(async () => {
        for (const copy of stream.copies.keys()) stream.end(copy, { status });
        return stream.made() > 8;
      }, 60_000);
      expect((await readVideo(t, id)).status).toBe("PROCESSING");
      await t.cronUntil(async () => {
        for (const copy of stream.copies.keys()) stream.end(copy, { readyToStream: true, duration: 4 });
        return (await readVideo(t, id)).status === "READY";
      }, 60_000);
      // The failed ones are not kept.
      expect(stream.copies.size).toBe(1);
      expect(await usage(t, key)).toMatchObject({ videosGenerated: 1, secondsGenerated: 4 });
    }));

  it("has its deadline, from when it was begun", () =>
    whileCopying(async (t, id) => {
      t.moveTime(29 * 60_000);
      await t.cron();
      expect((await readVideo(t, id)).status).toBe("PROCESSING");
      t.moveTime(2 * 60_000);
      expect((await seeThrough(t, id)).failure_code).toBe("INGEST_FAILED");
    }));

  it("has all its time also when it could only be begun after a long while without cron", () => {
    const stream = fakeStream();
    return withHarness(
      async (t) => {
        const { key } = await t.register();
        const id = await ask(t, key);
        await t.waitForBackground();
        // Step by step: the copy is asked for in the step after the one that finds the render ready.
        const ctx = t.app.context("step", { waitUntil() {} });
        while ((await readVideo(t, id)).stage !== "INGESTING") await processOnce(ctx, videoJob, id);
        expect(stream.copies.size).toBe(0);
        t.moveTime(45 * 60_000);
        await t.cron();
        t.moveTime(60_000);
        await t.cron();
        expect((await readVideo(t, id)).status).toBe("PROCESSING");
        expect(stream.copies.size).toBe(1);
        t.moveTime(20 * 60_000);
        stream.end("copy1", { readyToStream: true, duration: 3 });
        expect((await seeThrough(t, id)).status).toBe("READY");
        expect(await usage(t, key)).toMatchObject({ videosGenerated: 1, secondsGenerated: 3 });
      },
      { env: { STREAM: stream.binding } },
    );
  });
});
