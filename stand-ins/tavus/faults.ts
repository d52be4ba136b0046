import { z } from "zod";
import { draw, type Account } from "./state.ts";

const times = z.number().int().min(1).optional();
const accepted = z.boolean().optional();

const answerFault = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("status"),
    status: z.number().int().min(200).max(599),
    body: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    accepted,
  }),
  z.strictObject({ kind: z.literal("hang"), accepted }),
  z.strictObject({ kind: z.literal("reset") }),
  z.strictObject({ kind: z.literal("malformed"), accepted }),
  z.strictObject({ kind: z.literal("lost") }),
  z.strictObject({ kind: z.literal("latency"), ms: z.number().min(0) }),
]);

const outcomeFault = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("stuck") }),
  z.strictObject({ kind: z.literal("error"), reason: z.string().min(1) }),
  z.strictObject({ kind: z.literal("no-callback") }),
  z.strictObject({ kind: z.literal("duplicate-callback") }),
]);

/** A fault of one answer. `accepted: true` lets the request take effect all the same; `lost` is a reset that always does. */
export type AnswerFault = z.infer<typeof answerFault>;
/** A fault of the work that an accepted POST starts. */
export type OutcomeFault = z.infer<typeof outcomeFault>;

/**
 * `method` and `path` say which requests, `times` how many more of them; without `times` all, until the faults are cleared. With `rate`
 * (0 to 1) only that part of them, at random.
 */
export type FaultRule = {
  method: string;
  path: string;
  times: number | null;
  rate: number | null;
  fault: AnswerFault | OutcomeFault;
};

/** The body of `POST /__control/faults`. */
export const faultInput = z
  .strictObject({
    method: z.string().optional(),
    path: z.string().startsWith("/").optional(),
    times,
    rate: z.number().gt(0).max(1).optional(),
    fault: z.union([answerFault, outcomeFault]),
  })
  .transform((input): FaultRule => ({
    method: (input.method ?? (isOutcome(input.fault) ? "POST" : "*")).toUpperCase(),
    path: input.path ?? (isOutcome(input.fault) ? "/v2/videos" : "/"),
    times: input.times ?? null,
    rate: input.rate ?? null,
    fault: input.fault,
  }));

function isOutcome(fault: AnswerFault | OutcomeFault): fault is OutcomeFault {
  return outcomeFault.safeParse(fault).success;
}

/**
 * Whether a path (without query) is meant: a pattern with `*` (any run of characters) or with `$` at its end must match it all, any
 * other pattern is a prefix.
 */
function pathMatches(pattern: string, path: string): boolean {
  if (!pattern.includes("*") && !pattern.endsWith("$")) return path.startsWith(pattern);
  const parts = pattern.replace(/\$$/, "").split("*");
  return new RegExp(`^${parts.map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`).test(path);
}

function matching(account: Account, method: string, path: string): FaultRule[] {
  return account.faults.filter(
    (rule) => (rule.method === "*" || rule.method === method) && pathMatches(rule.path, path),
  );
}

function happens(account: Account, { rate }: FaultRule): boolean {
  return rate === null || draw(account) < rate;
}

function use(account: Account, rule: FaultRule): void {
  if (rule.times === null) return;
  rule.times -= 1;
  if (rule.times <= 0) account.faults = account.faults.filter((other) => other !== rule);
}

/** Takes the faults of one answer: every matching latency, added up (ms), and the first of the others. */
export function takeAnswerFault(
  account: Account,
  method: string,
  path: string,
): { latencyMs: number; fault: AnswerFault | null } {
  let latencyMs = 0;
  let fault: AnswerFault | null = null;
  for (const rule of matching(account, method, path)) {
    if (isOutcome(rule.fault) || !happens(account, rule)) continue;
    if (rule.fault.kind === "latency") latencyMs += rule.fault.ms;
    else if (fault === null) fault = rule.fault;
    else continue;
    use(account, rule);
  }
  return { latencyMs, fault };
}

/** Takes the faults of the work that a request, now accepted, starts; at most one of each kind. */
export function takeOutcomeFaults(account: Account, path: string): OutcomeFault[] {
  const taken: OutcomeFault[] = [];
  for (const rule of matching(account, "POST", path)) {
    const { fault } = rule;
    if (!isOutcome(fault) || taken.some((other) => other.kind === fault.kind)) continue;
    if (!happens(account, rule)) continue;
    taken.push(fault);
    use(account, rule);
  }
  return taken;
}

const connectionReset = "ECONNRESET";

/** What fetch throws when a connection breaks. */
export function networkError(): TypeError {
  return new TypeError("fetch failed", {
    cause: Object.assign(new Error("read ECONNRESET"), { code: connectionReset }),
  });
}

/** Whether an error is one of `networkError()`. */
export function isNetworkError(error: unknown): boolean {
  return error instanceof TypeError && (error.cause as { code?: unknown } | undefined)?.code === connectionReset;
}

/** Never answers; rejects with the signal's reason once the caller gives up. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Waits so many milliseconds; rejects with the signal's reason if the caller gives up before. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([over, untilAborted(signal)]);
  } finally {
    clearTimeout(timer);
  }
}
