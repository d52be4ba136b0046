import { request } from "node:http";
import { expect, it } from "vitest";
import { registerOverRest, SOUL_MD } from "./agent.ts";
import { withWorld } from "./world.ts";

interface Raw {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

/** A request as it goes over the wire: in pieces without a length, unless `content-length` is among the headers. */
function send(url: string, headers: Record<string, string>, pieces: Iterable<Buffer>): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: "POST", headers }, async (incoming) => {
      let body = "";
      for await (const piece of incoming.setEncoding("utf8")) body += piece;
      resolve({ status: incoming.statusCode!, headers: incoming.headers, body });
    });
    // A server may answer and hang up while the rest of a body that is too big is still on its way.
    outgoing.on("error", (error) => setTimeout(() => reject(error), 200));
    for (const piece of pieces) outgoing.write(piece);
    outgoing.end();
  });
}

const MIB = 1024 * 1024;

it("over real HTTP a body that is too big or broken is refused as a problem, in pieces or whole, and the Worker lives on", () =>
  withWorld({ cronSeconds: 1 }, async ({ url }) => {
    const { key } = await registerOverRest(url);
    const authorization = `Bearer ${key}`;
    const json = { "content-type": "application/json", authorization };
    const script = (size: number) => Buffer.from(JSON.stringify({ script: "a".repeat(size) }));

    const whole = script(300 * 1024);
    const halves = [whole.subarray(0, 100_000), whole.subarray(100_000)];
    for (const headers of [{ ...json, "content-length": String(whole.length) }, json]) {
      const { status, headers: got, body } = await send(`${url}/videos/generate`, headers, halves);
      expect(status).toBe(413);
      expect(got["content-type"]).toBe("application/problem+json");
      expect(JSON.parse(body)).toMatchObject({ code: "BAD_INPUT", status: 413, charged: false });
    }
    const broken = Buffer.concat([Buffer.from('{"script": "'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    for (const headers of [{ ...json, "content-length": String(broken.length) }, json]) {
      expect((await send(`${url}/videos/generate`, headers, [broken])).status).toBe(400);
    }
    // GraphQL refuses alike, a sample of 26 MiB too.
    const query = Buffer.from(JSON.stringify({ query: `# ${"a".repeat(300 * 1024)}\n{ __typename }` }));
    expect((await send(`${url}/graphql`, json, [query])).status).toBe(413);
    const form = { "content-type": "multipart/form-data; boundary=x", "content-length": String(27 * MIB) };
    expect((await send(`${url}/graphql`, form, [Buffer.alloc(27 * MIB, "a")])).status).toBe(413);

    const usage = await fetch(`${url}/agents/me`, { headers: { authorization } });
    expect(await usage.json()).toMatchObject({ videos_generated: 0, monthly_usage: 0 });
    const register = await send(`${url}/agents/register`, { "content-type": "application/json" }, [
      Buffer.from(JSON.stringify({ name: "Ambrose", email: "owner@example.com", soul_md: SOUL_MD })),
    ]);
    expect(register.status).toBe(201);
  }));
