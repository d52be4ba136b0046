import { expect, it, vi } from "vitest";
import { createLog } from "../../src/platform/logger.ts";

it("tells of a failed statement without its parameters, also where it is the cause", () => {
  const written = vi.spyOn(console, "error").mockImplementation(() => {});
  const failed = new Error("Failed query: select ? from agents\nparams: hash-of-a-key,a theme\nwith a line", {
    cause: new Error("D1_ERROR: overloaded"),
  });
  createLog({ requestId: "r1" })("error", "unexpected error", { cause: new Error("outer", { cause: failed }) });
  const line = written.mock.calls[0]![0] as string;
  written.mockRestore();
  expect(line).toContain("Failed query: select ? from agents");
  expect(line).toContain("D1_ERROR: overloaded");
  expect(line).toContain("logger.node.test");
  for (const secret of ["hash-of-a-key", "a theme", "with a line"]) expect(line).not.toContain(secret);
});
