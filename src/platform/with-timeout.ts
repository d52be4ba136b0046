/**
 * What a call to a binding comes to, if that is known within `timeoutMs`: bindings take no signal, so the call itself goes
 * on unheard. @throws Error when it is late
 */
export async function withTimeout<Value>(who: string, timeoutMs: number, work: () => Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${who} did not answer in time`)), timeoutMs);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
