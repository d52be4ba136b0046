import { beforeEach, describe, expect, it } from "vitest";
import { emptyDatabase, type Harness, withHarness } from "../../harness/harness.ts";
import { REGISTER, SOUL } from "./agents.ts";

beforeEach(emptyDatabase);

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** As in production. */
const LIMITS = { vars: { REGISTRATIONS_AN_HOUR: undefined, REGISTRATIONS_A_DAY: undefined } };

const prefix = () => `2001:db8:${crypto.randomUUID().slice(4, 13).replace("-", ":")}`;
/** Another address at every call, all of one /64. */
const oneOf = (network: string) => `${network}:${crypto.randomUUID().slice(0, 4)}::${Math.ceil(Math.random() * 999)}`;

async function register(t: Harness, address: string, input: object = {}, headers: Record<string, string> = {}) {
  const response = await t.fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", "cf-connecting-ip": address, ...headers },
    body: JSON.stringify({ query: REGISTER, variables: { input: { ...SOUL, ...input } } }),
  });
  const { data, errors } = (await response.json()) as {
    data: { registerAgent: { agent: { id: string } | null; errors: { code: string }[] } } | null;
    errors?: { message: string; extensions: { code: string; retryAfterMs: number; retryable: boolean } }[];
  };
  const refusal = errors?.[0];
  return {
    status: response.status,
    agent: data?.registerAgent?.agent ?? null,
    code: refusal?.extensions.code ?? data?.registerAgent?.errors[0]?.code,
    message: refusal?.message,
    retryAfterMs: refusal?.extensions.retryAfterMs,
    retryAfter: response.headers.get("retry-after"),
  };
}

const toMidnight = (t: Harness) => t.moveTime(DAY - (t.now() % DAY) + 1_000);
const agentCount = async (t: Harness) => (await t.rows("SELECT count(*) AS n FROM agents"))[0].n;

describe("registrations of one address", () => {
  it("have an abuse budget: 10 an hour and 30 a day from a whole /64, however it is spread", () =>
    withHarness(async (t) => {
      toMidnight(t);
      const network = prefix();
      let made = 0;
      for (let hour = 0; hour < 24; hour++) {
        for (let call = 0; call < 12; call++) {
          const { agent, status, code, message, retryAfterMs, retryAfter } = await register(t, oneOf(network));
          if (agent) made++;
          else {
            expect([status, code]).toEqual([429, "RATE_LIMITED"]);
            const windowMs = made < 30 ? HOUR : DAY;
            expect(message).toContain(made < 30 ? "10 an hour" : "30 a UTC day");
            expect(Math.abs(windowMs - (t.now() % windowMs) - retryAfterMs!)).toBeLessThan(10_000);
            expect(Number(retryAfter)).toBe(Math.ceil(retryAfterMs! / 1000));
          }
        }
        expect(made).toBe(Math.min(30, 10 * (hour + 1)));
        if (hour === 3) break;
        t.moveTime(HOUR);
      }
      t.moveTime(20 * HOUR);
      // 23 to 24 o'clock would still be refused; the next day begins anew.
      toMidnight(t);
      expect((await register(t, oneOf(network))).agent).not.toBeNull();
      expect(await agentCount(t)).toBe(31);
    }, LIMITS));

  it("count when they come at once", () =>
    withHarness(async (t) => {
      const network = prefix();
      const answers = await Promise.all(Array.from({ length: 25 }, () => register(t, oneOf(network))));
      expect(answers.filter(({ agent }) => agent)).toHaveLength(10);
      expect(await agentCount(t)).toBe(10);
    }, LIMITS));

  it("do not count when nothing is made: a repeat, a taken handle, an input that is wrong", () =>
    withHarness(async (t) => {
      const network = prefix();
      const idempotencyKey = crypto.randomUUID();
      const first = await register(t, oneOf(network), { idempotencyKey, handle: "the-first" });
      for (let call = 0; call < 15; call++) {
        expect((await register(t, oneOf(network), { idempotencyKey, handle: "the-first" })).agent).toEqual(first.agent);
        expect((await register(t, oneOf(network), { handle: "the-first" })).code).toBe("HANDLE_TAKEN");
        expect((await register(t, oneOf(network), { email: "nobody" })).code).toBe("BAD_INPUT");
      }
      for (let call = 1; call < 10; call++) expect((await register(t, oneOf(network))).agent).not.toBeNull();
      expect((await register(t, oneOf(network))).code).toBe("RATE_LIMITED");
      // Past the limit a repeat still gets its answer.
      expect((await register(t, oneOf(network), { idempotencyKey, handle: "the-first" })).agent).toEqual(first.agent);
    }, LIMITS));

  it("are those of others neither in another /64, nor in the same IPv4 network, nor of another Worker", () =>
    withHarness(
      async (t) => {
        const zones = ["a.example", "b.example"].map((zone) => ["2a06:98c0:3600::103", { "cf-worker": zone }] as const);
        const addresses = [oneOf(prefix()), oneOf(prefix()), "203.0.113.1", "203.0.113.2"];
        for (const [address, headers] of [...addresses.map((one) => [one, {}] as const), ...zones]) {
          expect((await register(t, address, {}, headers)).agent, address).not.toBeNull();
          expect((await register(t, address, {}, headers)).code, address).toBe("RATE_LIMITED");
        }
        expect((await register(t, "::ffff:203.0.113.1")).code).toBe("RATE_LIMITED");
      },
      { vars: { REGISTRATIONS_AN_HOUR: "1", REGISTRATIONS_A_DAY: "1" } },
    ));

  it("are counted without the address being stored", () =>
    withHarness(async (t) => {
      await register(t, "203.0.113.7");
      const rows = await t.rows("SELECT * FROM registration_counts");
      expect(rows).toMatchObject([{ address: expect.stringMatching(/^[0-9a-f]{64}$/), in_hour: 1, in_day: 1 }]);
    }));
});
