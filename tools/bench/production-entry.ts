// The production bundle, with its rate limits counted in memory and never reached: so does the platform count, beside
// the Worker, while the local emulation writes every call to a database of its own. All else is as it is deployed.

// @ts-expect-error: the bundle is put beside this module when the Worker is started
import production from "./molts.js";

const worker = production as Required<ExportedHandler<Env>>;

class CountedInMemory implements RateLimit {
  readonly #counts = new Map<string, number>();

  async limit({ key }: RateLimitOptions): Promise<RateLimitOutcome> {
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return { success: count <= Number.MAX_SAFE_INTEGER };
  }
}

let bench: Env | undefined;
const withLimits = (env: Env): Env =>
  (bench ??= {
    ...env,
    LIMIT_BY_KEY: new CountedInMemory(),
    LIMIT_BY_IP: new CountedInMemory(),
    LIMIT_KEYED: new CountedInMemory(),
    LIMIT_REGISTRATION: new CountedInMemory(),
    LIMIT_SEARCH: new CountedInMemory(),
  });

export default {
  fetch: (request, env, execution) => worker.fetch(request, withLimits(env), execution),
} satisfies ExportedHandler<Env>;
