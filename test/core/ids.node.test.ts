import { describe, expect, it } from "vitest";
import { fromSortable, idPrefix, newId, type Random, sortable } from "../../src/core/ids.ts";

const random: Random = (bytes) => crypto.getRandomValues(new Uint8Array(bytes));

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

  it("carry numbers in a form that sorts, and give them back", () => {
    expect(fromSortable(sortable(77, 4))).toBe(77);
  });
});
