/**
 * How a piece of the vendor's work goes on with time. Nothing moves it: what stage it is at follows from the clock, so a stand-in that
 * was stopped for a while finds its work where it would have been.
 */
export type Course = {
  startsAt: number;
  /** Null: it never ends. */
  endsAt: number | null;
  /** Why it ends badly; null if it ends well. */
  failure: string | null;
  callbackUrl: string | null;
  /** How many times its end is told to the callback URL. */
  callbackCopies: number;
  /** Whether that has been done. */
  announced: boolean;
};

export type Stage = "waiting" | "working" | "done" | "failed";

/** The stage at a time, in milliseconds since the epoch. */
export function stageAt(course: Course, now: number): Stage {
  if (course.endsAt !== null && now >= course.endsAt) return course.failure === null ? "done" : "failed";
  return now < course.startsAt ? "waiting" : "working";
}

/** Tavus's words for how far it is: "0/100" to "100/100"; a failure says "0/100", work without an end stays at "37/100". */
export function progressAt(course: Course, now: number): string {
  const stage = stageAt(course, now);
  if (stage === "done") return "100/100";
  if (stage !== "working") return "0/100";
  if (course.endsAt === null) return "37/100";
  return `${Math.floor((99 * (now - course.startsAt)) / (course.endsAt - course.startsAt))}/100`;
}

/** When it last changed its stage, up to now. */
export function lastMoveAt(course: Course, createdAt: number, now: number): number {
  if (course.endsAt !== null && now >= course.endsAt) return course.endsAt;
  return now >= course.startsAt ? course.startsAt : createdAt;
}
