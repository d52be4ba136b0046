const QUERIES = new Set<string | symbol>(["query", "queryById"]);

/** A Vectorize binding that notes its queries in `asked`, so that they can be asked again by themselves. */
export function recordingVectorize(vectorize: Vectorize, asked: (() => Promise<unknown>)[]): Vectorize {
  return new Proxy(vectorize, {
    get(target, name) {
      const method = Reflect.get(target, name) as (...input: unknown[]) => Promise<unknown>;
      return (...input: unknown[]) => {
        const ask = () => Reflect.apply(method, target, input) as Promise<unknown>;
        if (QUERIES.has(name)) asked.push(ask);
        return ask();
      };
    },
  });
}
