import type { UpstreamError } from "../core/errors.ts";

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
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${service} did not answer in time`)), timeoutMs);
  });
  try {
    return await Promise.race([call(), late]);
  } catch (error) {
    throw toUpstream(error);
  } finally {
    clearTimeout(timer);
  }
}
