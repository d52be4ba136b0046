import { describe, expect, it } from "vitest";
import { createTokenizer } from "../../../src/platform/encoder/tokenizer.ts";
import type { Piece } from "../../../src/platform/encoder/tokenizer.ts";

/** Behind the six control symbols that every vocabulary begins with. */
function tokenizer(...pieces: Piece[]) {
  const controls = ["�", "<s>", "</s>", "1", "2", "3"].map((text): Piece => [text, 0]);
  const { ids, text } = createTokenizer([...controls, ...pieces]);
  return (given: string) => ids(given).map(text);
}

describe("the tokenizer", () => {
  it("takes the likeliest pieces, not the longest", () => {
    const cut = tokenizer(["▁", -1], ["a", -2], ["b", -2], ["ab", -5], ["▁a", -2.5]);
    expect(cut("ab")).toEqual(["▁a", "b"]);
    expect(tokenizer(["▁", -1], ["a", -2], ["b", -2], ["ab", -3])("ab")).toEqual(["▁", "ab"]);
  });

  it("puts the space's sign for every space, and one in front", () => {
    expect(tokenizer(["▁", -1], ["a", -2])("a  a")).toEqual(["▁", "a", "▁", "▁", "a"]);
  });

  it("joins what it does not know, beyond 16 bits too", () => {
    expect(tokenizer(["▁", -1], ["a", -2])("a\n😀😀é")).toEqual(["▁", "a", "�"]);
  });

  it("reads compatibility characters as what they stand for, and keeps case", () => {
    expect(tokenizer(["▁", -1], ["f", -2], ["i", -2])("ﬁF")).toEqual(["▁", "f", "i", "�"]);
  });

  it("finds control symbols in no text", () => {
    expect(tokenizer(["▁", -1])("<s>1")).toEqual(["▁", "�"]);
  });

  it("makes nothing of nothing", () => {
    expect(tokenizer(["▁", -1])("")).toEqual([]);
  });
});
