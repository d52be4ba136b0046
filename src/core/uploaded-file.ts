/** What is known of a file that came with a request. Its bytes are in R2, never in memory. */
export interface ReceivedFile {
  id: string;
  /** Where it is in R2; null when it was not kept, because its beginning or its size rules it out. */
  key: string | null;
  /** Bytes, whether kept or not. */
  size: number;
  /** SHA-256 in hexadecimal, of the bytes as they came; empty when it was not kept. */
  sha256: string;
  /** The first bytes, by which its kind is known. */
  head: Uint8Array;
}

/**
 * A file that came with a request: the value of the Upload scalar. What nobody takes is deleted after the answer. Its
 * fields are hidden from whoever walks through the variables of a request.
 */
export class UploadedFile {
  readonly #file: ReceivedFile;
  #isTaken = false;

  constructor(file: ReceivedFile) {
    this.#file = file;
  }

  get received(): ReceivedFile {
    return this.#file;
  }

  get isTaken(): boolean {
    return this.#isTaken;
  }

  /** Makes the caller the one that keeps the object in R2, or deletes it; false when somebody already is. */
  take(): boolean {
    if (this.#isTaken) return false;
    this.#isTaken = true;
    return true;
  }
}
