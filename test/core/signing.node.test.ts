import { expect, it } from "vitest";
import { sign, verify } from "../../src/core/signing.ts";

it("verifies what was signed with the same secret, purpose and message, and nothing else", async () => {
  const signature = await sign("secret", "link", "message");
  expect(await verify("secret", "link", "message", signature)).toBe(true);
  for (const [secret, purpose, message, given] of [
    ["Secret", "link", "message", signature],
    ["secret", "other", "message", signature],
    ["secret", "link", "messages", signature],
    ["secret", "link", "message", `${signature.slice(0, -1)}${signature.endsWith("0") ? "1" : "0"}`],
    ["secret", "link", "message", signature.slice(0, -2)],
    ["secret", "link", "message", signature.toUpperCase()],
    ["secret", "link", "message", "no hexadecimal"],
    ["secret", "link", "message", ""],
  ] as const)
    expect(await verify(secret, purpose, message, given), `${secret} ${purpose} ${message} ${given}`).toBe(false);
});
