import { VARIABLES } from "../../src/config.ts";
import { VIDEOS_AN_AGENT } from "./options.ts";
import { runSoak } from "./run-soak.ts";

/**
 * `npm run soak`: many videos by many agents on the local stack, with faults and kills, and a report of what came of it.
 * SOAK_VIDEOS, SOAK_AGENTS, SOAK_KILLS, SOAK_SEED, SOAK_FAULTS (per cent) and SOAK_SECONDS say how much; every variable
 * of src/config.ts may be given under its own name. Ends with 1 when anything is wrong.
 */
function number(name: string, fallback: number): number {
  const value = Number(process.env[name] ?? fallback);
  if (!(value >= 0)) throw new Error(`${name} must be a number, 0 or more.`);
  return value;
}

const videos = number("SOAK_VIDEOS", 500);
const seed = number("SOAK_SEED", Math.floor(Math.random() * 1_000_000));
const given = VARIABLES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
const options = {
  videos,
  agents: number("SOAK_AGENTS", Math.ceil(videos / VIDEOS_AN_AGENT)),
  kills: number("SOAK_KILLS", 5),
  seed,
  faults: number("SOAK_FAULTS", 5) / 100,
  seconds: number("SOAK_SECONDS", 600),
};
console.log(
  `${options.videos} videos by ${options.agents} agents, ${options.faults * 100} % faults, ${options.kills} kills, SOAK_SEED=${seed}`,
);
const { problems, figures } = await runSoak({
  ...options,
  endLeases: false,
  pauseMs: 8_000,
  vars: Object.fromEntries(given) as Record<string, string>,
  onStep: (what) => console.log(what),
});
console.log("");
for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(40)} ${value}`);
console.log("");
for (const problem of problems) console.log(`WRONG  ${problem}`);
console.log(
  problems.length === 0
    ? "All is well."
    : `${problems.length} things are wrong. SOAK_SEED=${seed} gives the same faults.`,
);
process.exit(problems.length === 0 ? 0 : 1);
