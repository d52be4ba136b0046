import { describe, expect, it, vi } from "vitest";
import { readConfig } from "../../src/config.ts";
import { withHarness } from "../harness/harness.ts";

describe("the log", () => {
  it("has one JSON line a request and a job step, with the request id, and never a key, a script or a secret path", () =>
    withHarness(async (t) => {
      const lines: string[] = [];
      const spies = (["info", "warn", "error"] as const).map((level) =>
        vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(line)),
      );
      try {
        const { key, id } = await t.register();
        const answer = await t.gql(
          'mutation Say { generateVideo(input: { script: "A secret script." }) { video { id } } }',
          {},
          key,
        );
        const videoId = answer.data.generateVideo.video.id;
        await t.finish(videoId);
        await t.fetch(`/webhooks/tavus/videos/${videoId}/hunter2`, { method: "POST" });
        await t.fetch("/samples/a/b.mp3?signature=hunter2");

        const entries = lines.map((line) => JSON.parse(line));
        const said = entries.find((entry) => entry.operation === "mutation Say");
        expect(said).toMatchObject({
          level: "info",
          message: "request",
          method: "POST",
          route: "/graphql",
          status: 200,
          agentId: id,
          requestId: answer.headers.get("x-request-id"),
        });
        expect(entries.filter((entry) => entry.message === "request")).toHaveLength(4);
        const steps = entries.filter((entry) => entry.message === "video.step");
        expect(steps.map((entry) => entry.stage)).toEqual(expect.arrayContaining(["QUEUED", "RENDERING", "INGESTING"]));
        expect(steps.every((entry) => entry.videoId === videoId && entry.requestId)).toBe(true);
        expect(lines.join("\n")).not.toMatch(
          new RegExp(`${key}|A secret script|hunter2|${readConfig({ ...t.env }).peppers.newest}|${t.tavus.key}`),
        );
      } finally {
        for (const spy of spies) spy.mockRestore();
      }
    }));

  it("tells of a statement that failed at D1 without what the caller sent", () =>
    withHarness(async (t) => {
      const { key } = await t.register();
      const written = vi.spyOn(console, "error").mockImplementation(() => {});
      await t.env.DB.exec("ALTER TABLE video_requests RENAME TO video_requests_away");
      try {
        const hostile = "hunter2\n    at hunter2 (hunter2.ts:1:1)\n    at hunter2";
        const { errors } = await t.gql(
          "query ($name: String) { video(clientReference: $name) { id } }",
          { name: hostile },
          key,
        );
        expect(errors?.[0].extensions.code).toBe("INTERNAL");
        const lines = written.mock.calls.map(([line]) => line as string).join("\n");
        expect(lines).toContain("Failed query: select");
        expect(lines).toContain("no such table: video_requests");
        expect(lines).not.toContain("hunter2");
      } finally {
        await t.env.DB.exec("ALTER TABLE video_requests_away RENAME TO video_requests");
        written.mockRestore();
      }
    }));
});
