import { load, requestBytes } from "./load.ts";
import { bodyOf, type Operation } from "./operations.ts";
import { cpuSeconds } from "./process-stats.ts";
import type { Host } from "./start-host.ts";

const CONNECTIONS = 32;

export interface Pace {
  rounds: number;
  seconds: number;
}

/** One Worker over one round. */
interface Round {
  perSecond: number;
  /** Milliseconds of CPU an answer. */
  cpuMs: number;
}

export interface Comparison {
  title: string;
  ours: Round;
  theirs: Round;
  /** Our throughput in theirs, the median over the rounds. */
  ratio: number;
  /** Their CPU an answer in ours: what the ratio would be if nothing but CPU counted. */
  cpuRatio: number;
}

export const median = (values: number[]): number => {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

const medianRound = (rounds: Round[]): Round => ({
  perSecond: median(rounds.map(({ perSecond }) => perSecond)),
  cpuMs: median(rounds.map(({ cpuMs }) => cpuMs)),
});

async function runRound(host: Host, request: Buffer, seconds: number): Promise<Round> {
  const before = cpuSeconds(host.pid);
  const { answers, seconds: taken } = await load(host.port, request, { connections: CONNECTIONS, seconds });
  return { perSecond: answers / taken, cpuMs: ((cpuSeconds(host.pid) - before) * 1000) / answers };
}

/** Both Workers in turn, round by round and each first in every other, so that what the machine does meets both. */
export async function compare(ours: Host, theirs: Host, operation: Operation, pace: Pace): Promise<Comparison> {
  await checkAnswers(ours, theirs, operation);
  const request = requestBytes(bodyOf(operation));
  for (const host of [ours, theirs]) await runRound(host, request, pace.seconds);
  const rounds: { ours: Round; theirs: Round }[] = [];
  for (let round = 0; round < pace.rounds; round++) {
    const measured = { ours: null as Round | null, theirs: null as Round | null };
    for (const who of round % 2 ? (["theirs", "ours"] as const) : (["ours", "theirs"] as const)) {
      measured[who] = await runRound(who === "ours" ? ours : theirs, request, pace.seconds);
    }
    rounds.push({ ours: measured.ours!, theirs: measured.theirs! });
  }
  return {
    title: operation.title,
    ours: medianRound(rounds.map((round) => round.ours)),
    theirs: medianRound(rounds.map((round) => round.theirs)),
    ratio: median(rounds.map((round) => round.ours.perSecond / round.theirs.perSecond)),
    cpuRatio: median(rounds.map((round) => round.theirs.cpuMs / round.ours.cpuMs)),
  };
}

/** @throws Error when the two do not answer with the same bytes: then they would not be doing the same. */
async function checkAnswers(ours: Host, theirs: Host, operation: Operation): Promise<void> {
  const ask = async ({ port }: Host) => {
    const answer = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: bodyOf(operation),
    });
    return answer.text();
  };
  const [mine, other] = [await ask(ours), await ask(theirs)];
  if (mine !== other) throw new Error(`${operation.title}: the answers differ.\n  ours   ${mine}\n  theirs ${other}`);
  if (!mine.startsWith('{"data":{')) throw new Error(`${operation.title}: no answer but ${mine}`);
}
