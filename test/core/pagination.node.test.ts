import { describe, expect, it } from "vitest";
import { newId } from "../../src/core/ids.ts";
import { decodeEventCursor, decodeIdCursor, encodeEventCursor, encodeIdCursor } from "../../src/core/pagination.ts";

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));

describe("cursors", () => {
  it("of events sort as strings in the order of the events, and read back", () => {
    const sequences = [0, 1, 31, 32, 33, 1023, 1024, 123_456_789, Number.MAX_SAFE_INTEGER];
    const cursors = sequences.map(encodeEventCursor);
    expect([...cursors].sort()).toEqual(cursors);
    expect(cursors.map(decodeEventCursor)).toEqual(sequences);
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
