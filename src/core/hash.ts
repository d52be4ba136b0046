const encoder = new TextEncoder();

/** Bytes as lower-case hexadecimal. */
export function hex(bytes: ArrayBuffer | Uint8Array): string {
  let text = "";
  for (const byte of new Uint8Array(bytes)) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** The inverse of `hex`; null for a text that is not hexadecimal. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) return null;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** SHA-256 of a text or of bytes, in hexadecimal. */
export async function sha256(data: string | BufferSource): Promise<string> {
  const bytes = typeof data === "string" ? encoder.encode(data) : data;
  return hex(await crypto.subtle.digest("SHA-256", bytes));
}

/**
 * Passes bytes on, and takes their SHA-256 on the way: chunk by chunk, each one hashed before the next is read. A `tee`
 * would hold what the slower side has not read yet.
 */
export function hashingStream(): { stream: TransformStream<Uint8Array, Uint8Array>; sha256: Promise<string> } {
  // A library that we use brings the browser's types along, which know no DigestStream.
  const Digest = (crypto as unknown as { DigestStream: typeof DigestStream }).DigestStream;
  const digest = new Digest("SHA-256");
  const writer = digest.getWriter();
  const hashed = digest.digest.then(hex);
  // Whoever does not wait for it need not hear that the stream broke.
  hashed.catch(() => {});
  const stream = new TransformStream<Uint8Array, Uint8Array>({
    async transform(chunk, controller) {
      await writer.write(chunk);
      controller.enqueue(chunk);
    },
    flush: () => writer.close(),
  });
  return { stream, sha256: hashed };
}
