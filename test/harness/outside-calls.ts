/** Called after every outside call that was answered: `POST /v2/videos`, `Stream.upload`, `Vectorize.upsert`. */
export type OnAnswer = (call: string) => void;

/** A network that reports its answers by method and path. */
export const observeNetwork =
  (network: typeof fetch, onAnswer: OnAnswer): typeof fetch =>
  async (input, init) => {
    const answer = await network(input, init);
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    onAnswer(`${init?.method ?? "GET"} ${pathname}`);
    return answer;
  };

/**
 * A binding of which some methods report their answers, by the binding's name and their own. The methods are listed,
 * since every member of a binding looks like a function. @param inside methods that give an object whose own methods
 * are among `methods`
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
      // Not one of the service's methods: it is the stub's own, and works on the stub only.
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
