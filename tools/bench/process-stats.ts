import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Numbers of other processes, from /proc; where there is none (not Linux) they are NaN and print as "n/a". */

const ticksPerSecond = (() => {
  try {
    return Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  } catch {
    return Number.NaN;
  }
})();

const read = (path: string): string | null => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
};

/** What stands after the name in /proc/<pid>/stat: the name itself may hold spaces. */
const statOf = (pid: number | string) =>
  read(`/proc/${pid}/stat`)
    ?.replace(/^.*\) /s, "")
    .split(" ");

/** Seconds of CPU that a process has used. */
export function cpuSeconds(pid: number): number {
  const stat = statOf(pid);
  return stat ? (Number(stat[11]) + Number(stat[12])) / ticksPerSecond : Number.NaN;
}

/** The most memory that a process has held at a time, in bytes. */
export function peakMemory(pid: number): number {
  const kib = /^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? "")?.[1];
  return kib ? Number(kib) * 1024 : Number.NaN;
}

/** The child of a process that runs workerd. */
export function workerdOf(parent: number): number {
  const pids = (() => {
    try {
      return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    } catch {
      return [];
    }
  })();
  const found = pids.find(
    (pid) => statOf(pid)?.[1] === String(parent) && read(`/proc/${pid}/comm`)?.trim() === "workerd",
  );
  return Number(found ?? Number.NaN);
}
