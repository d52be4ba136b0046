/** An answer with a JSON body. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}

/** An answer without a body. */
export function empty(status: number): Response {
  return new Response(null, { status });
}

const refusals = new WeakMap<Error, Response>();

/** Ends an operation with an answer; thrown, so that a check can stand in one line. */
export function refuse(status: number, body: unknown): never {
  const error = new Error(`refused with ${status}`);
  refusals.set(error, json(status, body));
  throw error;
}

/** The answer that `refuse` threw; anything else that was thrown goes on. */
export function refusalOf(error: unknown): Response {
  const response = error instanceof Error ? refusals.get(error) : undefined;
  if (response === undefined) throw error;
  return response;
}
