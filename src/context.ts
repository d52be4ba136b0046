import type { Config } from "./config.ts";
import type { Random } from "./core/ids.ts";
import type { Log, Ports } from "./core/ports.ts";
import type { Sleep } from "./core/sleep.ts";
import type { Db } from "./db/client.ts";
import type { AgentRow } from "./db/schema/agents.ts";

/** Who acts. Anonymous callers are told apart by their address only. */
export type Actor =
  | { kind: "anonymous" }
  | { kind: "agent"; agent: AgentRow; keyId: string }
  /** Cron and callbacks: may see everything, and acts for no agent. */
  | { kind: "system" };

/** What a verb may use. Time, randomness and the network come through here, so that a test can move them. */
export interface Context {
  readonly actor: Actor;
  /** What tells callers without a key apart: IPv4, the /64 of IPv6, or the zone of a Worker; null for the system. */
  readonly address: string | null;
  readonly db: Db;
  readonly bucket: R2Bucket;
  readonly ports: Ports;
  readonly config: Config;
  readonly requestId: string;
  readonly log: Log;
  /** What the request's log line has beside method, route and status; the code that learns it writes it here. */
  readonly logFields: { agentId?: string; operation?: string };
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: Random;
  readonly sleep: Sleep;
  readonly fetch: typeof fetch;
  /** Counts one call of `caller`, a key's id or an address, against a limit of its own. @throws LimitError RATE_LIMITED */
  readonly throttle: (limit: "registration" | "search", caller: string) => Promise<void>;
  /**
   * To be called when an agent's public text is new or changed: later features then process it right after the answer
   * instead of with the next cron run. The earlier feature that calls this does not import them.
   */
  readonly agentChanged: (agentId: string) => void;
  /** Keeps the Worker alive for work that goes on after the answer. */
  readonly waitUntil: (work: Promise<unknown>) => void;
}
