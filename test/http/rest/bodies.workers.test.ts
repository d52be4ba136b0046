import { describe, it } from "vitest";
import { withHarness } from "../../harness/harness.ts";
import { expectRefused, newAgent, type RestCall, SOUL } from "./rest.ts";

const LIMIT = 256 * 1024;
const encoder = new TextEncoder();
const bytes = (...parts: (string | number)[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(parts.flatMap((part) => (typeof part === "string" ? [...encoder.encode(part)] : [part])));

/** A body that comes in pieces, without a length, and never ends by itself. */
function endless(): ReadableStream<Uint8Array> {
  const piece = encoder.encode(" ".repeat(64 * 1024));
  return new ReadableStream({ pull: (controller) => controller.enqueue(piece) });
}

const form = () => {
  const data = new FormData();
  data.set("script", "Hello.");
  return data;
};

/** Bodies that are refused for what they are, by whichever path takes one. `valid` is one that would do. */
const REFUSED: [what: string, call: (valid: string) => RestCall, status: number, message: RegExp][] = [
  ["an empty body", () => ({ body: "" }), 400, /not valid JSON/],
  ["broken JSON", (valid) => ({ body: valid.slice(0, -1) }), 400, /not valid JSON/],
  ["two JSON values", (valid) => ({ body: valid + valid }), 400, /not valid JSON/],
  ["a list", (valid) => ({ body: `[${valid}]` }), 400, /must be a JSON object/],
  ["a JSON text", () => ({ body: '"script"' }), 400, /must be a JSON object/],
  ["a number", () => ({ body: "7" }), 400, /must be a JSON object/],
  ["null", () => ({ body: "null" }), 400, /must be a JSON object/],
  ["bytes that are not UTF-8", () => ({ body: bytes('{"script": "', 0xff, '"}') }), 400, /not valid UTF-8/],
  ["UTF-8 that is cut off", () => ({ body: bytes('{"script": "', 0xf0, 0x9f, '"}') }), 400, /not valid UTF-8/],
  ["a surrogate as bytes", () => ({ body: bytes('{"script": "', 0xed, 0xa0, 0x80, '"}') }), 400, /not valid UTF-8/],
  [
    "UTF-8 in more bytes than needed",
    () => ({ body: bytes('{"script": "', 0xc0, 0xaf, '"}') }),
    400,
    /not valid UTF-8/,
  ],
  [
    "UTF-16",
    (valid) => ({ body: bytes(0xff, 0xfe, ...[...valid].flatMap((char) => [char, 0])) }),
    400,
    /not valid UTF-8/,
  ],
  ["a body of one byte too many", (valid) => ({ body: valid.padEnd(LIMIT + 1) }), 413, /larger than 262144 bytes/],
  [
    "a body that says it is too big",
    (valid) => ({ body: valid, headers: { "content-length": String(LIMIT + 1) } }),
    413,
    /larger than 262144 bytes/,
  ],
  ["a body without length or end", () => ({ body: endless() }), 413, /larger than 262144 bytes/],
  ["a form", () => ({ body: form() }), 415, /application\/json/],
  [
    "an encoded form",
    () => ({ body: "script=Hello.", headers: { "content-type": "application/x-www-form-urlencoded" } }),
    415,
    /application\/json/,
  ],
  ["plain text", (valid) => ({ body: valid, headers: { "content-type": "text/plain" } }), 415, /application\/json/],
  ["no media type", (valid) => ({ body: valid, headers: { "content-type": "" } }), 415, /application\/json/],
];

const PATHS: [path: string, valid: object][] = [
  ["/agents/register", SOUL],
  ["/videos/generate", { script: "Hello." }],
];

describe.each(PATHS)("the body of POST %s", (path, valid) => {
  it.each(REFUSED)("may not be %s", (_what, call, status, message) =>
    withHarness(async (t) => {
      const { key } = await newAgent(t);
      const refusal = { status, code: "BAD_INPUT", paths: [null], message };
      await expectRefused(t, "POST", path, { key, ...call(JSON.stringify(valid)) }, refusal);
    }),
  );

  it("may say its encoding, and fill the limit to the last byte", () =>
    withHarness(async (t) => {
      const { key } = await newAgent(t);
      const before = JSON.stringify(valid).padEnd(LIMIT);
      for (const type of ["application/json; charset=utf-8", "Application/JSON;charset=UTF-8"]) {
        const response = await t.fetch(path, {
          method: "POST",
          headers: { "content-type": type, authorization: `Bearer ${key}` },
          body: before,
        });
        if (!response.ok) throw new Error(await response.text());
        await response.body?.cancel();
      }
    }));
});
