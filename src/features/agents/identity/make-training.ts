import type { Context } from "../../../context.ts";
import { UpstreamError } from "../../../core/errors.ts";
import type { Search } from "../../../core/ports.ts";
import type { TrainingKind } from "../../../core/vocabulary.ts";
import { stillOurs, whileLeased } from "../../../jobs/lease.ts";
import type { IdentityChange } from "./identity-change.ts";
import type { ClaimedIdentity } from "./identity-job.ts";
import { NotYet } from "./not-yet.ts";
import { beginAgain, beginTraining, endTraining, trainingsUsedUp } from "./training.ts";

/** Between two looks for a training whose answer was lost. */
const SEARCH_MS = 15_000;

/** A voice or a face that the vendor is to make. */
export interface NewTraining {
  kind: TrainingKind;
  /** The name that the vendor knows it by. */
  name: string;
  find(search: Search): Promise<string | null>;
  /** @returns the vendor's id */
  create(): Promise<string>;
  /** What changes when it has an id. `isFound`: it was asked for earlier, with what is not known. */
  made(vendorId: string, isFound: boolean): IdentityChange;
  failed(reason: string): IdentityChange;
  /** What changes when it has to wait until a time, in milliseconds since 1970. */
  postponed(until: number): IdentityChange;
}

/**
 * Has the vendor make a voice or a face, and never pays twice: once an answer may be lost it only looks for one that
 * carries our name, since the vendor's list may show it minutes late.
 * @throws NotYet while it looks
 */
export async function makeTraining(
  ctx: Context,
  claimed: ClaimedIdentity,
  training: NewTraining,
): Promise<IdentityChange[]> {
  const { kind, name } = training;
  const made = (vendorId: string, isFound: boolean): IdentityChange[] => [
    { ...training.made(vendorId, isFound), training: { name, vendorId } },
  ];
  stillOurs(ctx, claimed);
  const start = await beginTraining(ctx, claimed, kind, name);
  switch (start.kind) {
    case "known":
      return made(start.vendorId, true);
    case "usedUp":
      return [training.failed(trainingsUsedUp(ctx, claimed.agent, kind))];
    case "tomorrow":
      return [training.postponed(start.at)];
    case "lost": {
      const found = await training.find(whileLeased(ctx, claimed));
      if (found) return made(found, true);
      const end = start.begunAt + ctx.config.submitInDoubtMs;
      if (ctx.now() < end) throw new NotYet(Math.min(ctx.now() + SEARCH_MS, end));
      if (!(await beginAgain(ctx, name, start.begunAt))) return [];
      break;
    }
    case "ask":
  }
  stillOurs(ctx, claimed);
  try {
    return made(await training.create(), false);
  } catch (error) {
    if (!(error instanceof UpstreamError) || error.kind === "inDoubt") throw error;
    // The vendor said no: there is nothing to look for, and nothing was paid.
    await endTraining(ctx, name, null);
    if (error.kind !== "rejected") throw error;
    return [training.failed(error.message)];
  }
}
