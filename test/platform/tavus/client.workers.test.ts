import * as z from "zod";
import { describe, expect, it } from "vitest";
import { unlimited } from "../../../src/core/slots.ts";
import { UpstreamError } from "../../../src/core/errors.ts";
import { createTavusClient } from "../../../src/platform/tavus/client.ts";
import { findByName } from "../../../src/platform/tavus/find-by-name.ts";
import { createVideoRenderer } from "../../../src/platform/tavus/video-renderer.ts";

const KEY = "the-secret-key";
const answer = z.object({ id: z.string() });

/** A client whose network is one function. */
const options = (fetcher: typeof fetch) => ({
  apiUrl: "https://tavus.example",
  apiKey: KEY,
  timeoutMs: 30,
  fetch: fetcher,
  slots: unlimited,
});
const client = (fetcher: typeof fetch) => createTavusClient(options(fetcher));
const answering = (body: string | object, init: ResponseInit = {}) =>
  client(async () => new Response(typeof body === "string" ? body : JSON.stringify(body), init));

async function failureOf(work: Promise<unknown>): Promise<UpstreamError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UpstreamError);
  expect((error as Error).message).not.toContain(KEY);
  return error as UpstreamError;
}

describe("the Tavus client", () => {
  it("says of each status whether the call may have had an effect", async () => {
    const kinds: Record<string, number[]> = {
      rejected: [400, 422],
      missing: [404],
      refused: [403, 405, 410, 413, 451],
      declined: [401, 402, 429],
      inDoubt: [408, 409, 425, 500, 502, 503, 504],
    };
    for (const [kind, statuses] of Object.entries(kinds)) {
      for (const status of statuses) {
        const { kind: found } = await failureOf(answering({ error: "no" }, { status })("GET", "/v2/x", answer));
        expect(found, `${status}`).toBe(kind);
      }
    }
  });

  it("takes what is not an answer for inDoubt: broken JSON, a missing field, a reset, a hang", async () => {
    expect((await failureOf(answering('{"id": "b0')("POST", "/v2/x", answer))).kind).toBe("inDoubt");
    expect((await failureOf(answering({ other: 1 })("POST", "/v2/x", answer))).kind).toBe("inDoubt");
    const reset = client(async () => Promise.reject(new TypeError("Network connection lost.")));
    expect((await failureOf(reset("POST", "/v2/x", answer))).kind).toBe("inDoubt");
    const hang = client(
      (_url, init) =>
        new Promise((_, reject) => init!.signal!.addEventListener("abort", () => reject(new Error("late")))),
    );
    expect((await failureOf(hang("POST", "/v2/x", answer))).kind).toBe("inDoubt");
    const slowBody = client(async (_url, init) => {
      const body = new ReadableStream({
        start: (controller) => init!.signal!.addEventListener("abort", () => controller.error(new Error("late"))),
      });
      return new Response(body);
    });
    expect((await failureOf(slowBody("GET", "/v2/x", answer))).kind).toBe("inDoubt");
  });

  it("gives the vendor's own words, wherever it puts them", async () => {
    const message = async (body: string | object) =>
      (await failureOf(answering(body, { status: 400 })("POST", "/v2/x", null))).message;
    expect(await message({ error: "Invalid replica_id" })).toBe("Invalid replica_id");
    expect(await message({ message: "Invalid access token" })).toBe("Invalid access token");
    expect(await message("<html>Bad gateway</html>")).toContain("Bad gateway");
    expect(await message("")).toContain("400");
    expect((await message("x".repeat(10_000))).length).toBeLessThan(500);
  });

  it("heeds Retry-After in seconds, up to an hour, and nothing else there", async () => {
    const wait = async (value?: string) =>
      (
        await failureOf(
          answering("{}", { status: 429, headers: value ? { "retry-after": value } : {} })("GET", "/", null),
        )
      ).retryAfterMs;
    expect(await wait("7")).toBe(7000);
    expect(await wait("999999999")).toBe(3_600_000);
    for (const none of [undefined, "0", "-5", "soon", "Wed, 21 Oct 2026 07:28:00 GMT"])
      expect(await wait(none)).toBeNull();
  });

  it("sends its key as x-api-key and its bodies as JSON, and takes an unchanged document for done", async () => {
    let sent: { url: string; init: RequestInit } | null = null;
    const call = client(async (url, init) => {
      sent = { url: String(url), init: init! };
      return new Response(null, { status: 304 });
    });
    expect(await call("PATCH", "/v2/pals/p1", null, [{ op: "add" }])).toBeNull();
    expect(sent!.url).toBe("https://tavus.example/v2/pals/p1");
    expect(sent!.init).toMatchObject({
      method: "PATCH",
      headers: { "x-api-key": KEY, "content-type": "application/json" },
      body: '[{"op":"add"}]',
    });
  });
});

describe("a search for our name in a list", () => {
  const list = z.object({ data: z.array(z.object({ name: z.string() })), total_count: z.number().optional() });
  const pages = (all: string[], total: (page: number) => number | undefined) => {
    const asked: number[] = [];
    const call = client(async (url) => {
      const page = Number(new URL(String(url)).searchParams.get("page"));
      asked.push(page);
      const data = all.slice(page * 100 - 100, page * 100).map((name) => ({ name }));
      return Response.json({ data, total_count: total(page) });
    });
    const things = { path: "/v2/things", firstPage: 1, schema: list } as const;
    const find = (name: string, search = { isOver: () => false }) =>
      findByName(call, things, (item) => item.name === name, search);
    return { asked, find };
  };
  const names = Array.from({ length: 250 }, (_, index) => `n${index}`);

  it("reads all pages, with or without a total, and stops where it finds", async () => {
    for (const total of [250, undefined]) {
      const { asked, find } = pages(names, () => total);
      expect(await find("n120")).toEqual({ name: "n120" });
      expect(asked).toEqual([1, 2]);
      expect(await find("n249")).toEqual({ name: "n249" });
      expect(await find("absent")).toBeNull();
    }
    expect(await pages([], () => 0).find("absent")).toBeNull();
  });

  it("does not say that something is missing when the list was shortened meanwhile, or has no end", async () => {
    const shrinking = pages(names, (page) => 251 - page);
    expect((await failureOf(shrinking.find("absent"))).kind).toBe("inDoubt");
    const endless = client(async () => Response.json({ data: [{ name: "other" }], total_count: 1e9 }));
    const things = { path: "/v2/things", firstPage: 1, schema: list } as const;
    const search = findByName(endless, things, (item) => item.name === "absent", { isOver: () => false });
    expect((await failureOf(search)).kind).toBe("inDoubt");
  });

  it("ends after a bounded number of calls or when its time is over, having looked at both ends of a list", async () => {
    const many = Array.from({ length: 10_001 }, (_, index) => `n${index}`);
    const { asked, find } = pages(many, () => many.length);
    expect((await failureOf(find("absent"))).kind).toBe("inDoubt");
    expect(asked).toHaveLength(30);
    expect(await find("n3")).toEqual({ name: "n3" });
    expect(await find("n10000")).toEqual({ name: "n10000" });
    const short = pages(names, () => 250);
    expect((await failureOf(short.find("absent", { isOver: () => short.asked.length === 2 }))).kind).toBe("inDoubt");
    expect(short.asked).toEqual([1, 2]);
  });
});

describe("a render as the vendor tells of it", () => {
  const render = (body: object) =>
    createVideoRenderer(client(async () => Response.json({ video_id: "b1", ...body }))).get("b1");

  it("is pending, ready with a file, or failed with the vendor's reason", async () => {
    expect(await render({ status: "queued", generation_progress: null })).toEqual({
      status: "pending",
      progress: null,
    });
    expect(await render({ status: "generating", generation_progress: "37/100" })).toEqual({
      status: "pending",
      progress: 37,
    });
    for (const odd of ["x/100", "5/0", "", "250/100"]) {
      const { progress } = (await render({ status: "generating", generation_progress: odd })) as { progress: number };
      expect(progress ?? 0, odd).toBeLessThanOrEqual(100);
    }
    expect(await render({ status: "ready", download_url: "https://f.example/1.mp4" })).toEqual({
      status: "ready",
      downloadUrl: "https://f.example/1.mp4",
    });
    expect((await failureOf(render({ status: "ready", download_url: null }))).kind).toBe("inDoubt");
    expect(await render({ status: "error", status_details: "too fast" })).toEqual({
      status: "failed",
      reason: "too fast",
    });
    expect(await render({ status: "error", error_details: "too slow" })).toEqual({
      status: "failed",
      reason: "too slow",
    });
    expect(await render({ status: "error" })).toMatchObject({ status: "failed" });
    expect(await render({ status: "deleted" })).toMatchObject({ status: "failed" });
    expect((await failureOf(render({ status: "something new" }))).kind).toBe("inDoubt");
  });
});
