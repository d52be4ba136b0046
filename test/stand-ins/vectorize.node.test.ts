import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Miniflare, convertV4MiniflareOptions } from "miniflare";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestHarness } from "wrangler";
import { VECTORIZE_SERVICE, vectorizeWorker } from "../../stand-ins/vectorize/miniflare.ts";

const METHODS = ["describe", "query", "queryById", "insert", "upsert", "deleteByIds", "getByIds"];

/**
 * The Worker that has the stand-in as `env.VECTORIZE`. It runs one call, with numbers made a Float32Array or
 * Float64Array where asked, and answers with the result or the error's message.
 */
const CALLER = `
const typed = { Float32Array, Float64Array };
const revive = (_, value) =>
  value?.typed ? typed[value.typed].from(value.numbers) : value?.notANumber ? NaN : value;
export default {
  async fetch(request, env) {
    const { binding, method, args } = JSON.parse(await request.text(), revive);
    try {
      return Response.json({ result: await env[binding][method](...args) });
    } catch (error) {
      return Response.json({ error: error.message, isError: error instanceof Error });
    }
  },
};`;

const VARS = {
  DIMENSIONS: "3",
  METADATA_INDEXES: "agentId:string,model:string,rank:number,live:boolean,deep.key:string",
  VISIBILITY_MS: "60000",
};

async function boot(persist: string, vars: Record<string, string> = VARS): Promise<Miniflare> {
  const entry = (entrypoint: string) => ({ name: VECTORIZE_SERVICE, entrypoint });
  return new Miniflare(
    convertV4MiniflareOptions({
      resourcePersistencePath: persist,
      workers: [
        {
          name: "caller",
          compatibilityDate: "2026-10-01",
          modules: true,
          script: CALLER,
          serviceBindings: {
            VECTORIZE: entry("Vectorize"),
            CONTROL: entry("VectorizeControl"),
            PLAIN: VECTORIZE_SERVICE,
          },
        },
        await vectorizeWorker(vars),
      ],
    }),
  );
}

let persist: string;
let mf: Miniflare;

beforeAll(async () => {
  persist = await mkdtemp(join(tmpdir(), "vectorize-"));
  mf = await boot(persist);
});

afterAll(async () => {
  await mf.dispose();
  await rm(persist, { recursive: true, force: true });
});

async function send(binding: string, method: string, args: unknown[]) {
  const body = JSON.stringify({ binding, method, args });
  const response = await mf.dispatchFetch("http://caller", { method: "POST", body });
  return (await response.json()) as { result?: any; error?: string };
}

async function call(method: string, ...args: unknown[]) {
  const { result, error } = await send("VECTORIZE", method, args);
  if (error !== undefined) throw new Error(error);
  return result;
}

async function control(method: string, ...args: unknown[]) {
  const { result, error } = await send("CONTROL", method, args);
  if (error !== undefined) throw new Error(error);
  return result;
}

async function store(...vectors: unknown[]) {
  await call("upsert", vectors);
  await control("settle");
}

const ids = (answer: { matches: { id: string }[] }) => answer.matches.map(({ id }) => id);

beforeEach(() => control("clear"));

describe("query", () => {
  const X = { id: "x", values: [1, 0, 0] };
  const XY = {
    id: "xy",
    values: [1, 1, 0],
    namespace: "n",
    metadata: { model: "m", note: "not indexed" },
  };
  const Y = { id: "y", values: [0, 2, 0] };
  const MINUS_X = { id: "-x", values: [-3, 0, 0] };

  it("ranks by cosine, best first, with scores and nothing else", async () => {
    await store(MINUS_X, Y, XY, X);
    const answer = await call("query", [2, 0, 0]);
    expect(answer).toEqual({
      count: 4,
      matches: [
        { id: "x", score: 1 },
        { id: "xy", score: expect.closeTo(Math.SQRT1_2, 6), namespace: "n" },
        { id: "y", score: 0 },
        { id: "-x", score: -1 },
      ],
    });
  });

  it("takes typed arrays, in vectors and in queries, and keeps float32", async () => {
    await store(
      { id: "f32", values: { typed: "Float32Array", numbers: [0.1, 0, 0] } },
      { id: "f64", values: { typed: "Float64Array", numbers: [0, 0.1, 0] } },
    );
    const query = { typed: "Float64Array", numbers: [0, 1, 0] };
    const answer = await call("query", query, { topK: 1, returnValues: true });
    expect(answer.matches).toEqual([{ id: "f64", score: 1, values: [0, Math.fround(0.1), 0] }]);
    const other = { typed: "Float32Array", numbers: [1, 0, 0] };
    expect(ids(await call("query", other, { topK: 1 }))).toEqual(["f32"]);
  });

  it("returns metadata as asked: none, indexed, all", async () => {
    await store(XY);
    const metadata = async (returnMetadata?: unknown) =>
      (await call("query", [1, 1, 0], { returnMetadata })).matches[0].metadata;
    expect(await metadata()).toBeUndefined();
    expect(await metadata("none")).toBeUndefined();
    expect(await metadata("indexed")).toEqual({ model: "m" });
    expect(await metadata("all")).toEqual({ model: "m", note: "not indexed" });
    expect(await metadata(true)).toEqual({ model: "m", note: "not indexed" });
    await expect(metadata("some")).rejects.toThrow("Invalid returnMetadata option");
    await expect(metadata(false)).rejects.toThrow("VECTOR_QUERY_ERROR (code = 40026)");
  });

  it("searches one namespace, or all without one", async () => {
    await store(X, XY);
    expect(ids(await call("query", [1, 0, 0], { namespace: "n" }))).toEqual(["xy"]);
    expect(ids(await call("query", [1, 0, 0], { namespace: "other" }))).toEqual([]);
    expect(ids(await call("query", [1, 0, 0]))).toEqual(["x", "xy"]);
  });

  it("gives 5 by default, up to 100, up to 50 with values or all metadata", async () => {
    const values = [1, 0, 0];
    await store(...Array.from({ length: 120 }, (_, i) => ({ id: `v${i}`, values })));
    const count = async (options?: object) => (await call("query", values, options)).count;
    expect(await count()).toBe(5);
    expect(await count({ topK: 100 })).toBe(100);
    expect(await count({ topK: 100, returnMetadata: "indexed" })).toBe(100);
    expect(await count({ topK: 50, returnMetadata: "all", returnValues: true })).toBe(50);
    await expect(count({ topK: 101 })).rejects.toThrow("max top K is 100, but got 101");
    const full = "VECTOR_QUERY_ERROR (code = 40025): with returnValues=true or returnMetadata=all, max top K is 50";
    await expect(count({ topK: 51, returnValues: true })).rejects.toThrow(full);
    await expect(count({ topK: 51, returnMetadata: true })).rejects.toThrow(full);
    await expect(count({ topK: 0 })).rejects.toThrow("VECTOR_QUERY_ERROR");
  });

  it("finds by a stored vector's id", async () => {
    await store(X, XY);
    expect(ids(await call("queryById", "xy", { topK: 1 }))).toEqual(["xy"]);
    await expect(call("queryById", "nobody")).rejects.toThrow("VECTOR_QUERY_ERROR");
  });

  it("refuses another number of dimensions, in the original's words", async () => {
    await expect(call("query", [1, 2])).rejects.toThrow(
      "VECTOR_QUERY_ERROR (code = 40006): invalid query vector, expected 3 dimensions, and got 2 dimensions",
    );
  });
});

describe("filter", () => {
  const long = "a".repeat(63) + "éé";
  const find = async (filter: unknown) => ids(await call("query", [1, 0, 0], { filter, topK: 100 })).toSorted();

  beforeEach(() =>
    store(
      { id: "1", values: [1, 0, 0], metadata: { model: "a", rank: 1, live: true, other: "z" } },
      {
        id: "2",
        values: [1, 0, 0],
        metadata: { model: "b", rank: 2, live: false, deep: { key: "d" } },
      },
      { id: "3", values: [1, 0, 0], metadata: { model: 3, rank: "2", agentId: long } },
      { id: "4", values: [1, 0, 0] },
    ),
  );

  it.each([
    [{ model: "a" }, ["1"]],
    [{ model: { $eq: "b" } }, ["2"]],
    [{ model: { $ne: "a" } }, ["2", "3", "4"]],
    [{ rank: { $lt: 2 } }, ["1"]],
    [{ rank: { $lte: 2 } }, ["1", "2"]],
    [{ rank: { $gt: 1 } }, ["2"]],
    [{ rank: { $gte: 1, $lt: 2 } }, ["1"]],
    [{ model: { $gte: "a", $lt: "b" } }, ["1"]],
    [{ model: { $in: ["a", "b", "c"] } }, ["1", "2"]],
    [{ model: { $nin: ["a"] } }, ["2", "3", "4"]],
    [{ live: false }, ["2"]],
    [{ "deep.key": "d" }, ["2"]],
    [{ model: "a", rank: 2 }, []],
  ])("%j", async (filter, expected) => {
    expect(await find(filter)).toEqual(expected);
  });

  it("matches nothing on a property without a metadata index", async () => {
    expect(await find({ other: "z" })).toEqual([]);
    expect(await find({ other: { $ne: "y" } })).toEqual([]);
  });

  it("sees only the first 64 bytes of a string, cut between characters", async () => {
    expect(await find({ agentId: long })).toEqual([]);
    expect(await find({ agentId: "a".repeat(63) })).toEqual(["3"]);
    const answer = await call("query", [1, 0, 0], {
      filter: { agentId: "a".repeat(63) },
      returnMetadata: "indexed",
    });
    expect(answer.matches[0].metadata).toEqual({ agentId: "a".repeat(63) });
  });

  it.each([
    [{}],
    [{ $and: [] }],
    [{ model: { $regex: "a" } }],
    [{ model: { $in: "a" } }],
    [{ model: { $eq: "a", $ne: "b" } }],
    [{ rank: { $gt: 1, $gte: 2 } }],
    [{ live: { $gt: true } }],
    [{ model: ["a"] }],
    [{ model: { $in: Array.from({ length: 300 }, () => "12345") } }],
  ])("refuses what the rules forbid: case %#", async (filter) => {
    await expect(find(filter)).rejects.toThrow(/^VECTOR_QUERY_ERROR \(code = \d+\): .*filter/);
  });
});

describe("mutations", () => {
  const at = (id: string, values: number[], more = {}) => ({ id, values, ...more });

  it("are invisible until their delay has passed, then show in order", async () => {
    await control("setDelay", 300);
    const before = await call("describe");
    expect(before).toEqual({
      vectorCount: 0,
      dimensions: 3,
      processedUpToDatetime: null,
      processedUpToMutation: null,
    });
    const first = await call("upsert", [at("a", [1, 0, 0])]);
    const second = await call("deleteByIds", ["a"]);
    const third = await call("insert", [at("b", [1, 0, 0])]);
    expect(Object.keys(first)).toEqual(["mutationId"]);
    expect(new Set([first, second, third].map((m) => m.mutationId)).size).toBe(3);
    expect(await call("describe")).toEqual(before);
    expect(await call("getByIds", ["a", "b"])).toEqual([]);
    await expect
      .poll(() => call("describe"), { timeout: 5000 })
      .toEqual({
        vectorCount: 1,
        dimensions: 3,
        processedUpToDatetime: expect.stringMatching(/^\d{4}-.*Z$/),
        processedUpToMutation: third.mutationId,
      });
    expect(ids(await call("query", [1, 0, 0]))).toEqual(["b"]);
  });

  it("wait behind an earlier one with a longer delay", async () => {
    await call("upsert", [at("a", [1, 0, 0])]);
    await control("setDelay", 0);
    await call("upsert", [at("b", [1, 0, 0])]);
    expect(await call("getByIds", ["a", "b"])).toEqual([]);
    await control("settle");
    expect(await call("getByIds", ["a", "b"])).toHaveLength(2);
  });

  it("insert keeps what exists, upsert replaces it whole", async () => {
    await store(at("a", [1, 0, 0], { namespace: "n", metadata: { model: "m", note: "1" } }));
    await call("insert", [at("a", [0, 1, 0]), at("b", [0, 0, 1])]);
    await control("settle");
    const stored = {
      id: "a",
      values: [1, 0, 0],
      namespace: "n",
      metadata: { model: "m", note: "1" },
    };
    expect(await call("getByIds", ["a"])).toEqual([stored]);
    await store(at("a", [0, 1, 0], { metadata: { note: "2" } }));
    expect(await call("getByIds", ["a"])).toEqual([at("a", [0, 1, 0], { metadata: { note: "2" } })]);
    expect(await call("describe")).toMatchObject({ vectorCount: 2 });
  });

  it("of an id twice in one batch, insert keeps the first and upsert the last", async () => {
    const twice = [at("a", [1, 0, 0]), at("a", [0, 1, 0])];
    await call("insert", twice);
    await control("settle");
    expect(await call("getByIds", ["a", "a"])).toEqual([twice[0]]);
    await store(...twice);
    expect(await call("getByIds", ["a"])).toEqual([twice[1]]);
  });

  it("takes a batch of 1000 and refuses one of 1001", async () => {
    const batch = Array.from({ length: 1001 }, (_, i) => at(`v${i}`, [i, 1, 0]));
    await store(...batch.slice(1));
    expect(await call("describe")).toMatchObject({ vectorCount: 1000 });
    await expect(call("upsert", batch)).rejects.toThrow("VECTOR_UPSERT_ERROR (code = 40007)");
  });

  it("limits ids per call: 20 to get, 100 to delete", async () => {
    const many = Array.from({ length: 101 }, (_, i) => `v${i}`);
    await expect(call("getByIds", many.slice(0, 21))).rejects.toThrow(
      "VECTOR_GET_ERROR (code = 40007): too many ids in payload; max id count is 20, got 21",
    );
    await expect(call("deleteByIds", many)).rejects.toThrow(
      "VECTOR_DELETE_ERROR (code = 40007): too many ids in payload; max id count is 100, got 101",
    );
    expect(await call("getByIds", many.slice(0, 20))).toEqual([]);
    expect(await call("deleteByIds", many.slice(0, 100))).toHaveProperty("mutationId");
  });

  it.each([
    ["dimensions", at("a", [1]), '40012): invalid vector for id="a", expected 3 dimensions, and got 1 dimensions'],
    ["an id of 65 bytes", at("é".repeat(32) + "a", [1, 0, 0]), "40008): id too long; max is 64 bytes, got 65 bytes"],
    ["a namespace of 65 bytes", at("a", [1, 0, 0], { namespace: "n".repeat(65) }), "namespace too long"],
    ["metadata over 10 KiB", at("a", [1, 0, 0], { metadata: { t: "x".repeat(10_240) } }), "40016)"],
    ["a dot in a metadata key", at("a", [1, 0, 0], { metadata: { o: { "a.b": 1 } } }), "40018)"],
    ["half a character", at("a", [1, 0, 0], { metadata: { t: "\ud835" } }), "40023)"],
    ["NaN", { id: "a", values: [{ notANumber: true }, 0, 0] }, "40023)"],
  ])("refuses %s, and the whole batch with it", async (_, vector, message) => {
    const batch = [at("good", [1, 0, 0]), vector];
    await expect(call("upsert", batch)).rejects.toThrow(message);
    await expect(call("insert", batch)).rejects.toThrow("VECTOR_INSERT_ERROR (code = ");
    await control("settle");
    expect(await call("describe")).toMatchObject({ vectorCount: 0 });
  });

  it("accepts an id of exactly 64 bytes and metadata of exactly 10 KiB", async () => {
    const metadata = { t: "x".repeat(10_240 - '{"t":""}'.length) };
    await store({ id: "é".repeat(32), values: [1, 0, 0], metadata });
    expect(await call("describe")).toMatchObject({ vectorCount: 1 });
  });
});

describe("control", () => {
  it("fails the next calls of one method, as often as told", async () => {
    const message = "VECTOR_QUERY_ERROR (code = 40041): Too Many Requests";
    await control("fail", { method: "query", times: 2, message });
    await expect(call("query", [1, 0, 0])).rejects.toThrow(message);
    expect(await call("describe")).toMatchObject({ vectorCount: 0 });
    await expect(call("query", [1, 0, 0])).rejects.toThrow(message);
    expect(await call("query", [1, 0, 0])).toEqual({ count: 0, matches: [] });
    await control("fail", { method: "upsert" });
    await expect(call("upsert", [])).rejects.toThrow("VECTOR_UPSERT_ERROR: Status + 500");
    await expect(control("fail", { method: "nothing" })).rejects.toThrow("nothing");
  });

  it("counts calls by method until cleared", async () => {
    await call("query", [1, 0, 0]);
    await expect(call("query", [1])).rejects.toThrow();
    await call("describe");
    const none = Object.fromEntries(METHODS.map((method) => [method, 0]));
    expect(await control("log")).toEqual({ ...none, query: 2, describe: 1 });
    await control("clear");
    expect(await control("log")).toEqual(none);
  });

  it("is not on the binding's own surface", async () => {
    for (const method of ["fail", "clear", "setDelay", "settle", "log", "write"]) {
      const { error } = await send("VECTORIZE", method, []);
      expect(error).toMatch(/does not implement/);
    }
  });
});

it("is also the default export, and its errors arrive as errors", async () => {
  const { result } = await send("PLAIN", "describe", []);
  expect(result).toMatchObject({ dimensions: 3 });
  expect(await send("PLAIN", "query", [[]])).toMatchObject({ isError: true });
});

it("keeps vectors, pending mutations, faults and counts across a restart", async () => {
  await store({ id: "a", values: [1, 0, 0], metadata: { model: "m" } });
  const { mutationId } = await call("upsert", [{ id: "b", values: [0, 1, 0] }]);
  await control("fail", { method: "queryById" });
  await mf.dispose();
  mf = await boot(persist);
  expect(await call("getByIds", ["a", "b"])).toEqual([{ id: "a", values: [1, 0, 0], metadata: { model: "m" } }]);
  await expect(call("queryById", "a")).rejects.toThrow("Status + 500");
  expect(await control("log")).toMatchObject({ upsert: 2, getByIds: 1, queryById: 1 });
  await control("settle");
  expect(await call("describe")).toMatchObject({
    vectorCount: 2,
    processedUpToMutation: mutationId,
  });
});

it("starts empty when restarted with other dimensions", async () => {
  await store({ id: "a", values: [1, 0, 0] });
  await mf.dispose();
  mf = await boot(persist, { ...VARS, DIMENSIONS: "2" });
  expect(await call("describe")).toMatchObject({ vectorCount: 0, dimensions: 2 });
  await mf.dispose();
  mf = await boot(persist);
});

it("runs from its wrangler.toml", async () => {
  const directory = join(import.meta.dirname, "..", "..", "stand-ins", "vectorize");
  const server = createTestHarness({ root: directory, workers: [{ configPath: "wrangler.toml" }] });
  try {
    await server.listen();
    const index = (await server.getWorker(VECTORIZE_SERVICE).getExport()) as unknown as Vectorize;
    expect(await index.describe()).toMatchObject({ vectorCount: 0, dimensions: 512 });
  } finally {
    await server.close();
  }
});
