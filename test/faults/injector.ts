import { env as bindings } from "cloudflare:workers";
import type { Harness, HarnessOptions } from "../harness/harness.ts";
import { AT_TAVUS, connectionLost, type Fault, type Service, THROWN, timesOf } from "./faults.ts";

/** Which outside call is meant. */
export type Target =
  | { kind: "TAVUS"; method: string; path: string }
  /** A fetch of the Worker that does not go to the vendor's API. */
  | { kind: "HOST"; is: (url: URL, init: RequestInit | undefined) => boolean; answer?: () => Response }
  | { kind: Service; method: string; is?: (args: unknown[]) => boolean };

interface Armed {
  target: Target;
  fault: Fault;
  left: number;
}

const SLOW_MS = 30;
const JUNK = "<!doctype html><p>This is not what was asked for.";

/** Bindings and a network for one Worker, of which one call at a time can be spoilt. */
export function createInjector() {
  let armed: Armed | null = null;
  let t: Harness | null = null;
  let crash: { readonly happened: boolean } | null = null;

  /** Whether it is this call's turn. */
  const takes = (isMeant: (target: Target) => boolean): Fault | null => {
    if (!armed || armed.left === 0 || !isMeant(armed.target)) return null;
    armed.left--;
    return armed.fault;
  };
  /** The Worker dies: nothing more is written by what is going on. */
  const die = () => void (t!.d1.next = "before");

  async function atBinding(service: Service, method: string, args: unknown[], call: () => unknown): Promise<unknown> {
    const fault = takes((it) => it.kind === service && it.method === method && (it.is?.(args) ?? true));
    if (fault === null) return call();
    const thrown = THROWN[service][fault];
    if (thrown) throw thrown();
    if (fault === "hang") return new Promise(() => {});
    if (fault === "reset") throw connectionLost();
    if (fault === "slow") await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    const value = await call();
    if (fault === "lost") throw connectionLost();
    if (fault === "crash") die();
    return fault === "malformed" ? {} : value;
  }

  async function atHost(fault: Fault, init: RequestInit | undefined, real: () => Promise<Response>): Promise<Response> {
    const statuses: Partial<Record<Fault, number>> = {
      refused: 400,
      missing: 404,
      limited: 429,
      unpaid: 402,
      down: 503,
    };
    if (statuses[fault]) return new Response(JUNK, { status: statuses[fault] });
    if (fault === "hang") {
      return new Promise((_, reject) => init?.signal?.addEventListener("abort", () => reject(init.signal!.reason)));
    }
    if (fault === "reset") throw connectionLost();
    if (fault === "malformed") return new Response(JUNK);
    if (fault === "slow") await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    const answer = await real();
    if (fault === "crash") die();
    if (fault !== "lost") return answer;
    await answer.body?.cancel();
    throw connectionLost();
  }

  const options: HarnessOptions = {
    env: {
      STREAM: spoilable(bindings.STREAM, {
        upload: (call, args) => atBinding("STREAM", "upload", args, call),
        video: (call) =>
          spoilable(call() as object, {
            details: (inner, args) => atBinding("STREAM", "details", args, inner),
            delete: (inner, args) => atBinding("STREAM", "delete", args, inner),
          }),
        videos: { list: (call, args) => atBinding("STREAM", "list", args, call) },
      }),
      BUCKET: spoilable(bindings.BUCKET, methodsOf("BUCKET", ["put", "get", "delete"])),
      VECTORIZE: spoilable(bindings.VECTORIZE, methodsOf("VECTORIZE", ["upsert", "deleteByIds", "query", "queryById"])),
    },
    internet(url, init) {
      const host = armed?.target.kind === "HOST" ? armed.target : null;
      const fault = takes((it) => it.kind === "HOST" && it.is(url, init));
      const isHost = host?.answer && host.is(url, init);
      if (fault === null) return isHost ? host.answer!() : null;
      return atHost(fault, init, async () => (isHost ? host.answer!() : fetch(url, init)));
    },
  };

  function methodsOf(service: Service, names: string[]): Methods {
    return Object.fromEntries(
      names.map((name) => [name, (call: () => unknown, args: unknown[]) => atBinding(service, name, args, call)]),
    );
  }

  return {
    options,
    use(harness: Harness) {
      t = harness;
    },
    /** Spoils the next such calls. */
    async arm(target: Target, fault: Fault): Promise<void> {
      armed = { target, fault, left: timesOf(fault) };
      crash = null;
      if (target.kind !== "TAVUS") return;
      if (fault === "crash") {
        const path = target.path.replace(/[.+?^{}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]+");
        crash = t!.crashAfter(new RegExp(`^${target.method} ${path}$`.replaceAll("$$", "$")), "before");
      } else {
        const { method, path } = target;
        await t!.tavus.fault(AT_TAVUS[fault], { method, path, times: timesOf(fault) });
      }
    },
    /** Lets everything work again. @returns whether any call was spoilt */
    async disarm(): Promise<boolean> {
      const { target, left, fault } = armed!;
      armed = null;
      t!.d1.next = null;
      if (target.kind !== "TAVUS") return left < timesOf(fault);
      if (fault === "crash") return crash!.happened;
      const { faults } = await t!.tavus.state();
      await t!.tavus.clearFaults();
      return !faults.some(
        (rule: { path: string; times: number }) => rule.path === target.path && rule.times === timesOf(fault),
      );
    },
  };
}
export type Injector = ReturnType<typeof createInjector>;

type Method = (call: () => unknown, args: unknown[]) => unknown;
interface Methods {
  [name: string]: Method | Methods;
}

/** An object of which some methods go another way, and members of it with methods of their own. */
function spoilable<Of extends object>(real: Of, methods: Methods): Of {
  return new Proxy(real, {
    get(target, member) {
      const value = Reflect.get(target, member) as unknown;
      const spoilt = typeof member === "string" && Object.hasOwn(methods, member) ? methods[member]! : null;
      if (typeof spoilt === "object" && spoilt !== null) return spoilable(value as object, spoilt);
      // A stub's members look like functions all the same, and `bind` would be one of the service's methods.
      if (member === Symbol.dispose)
        return value && Reflect.apply(Function.prototype.bind, value as () => void, [target]);
      if (typeof value !== "function") return value;
      const call = (args: unknown[]) => Reflect.apply(value, target, args) as unknown;
      return (...args: unknown[]) => (spoilt ? spoilt(() => call(args), args) : call(args));
    },
  });
}
