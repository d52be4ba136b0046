import { expect, it } from "vitest";
import type { Peppers } from "../../src/core/peppers.ts";
import { sign, signWithAll, verify } from "../../src/core/signing.ts";

const peppers = (...all: [string, ...string[]]): Peppers => ({ newest: all[0], all });

it("verifies what was signed with the same secret, purpose and message, and nothing else", async () => {
  const signature = await sign(peppers("secret"), "link", "message");
  expect(await verify(peppers("secret"), "link", "message", signature)).toBe(true);
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
    expect(await verify(peppers(secret), purpose, message, given), `${secret} ${purpose} ${message} ${given}`).toBe(
      false,
    );
});

it("signs with the newest pepper, and verifies with each", async () => {
  const old = await sign(peppers("old"), "link", "message");
  const both = peppers("new", "old");
  expect(await verify(both, "link", "message", old)).toBe(true);
  expect(await verify(both, "link", "message", await sign(peppers("new"), "link", "message"))).toBe(true);
  expect(await sign(both, "link", "message")).toBe(await sign(peppers("new"), "link", "message"));
  expect(await signWithAll(both, "link", "message")).toEqual([await sign(both, "link", "message"), old]);
  expect(await verify(both, "link", "message", await sign(peppers("other"), "link", "message"))).toBe(false);
  expect(await verify(peppers("new"), "link", "message", old)).toBe(false);
});
