import type { ExecutionResult } from "graphql";
import type { Plugin } from "graphql-yoga";
import { issue } from "../../core/errors.ts";
import { graphqlError } from "../../graphql/errors.ts";
import type { Checked } from "./check-limits.ts";

const ANSWER = ["*/*", "application/*", "application/json", "application/graphql-response+json"];
const STREAM = ["*/*", "text/*"];
/** In these anything is sent. */
const EITHER = ["text/event-stream", "multipart/mixed"];

/**
 * Runs nothing whose answer could not be sent in a media type that the caller accepts: a mutation would be done, and
 * what it gives, such as an API key, be lost in an empty 406.
 */
export function checkAccept(): Plugin {
  const check =
    (types: readonly string[], result: () => ExecutionResult) =>
    ({ args, setResultAndStopExecution }: Checked) => {
      const { request } = args.contextValue as { request: Request };
      if (!accepts(request.headers.get("accept"), types)) setResultAndStopExecution(result());
    };
  return {
    // Nothing can be sent, not even why: Yoga answers 406.
    onExecute: check([...ANSWER, ...EITHER], () => ({})) as never,
    onSubscribe: check([...STREAM, ...EITHER], () => ({ errors: [notAStream()] })) as never,
  };
}

const notAStream = () =>
  graphqlError(
    issue("BAD_INPUT", "A subscription is sent as server-sent events: ask for it with `Accept: text/event-stream`."),
  );

/** Whether an Accept header names one of these media types. Without one it names all. */
function accepts(header: string | null, types: readonly string[]): boolean {
  if (!header?.trim()) return true;
  return header.split(",").some((part) => types.includes(part.split(";")[0]!.trim().toLowerCase()));
}
