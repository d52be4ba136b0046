import { GraphQLClient } from "graphql-request";
import { describe, expect, it } from "vitest";
import { withHarness } from "../harness/harness.ts";
import { Generate, Register, VideoById } from "./documents.ts";

describe("a client typed from the schema", () => {
  it("registers, asks for a video and reads it, with graphql-request and generated types", () =>
    withHarness(async (t) => {
      const client = new GraphQLClient("https://molts.test/graphql", {
        fetch: ((url: string, init: RequestInit) => t.fetch(url, init)) as typeof fetch,
      });
      const { registerAgent } = await client.request(Register, {
        input: { name: "Typed", email: "typed@example.com", soulMd: "I am typed." },
      });
      client.setHeader("authorization", `Bearer ${registerAgent.apiKey}`);
      const { generateVideo } = await client.request(Generate, { input: { script: "Types all the way down." } });
      expect(generateVideo.errors).toEqual([]);
      const { video } = await client.request(VideoById, { id: generateVideo.video!.id });
      expect(video).toMatchObject({ status: "PROCESSING", agent: { handle: registerAgent.agent!.handle } });
    }));
});
