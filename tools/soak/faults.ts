import { LIST_DELAY_MS } from "./options.ts";

/** Everything that the stand-in can do to an answer; each kind gets an equal part of what is spoilt. */
const ANSWERS = [
  { kind: "status", status: 500 },
  { kind: "status", status: 500, accepted: true },
  { kind: "status", status: 503 },
  { kind: "status", status: 429, headers: { "retry-after": "1" } },
  { kind: "hang" },
  { kind: "hang", accepted: true },
  { kind: "reset" },
  { kind: "malformed" },
  { kind: "malformed", accepted: true },
  { kind: "lost" },
  { kind: "latency", ms: 1_500 },
] as const;

/** What can become of a render, and with what chance. A callback that is lost costs nothing but time. */
const OUTCOMES = [
  { fault: { kind: "no-callback" }, rate: 0.05 },
  { fault: { kind: "duplicate-callback" }, rate: 0.05 },
  { fault: { kind: "error", reason: "The soak lets this render fail." }, rate: 0.01 },
  { fault: { kind: "stuck" }, rate: 0.005 },
] as const;

export type Control = <Answer>(method: string, path: string, body?: object) => Promise<Answer>;

/** The control calls of a stand-in, on the account that always exists. */
export function controlOf(tavusUrl: string, apiKey: string): Control {
  return async (method, path, body) => {
    const response = await fetch(`${tavusUrl}/__control/${path}`, {
      method,
      headers: { "x-api-key": apiKey, "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : null;
  };
}

/**
 * Spoils a part of all answers: of every operation of the vendor, and of the files that it serves.
 * @param rate 0 to 1
 */
export async function spoil(control: Control, { seed, rate }: { seed: number; rate: number }): Promise<void> {
  await control("PATCH", "account", {
    seed,
    listDelayMs: LIST_DELAY_MS,
    queueMs: 200,
    renderMs: 2_000,
    voiceMs: 1_000,
    faceMs: 2_000,
    latencyMs: 20,
  });
  if (rate === 0) return;
  for (const fault of ANSWERS) {
    // A 200 of unreadable text says of a DELETE, whose answer is empty, that it has happened: it must be true.
    const isLie = fault.kind === "malformed" && !("accepted" in fault);
    const methods = isLie ? ["GET", "POST", "PATCH"] : ["*"];
    for (const method of methods) await control("POST", "faults", { method, fault, rate: rate / ANSWERS.length });
  }
  for (const { fault, rate: chance } of OUTCOMES) await control("POST", "faults", { fault, rate: chance });
}
