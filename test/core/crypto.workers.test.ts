import { describe, expect, it } from "vitest";
import { crc32, equalInConstantTime, seal, unseal } from "../../src/core/crypto.ts";
import { fromSortable, idPrefix, newId, type Random, sortable } from "../../src/core/ids.ts";
import { decodeEventCursor, decodeIdCursor, encodeEventCursor, encodeIdCursor } from "../../src/core/pagination.ts";
import { backoffMs } from "../../src/core/retry.ts";

const random: Random = (bytes) => crypto.getRandomValues(new Uint8Array(bytes));
const all =
  (byte: number): Random =>
  (bytes) =>
    new Uint8Array(bytes).fill(byte);

describe("ids", () => {
  it("sort by the time of their making, from 1970 to beyond this century, and never collide", () => {
    const times = [0, 1, 31, 32, 1_000, 1_795_384_338_000, 1_795_384_338_001, 4_102_444_800_000, 2 ** 48 - 1];
    const ids = times.map((time) => newId("vid", time, random));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(Array.from({ length: 1000 }, () => newId("vid", 5, random))).size).toBe(1000);
    for (const id of ids) expect(idPrefix(id)).toBe("vid");
  });

  it("are known by their form", () => {
    const id = newId("agt", 1, random);
    expect(idPrefix(id)).toBe("agt");
    for (const wrong of ["", "vid_", id.slice(0, -1), `${id}0`, id.toUpperCase(), id.replace("agt", "acc"), ` ${id}`]) {
      expect(idPrefix(wrong), wrong).toBeNull();
    }
  });
});

describe("cursors", () => {
  it("of events sort as strings in the order of the events, and read back", () => {
    const sequences = [0, 1, 31, 32, 33, 1023, 1024, 123_456_789, Number.MAX_SAFE_INTEGER];
    const cursors = sequences.map(encodeEventCursor);
    expect([...cursors].sort()).toEqual(cursors);
    expect(cursors.map(decodeEventCursor)).toEqual(sequences);
    expect(fromSortable(sortable(77, 4))).toBe(77);
  });

  it("that are none of ours are BAD_INPUT", () => {
    const event = encodeEventCursor(5);
    const list = encodeIdCursor(newId("vid", 5, random));
    for (const wrong of [
      "",
      "5",
      event.slice(0, -1),
      `${event}0`,
      event.toUpperCase(),
      list,
      "e1_zzzzzzzzzzz",
      "e1_0000000000u",
    ]) {
      expect(() => decodeEventCursor(wrong), wrong).toThrow(expect.objectContaining({ code: "BAD_INPUT" }));
    }
    for (const wrong of ["", event, list.slice(3), `${list}0`, "c1_%"]) {
      expect(() => decodeIdCursor(wrong), wrong).toThrow(expect.objectContaining({ code: "BAD_INPUT" }));
    }
    expect(decodeIdCursor(list)).toBe(list.slice(3));
  });
});

describe("the backoff", () => {
  it("doubles from its base up to its cap, half of it by chance", () => {
    const least = [1, 2, 3, 4, 5, 6, 50].map((failures) => backoffMs(failures, all(0)));
    expect(least).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    const most = [1, 2, 3, 4, 5, 6, 2000].map((failures) => backoffMs(failures, all(255)));
    expect(most).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    expect(backoffMs(0, all(0))).toBe(1000);
    expect(backoffMs(20, all(255), 2_000, 900_000)).toBe(900_000);
  });
});

describe("what keys are made with", () => {
  it("is the CRC-32 of zip and PNG", () => {
    expect(crc32("123456789")).toBe(0xcbf43926);
    expect(crc32("")).toBe(0);
  });

  it("opens what was sealed with the same secret, and nothing else", async () => {
    const sealed = await seal("secret", "molts_live_x", new Uint8Array(12).fill(7));
    expect(sealed).not.toContain("molts");
    expect(await unseal("secret", sealed)).toBe("molts_live_x");
    await expect(unseal("Secret", sealed)).rejects.toThrow();
    await expect(unseal("secret", `${sealed.slice(0, -1)}${sealed.endsWith("0") ? "1" : "0"}`)).rejects.toThrow();
  });

  it("compares texts of any length", () => {
    for (const [left, right, equal] of [
      ["", "", true],
      ["abc", "abc", true],
      ["abc", "abd", false],
      ["abc", "abcd", false],
      ["abcd", "abc", false],
      ["", "a", false],
    ] as const)
      expect(equalInConstantTime(left, right), `${left} ${right}`).toBe(equal);
  });
});
