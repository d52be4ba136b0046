import { beforeEach, describe, expect, it } from "vitest";
import { AUDIO, bytes, REGISTER, SOUL, UPDATE, upload } from "../../features/agents/agents.ts";
import { emptyDatabase, type Harness, withHarness } from "../../harness/harness.ts";
import { emptyStorage } from "../../harness/storage.ts";

beforeEach(emptyDatabase);
beforeEach(emptyStorage);

const MIB = 1024 * 1024;
const BOUNDARY = "b7f3c0a9e1";
const MULTIPART = { "content-type": `multipart/form-data; boundary=${BOUNDARY}` };
const encoder = new TextEncoder();

const wav = (size = 2048) => new File([bytes(AUDIO.wav!, size)], "voice.wav");
const samples = async (t: Harness) => (await t.env.BUCKET.list({ prefix: "samples/" })).objects.map(({ key }) => key);
const operations = (
  query = REGISTER,
  variables: object = { input: { ...SOUL, voiceConsent: "SYNTHETIC", voiceSample: null } },
) => JSON.stringify({ query, variables });
const MAP = '{"0":["variables.input.voiceSample"]}';

function formOf(...parts: [name: string, content: string | Blob][]): FormData {
  const form = new FormData();
  for (const [name, content] of parts) form.append(name, content as never);
  return form;
}

const text = (name: string, content: string) =>
  `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${content}\r\n`;
const head = text("operations", operations()) + text("map", MAP);
const fileHead = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="0"; filename="a.wav"\r\n\r\n`;

async function send(t: Harness, content: BodyInit, headers: Record<string, string> = {}) {
  const response = await t.fetch("/graphql", { method: "POST", body: content, headers });
  // oxlint-disable-next-line typescript/no-explicit-any -- answers of every shape
  const answer = (await response.json()) as any;
  await t.waitForBackground();
  return { status: response.status, headers: response.headers, data: answer.data, error: answer.errors?.[0] };
}

/** A body that sends what it is given, one piece after another, and is then silent for ever, or ends. */
function body(pieces: Iterable<Uint8Array | string>, options: { stalls?: boolean; pauseMs?: number } = {}) {
  const source = pieces[Symbol.iterator]();
  const seen = { bytes: 0 };
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = source.next();
        if (done && options.stalls) return new Promise<void>(() => {});
        if (done) return controller.close();
        if (options.pauseMs) await new Promise((resolve) => setTimeout(resolve, options.pauseMs));
        const piece = typeof value === "string" ? encoder.encode(value) : value;
        seen.bytes += piece.length;
        controller.enqueue(piece);
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, seen };
}

function* repeated(first: string, size: number, last: string): Generator<Uint8Array | string> {
  yield first;
  for (let sent = 0; sent < size; sent += 64 * 1024) yield new Uint8Array(64 * 1024).fill(0x61);
  yield last;
}

/** The real bucket, with what is asked of it written down. */
function watched(bucket: R2Bucket) {
  const calls: string[] = [];
  let largest = 0;
  const size = (value: unknown) => {
    const length = ArrayBuffer.isView(value) ? value.byteLength : Number.POSITIVE_INFINITY;
    largest = Math.max(largest, length);
  };
  const proxy = new Proxy(bucket, {
    get(target, name) {
      if (name === "put")
        return (key: string, value: unknown, options: R2PutOptions) => {
          calls.push(`put ${key.split("/")[0]}`);
          if (key.startsWith("samples/")) size(value);
          return target.put(key, value as never, options);
        };
      if (name === "createMultipartUpload")
        return async (key: string, options: R2MultipartOptions) => {
          calls.push("create");
          const parts = await target.createMultipartUpload(key, options);
          return {
            uploadPart: (number: number, value: Uint8Array) => {
              size(value);
              calls.push("part");
              return parts.uploadPart(number, value);
            },
            complete: (all: R2UploadedPart[]) => (calls.push("complete"), parts.complete(all)),
            abort: () => (calls.push("abort"), parts.abort()),
          };
        };
      const value = Reflect.get(target, name) as unknown;
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  return { proxy, calls, largest: () => largest };
}

describe("the texts of a form", () => {
  it("have the room of a JSON body together: 20 MB of operations are refused, and the sender hears of it", () =>
    withHarness(async (t) => {
      const { stream, seen } = body(
        repeated(`--${BOUNDARY}\r\ncontent-disposition: form-data; name="operations"\r\n\r\n`, 15 * MIB, "\r\n"),
      );
      const answer = await send(t, stream, MULTIPART);
      expect([answer.status, answer.error.extensions.code]).toEqual([413, "BAD_INPUT"]);
      expect(answer.error.message).toContain("262144");
      // All of it was read, so that the answer is not lost in a connection that is reset.
      expect(seen.bytes).toBeGreaterThan(15 * MIB);
      const both = formOf(["operations", operations()], ["map", MAP.padEnd(262_144)], ["0", wav()]);
      expect((await send(t, both)).status).toBe(413);
      expect(await samples(t)).toEqual([]);
    }));

  it("are read within reason only, however much is sent", () =>
    withHarness(async (t) => {
      const { stream, seen } = body(repeated("", 200 * MIB, ""));
      const answer = await send(t, stream, { "content-type": "application/json" });
      expect(answer.status).toBe(413);
      expect(seen.bytes).toBeLessThan(20 * MIB);
    }));
});

describe("a body that does not come", () => {
  const vars = { BODY_SECONDS: "0.3", BODY_TOTAL_SECONDS: "2", UPLOADS_AT_A_TIME: "4" };

  it("is given up; of ten uploads at once four are received, and the others told when to come back", () =>
    withHarness(
      async (t) => {
        const stalled = () => send(t, body([head, fileHead, bytes(AUDIO.wav!)], { stalls: true }).stream, MULTIPART);
        const answers = await Promise.all(Array.from({ length: 10 }, stalled));
        const statuses = answers.map(({ status }) => status).sort();
        expect(statuses).toEqual([408, 408, 408, 408, 503, 503, 503, 503, 503, 503]);
        const full = answers.find(({ status }) => status === 503)!;
        expect(full.headers.get("retry-after")).toBe("5");
        expect(full.error.extensions).toMatchObject({
          code: "CAPACITY_REACHED",
          retryable: true,
          retryAfterMs: 5_000,
        });
        const late = answers.find(({ status }) => status === 408)!;
        expect(late.error.extensions).toMatchObject({ code: "BAD_INPUT", retryable: true });
        expect(await samples(t)).toEqual([]);
        // They have made room again.
        const { data } = await upload(t, REGISTER, { ...SOUL, voiceConsent: "SYNTHETIC" }, wav());
        expect(data.registerAgent.errors).toEqual([]);
      },
      { vars },
    ));

  it("is given up as JSON too, over GraphQL and REST", () =>
    withHarness(
      async (t) => {
        const json = { "content-type": "application/json" };
        expect((await send(t, body(['{"query"'], { stalls: true }).stream, json)).status).toBe(408);
        const rest = await t.fetch("/agents/register", {
          method: "POST",
          body: body(["{"], { stalls: true }).stream,
          headers: json,
        });
        expect([rest.status, await rest.json()]).toMatchObject([408, { code: "BAD_INPUT", retryable: true }]);
      },
      { vars },
    ));

  it("may be slow as long as it moves, but not for ever", () =>
    withHarness(
      async (t) => {
        const slow = [head, fileHead, bytes(AUDIO.wav!), bytes([]), "\r\n", `--${BOUNDARY}--`];
        const { stream } = body(slow, { pauseMs: 100 });
        expect((await send(t, stream, MULTIPART)).data.registerAgent.errors).toEqual([]);
        const endless = body(repeated(head + fileHead, 100 * MIB, ""), { pauseMs: 100 });
        expect((await send(t, endless.stream, MULTIPART)).status).toBe(408);
      },
      { vars },
    ));
});

describe("a file", () => {
  it("is never in memory: R2 gets it in parts, and its hash is taken on the way", async () => {
    await withHarness(async (plain) => {
      const bucket = watched(plain.env.BUCKET);
      await withHarness(
        async (t) => {
          const input = { ...SOUL, voiceConsent: "SYNTHETIC", idempotencyKey: "5f0c1a3e-7c0e-4f0a-9a55-3f1c1f6f2c11" };
          const first = (await upload(t, REGISTER, input, wav(12 * MIB + 7))).data.registerAgent;
          expect(first.errors).toEqual([]);
          expect(bucket.calls.filter((call) => !call.startsWith("put souls"))).toEqual([
            "create",
            "part",
            "part",
            "part",
            "complete",
          ]);
          expect(bucket.largest()).toBe(5 * MIB);
          await t.waitForBackground();
          const [key] = await samples(t);
          expect((await t.env.BUCKET.head(key!))!).toMatchObject({ size: 12 * MIB + 7 });
          // The same file again is the same registration, and another one is not; neither leaves anything behind.
          expect((await upload(t, REGISTER, input, wav(12 * MIB + 7))).data.registerAgent).toEqual(first);
          const other = (await upload(t, REGISTER, input, wav(12 * MIB + 8))).data.registerAgent;
          expect(other.errors).toMatchObject([{ code: "IDEMPOTENCY_MISMATCH" }]);
          await t.waitForBackground();
          expect(await samples(t)).toEqual([key]);
        },
        { env: { BUCKET: bucket.proxy } },
      );
    });
  });

  it("that breaks off is aborted, and leaves nothing", async () => {
    await withHarness(async (plain) => {
      const bucket = watched(plain.env.BUCKET);
      await withHarness(
        async (t) => {
          const start = new Uint8Array(6 * MIB);
          start.set(AUDIO.wav!);
          const answer = await send(t, body([head, fileHead, start]).stream, MULTIPART);
          expect([answer.status, answer.error.extensions.code]).toEqual([400, "BAD_INPUT"]);
          expect(bucket.calls).toEqual(["create", "part", "abort"]);
          const huge = body(repeated(head + fileHead + String.fromCharCode(...AUDIO["mp3 with a tag"]!), 30 * MIB, ""));
          expect((await send(t, huge.stream, MULTIPART)).status).toBe(413);
          expect(bucket.calls.at(-1)).toBe("abort");
          expect(await samples(t)).toEqual([]);
        },
        { env: { BUCKET: bucket.proxy } },
      );
    });
  });

  it("that no verb takes is deleted", () =>
    withHarness(async (t) => {
      const query = "query ($input: RegisterAgentInput) { __typename }";
      const invalid = "mutation ($input: RegisterAgentInput!) { nothing(input: $input) { x } }";
      const { key } = await t.register();
      await upload(t, query, SOUL, wav());
      await upload(t, invalid, SOUL, wav());
      // Without a key, and without consent.
      await upload(t, UPDATE, { voiceConsent: "OWN_VOICE" }, wav());
      await upload(t, UPDATE, {}, wav(), key);
      await t.waitForBackground();
      expect(await samples(t)).toEqual([]);
    }));

  it("that `map` does not name once, or for one variable, is BAD_INPUT before anything is stored", async () => {
    await withHarness(async (plain) => {
      const bucket = watched(plain.env.BUCKET);
      const two = JSON.stringify({ "0": ["variables.input.voiceSample"], "1": ["variables.input.voiceSample"] });
      const both = JSON.stringify({ "0": ["variables.input.voiceSample", "variables.input.bio"] });
      const wrong: Record<string, FormData> = {
        "not named": formOf(["operations", operations()], ["map", "{}"], ["0", wav()]),
        "named twice": formOf(["operations", operations()], ["map", two], ["0", wav()], ["1", wav()]),
        "for two variables": formOf(["operations", operations()], ["map", both], ["0", wav()]),
        "for no variable": formOf(["operations", operations()], ["map", '{"0":["query"]}'], ["0", wav()]),
        "for a prototype": formOf(
          ["operations", operations()],
          ["map", '{"0":["variables.__proto__.x"]}'],
          ["0", wav()],
        ),
        "for a variable that is not null": formOf(
          ["operations", operations()],
          ["map", '{"0":["variables.input.name"]}'],
          ["0", wav()],
        ),
        "before its map": formOf(["operations", operations()], ["0", wav()], ["map", MAP]),
        "with two maps": formOf(["operations", operations()], ["map", MAP], ["map", MAP], ["0", wav()]),
        missing: formOf(["operations", operations()], ["map", MAP]),
        "one of too many": formOf(
          ["operations", operations()],
          ["map", JSON.stringify(Object.fromEntries(Array.from({ length: 6 }, (_, i) => [i, [`variables.v${i}`]])))],
        ),
      };
      await withHarness(
        async (t) => {
          for (const [what, form] of Object.entries(wrong)) {
            const answer = await send(t, form);
            expect([answer.status, answer.error.extensions.code], what).toEqual([400, "BAD_INPUT"]);
          }
          expect(bucket.calls).toEqual([]);
          const twice = formOf(["operations", operations()], ["map", MAP], ["0", wav()], ["0", wav()]);
          expect((await send(t, twice)).status).toBe(400);
          expect(await samples(t)).toEqual([]);
        },
        { env: { BUCKET: bucket.proxy } },
      );
    });
  });

  it("that several fields of a document use is stored once, and is the first one's", async () => {
    await withHarness(async (plain) => {
      const bucket = watched(plain.env.BUCKET);
      await withHarness(
        async (t) => {
          const { key } = await t.register();
          const fields = ["a", "b", "c"].map(
            (name) =>
              `${name}: updateAgent(input: { voiceSample: $file, voiceConsent: SYNTHETIC }) { errors { code path } }`,
          );
          const query = `mutation ($file: Upload!) { ${fields.join(" ")} }`;
          const form = formOf(
            ["operations", operations(query, { file: null })],
            ["map", '{"0":["variables.file"]}'],
            ["0", wav()],
          );
          const { data } = await send(t, form, { authorization: `Bearer ${key}` });
          const refused = { errors: [{ code: "BAD_INPUT", path: ["input", "voiceSample"] }] };
          expect(data).toEqual({ a: { errors: [] }, b: refused, c: refused });
          expect(bucket.calls.filter((call) => call === "put samples")).toHaveLength(1);
        },
        { env: { BUCKET: bucket.proxy } },
      );
    });
  });
});
