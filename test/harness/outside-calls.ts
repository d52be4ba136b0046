/** Told of every outside call once it was answered: `POST /v2/videos`, `Stream.upload`, `Vectorize.upsert`. */
export type OnAnswer = (call: string) => void;

/** A network that tells of its answers by method and path. */
export const observeNetwork =
  (network: typeof fetch, onAnswer: OnAnswer): typeof fetch =>
  async (input, init) => {
    const answer = await network(input, init);
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    onAnswer(`${init?.method ?? "GET"} ${pathname}`);
    return answer;
  };

/**
 * A binding of which some methods tell of their answers, by its name and theirs. Named, since every member of a binding
 * looks like a function. @param inside methods that give an object whose own methods are among `methods`
 */
export function observeBinding<Binding extends object>(
  name: string,
  binding: Binding,
  onAnswer: OnAnswer,
  methods: readonly string[],
  inside: readonly string[] = [],
): Binding {
  return new Proxy(binding, {
    get(target, member) {
      const value = Reflect.get(target, member) as unknown;
      if (inside.includes(String(member))) {
        return (...args: unknown[]) => {
          const object = Reflect.apply(value as () => object, target, args);
          return observeBinding(name, object, onAnswer, methods);
        };
      }
      // Not one of the service's methods: it is the stub's own, and runs on nothing but the stub.
      if (member === Symbol.dispose && value)
        return Reflect.apply(Function.prototype.bind, value as () => void, [target]);
      if (!methods.includes(String(member))) return value;
      return async (...args: unknown[]) => {
        const answer = (await Reflect.apply(value as () => unknown, target, args)) as unknown;
        onAnswer(`${name}.${String(member)}`);
        return answer;
      };
    },
  });
}
