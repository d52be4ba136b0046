import { DrizzleQueryError } from "drizzle-orm/errors";
import { describe, expect, it, vi } from "vitest";
import { createLog } from "../../src/platform/logger.ts";

/** The one line that a call writes. */
function logged(fields: Record<string, unknown>): string {
  const written = vi.spyOn(console, "error").mockImplementation(() => {});
  createLog({ requestId: "r1" })("error", "unexpected error", fields);
  const line = written.mock.calls[0]![0] as string;
  written.mockRestore();
  return line;
}

const D1 = new Error("D1_ERROR: overloaded");
const failed = (...params: unknown[]) => new DrizzleQueryError("select ? from agents", params, D1);

describe("a failed statement is told without its parameters,", () => {
  it("also where it is the cause", () => {
    const line = logged({ cause: new Error("outer", { cause: failed("hash-of-a-key", "a theme\nwith a line") }) });
    expect(line).toContain("Failed query: select ? from agents");
    expect(line).toContain("D1_ERROR: overloaded");
    expect(line).toContain("logger.node.test");
    for (const secret of ["hash-of-a-key", "a theme", "with a line"]) expect(line).not.toContain(secret);
  });

  // Texts that look like what a log has of its own.
  const hostile = [
    "x\n    at hidden (secret.ts:1:1)\n    at secret",
    "\n    at secret",
    "Failed query: secret\nparams: secret",
    "\nparams: secret\n    at secret\nparams: secret",
    "select ? from agents\nparams: secret",
    "$& $' $` secret",
    "Error: secret",
    "secret' not supported for value 'secret",
  ];
  for (const text of hostile) {
    it(`whatever they hold: ${JSON.stringify(text)}`, () => {
      const error = failed("first", text, null, 7);
      const fields = [
        { cause: error },
        { cause: new Error("outer", { cause: new Error("middle", { cause: error }) }) },
        // What wraps an error often repeats its message.
        { cause: new Error(error.message, { cause: error }) },
        { detail: error.message },
        { detail: String(error.stack?.split("\n    at ")[0]) },
        { steps: [{ cause: error }], nested: { errors: [error] } },
        { cause: new AggregateError([error], `several: ${error.message}`) },
      ];
      for (const given of fields) {
        const line = logged(given);
        expect(line).not.toContain("secret");
        expect(line).toContain("select ? from agents");
      }
    });
  }

  it("nor by an error whose message was changed after its stack was taken", () => {
    const error = failed("secret");
    error.message = "changed";
    expect(logged({ cause: error })).not.toContain("secret");
  });

  it("nor by what D1 itself says of a value", () => {
    const unbound = new Error("D1_TYPE_ERROR: Type 'object' not supported for value 'secret'");
    const words = new Error('D1_ERROR: fts5: syntax error near "secret": SQLITE_ERROR');
    for (const cause of [unbound, words]) expect(logged({ cause })).not.toContain("secret");
  });
});

it("keeps a line short, and ends where causes go round", () => {
  const round = new Error("x".repeat(100_000));
  round.cause = round;
  expect(logged({ cause: round, list: Array.from({ length: 1000 }, (_, i) => i) }).length).toBeLessThan(200_000);
});
