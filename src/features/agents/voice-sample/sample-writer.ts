import { ObjectWriter } from "../../../core/object-writer.ts";
import type { ReceivedFile } from "../../../core/uploaded-file.ts";
import { type AudioKind, AUDIO_TYPES, SNIFF_BYTES, sniffAudio } from "./sniff-audio.ts";
import { MAX_SAMPLE_BYTES } from "./voice-sample.ts";

/**
 * Writes a voice sample into R2 as it comes: its first bytes decide its kind, its bytes are counted, and nothing is kept
 * of what is no sample. Nobody has to hold it in memory.
 */
export class SampleWriter {
  readonly #bucket: R2Bucket;
  readonly #keyOf: (kind: AudioKind) => string;
  #head = new Uint8Array(0);
  #isJudged = false;
  #object: { writer: ObjectWriter; key: string } | null = null;
  #size = 0;

  /** @param keyOf where it goes in R2, by its kind */
  constructor(bucket: R2Bucket, keyOf: (kind: AudioKind) => string) {
    this.#bucket = bucket;
    this.#keyOf = keyOf;
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  /** What begins it: up to SNIFF_BYTES. */
  get head(): Uint8Array {
    return this.#head;
  }

  /** Whether it is known already that nothing is kept of it. */
  get isRefused(): boolean {
    return this.#isJudged && this.#object === null;
  }

  async write(piece: Uint8Array): Promise<void> {
    this.#size += piece.length;
    if (this.isRefused) return;
    if (this.#size > MAX_SAMPLE_BYTES) return this.abandon();
    if (this.#isJudged) return this.#object!.writer.write(piece);
    const seen = new Uint8Array(this.#head.length + piece.length);
    seen.set(this.#head);
    seen.set(piece, this.#head.length);
    this.#head = seen.slice(0, SNIFF_BYTES);
    if (seen.length >= SNIFF_BYTES) await this.#judge(seen);
  }

  /** @returns what was received: `key` and `sha256` only where it was kept */
  async finish(): Promise<Omit<ReceivedFile, "id">> {
    if (!this.#isJudged) await this.#judge(this.#head);
    const stored = await this.#object?.writer.complete();
    return {
      key: this.#object?.key ?? null,
      size: this.#size,
      sha256: stored?.sha256 ?? "",
      head: this.#head,
    };
  }

  /** Leaves nothing behind. Never throws. */
  async abandon(): Promise<void> {
    this.#isJudged = true;
    const object = this.#object;
    this.#object = null;
    await object?.writer.abort();
  }

  async #judge(seen: Uint8Array): Promise<void> {
    this.#isJudged = true;
    const kind = sniffAudio(this.#head);
    if (!kind) return;
    const key = this.#keyOf(kind);
    this.#object = { key, writer: new ObjectWriter(this.#bucket, key, AUDIO_TYPES[kind]) };
    await this.#object.writer.write(seen);
  }
}
