import { expect, it } from "vitest";
import { seal, unseal } from "../../src/core/sealing.ts";

it("opens what was sealed with the same secret, and nothing else", async () => {
  const sealed = await seal("secret", "molts_live_x", new Uint8Array(12).fill(7));
  expect(sealed).not.toContain("molts");
  expect(await unseal("secret", sealed)).toBe("molts_live_x");
  await expect(unseal("Secret", sealed)).rejects.toThrow();
  await expect(unseal("secret", `${sealed.slice(0, -1)}${sealed.endsWith("0") ? "1" : "0"}`)).rejects.toThrow();
  await expect(unseal("secret", "no hexadecimal")).rejects.toThrow();
});
