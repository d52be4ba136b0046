import type { Context } from "../../context.ts";
import { LimitError } from "../../core/errors.ts";

const RETRY_MS = 5_000;
/** Beyond the silence that a body may keep: for a part that is on its way to R2. */
const GRACE_MS = 30_000;

/** An upload of this isolate, and when it last moved. */
interface Slot {
  movedAt: number;
}
const slots = new Set<Slot>();

/** The right to take an upload. */
export interface UploadSlot {
  /** To be called with every piece: an upload that does not move is not counted for ever. */
  moved(): void;
  free(): void;
}

/**
 * Counts one more upload of this isolate. The work of a caller who has gone away may end without a trace, so only those
 * that have moved of late count.
 * @throws LimitError CAPACITY_REACHED when there are as many as the isolate has memory for
 */
export function takeUploadSlot({ config, now }: Context): UploadSlot {
  const { silenceMs, uploadsAtATime } = config.bodies;
  for (const slot of slots) if (slot.movedAt + silenceMs + GRACE_MS < now()) slots.delete(slot);
  if (slots.size >= uploadsAtATime)
    throw new LimitError(
      "CAPACITY_REACHED",
      `${uploadsAtATime} uploads are being received here already. Wait, then send the same request again; or give the URL of the sample instead.`,
      { retryAfterMs: RETRY_MS },
    );
  const slot: Slot = { movedAt: now() };
  slots.add(slot);
  return {
    moved: () => {
      slot.movedAt = now();
    },
    free: () => void slots.delete(slot),
  };
}
