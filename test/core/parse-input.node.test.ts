import { describe, expect, it } from "vitest";
import * as z from "zod";
import { InputError, type Issue } from "../../src/core/errors.ts";
import { exactlyOneOf, inputIssues, parseInput } from "../../src/core/parse-input.ts";
import { textSchema } from "../../src/core/text.ts";

const schema = z.object({
  name: textSchema({ min: 1, max: 5 }),
  count: z.int("must be 1 to 9").min(1, "must be 1 to 9").max(9, "must be 1 to 9").nullish(),
  kind: z.enum(["A", "B"]).optional(),
  tags: z.array(z.string()).nullish(),
});

const said = (value: unknown, argument?: string | null) =>
  inputIssues(schema, value, argument).map(({ path, message }: Issue) => [path?.join("/"), message]);

describe("an input", () => {
  it("is given as the schema makes it, when nothing is wrong", () => {
    expect(parseInput(schema, { name: "Bo", more: 1 })).toEqual({ name: "Bo" });
    expect(inputIssues(schema, { name: "Bo" })).toEqual([]);
  });

  it("is refused with every problem at once, each a sentence that begins with the field", () => {
    expect(said({ name: "", count: 10, kind: "C", tags: ["a", 7] })).toEqual([
      ["input/name", "name is empty: give 1 to 5 characters."],
      ["input/count", "count must be 1 to 9."],
      ["input/kind", "kind must be one of A, B."],
      ["input/tags/1", "tags.1 must be a string."],
    ]);
    expect(said({ name: "abcdef" })).toEqual([["input/name", "name has 6 characters; at most 5 are allowed."]]);
    expect(said({ name: null, kind: null })).toEqual([
      ["input/name", "name cannot be null: it must be a string."],
      ["input/kind", "kind cannot be null: it must be one of A, B."],
    ]);
    expect(said({})).toEqual([["input/name", "name is missing."]]);
    expect(() => parseInput(schema, {})).toThrow(InputError);
  });

  it("keeps what is wrong apart from the field's name, for doors that spell it otherwise", () => {
    expect(inputIssues(schema, {})).toMatchObject([{ problem: "is missing", code: "BAD_INPUT", retryable: false }]);
  });

  it("may be the arguments themselves, or be named otherwise", () => {
    expect(said({}, null)).toEqual([["name", "name is missing."]]);
    expect(said({}, "to")).toEqual([["to/name", "name is missing."]]);
    expect(said(7)).toEqual([["input", expect.stringMatching(/^must be an object/)]]);
  });

  it("with a rule of exactly one field is refused as a whole when none or several are given", () => {
    const selector = exactlyOneOf(z.object({ id: z.string().nullish(), handle: z.string().nullish() }));
    expect(parseInput(selector, { id: "x", handle: null })).toEqual({ id: "x", handle: null });
    for (const wrong of [{}, { id: null }, { id: "x", handle: "y" }]) {
      expect(inputIssues(selector, wrong, null)).toMatchObject([
        { message: "Give exactly one of id, handle.", path: null, problem: null },
      ]);
      expect(inputIssues(selector, wrong, "to")).toMatchObject([{ path: ["to"] }]);
    }
  });
});
