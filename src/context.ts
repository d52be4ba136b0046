import type { Config } from "./config.ts";
import type { Random } from "./core/ids.ts";
import type { Log, Ports } from "./core/ports.ts";
import type { Sleep } from "./core/sleep.ts";
import type { Db } from "./db/client.ts";
import type { AgentRow } from "./db/schema/agents.ts";

/** Who acts. `anonymous` is told apart by its client IP only. */
export type Actor =
  | { kind: "anonymous" }
  | { kind: "agent"; agent: AgentRow; keyId: string }
  /** Cron and callbacks: may see everything, asks for nothing in anyone's name. */
  | { kind: "system" };

/** What a verb may use. Time, randomness and the network come through here, so that a test can move them. */
export interface Context {
  readonly actor: Actor;
  readonly db: Db;
  readonly bucket: R2Bucket;
  readonly ports: Ports;
  readonly config: Config;
  readonly requestId: string;
  readonly log: Log;
  /** What the request's log line shall carry beside method, route and status; whoever learns it writes it here. */
  readonly logFields: { agentId?: string; operation?: string };
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: Random;
  readonly sleep: Sleep;
  readonly fetch: typeof fetch;
  /** Counts this caller's call against a limit of its own. @throws LimitError RATE_LIMITED */
  readonly throttle: (limit: "registration") => Promise<void>;
  /**
   * Said of an agent whose public text is new or changed: what later features do about it begins now, after the answer,
   * instead of with the next cron run. They are not imported by the earlier feature that says so.
   */
  readonly agentChanged: (agentId: string) => void;
  /** Keeps the Worker alive for work that goes on after the answer. */
  readonly waitUntil: (work: Promise<unknown>) => void;
}
