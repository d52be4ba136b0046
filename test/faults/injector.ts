import { env as bindings } from "cloudflare:workers";
import { AUDIO, bytes } from "../features/agents/agents.ts";
import type { Harness, HarnessOptions } from "../harness/harness.ts";
import { AT_TAVUS, connectionLost, type Fault, type Service, THROWN, timesOf } from "./faults.ts";

/** Which outside call is meant. */
export type Target =
  | { kind: "TAVUS"; method: string; path: string }
  /** A fetch of the Worker that does not go to the vendor's API. */
  | { kind: "HOST"; is: (url: URL, init: RequestInit | undefined) => boolean }
  | { kind: Service; method: string; is?: (args: unknown[]) => boolean }
  /** A quarter of all round trips, until some were spoilt; the phase says which ones. */
  | { kind: "D1"; phase: number };

type StreamListing = NonNullable<Parameters<StreamBinding["videos"]["list"]>[0]>;

interface Armed {
  target: Target;
  fault: Fault;
  left: number;
}

const SLOW_MS = 30;
const TRIPS_SPOILT = 4;
/** Where a sample can be downloaded from. */
export const SAMPLE_HOST = "samples.example";
const sampleAnswer = () => new Response(bytes(AUDIO.wav!), { headers: { "content-type": "audio/wav" } });
const JUNK = "<!doctype html><p>This is not what was asked for.";

/** Bindings and a network for one Worker, of which one call at a time can be spoilt. */
export function createInjector() {
  let armed: Armed | null = null;
  /** A call whose answer is lost once, before the armed one's turn. */
  let doubted: Target | null = null;
  /** What would hang for ever: a Worker that waits for it is ended when all is over. */
  const hanging: (() => void)[] = [];
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
    const isMeant = (it: Target) => it.kind === service && it.method === method && (it.is?.(args) ?? true);
    if (doubted && isMeant(doubted)) {
      doubted = null;
      await call();
      throw connectionLost();
    }
    const fault = takes(isMeant);
    if (fault === null) return call();
    const thrown = THROWN[service][fault];
    if (thrown) throw thrown();
    if (fault === "hang") {
      return new Promise((_, reject) => {
        // The others are given up by time-outs of ours.
        if (service === "BUCKET") hanging.push(() => reject(connectionLost()));
      });
    }
    if (fault === "reset") throw connectionLost();
    if (fault === "slow") await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    const value = await call();
    if (fault === "lost") throw connectionLost();
    if (fault === "crash") die();
    return fault === "malformed" ? {} : value;
  }

  function spoilD1(phase: number, fault: Fault): void {
    let trips = 0;
    armed!.left = TRIPS_SPOILT;
    Object.defineProperty(t!.d1, "next", {
      configurable: true,
      set() {},
      get() {
        // In no step with the runs of cron.
        if (armed!.left === 0 || Math.imul(++trips + phase * 1_000, 0x9e3779b1) >>> 30 > 0) return null;
        armed!.left--;
        // Until the next run of cron.
        if (fault === "crash") t!.d1.left = 0;
        return fault === "lost" ? "after" : "before";
      },
    });
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

  /** Stream's clock goes on in real time: what is asked for in the Worker's time is moved back to it. */
  const listCopies = ({ after, ...rest }: StreamListing) => {
    const moved = new Date(Date.parse(after!) - (t!.now() - Date.now())).toISOString();
    return bindings.STREAM.videos.list({ ...rest, after: moved });
  };

  const options: HarnessOptions = {
    env: {
      STREAM: spoilable(bindings.STREAM, {
        upload: (call, args) => atBinding("STREAM", "upload", args, call),
        video: (call) =>
          spoilable(call() as object, {
            details: (inner, args) => atBinding("STREAM", "details", args, inner),
            delete: (inner, args) => atBinding("STREAM", "delete", args, inner),
          }),
        videos: { list: (_, args) => atBinding("STREAM", "list", args, () => listCopies(args[0] as StreamListing)) },
      }),
      BUCKET: spoilable(bindings.BUCKET, methodsOf("BUCKET", ["put", "get", "delete"])),
      VECTORIZE: spoilable(bindings.VECTORIZE, methodsOf("VECTORIZE", ["upsert", "deleteByIds", "query", "queryById"])),
    },
    internet(url, init) {
      const fault = takes((it) => it.kind === "HOST" && it.is(url, init));
      const isSample = url.hostname === SAMPLE_HOST;
      if (fault === null) return isSample ? sampleAnswer() : null;
      return atHost(fault, init, async () => (isSample ? sampleAnswer() : fetch(url, init)));
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
    /** Whether the Worker waits for something that never comes. */
    isHanging: () => hanging.length > 0,
    /** Spoils the next such calls. @param doubt a call whose answer is lost before */
    async arm(target: Target, fault: Fault, doubt?: Target): Promise<void> {
      if (doubt?.kind === "TAVUS") {
        await t!.tavus.fault({ kind: "lost" }, { method: doubt.method, path: doubt.path, times: 1 });
      } else doubted = doubt ?? null;
      armed = { target, fault, left: timesOf(fault) };
      crash = null;
      if (target.kind === "D1") return spoilD1(target.phase, fault);
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
      Object.defineProperty(t!.d1, "next", { configurable: true, writable: true, value: null });
      t!.d1.left = Infinity;
      armed = null;
      doubted = null;
      t!.d1.next = null;
      for (const end of hanging.splice(0)) end();
      if (target.kind === "D1") return left < TRIPS_SPOILT;
      if (target.kind !== "TAVUS") return left < timesOf(fault);
      if (fault === "crash") return crash!.happened;
      const { faults } = await t!.tavus.state();
      await t!.tavus.clearFaults();
      return !faults.some(
        (rule: { method: string; path: string; times: number }) =>
          rule.method === target.method && rule.path === target.path && rule.times === timesOf(fault),
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
