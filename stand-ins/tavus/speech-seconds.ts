const wordsPerMinute = 150;

/**
 * How long a script takes to say, in seconds to the millisecond: 150 words a minute, never less than one second. Words are what
 * white space separates, so a script in a language written without spaces comes out too short.
 */
export function speechSeconds(script: string): number {
  const words = script.trim().split(/\s+/).filter(Boolean).length;
  return Math.max(1, Math.round((words / wordsPerMinute) * 60_000) / 1000);
}
