import { AppError, issue } from "../core/errors.ts";

/** A request whose body cannot be read, or whose media type is not accepted. */
export class BodyError extends AppError {
  override readonly name = "BodyError";
  readonly status: 400 | 408 | 413 | 415;
  constructor(status: 400 | 408 | 413 | 415, message: string) {
    super(issue("BAD_INPUT", message, status === 408 ? { retryable: true } : {}));
    this.status = status;
  }
}

export const tooBig = (limit: number): BodyError =>
  new BodyError(413, `The request body is larger than ${limit} bytes, the most that is accepted here.`);
