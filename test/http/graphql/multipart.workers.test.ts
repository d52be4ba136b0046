import { describe, expect, it } from "vitest";
import { type Harness, withHarness } from "../../harness/harness.ts";

const REGISTER =
  "mutation ($input: RegisterAgentInput!) { registerAgent(input: $input) { agent { id name } errors { code message path } } }";
const MP3 = new Uint8Array([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 0]);

function form(operations: string | Blob, file: Blob | null): FormData {
  const body = new FormData();
  body.append("operations", operations as never);
  if (file) {
    body.append("map", JSON.stringify({ 0: ["variables.input.voiceSample"] }));
    body.append("0", file, "sample.mp3");
  }
  return body;
}

const operations = (name: string) =>
  JSON.stringify({
    query: REGISTER,
    variables: {
      input: { name, email: "a@example.com", soulMd: "I am.", voiceConsent: "SYNTHETIC", voiceSample: null },
    },
  });

/** A form whose file is said to belong somewhere else. */
function withMap(map: string, request = operations("A")): FormData {
  const body = form(request, new Blob([MP3]));
  body.set("map", map);
  return body;
}

async function send(t: Harness, body: BodyInit, headers: Record<string, string> = {}) {
  const response = await t.fetch("/graphql", { method: "POST", body, headers });
  return { status: response.status, body: (await response.json()) as any };
}

describe("a GraphQL multipart request", () => {
  it("brings a file along as a variable", () =>
    withHarness(async (t) => {
      const { body } = await send(t, form(operations("Ünicode \ufffd kept"), new Blob([MP3])));
      expect(body.data.registerAgent).toMatchObject({ agent: { name: "Ünicode \ufffd kept" }, errors: [] });
    }));

  it("is refused when its text is not UTF-8", () =>
    withHarness(async (t) => {
      const [before, after] = operations("a☠b").split("☠") as [string, string];
      const head = '--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n';
      const broken = new Blob([head, before, new Uint8Array([0xc3, 0x28]), after, "\r\n--x--\r\n"]);
      const answer = await send(t, broken, { "content-type": "multipart/form-data; boundary=x" });
      expect(answer.body.errors[0]).toMatchObject({
        message: "`operations` is not valid UTF-8.",
        extensions: { code: "BAD_INPUT" },
      });
    }));

  it("is refused with 413 when it is larger than a sample may be, however it is sent", () =>
    withHarness(async (t) => {
      const big = new Blob([MP3, new Uint8Array(26 * 1024 * 1024)]);
      const encoded = new Response(form(operations("Big"), big));
      const streamed = await send(t, encoded.body!, { "content-type": encoded.headers.get("content-type")! });
      expect([streamed.status, streamed.body.errors[0].extensions.code]).toEqual([413, "BAD_INPUT"]);
    }));

  it("is refused when it is no form, or its parts are not as the specification has them", () =>
    withHarness(async (t) => {
      const wrong: [BodyInit, Record<string, string>?][] = [
        ["nonsense", { "content-type": "multipart/form-data; boundary=x" }],
        ["nonsense", { "content-type": "multipart/form-data" }],
        [form("not json", null)],
        [withMap("{}", "null")],
        [new FormData()],
        [withMap('{"0": 7}')],
      ];
      for (const [body, headers] of wrong) {
        const answer = await send(t, body, headers);
        expect([answer.status, answer.body.errors[0].extensions.code]).toEqual([400, "BAD_INPUT"]);
      }
      const text = await t.gql(REGISTER, {
        input: { name: "A", email: "a@example.com", soulMd: "x", voiceSample: "not a file" },
      });
      expect(text.errors?.[0]).toMatchObject({
        message: expect.stringContaining("multipart"),
        extensions: { code: "BAD_INPUT" },
      });
    }));
});
