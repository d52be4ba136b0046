/** A time as the REST answers write it: "Mon, 14 Jul 2025 09:14:24 GMT". */
export function restDate(at: number): string {
  return new Date(at).toUTCString();
}

/** A time as the callbacks write it, in UTC without saying so: "2025-07-14 09:14:24.123000". */
export function callbackDate(at: number): string {
  return new Date(at).toISOString().replace("T", " ").replace("Z", "000");
}
