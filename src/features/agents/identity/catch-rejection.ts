import { UpstreamError } from "../../../core/errors.ts";

/** Turns the vendor's final refusal into a result; every other error is rethrown, to be tried again. */
export async function catchRejection<Result>(
  work: () => Promise<Result>,
  rejected: (reason: string) => Result,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UpstreamError && error.kind === "rejected") return rejected(error.message);
    throw error;
  }
}
