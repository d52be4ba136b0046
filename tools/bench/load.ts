import { connect, type Socket } from "node:net";

export interface Load {
  answers: number;
  seconds: number;
}

const END_OF_HEADERS = "\r\n\r\n";
const END_OF_CHUNKS = Buffer.from("0\r\n\r\n");

/** A POST to /graphql as the bytes that go over the wire. */
export function requestBytes(body: string, headers: Record<string, string> = {}): Buffer {
  const all = {
    host: "localhost",
    "content-type": "application/json",
    accept: "application/json",
    "content-length": String(Buffer.byteLength(body)),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST /graphql HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
}

/**
 * Sends one request again and again over `connections` kept-alive connections, one at a time on each, and counts the
 * answers. It looks at no more of an answer than its status and its end, so that it is never what is measured.
 * @throws Error when an answer is not 200 or a connection breaks
 */
export async function load(
  port: number,
  request: Buffer,
  { connections, seconds }: { connections: number; seconds: number },
): Promise<Load> {
  const isWhole = await endOfAnswer(port, request);
  let answers = 0;
  let over = false;
  const started = performance.now();

  const drive = () =>
    new Promise<void>((resolve, reject) => {
      const socket = open(port);
      let received = 0;
      socket.on("data", (chunk) => {
        if (received === 0 && !isOk(chunk)) return reject(new Error(chunk.toString("latin1").slice(0, 500)));
        received += chunk.length;
        if (!isWhole(received, chunk)) return;
        received = 0;
        answers++;
        if (!over) return void socket.write(request);
        socket.destroy();
        resolve();
      });
      socket.on("error", reject);
      socket.on("end", () => reject(new Error("The Worker closed a connection.")));
      socket.write(request);
    });
  const timer = setTimeout(() => (over = true), seconds * 1000);
  try {
    await Promise.all(Array.from({ length: connections }, drive));
  } finally {
    clearTimeout(timer);
  }
  return { answers, seconds: (performance.now() - started) / 1000 };
}

function open(port: number): Socket {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.setNoDelay(true);
  return socket;
}

const isOk = (chunk: Buffer) => chunk.length < 12 || chunk.toString("latin1", 9, 12) === "200";

/** Sends the request once to learn how its answers end: after a fixed number of bytes, or with an empty chunk. */
function endOfAnswer(port: number, request: Buffer): Promise<(received: number, chunk: Buffer) => boolean> {
  return new Promise((resolve, reject) => {
    const socket = open(port);
    let text = "";
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      const head = text.indexOf(END_OF_HEADERS);
      if (head < 0) return;
      socket.destroy();
      const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head));
      const size = head + END_OF_HEADERS.length + Number(length?.[1]);
      resolve(
        length
          ? (received) => received >= size
          : (_received, last) => last.subarray(-END_OF_CHUNKS.length).equals(END_OF_CHUNKS),
      );
    });
    socket.write(request);
  });
}
