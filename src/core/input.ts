import type { z } from "zod";
import { InputError, issue } from "./errors.ts";

/**
 * Parses a verb's input; every problem becomes one issue with the path of its field, below `input`.
 * @throws InputError naming all problems at once, so that one retry can mend them all
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first, ...rest] = parsed.error.issues.map((problem) => {
    const code = (problem as { params?: { code?: "CONSENT_REQUIRED" } }).params?.code ?? "BAD_INPUT";
    return issue(code, problem.message, { path: ["input", ...problem.path.map(String)] });
  });
  throw new InputError(first!, ...rest);
}
