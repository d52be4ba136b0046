import { GraphQLError, type GraphQLErrorOptions } from "graphql";
import {
  AppError,
  AuthenticationError,
  ERROR_CODES,
  type ErrorCode,
  internalIssue,
  type Issue,
  issue,
} from "../core/errors.ts";
import type { Log } from "../core/ports.ts";
import { builder } from "./builder.ts";

export const ErrorCodeEnum = builder.enumType("ErrorCode", {
  description:
    "What went wrong, for a program: a closed set. The same codes are in `extensions.code` of top-level errors and in the problems of REST. Errors about the API key come with HTTP 401, RATE_LIMITED with 429 and Retry-After.",
  values: Object.fromEntries(Object.entries(ERROR_CODES).map(([code, { description }]) => [code, { description }])) as {
    [Code in ErrorCode]: { description: string };
  },
});

export const UserError = builder.objectRef<Issue>("UserError").implement({
  description: "What went wrong: `code` for a program, `message` for a reader.",
  fields: (t) => ({
    code: t.field({
      type: ErrorCodeEnum,
      description: "What went wrong, for a program.",
      resolve: (it) => it.code,
    }),
    message: t.exposeString("message", { description: "What went wrong, for a reader, and what to do next." }),
    path: t.field({
      type: ["String"],
      nullable: true,
      description: 'The input field at fault, e.g. ["input", "soulMd"]; null when the error is not about one field.',
      resolve: (it) => it.path,
    }),
    retryable: t.exposeBoolean("retryable", { description: "Whether the same call, unchanged, may succeed later." }),
    retryAfterMs: t.int({
      nullable: true,
      description: "Milliseconds to wait before the same call can succeed; null when unknown or pointless.",
      // A GraphQL Int has 32 bits: a wait of more than 24 days is given as 24 days.
      resolve: (it) => (it.retryAfterMs === null ? null : Math.min(Math.ceil(it.retryAfterMs), 2 ** 31 - 1)),
    }),
    charged: t.exposeBoolean("charged", {
      description:
        "Whether anything was billed or taken from the quota for this call. False for every error there is today.",
    }),
  }),
});

/** A mutation's result: the value, or the errors that the caller can correct. */
export interface Payload<Value> {
  value: Value | null;
  errors: Issue[];
}

type Options<Shape extends object> = Parameters<ReturnType<typeof builder.objectRef<Shape>>["implement"]>[0];
type Fields<Shape extends object> = NonNullable<Options<Shape>["fields"]>;

/** The type of a mutation's result: the fields given, and `errors`, which every payload has. */
export const payloadType = <Value>(name: string, description: string, fields: Fields<Payload<Value>>) =>
  builder.objectRef<Payload<Value>>(name).implement({
    description,
    fields: (t) => ({
      ...fields(t),
      errors: t.field({
        type: [UserError],
        description: "Empty on success; else everything that is wrong, and all other fields are null.",
        resolve: (it) => it.errors,
      }),
    }),
  });

/**
 * Runs a verb for a mutation: errors that the caller can correct become data, all others are rethrown to the top level.
 */
export async function payload<Value>(work: () => Promise<Value>): Promise<Payload<Value>> {
  try {
    return { value: await work(), errors: [] };
  } catch (error) {
    const forTop = error instanceof AuthenticationError || (error instanceof AppError && error.code === "RATE_LIMITED");
    if (forTop || !(error instanceof AppError)) throw error;
    return { value: null, errors: error.issues };
  }
}

/** A top-level error for an issue, with the issue's fields in `extensions`. */
export function graphqlError(
  { code, message, retryable, retryAfterMs, charged, path }: Issue,
  located: GraphQLErrorOptions = {},
): GraphQLError {
  const extensions = { code, retryable, retryAfterMs, charged, ...(path ? { inputPath: path } : {}) };
  return new GraphQLError(message, { ...located, extensions });
}

/** What was thrown at the bottom of an error that the executor has wrapped, perhaps several times. */
export function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

/**
 * The one place that turns what was thrown into what callers get: our own errors with their code, errors of the
 * document or its variables as BAD_INPUT, and all others masked as INTERNAL, with the request id, and the cause in the
 * log.
 */
export function toWire(error: unknown, requestId: string, log: Log): GraphQLError[] {
  const graphql = error instanceof GraphQLError ? error : null;
  const located: GraphQLErrorOptions = {
    nodes: graphql?.nodes ?? null,
    path: graphql?.path ?? null,
    positions: graphql?.positions ?? null,
    source: graphql?.source ?? null,
  };
  const cause = causeOf(error);
  if (cause instanceof AppError) return cause.issues.map((problem) => graphqlError(problem, located));
  if (cause instanceof GraphQLError) {
    const known = (cause.extensions.code as string) in ERROR_CODES;
    return [known ? cause : graphqlError(issue("BAD_INPUT", cause.message), { ...located, path: cause.path })];
  }
  log("error", "unexpected error", { cause });
  return [graphqlError(internalIssue(requestId), located)];
}
