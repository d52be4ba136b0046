import { expect } from "vitest";
import { openApi } from "../../../src/http/rest/openapi.ts";
import { type Harness, ORIGIN } from "../../harness/harness.ts";
import { problemsOf } from "./json-schema.ts";

export const DOCUMENT = openApi(ORIGIN);

export interface RestAnswer {
  status: number;
  headers: Headers;
  /** The parsed body where it is JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  body: any;
  text: string;
}

export interface RestCall {
  body?: BodyInit | object;
  key?: string | undefined;
  headers?: Record<string, string>;
}

/** An address for each call, so that no test meets another one's rate limit. */
const newAddress = () => `2001:db8:${crypto.randomUUID().slice(4, 13).replace("-", ":")}::1`;

const isRaw = (body: unknown): body is BodyInit =>
  typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream || body instanceof FormData;

/** A request as a shell would send it; an object goes as JSON. */
export function restRequest(method: string, path: string, { body, key, headers = {} }: RestCall = {}): Request {
  return new Request(new URL(path, ORIGIN), {
    method,
    headers: {
      "cf-connecting-ip": newAddress(),
      ...(body !== undefined && !(body instanceof FormData) ? { "content-type": "application/json" } : {}),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isRaw(body) ? body : JSON.stringify(body) }),
  });
}

export async function readAnswer(response: Response): Promise<RestAnswer> {
  const text = await response.text();
  const isJson = /^application\/([a-z-]+\+)?json/.test(response.headers.get("content-type") ?? "");
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== "" ? JSON.parse(text) : null,
  };
}

export const rest = async (t: Harness, method: string, path: string, call: RestCall = {}): Promise<RestAnswer> =>
  readAnswer(await t.fetch(path, restRequest(method, path, call)));

/** The least that registers. */
export const SOUL = { name: "Ambrose", email: "owner@example.com", soul_md: "# Ambrose\nI am a patient philosopher." };

/** A new agent over REST. */
export async function newAgent(t: Harness, more: object = {}): Promise<{ key: string; id: string }> {
  const { status, body } = await rest(t, "POST", "/agents/register", { body: { ...SOUL, ...more } });
  expect(status, JSON.stringify(body)).toBe(201);
  return { key: body.api_key, id: body.agent_id };
}

/** Rows of every table, objects in R2 and orders at the vendor: what a refused call must leave as it was. */
export async function footprint(t: Harness): Promise<Record<string, unknown>> {
  await t.waitForBackground();
  const { results: tables } = await t.env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%_cf_%' AND name NOT LIKE '%fts%' AND name NOT LIKE 'd1_%' ORDER BY name",
  ).run<{ name: string }>();
  const counts = await t.env.DB.batch<{ count: number }>(
    tables.map(({ name }) => t.env.DB.prepare(`SELECT count(*) AS count FROM "${name}"`)),
  );
  const { objects } = await t.env.BUCKET.list();
  const { requests } = await t.tavus.state();
  return {
    ...Object.fromEntries(tables.map(({ name }, index) => [name, counts[index]!.results[0]!.count])),
    objects: objects.map(({ key }) => key),
    orders: requests.filter(({ method }: { method: string }) => method !== "GET").length,
  };
}

export interface Refusal {
  status: number;
  code: string;
  /** The fields at fault, in order; for one problem without a field `[null]`. */
  paths?: (string[] | null)[];
  message?: RegExp;
}

/** That an answer is a problem of this kind, as the document describes problems. */
export function expectProblem(answer: RestAnswer, { status, code, paths, message }: Refusal): void {
  expect({ status: answer.status, code: answer.body?.code }, answer.text).toEqual({ status, code });
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(problemsOf({ $ref: "#/components/schemas/Problem" }, answer.body, DOCUMENT)).toEqual([]);
  const { errors, type: _type, title: _title, status: inBody, detail, ...first } = answer.body;
  expect(inBody).toBe(status);
  expect(first).toEqual(errors[0]);
  expect(detail).toBe(first.message);
  expect(first.charged).toBe(false);
  if (paths) expect(errors.map((error: { path: string[] | null }) => error.path)).toEqual(paths);
  if (message) expect(first.message).toMatch(message);
  if (status === 401) expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer /);
}

/** That a call is refused so, and that nothing has come of it: no row, no object, no order at the vendor. */
export async function expectRefused(
  t: Harness,
  method: string,
  path: string,
  call: RestCall,
  refusal: Refusal,
): Promise<RestAnswer> {
  const before = await footprint(t);
  const answer = await rest(t, method, path, call);
  expectProblem(answer, refusal);
  expect(await footprint(t)).toEqual(before);
  return answer;
}
