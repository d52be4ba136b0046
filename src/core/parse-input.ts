import type * as z from "zod";
import { fieldIssue, InputError, type Issue, issue } from "./errors.ts";

/**
 * Parses a verb's input; every problem becomes one issue with the path of its field, below the argument's name. A schema's
 * own messages complete a sentence that begins with the field's name ("is empty"); one about the input as a whole is a
 * sentence of its own.
 * @param argument the name around the fields; null where they are arguments of their own
 * @throws InputError naming all problems at once, so that one retry can correct them all
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  argument: string | null = "input",
): z.output<Schema> {
  const parsed = check(schema, value, argument);
  if (parsed.success) return parsed.data;
  throw new InputError(...parsed.issues);
}

/** What is wrong with an input; empty when nothing is. */
export function inputIssues(schema: z.ZodType, value: unknown, argument: string | null = "input"): Issue[] {
  const parsed = check(schema, value, argument);
  return parsed.success ? [] : parsed.issues;
}

/** The rule that exactly one of the fields is given. */
export const exactlyOneOf = <Fields extends z.ZodObject>(fields: Fields) =>
  fields.refine((input) => Object.values(input).filter((value) => value != null).length === 1, {
    error: `Give exactly one of ${Object.keys(fields.shape).join(", ")}.`,
  });

function check<Schema extends z.ZodType>(schema: Schema, value: unknown, argument: string | null) {
  const parsed = schema.safeParse(value, { error: ownWords });
  if (parsed.success) return { success: true as const, data: parsed.data };
  const around = argument === null ? [] : [argument];
  const issues = parsed.error.issues.map((problem) => {
    const code = (problem as { params?: { code?: "CONSENT_REQUIRED" } }).params?.code ?? "BAD_INPUT";
    const path = [...around, ...problem.path.map(String)];
    if (problem.path.length > 0) return fieldIssue(path, problem.message, code);
    return issue(code, problem.message, path.length > 0 ? { path } : {});
  });
  return { success: false as const, issues: issues as [Issue, ...Issue[]] };
}

/** A schema's own messages come first; this is for the rest, in plainer words than zod's. */
function ownWords(problem: z.core.$ZodRawIssue): string | undefined {
  if (problem.code !== "invalid_value" && problem.code !== "invalid_type") return undefined;
  if (problem.input === undefined) return "is missing";
  const wanted =
    problem.code === "invalid_value" ? `one of ${problem.values.join(", ")}` : `${article(problem.expected)}`;
  return problem.input === null ? `cannot be null: it must be ${wanted}` : `must be ${wanted}`;
}

const article = (type: string): string => `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`;
