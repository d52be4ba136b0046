/** What work gives if it ends within so many milliseconds, else null; what comes later is ignored. */
export async function within<Value>(ms: number, work: () => Promise<Value>): Promise<{ value: Value } | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([work().then((value) => ({ value })), late]);
  } finally {
    clearTimeout(timer);
  }
}
