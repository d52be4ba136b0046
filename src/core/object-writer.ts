import { hex } from "./hash.ts";

/** R2 takes multipart parts of 5 MiB or more, except the last one: this much of an object is in memory at a time. */
const PART_BYTES = 5 * 1024 * 1024;
/** The buffer begins with this and doubles: most objects are small. */
const FIRST_BYTES = 64 * 1024;

// workerd has it on `crypto`, whose type comes from elsewhere here.
const runtime = crypto as unknown as { DigestStream: typeof DigestStream };

/** An object as it was stored. */
export interface StoredObject {
  /** Bytes. */
  size: number;
  /** SHA-256 in hexadecimal, taken on the way. */
  sha256: string;
}

/**
 * Writes an object whose length nobody knows into R2, piece by piece: as one `put` when it fits one part, else by a
 * multipart upload. There is no object before `complete`; after an error, `abort` leaves nothing behind.
 */
export class ObjectWriter {
  readonly #bucket: R2Bucket;
  readonly #key: string;
  readonly #options: { httpMetadata: { contentType: string } };
  readonly #digest = new runtime.DigestStream("SHA-256");
  readonly #hash = this.#digest.getWriter();
  #buffer = new Uint8Array(0);
  #filled = 0;
  #size = 0;
  #upload: R2MultipartUpload | null = null;
  readonly #parts: R2UploadedPart[] = [];

  constructor(bucket: R2Bucket, key: string, contentType: string) {
    this.#bucket = bucket;
    this.#key = key;
    this.#options = { httpMetadata: { contentType } };
  }

  async write(piece: Uint8Array): Promise<void> {
    this.#size += piece.length;
    await this.#hash.write(piece);
    for (let rest = piece; rest.length > 0;) {
      const fits = rest.subarray(0, PART_BYTES - this.#filled);
      this.#makeRoom(this.#filled + fits.length);
      this.#buffer.set(fits, this.#filled);
      this.#filled += fits.length;
      rest = rest.subarray(fits.length);
      if (this.#filled === PART_BYTES) await this.#send();
    }
  }

  async complete(): Promise<StoredObject> {
    await this.#hash.close();
    if (this.#upload) {
      if (this.#filled > 0) await this.#send();
      await this.#upload.complete(this.#parts);
    } else {
      await this.#bucket.put(this.#key, this.#buffer.slice(0, this.#filled), this.#options);
    }
    return { size: this.#size, sha256: hex(await this.#digest.digest) };
  }

  /** Never throws: it is called because something else has failed. */
  async abort(): Promise<void> {
    await this.#hash.abort().catch(() => {});
    await this.#digest.digest.catch(() => {});
    // R2 itself aborts, after seven days, what even this could not.
    await this.#upload?.abort().catch(() => {});
  }

  async #send(): Promise<void> {
    this.#upload ??= await this.#bucket.createMultipartUpload(this.#key, this.#options);
    this.#parts.push(await this.#upload.uploadPart(this.#parts.length + 1, this.#buffer.subarray(0, this.#filled)));
    this.#filled = 0;
  }

  #makeRoom(length: number): void {
    if (length <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.min(PART_BYTES, Math.max(length, 2 * this.#buffer.length, FIRST_BYTES)));
    larger.set(this.#buffer.subarray(0, this.#filled));
    this.#buffer = larger;
  }
}
