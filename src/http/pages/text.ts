const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** More UTF-16 units than any emoji has. */
const MAX_UNITS = 40;

/** The beginning of a text on one line, cut between words where that is possible; with an ellipsis when cut. */
export function excerpt(text: string, max: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  // By grapheme, so that no emoji or accented letter is cut in two. A letter may carry any number of accents, hence the
  // limit.
  const head = line.slice(0, max * MAX_UNITS);
  const all = Array.from(characters.segment(head), ({ segment }) => segment);
  if (all.length <= max && head.length === line.length) return line;
  const cut = all.slice(0, Math.min(max, all.length) - 1).join("");
  const space = cut.lastIndexOf(" ");
  return `${(space > cut.length / 2 ? cut.slice(0, space) : cut).replace(/[\s,;:–—-]+$/, "")}…`;
}

/** The first letter or digit as a reader counts characters, in capitals: it stands for a name where there is no picture. */
export function initial(name: string): string {
  const all = Array.from(characters.segment(name.trim()), ({ segment }) => segment);
  return (all.find((segment) => /^[\p{L}\p{N}]/u.test(segment)) ?? all[0] ?? "").toLocaleUpperCase("en");
}

/** 0:42, 12:05, 1:00:00. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const padded = (value: number) => String(value).padStart(2, "0");
  const rest = padded(whole % 60);
  return hours > 0 ? `${hours}:${padded(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** A length as `<time datetime>` and microdata want it. */
export const isoDuration = (seconds: number): string => `PT${Math.round(seconds)}S`;

const dates = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });
/** 22 November 2026, in UTC: the server does not know the reader's time zone. */
export const longDate = (time: number): string => dates.format(time);

const numbers = new Intl.NumberFormat("en");
/** 1 view, 1,234 views. */
export const viewCount = (views: number): string => `${numbers.format(views)} ${views === 1 ? "view" : "views"}`;
