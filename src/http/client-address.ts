/**
 * From where all requests of other people's Workers come, whoever wrote them.
 * https://developers.cloudflare.com/fundamentals/reference/http-headers/#cf-worker
 */
const WORKERS = [0x2a06, 0x98c0, 0x3600, 0, 0, 0, 0, 0x103].join(":");

/** Characters; the longest IPv6 address, with IPv4 at its end, has 45, and the longest name of a host 253. */
const MAX_ADDRESS = 64;
const MAX_NAME = 253;

/**
 * What tells callers without a key apart: an IPv4 address as it is, the /64 of an IPv6 address, of which one caller has
 * every address, and for a caller that is a Worker of another zone the name of that zone. The platform sets both headers;
 * locally they are absent or what the client sends.
 */
export function clientAddress({ headers }: Request): string {
  const address = headers.get("cf-connecting-ip")?.trim().toLowerCase();
  if (!address) return "unknown";
  const groups = address.includes(":") && address.length <= MAX_ADDRESS ? ipv6Groups(address) : null;
  if (!groups) return address.slice(0, MAX_ADDRESS);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return [groups[6]! >> 8, groups[6]! & 255, groups[7]! >> 8, groups[7]! & 255].join(".");
  }
  // Nobody else's header is read: anybody can send one.
  if (groups.join(":") === WORKERS) {
    return `worker ${(headers.get("cf-worker") ?? "unknown").trim().toLowerCase().slice(0, MAX_NAME)}`;
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
}

/** The eight groups of an IPv6 address, however it is written; null when it is none. */
function ipv6Groups(address: string): number[] | null {
  const [text = ""] = address.split("%");
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [head, tail] = halves.map(groupsOf);
  if (!head || tail === null) return null;
  if (!tail) return head.length === 8 ? head : null;
  const zeros = 8 - head.length - tail.length;
  return zeros > 0 ? [...head, ...Array.from({ length: zeros }, () => 0), ...tail] : null;
}

function groupsOf(part: string): number[] | null {
  if (part === "") return [];
  const groups: number[] = [];
  const texts = part.split(":");
  for (const [index, text] of texts.entries()) {
    const v4 = index === texts.length - 1 ? /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text) : null;
    if (v4) {
      const bytes = v4.slice(1).map(Number);
      if (bytes.some((byte) => byte > 255)) return null;
      groups.push((bytes[0]! << 8) | bytes[1]!, (bytes[2]! << 8) | bytes[3]!);
    } else if (/^[0-9a-f]{1,4}$/.test(text)) groups.push(Number.parseInt(text, 16));
    else return null;
  }
  return groups;
}
