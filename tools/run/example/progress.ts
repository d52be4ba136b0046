import type { VideoEvent } from "./ambrose.ts";

const WIDTH = 30;

/** How far a video is, 0 to 100: the vendor tells only of the render, which is nearly all of it. */
export function percent({ stage, progress }: Pick<VideoEvent, "stage" | "progress">): number {
  switch (stage) {
    case "QUEUED":
      return 0;
    case "RENDERING":
      return 5 + Math.round((progress ?? 0) * 0.85);
    case "INGESTING":
      return 95;
    case "DONE":
      return 100;
  }
}

export interface ProgressLine {
  show(event: VideoEvent): void;
  /** Leaves the line as it is and goes on below it. */
  end(): void;
}

/** Progress as one line that moves, on a terminal; as a line for each event where the output goes elsewhere. */
export function progressLine(out: NodeJS.WriteStream): ProgressLine {
  const started = Date.now();
  let last: VideoEvent | null = null;
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const text = ({ status, stage }: VideoEvent) => (status === "FAILED" ? `FAILED while ${stage}` : stage);

  const draw = () => {
    if (!last) return;
    const filled = Math.round((percent(last) / 100) * WIDTH);
    const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
    out.write(`\r\u001b[K  ${bar} ${String(percent(last)).padStart(3)} %  ${text(last)}  ${seconds()}`);
  };
  const timer = out.isTTY ? setInterval(draw, 250) : null;

  return {
    show(event) {
      last = event;
      if (timer) draw();
      else out.write(`  ${String(percent(event)).padStart(3)} %  ${text(event)}  ${seconds()}\n`);
    },
    end() {
      if (!timer) return;
      clearInterval(timer);
      out.write("\n");
    },
  };
}
