/** The columns of the fault matrix: what can become of one outside call. */
export const FAULTS = {
  refused: "400",
  missing: "404",
  limited: "429",
  unpaid: "402",
  down: "503",
  hang: "no answer",
  reset: "the connection breaks, nothing happened",
  malformed: "it happened, and the answer cannot be read",
  slow: "it happens, the answer is late",
  lost: "it happened, and the answer is lost",
  crash: "it happened, and the Worker dies before it writes that down",
} as const;
export type Fault = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as Fault[];

export interface Cell {
  call: string;
  fault: Fault;
  /** `none`: the cell makes no sense. `open`: it should be covered and is not. */
  result: "passed" | "failed" | "none" | "open";
  /** Why, of a cell that did not pass. */
  reason: string;
}

declare module "vitest" {
  interface TaskMeta {
    /** What a test has shown of the fault matrix; the reporter prints it. */
    faultCells?: Cell[];
  }
}

/** What a fault does twice in a row: it is over after that. The others happen once. */
export const timesOf = (fault: Fault): number => (["limited", "unpaid", "down", "reset"].includes(fault) ? 2 : 1);

/** As the Tavus stand-in is told; a crash is not the vendor's. */
export const AT_TAVUS: Record<Exclude<Fault, "crash">, object> = {
  refused: { kind: "status", status: 400, body: { error: "refused by the test" } },
  missing: { kind: "status", status: 404 },
  limited: { kind: "status", status: 429, headers: { "retry-after": "3" } },
  unpaid: { kind: "status", status: 402 },
  down: { kind: "status", status: 503 },
  hang: { kind: "hang" },
  reset: { kind: "reset" },
  malformed: { kind: "malformed", accepted: true },
  slow: { kind: "latency", ms: 60 },
  lost: { kind: "lost" },
};

export type Service = "STREAM" | "BUCKET" | "VECTORIZE";

const named = (name: string) => () => Object.assign(new Error("by the test"), { name });
const text = (message: string) => () => new Error(message);
/** What a binding throws when its service is not reached. */
export const connectionLost = text("Network connection lost.");

/** The errors of each service, as its documentation has them. */
export const THROWN: Record<Service, Partial<Record<Fault, () => Error>>> = {
  STREAM: {
    refused: named("BadRequestError"),
    missing: named("NotFoundError"),
    limited: named("RateLimitedError"),
    unpaid: named("QuotaReachedError"),
    down: named("InternalError"),
  },
  BUCKET: {
    limited: text("put: Reduce your concurrent request rate for the same object. (10058)"),
    down: text("put: We encountered an internal error. Please try again. (10001)"),
  },
  VECTORIZE: {
    refused: text("VECTOR_QUERY_ERROR (code = 40006): refused by the test"),
    missing: text("VECTOR_QUERY_ERROR (code = 40022): unknown id"),
    down: text("VECTOR_QUERY_ERROR (code = 50000): internal error"),
  },
};

/** The faults that a service cannot have, and why. */
export const NONE: Record<Service | "TAVUS" | "HOST" | "D1", Partial<Record<Fault, string>>> = {
  TAVUS: {},
  HOST: {},
  D1: {
    refused: "the statements are ours, and each is tested",
    missing: "an answer without rows is no fault",
    unpaid: "D1 documents no such answer",
    hang: "D1 ends a statement by itself after 30 s: that is a 503",
    malformed: "the runtime makes a binding's answer",
    slow: "nothing of ours has a time-out for it",
  },
  STREAM: {},
  BUCKET: {
    refused: "keys and lengths are ours, R2 refuses none of them",
    missing: "R2 gives null for a key that it does not have, and deletes one without complaint",
    unpaid: "R2 documents no such answer",
    malformed: "the runtime makes a binding's answer",
  },
  VECTORIZE: {
    missing: "only a query by a stored vector can name one that is not there",
    limited: "Vectorize documents no such answer",
    unpaid: "Vectorize documents no such answer",
    malformed: "the runtime makes a binding's answer",
  },
};
