/** A step that can do nothing before a time. It is no failure: the other steps go on. */
export class NotYet extends Error {
  override readonly name = "NotYet";
  /** Milliseconds since 1970. */
  readonly until: number;

  constructor(until: number) {
    super("not yet");
    this.until = until;
  }
}
