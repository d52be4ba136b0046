/** One account at the Tavus stand-in: its key for the Worker, and its control calls for the test. */
export interface TavusAccount {
  key: string;
  url: string;
  fault(fault: object, where?: { method?: string; path?: string; times?: number }): Promise<void>;
  clearFaults(): Promise<void>;
  change(settings: object): Promise<void>;
  /** Everything the account holds and was asked. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the stand-in's own shapes, looked into by tests
  state(): Promise<any>;
  force(videoId: string, to: object): Promise<void>;
  /** Adds renders that were finished long ago; one is named `<name> <number>`, from 1. */
  fill(count: number, name?: string): Promise<void>;
  /** Lets `calls.most` of the state, the most calls at a time, count anew. */
  resetCalls(): Promise<void>;
}

export async function createTavusAccount(url: string, settings: object): Promise<TavusAccount> {
  const send = async (method: string, path: string, body?: object, key = "") => {
    const response = await fetch(`${url}/__control/${path}`, {
      method,
      headers: { "content-type": "application/json", "x-api-key": key },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text ? (JSON.parse(text) as unknown) : null;
  };
  const { apiKey: key } = (await send("POST", "accounts", settings)) as { apiKey: string };
  return {
    key,
    url,
    fault: async (fault, where = {}) => void (await send("POST", "faults", { fault, ...where }, key)),
    clearFaults: async () => void (await send("DELETE", "faults", undefined, key)),
    change: async (changed) => void (await send("PATCH", "account", changed, key)),
    state: () => send("GET", "account", undefined, key),
    force: async (videoId, to) => void (await send("POST", `videos/${videoId}`, to, key)),
    fill: async (count, name) => void (await send("POST", "videos", { count, ...(name ? { name } : {}) }, key)),
    resetCalls: async () => void (await send("DELETE", "calls", undefined, key)),
  };
}
