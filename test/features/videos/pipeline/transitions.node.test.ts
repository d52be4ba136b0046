import { describe, expect, it } from "vitest";
import { VIDEO_STAGES, VIDEO_STATUSES } from "../../../../src/core/vocabulary.ts";
import { isLegalMove } from "../../../../src/features/videos/pipeline/transitions.ts";

describe("the moves of a video", () => {
  it("are the four of its way and FAILED from each of the first three, and no others", () => {
    const places = VIDEO_STATUSES.flatMap((status) => VIDEO_STAGES.map((stage) => ({ status, stage })));
    const name = ({ status, stage }: (typeof places)[number]) => `${status} ${stage}`;
    const legal = places.flatMap((from) =>
      places.filter((to) => isLegalMove(from, to)).map((to) => `${name(from)} > ${name(to)}`),
    );
    expect(legal.sort()).toEqual(
      [
        "PROCESSING QUEUED > PROCESSING RENDERING",
        "PROCESSING RENDERING > PROCESSING INGESTING",
        "PROCESSING INGESTING > READY DONE",
        "PROCESSING QUEUED > FAILED QUEUED",
        "PROCESSING RENDERING > FAILED RENDERING",
        "PROCESSING INGESTING > FAILED INGESTING",
      ].sort(),
    );
  });
});
