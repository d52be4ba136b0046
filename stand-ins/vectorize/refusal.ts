/** The binding's methods, each with the name under which the original reports its errors (workerd's binding source). */
export const OPERATIONS = {
  describe: "INDEX_GET",
  query: "VECTOR_QUERY",
  queryById: "VECTOR_QUERY",
  insert: "VECTOR_INSERT",
  upsert: "VECTOR_UPSERT",
  deleteByIds: "VECTOR_DELETE",
  getByIds: "VECTOR_GET",
} as const;

export type Method = keyof typeof OPERATIONS;

/**
 * An error as the binding throws it, `VECTOR_QUERY_ERROR (code = 40006): ...`. Across RPC only name and message
 * arrive, so code that reads Vectorize's errors has to read the message, as with the original.
 * @param code number of the refusal; without one the form is `VECTOR_QUERY_ERROR: text`
 */
export function refusal(method: Method, text: string, code?: number): Error {
  const suffix = code === undefined ? "" : ` (code = ${code})`;
  return new Error(`${OPERATIONS[method]}_ERROR${suffix}: ${text}`);
}
