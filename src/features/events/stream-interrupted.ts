/** The stream is over for this connection but not in itself: the client should connect again and go on. */
export class StreamInterrupted extends Error {
  override readonly name = "StreamInterrupted";
}
