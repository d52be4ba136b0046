import type * as z from "zod";
import { InputError, issue } from "./errors.ts";

/**
 * Parses a verb's input; every problem becomes one issue with the path of its field, below the argument's name.
 * @throws InputError naming all problems at once, so that one retry can mend them all
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  argument = "input",
): z.output<Schema> {
  const parsed = schema.safeParse(value, { error: wording });
  if (parsed.success) return parsed.data;
  const [first, ...rest] = parsed.error.issues.map((problem) => {
    const code = (problem as { params?: { code?: "CONSENT_REQUIRED" } }).params?.code ?? "BAD_INPUT";
    return issue(code, problem.message, { path: [argument, ...problem.path.map(String)] });
  });
  throw new InputError(first!, ...rest);
}

/** Names the field where zod's own words would not; what a schema says of itself comes first. */
function wording(problem: z.core.$ZodRawIssue): string | undefined {
  const field = problem.path?.join(".") || "The input";
  if (problem.code === "invalid_value") return `${field} must be one of ${problem.values.join(", ")}.`;
  if (problem.code !== "invalid_type") return undefined;
  return problem.input === undefined ? `${field} is missing.` : `${field} must be a ${problem.expected}.`;
}
