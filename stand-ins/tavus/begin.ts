import type { Course } from "./course.ts";
import { takeOutcomeFaults } from "./faults.ts";
import type { Account } from "./state.ts";

/** The course of work that has just been accepted at `path`, with the account's outcome faults worked in. Times in milliseconds. */
export function beginCourse(
  account: Account,
  path: string,
  at: { now: number; waitMs: number; workMs: number; callbackUrl: string | undefined },
): Course {
  const course: Course = {
    startsAt: at.now + at.waitMs,
    endsAt: at.now + at.waitMs + at.workMs,
    failure: null,
    callbackUrl: at.callbackUrl ?? null,
    callbackCopies: 1,
    announced: false,
  };
  for (const fault of takeOutcomeFaults(account, path)) {
    if (fault.kind === "stuck") course.endsAt = null;
    if (fault.kind === "error") course.failure = fault.reason;
    if (fault.kind === "no-callback") course.callbackCopies = 0;
    if (fault.kind === "duplicate-callback") course.callbackCopies = 2;
  }
  return course;
}
