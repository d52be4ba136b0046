/** What all keys of one batch have in common, e.g. the arguments of a nested field. Compared field by field with ===. */
type BatchArgs = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Joins the calls for single keys that are made within one turn of the event loop, in one context and with equal `args`,
 * into one call for all of these keys: it keeps a list's nested field at one round trip.
 * @param load gives one value for each key, in the keys' order
 */
export function createLoader<Context extends object, Key, Args extends BatchArgs, Value>(
  load: (ctx: Context, keys: readonly Key[], args: Args) => Promise<readonly Value[]>,
): (ctx: Context, key: Key, args: Args) => Promise<Value> {
  interface Batch {
    args: Args;
    keys: Key[];
    values: Promise<readonly Value[]>;
  }
  const open = new WeakMap<Context, Set<Batch>>();

  return async (ctx, key, args) => {
    const batches = open.get(ctx) ?? new Set();
    open.set(ctx, batches);
    let batch = [...batches].find((it) => haveEqualFields(it.args, args));
    if (!batch) {
      const keys: Key[] = [];
      // A macrotask: by then every sibling of the list has been resolved down to its own call.
      const values = new Promise<void>((resolve) => setTimeout(resolve, 0)).then(() => {
        batches.delete(opened);
        return load(ctx, keys, args);
      });
      const opened: Batch = { args, keys, values };
      batches.add(opened);
      batch = opened;
    }
    const known = batch.keys.indexOf(key);
    const index = known >= 0 ? known : batch.keys.push(key) - 1;
    return (await batch.values)[index]!;
  };
}

/** Of objects of one type, which have the same keys. */
const haveEqualFields = <Args extends BatchArgs>(one: Args, other: Args): boolean =>
  Object.keys(one).every((name) => one[name] === other[name]);
