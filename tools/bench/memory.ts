import { inspect } from "./inspector.ts";

interface HeapUsage {
  usedSize: number;
  totalSize: number;
  embedderHeapUsedSize?: number;
  backingStorageSize?: number;
}

/** What one isolate held while it was at work, in bytes, with buffers outside of V8's heap. */
export interface Heap {
  /** Objects, live and not yet collected, at the lowest: little more than the live ones. */
  low: number;
  /** The same at the highest. */
  high: number;
  /** What V8 took from the system for them at the highest. Nothing limits it here, so it takes much and collects late. */
  taken: number;
}

const EVERY_MS = 50;

/** Looks at an isolate's heap again and again while `work` runs. @param url of its inspector */
export async function heapUnder(url: string, work: () => Promise<unknown>): Promise<Heap> {
  const session = await inspect(url);
  const heap: Heap = { low: Infinity, high: 0, taken: 0 };
  let over = false;
  const watch = async () => {
    while (!over) {
      const usage = await session.call<HeapUsage>("Runtime.getHeapUsage");
      const outside = (usage.embedderHeapUsedSize ?? 0) + (usage.backingStorageSize ?? 0);
      heap.low = Math.min(heap.low, usage.usedSize + outside);
      heap.high = Math.max(heap.high, usage.usedSize + outside);
      heap.taken = Math.max(heap.taken, usage.totalSize + outside);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  };
  const watching = watch();
  try {
    await work();
  } finally {
    over = true;
    await watching;
    session.close();
  }
  return heap;
}
