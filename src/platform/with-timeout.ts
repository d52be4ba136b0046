import type { UpstreamError } from "../core/errors.ts";
import { within } from "../core/within.ts";

/**
 * Calls a binding, which takes no abort signal: a call that is late is given up, and its result is ignored.
 * @param toUpstream what an error of the binding means to us; a time-out is a plain `Error`
 * @throws UpstreamError
 */
export async function withTimeout<Value>(
  service: string,
  timeoutMs: number,
  toUpstream: (error: unknown) => UpstreamError,
  call: () => Promise<Value>,
): Promise<Value> {
  let answer: { value: Value } | null;
  try {
    answer = await within(timeoutMs, call);
  } catch (error) {
    throw toUpstream(error);
  }
  if (!answer) throw toUpstream(new Error(`${service} did not answer in time`));
  return answer.value;
}
