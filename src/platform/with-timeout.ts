import type { UpstreamError } from "../core/errors.ts";

/**
 * Calls a binding, which takes no signal: one that is late is given up, and goes on unheard.
 * @param toUpstream what an error of the binding means to us; being late is an error of no name
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
