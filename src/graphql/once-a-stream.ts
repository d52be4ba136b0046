import type { GraphQLContext } from "./context.ts";

/**
 * What a costly nested field of a subscription gives, worked out with the first event that has it and the same for all that
 * follow. Other operations work it out each time.
 * @param name says what it is, with all that it depends on
 */
export function onceAStream<Value>(
  { stream }: GraphQLContext,
  name: string,
  work: () => Promise<Value>,
): Promise<Value> {
  if (!stream.slot) return work();
  const kept = stream.kept.get(name) as Promise<Value> | undefined;
  if (kept) return kept;
  const value = work();
  stream.kept.set(name, value);
  // What failed is tried again with the next event.
  value.catch(() => stream.kept.delete(name));
  return value;
}
