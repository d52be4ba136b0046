/** What a stream of server-sent events says, line for line, read without a library. */
export interface ServerSentEvent {
  id: string | null;
  event: string;
  data: string;
}

export interface EventStream {
  response: Response;
  /** Events so far. */
  events: ServerSentEvent[];
  /** Comment lines so far: keep-alives. */
  comments: number;
  /** Waits until so many events are there, or the stream has ended. */
  until(count: number): Promise<ServerSentEvent[]>;
  /** Resolves when the server ends the stream. */
  ended: Promise<void>;
  /** Goes away, as a client that is killed does. */
  leave(): void;
}

export interface StreamRequest {
  query: string;
  variables?: object;
  key?: string;
  lastEventId?: string;
}

/** Subscribes by the graphql-sse protocol in distinct connections mode. */
export async function openStream(url: string, request: StreamRequest): Promise<EventStream> {
  const { query, variables, key, lastEventId } = request;
  const gone = new AbortController();
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "text/event-stream",
      ...(key ? { authorization: `Bearer ${key}` } : {}),
      ...(lastEventId ? { "last-event-id": lastEventId } : {}),
    },
    body: JSON.stringify({ query, variables }),
    signal: gone.signal,
  });
  const stream: EventStream = {
    response,
    events: [],
    comments: 0,
    ended: Promise.resolve(),
    leave: () => gone.abort(),
    async until(count) {
      let isOver = false;
      const over = () => (isOver = true);
      stream.ended.then(over, over);
      while (stream.events.length < count && !isOver) await new Promise((resolve) => setTimeout(resolve, 20));
      return stream.events;
    },
  };
  stream.ended = readInto(stream).catch((error: unknown) => {
    if (!gone.signal.aborted) throw error;
  });
  return stream;
}

async function readInto(stream: EventStream): Promise<void> {
  let rest = "";
  for await (const text of stream.response.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop()!;
    for (const block of blocks) {
      const lines = block.split("\n");
      stream.comments += lines.filter((line) => line.startsWith(":")).length;
      const field = (name: string) =>
        lines
          .find((line) => line.startsWith(`${name}:`))
          ?.slice(name.length + 1)
          .trimStart() ?? null;
      if (field("event") !== null) {
        stream.events.push({ id: field("id"), event: field("event")!, data: field("data") ?? "" });
      }
    }
  }
}
