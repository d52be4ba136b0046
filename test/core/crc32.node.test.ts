import { expect, it } from "vitest";
import { crc32 } from "../../src/core/crc32.ts";

it("is the CRC-32 of zip and PNG", () => {
  expect(crc32("123456789")).toBe(0xcbf43926);
  expect(crc32("")).toBe(0);
});
