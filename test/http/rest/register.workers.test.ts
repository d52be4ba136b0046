import { describe, expect, it } from "vitest";
import { withHarness } from "../../harness/harness.ts";
import { expectRefused, newAgent, type Refusal, rest, SOUL } from "./rest.ts";

const bad = (...paths: (string[] | null)[]): Refusal => ({ status: 400, code: "BAD_INPUT", paths });
const unreachable: Refusal = { status: 400, code: "VOICE_SAMPLE_UNREACHABLE", paths: [["voice_sample_url"]] };
const sample = (voice_sample_url: unknown) => ({ voice_sample_url, voice_consent: "SYNTHETIC" });

const CRAB = "🦀";

/** Each changes a good registration and says how it is refused. */
const REFUSED: [what: string, change: object, Refusal][] = [
  ["an empty SOUL.md", { soul_md: "" }, { ...bad(["soul_md"]), message: /^soul_md is empty/ }],
  ["a blank SOUL.md", { soul_md: " \n\t" }, bad(["soul_md"])],
  ["a SOUL.md of one byte too many", { soul_md: "a".repeat(20481) }, { ...bad(["soul_md"]), message: /20481 bytes/ }],
  [
    "a SOUL.md of few characters and too many bytes",
    { soul_md: CRAB.repeat(5121) },
    { ...bad(["soul_md"]), message: /20484 bytes/ },
  ],
  ["a control character in SOUL.md", { soul_md: "I am \u0000 Ambrose" }, bad(["soul_md"])],
  ["an escape sequence in SOUL.md", { soul_md: "\u001b[2J" }, bad(["soul_md"])],
  ["a lone surrogate in SOUL.md", { soul_md: "I am \ud83e Ambrose" }, bad(["soul_md"])],
  ["a SOUL.md that is a number", { soul_md: 7 }, bad(["soul_md"])],
  ["a SOUL.md that is null", { soul_md: null }, bad(["soul_md"])],
  ["a SOUL.md that is a list", { soul_md: ["# Me"] }, bad(["soul_md"])],
  ["a blank name", { name: "  " }, bad(["name"])],
  ["a name of 81 characters", { name: CRAB.repeat(81) }, bad(["name"])],
  ["a name with a line's control character", { name: "Am\u0085brose" }, bad(["name"])],
  ["a name with a lone surrogate", { name: "\udc00" }, bad(["name"])],
  ["a name that is an object", { name: { first: "A" } }, bad(["name"])],
  ["an e-mail address without a domain", { email: "owner" }, bad(["email"])],
  ["an e-mail address with a space", { email: "ow ner@example.com" }, bad(["email"])],
  ["an e-mail address of too many characters", { email: `${"a".repeat(250)}@example.com` }, bad(["email"])],
  ["an e-mail address that is a number", { email: 1 }, bad(["email"])],
  ["a handle of two characters", { handle: "ab" }, bad(["handle"])],
  ["a handle with capitals", { handle: "Ambrose" }, bad(["handle"])],
  ["a handle with a line end", { handle: "ambrose\n" }, bad(["handle"])],
  ["a bio of 501 characters", { bio: "b".repeat(501) }, bad(["bio"])],
  ["discoverable as a word", { discoverable: "yes" }, bad(["discoverable"])],
  ["an empty idempotency key", { idempotency_key: "" }, bad(["idempotency_key"])],
  ["an idempotency key of 256 characters", { idempotency_key: "k".repeat(256) }, bad(["idempotency_key"])],
  ["a consent of another kind", { voice_consent: "YES" }, bad(["voice_consent"])],
  [
    "a sample without consent",
    { voice_sample_url: "https://example.com/v.mp3" },
    {
      status: 400,
      code: "CONSENT_REQUIRED",
      paths: [["voice_consent"]],
      message: /^voice_consent is missing, and a voice sample needs it/,
    },
  ],
  ["a sample address that is a number", sample(1), bad(["voice_sample_url"])],
  ["a portrait by http", { face_image_url: "http://example.com/a.png" }, bad(["face_image_url"])],
  ["a portrait at a private address", { face_image_url: "https://10.0.0.1/a.png" }, bad(["face_image_url"])],
  [
    "an unknown field",
    { voice: "x" },
    { ...bad(["voice"]), message: /^voice is not a field of this body: the fields are name, email, soul_md,/ },
  ],
  [
    "a field in GraphQL's spelling",
    { soulMd: "x" },
    { ...bad(["soulMd"]), message: /^soulMd is not a field of this body: did you mean `soul_md`\?/ },
  ],
  [
    "an unknown field with an endless name",
    { ["s".repeat(100_000)]: 1 },
    { ...bad(["s".repeat(100)]), message: /^s{100} is not a field of this body/ },
  ],
  ["fields within `input`", { input: { name: "A" } }, bad(["input"])],
  ["several fields at once", { name: "", email: "x", soul_md: "" }, bad(["name"], ["email"], ["soul_md"])],
  [
    "a wrong field and a missing consent at once",
    { name: "", ...sample("https://example.com/v.mp3"), voice_consent: null },
    bad(["name"], ["voice_consent"]),
  ],
];

/** Where no sample is fetched from: by scheme, by name, and by number in every spelling. */
const ADDRESSES = [
  "http://example.com/voice.mp3",
  "ftp://example.com/voice.mp3",
  "file:///etc/passwd",
  "data:audio/mpeg;base64,SUQz",
  "javascript:alert(1)",
  "voice.mp3",
  "//example.com/voice.mp3",
  "",
  "https://",
  "https://user:secret@example.com/voice.mp3",
  "https://localhost/voice.mp3",
  "https://LOCALHOST./voice.mp3",
  "https://intranet/voice.mp3",
  "https://voice.local/a.mp3",
  "https://a.internal/a.mp3",
  "https://127.0.0.1/a.mp3",
  "https://127.1/a.mp3",
  "https://2130706433/a.mp3",
  "https://0x7f000001/a.mp3",
  "https://0177.0.0.1/a.mp3",
  "https://127.0.0.1./a.mp3",
  "https://１２７.0.0.1/a.mp3",
  "https://0.0.0.0/a.mp3",
  "https://10.1.2.3/a.mp3",
  "https://172.16.0.1/a.mp3",
  "https://172.31.255.254/a.mp3",
  "https://192.168.1.1/a.mp3",
  "https://169.254.169.254/latest/meta-data",
  "https://100.64.0.1/a.mp3",
  "https://198.18.0.1/a.mp3",
  "https://224.0.0.1/a.mp3",
  "https://255.255.255.255/a.mp3",
  "https://[::1]/a.mp3",
  "https://[::]/a.mp3",
  "https://[0:0:0:0:0:0:0:1]/a.mp3",
  "https://[::ffff:127.0.0.1]/a.mp3",
  "https://[::ffff:a00:1]/a.mp3",
  "https://[::127.0.0.1]/a.mp3",
  "https://[::ffff:0:127.0.0.1]/a.mp3",
  "https://[fe80::1]/a.mp3",
  "https://[fec0::1]/a.mp3",
  "https://[fc00::1]/a.mp3",
  "https://[fd12:3456:789a::1]/a.mp3",
  "https://[ff02::1]/a.mp3",
  "https://[64:ff9b::7f00:1]/a.mp3",
  "https://[64:ff9b:1::a00:1]/a.mp3",
  "https://[2002:7f00:1::]/a.mp3",
  "https://[2001:0:4136:e378::]/a.mp3",
];

describe("POST /agents/register", () => {
  it("gives a key that works at once, whatever extra it is given", () =>
    withHarness(async (t) => {
      const { key, id } = await newAgent(t, {
        name: `Ambrose ${CRAB}`,
        soul_md: CRAB.repeat(5120),
        bio: "b".repeat(500),
        handle: "ambrose-the-first",
        discoverable: false,
      });
      const me = await rest(t, "GET", "/agents/me", { key });
      expect(me.body).toMatchObject({ agent_id: id, name: `Ambrose ${CRAB}`, videos_generated: 0, monthly_usage: 0 });
    }));

  it.each(REFUSED)("refuses %s and keeps nothing", (_what, change, refusal) =>
    withHarness(async (t) => {
      await expectRefused(t, "POST", "/agents/register", { body: { ...SOUL, ...change } }, refusal);
    }),
  );

  it("names all missing fields at once", () =>
    withHarness(async (t) => {
      const answer = await expectRefused(
        t,
        "POST",
        "/agents/register",
        { body: {} },
        bad(["name"], ["email"], ["soul_md"]),
      );
      expect(answer.body.errors.map((error: { message: string }) => error.message)).toEqual([
        "name is missing.",
        "email is missing.",
        "soul_md is missing.",
      ]);
    }));

  it("names unknown fields beside those that are missing or wrong, each by itself and with the one that was meant", () =>
    withHarness(async (t) => {
      const body = { name: "", soulMd: "# Me", "e-mail": "owner@example.com", colour: 1, voice_sample_uri: "x" };
      const answer = await expectRefused(
        t,
        "POST",
        "/agents/register",
        { body },
        bad(["soulMd"], ["e-mail"], ["colour"], ["voice_sample_uri"], ["name"], ["email"], ["soul_md"]),
      );
      const [soul, mail, colour, sampleUri, ...others] = answer.body.errors.map(
        ({ message }: { message: string }) => message,
      );
      expect(soul).toBe("soulMd is not a field of this body: did you mean `soul_md`?");
      expect(mail).toBe("e-mail is not a field of this body: did you mean `email`?");
      expect(colour).toBe(
        "colour is not a field of this body: the fields are name, email, soul_md, voice_sample_url, voice_consent, handle, bio, face_image_url, discoverable, idempotency_key.",
      );
      expect(sampleUri).toBe("voice_sample_uri is not a field of this body: did you mean `voice_sample_url`?");
      expect(others).toEqual(["name is empty: give 1 to 80 characters.", "email is missing.", "soul_md is missing."]);
    }));

  it("names no more than the first twenty of very many unknown fields", () =>
    withHarness(async (t) => {
      const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`field_${index}`, index]));
      const answer = await expectRefused(
        t,
        "POST",
        "/agents/register",
        { body: { ...SOUL, ...many } },
        bad(...Array.from({ length: 20 }, (_, index) => [`field_${index}`])),
      );
      expect(answer.text.length).toBeLessThan(20_000);
    }));

  it("refuses every address that a sample is not to be fetched from, without fetching it", () => {
    const fetched: string[] = [];
    return withHarness(
      async (t) => {
        for (const address of ADDRESSES) {
          await expectRefused(t, "POST", "/agents/register", { body: { ...SOUL, ...sample(address) } }, unreachable);
        }
        await t.cron();
        expect(fetched.filter((url) => !url.startsWith(t.tavus.url))).toEqual([]);
      },
      {
        runtime: {
          fetch: (input, init) => {
            fetched.push(input instanceof Request ? input.url : String(input));
            return fetch(input, init);
          },
        },
      },
    );
  });

  it("refuses a handle that is taken, and a long address", () =>
    withHarness(async (t) => {
      await newAgent(t, { handle: "the-only-one" });
      await expectRefused(
        t,
        "POST",
        "/agents/register",
        { body: { ...SOUL, handle: "the-only-one" } },
        { status: 409, code: "HANDLE_TAKEN", paths: [["handle"]], message: /"the-only-one" is taken/ },
      );
      const long = sample(`https://example.com/${"a".repeat(2030)}`);
      await expectRefused(t, "POST", "/agents/register", { body: { ...SOUL, ...long } }, bad(["voice_sample_url"]));
    }));

  it("answers a repeat with the same agent and key, and another body with IDEMPOTENCY_MISMATCH", () =>
    withHarness(async (t) => {
      const headers = { "idempotency-key": crypto.randomUUID() };
      const first = await rest(t, "POST", "/agents/register", { body: SOUL, headers });
      const again = await rest(t, "POST", "/agents/register", { body: SOUL, headers });
      expect(again).toMatchObject({ status: 201, body: first.body });
      // The same key in the body is the same key.
      const inBody = { ...SOUL, idempotency_key: headers["idempotency-key"] };
      expect((await rest(t, "POST", "/agents/register", { body: inBody })).body).toEqual(first.body);
      const asNull = { ...SOUL, idempotency_key: null };
      expect((await rest(t, "POST", "/agents/register", { body: asNull, headers })).body).toEqual(first.body);
      await expectRefused(
        t,
        "POST",
        "/agents/register",
        { body: { ...SOUL, name: "Someone else" }, headers },
        { status: 422, code: "IDEMPOTENCY_MISMATCH", paths: [["idempotency_key"]] },
      );
    }));
});
