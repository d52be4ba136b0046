import { inspect } from "../bench/inspector.ts";

interface Profile {
  nodes: { id: number; callFrame: { functionName: string } }[];
  samples: number[];
  /** Microseconds since the sample before. */
  timeDeltas: number[];
}

const INTERVAL_US = 250;
const NOT_WORK = new Set(["(idle)", "(root)"]);

/**
 * Milliseconds that one isolate worked while `work` ran, of all the isolates in its process: V8 takes samples of it only
 * while a thread is in it. A gap of more than two intervals is time that was spent elsewhere.
 * @param url of the isolate's inspector. Once an isolate: of two sessions in quick succession the second is not answered.
 */
export async function isolateCpuMs(url: string, work: () => Promise<unknown>): Promise<number> {
  const session = await inspect(url);
  await session.call("Profiler.enable");
  await session.call("Profiler.setSamplingInterval", { interval: INTERVAL_US });
  await session.call("Profiler.start");
  await work();
  const { profile } = await session.call<{ profile: Profile }>("Profiler.stop");
  session.close();

  const idle = new Set(profile.nodes.filter((it) => NOT_WORK.has(it.callFrame.functionName)).map(({ id }) => id));
  const spent = profile.samples.map((id, place) => {
    if (idle.has(id)) return 0;
    const since = profile.timeDeltas[place]!;
    return since > 2 * INTERVAL_US ? INTERVAL_US : since;
  });
  return spent.reduce((sum, us) => sum + us, 0) / 1000;
}
