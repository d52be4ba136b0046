import { expect, it } from "vitest";
import { createLoader } from "../../src/graphql/loader.ts";

/** A loader of texts that name all that went into them, and the calls that it made. */
function loaderOfTexts() {
  const calls: { keys: readonly string[]; args: object }[] = [];
  const load = createLoader(
    async (ctx: { name: string }, keys: readonly string[], args: { first: number; after: string | null }) => {
      calls.push({ keys: [...keys], args });
      return keys.map((key) => `${ctx.name} ${key} ${args.first} ${args.after}`);
    },
  );
  return { load, calls };
}

it("asks once for all keys of a turn, each key once, and gives every call its own value", async () => {
  const { load, calls } = loaderOfTexts();
  const ctx = { name: "x" };
  const page = () => ({ first: 2, after: null });
  const values = await Promise.all([load(ctx, "a", page()), load(ctx, "b", page()), load(ctx, "a", page())]);
  expect(values).toEqual(["x a 2 null", "x b 2 null", "x a 2 null"]);
  expect(calls).toEqual([{ keys: ["a", "b"], args: { first: 2, after: null } }]);
  expect(await load(ctx, "a", page())).toBe("x a 2 null");
  expect(calls).toHaveLength(2);
});

it("asks by themselves for other arguments and for another context", async () => {
  const { load, calls } = loaderOfTexts();
  const [x, y] = [{ name: "x" }, { name: "y" }];
  const values = await Promise.all([
    load(x, "a", { first: 2, after: null }),
    load(x, "a", { first: 3, after: null }),
    load(x, "a", { first: 2, after: "null" }),
    load(y, "a", { after: null, first: 2 }),
    load(x, "b", { after: null, first: 2 }),
  ]);
  expect(values).toEqual(["x a 2 null", "x a 3 null", "x a 2 null", "y a 2 null", "x b 2 null"]);
  expect(calls.map(({ keys }) => keys)).toEqual([["a", "b"], ["a"], ["a"], ["a"]]);
});

it("fails every call of a batch that fails, and no later one", async () => {
  let failures = 1;
  const load = createLoader(async (_ctx: object, keys: readonly string[], _args: Record<string, never>) => {
    if (failures-- > 0) throw new Error("gone");
    return keys;
  });
  const ctx = {};
  const settled = await Promise.allSettled([load(ctx, "a", {}), load(ctx, "b", {})]);
  expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await load(ctx, "a", {})).toBe("a");
});
