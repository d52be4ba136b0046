/**
 * Joins the calls for single keys that are made within one turn of the event loop into one call for many, per context
 * and per `group`: what keeps a list's nested field at one round trip.
 */
export function createLoader<Context extends object, Key, Value>(
  load: (ctx: Context, keys: readonly Key[], group: string) => Promise<readonly Value[]>,
): (ctx: Context, key: Key, group?: string) => Promise<Value> {
  interface Batch {
    keys: Key[];
    values: Promise<readonly Value[]>;
  }
  const open = new WeakMap<Context, Map<string, Batch>>();

  return async (ctx, key, group = "") => {
    const batches = open.get(ctx) ?? new Map<string, Batch>();
    open.set(ctx, batches);
    let batch = batches.get(group);
    if (!batch) {
      const keys: Key[] = [];
      // A macrotask: by then every sibling of the list has been resolved down to its own call.
      const values = new Promise<void>((resolve) => setTimeout(resolve, 0)).then(() => {
        batches.delete(group);
        return load(ctx, keys, group);
      });
      batch = { keys, values };
      batches.set(group, batch);
    }
    const known = batch.keys.indexOf(key);
    const index = known >= 0 ? known : batch.keys.push(key) - 1;
    return (await batch.values)[index]!;
  };
}
