import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { UpstreamError } from "../../src/core/errors.ts";
import type { IndexedVector } from "../../src/core/ports.ts";
import { createVectorIndex } from "../../src/platform/vectorize.ts";
import { index } from "../features/discovery/world.ts";

const binding = env.VECTORIZE as unknown as Vectorize;
const vectors = createVectorIndex(binding);

/** A vector of the stand-in's size that points into one direction. */
function pointing(direction: number): Float32Array {
  const values = new Float32Array(512);
  values[direction] = 1;
  return values;
}
const vector = (agentId: string, direction: number, rest: Partial<IndexedVector> = {}): IndexedVector => ({
  id: `${agentId}.m.${direction}`,
  agentId,
  model: "m",
  kind: "part",
  values: pointing(direction),
  ...rest,
});

async function kindOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "none";
  } catch (error) {
    expect(error).toBeInstanceOf(UpstreamError);
    return (error as UpstreamError).kind;
  }
}

beforeEach(() => index.clear());

describe("the vector index", () => {
  it("gives the nearest of a model and of some kinds, by vector and by stored vector", async () => {
    await vectors.upsert([
      vector("a", 0, { kind: "whole" }),
      vector("b", 0),
      vector("c", 1),
      vector("d", 0, { model: "other", id: "d" }),
      vector("a", 0, { kind: "alias", id: "@a" }),
    ]);
    await index.settle();
    const among = (...kinds: IndexedVector["kind"][]) => ({ model: "m", kinds });
    expect(await vectors.nearest(pointing(0), among("whole", "part"))).toMatchObject([
      { agentId: expect.stringMatching(/^[ab]$/), score: 1 },
      { agentId: expect.stringMatching(/^[ab]$/), score: 1 },
      { agentId: "c", kind: "part", score: 0 },
    ]);
    expect(await vectors.nearestToStored("@a", among("whole"))).toEqual([{ agentId: "a", kind: "whole", score: 1 }]);
    expect(await vectors.nearestToStored("nobody", among("whole"))).toBeNull();
    expect(await vectors.nearest(pointing(0), { model: "none", kinds: ["whole"] })).toEqual([]);
  });

  it("takes more at once than the service does in a call", async () => {
    const many = Array.from({ length: 1_100 }, (_, number) => vector("a", number % 512, { id: `a.m.${number}` }));
    await vectors.upsert(many);
    await index.settle();
    expect(Number((await binding.describe()).vectorCount)).toBe(1_100);
    await vectors.delete([...many.map(({ id }) => id), "unknown"]);
    await index.settle();
    expect(Number((await binding.describe()).vectorCount)).toBe(0);
    expect(await index.log()).toMatchObject({ upsert: 2, deleteByIds: 12 });
  });

  it("tells what was refused from what may have happened", async () => {
    expect(await kindOf(vectors.upsert([vector("a", 0, { id: "x".repeat(65) })]))).toBe("rejected");
    expect(await kindOf(vectors.nearest(new Float32Array(3), { model: "m", kinds: ["part"] }))).toBe("rejected");
    await index.fail({ method: "query", times: 1 });
    expect(await kindOf(vectors.nearest(pointing(0), { model: "m", kinds: ["part"] }))).toBe("inDoubt");
  });

  it("is not waited for longer than a caller would", async () => {
    const never = () => new Promise<never>(() => {});
    const silent = { query: never, queryById: never, upsert: never, deleteByIds: never } as unknown as Vectorize;
    const impatient = createVectorIndex(silent, { query: 20, write: 20 });
    const among = { model: "m", kinds: ["part"] } as const;
    expect(await kindOf(impatient.nearest(pointing(0), among))).toBe("inDoubt");
    expect(await kindOf(impatient.nearestToStored("a", among))).toBe("inDoubt");
    expect(await kindOf(impatient.upsert([vector("a", 0)]))).toBe("inDoubt");
    expect(await kindOf(impatient.delete(["a"]))).toBe("inDoubt");
  });
});
