/**
 * Whether a URL may be fetched for a caller: https, and not a name or number of a private, loopback or link-local
 * network (RFC 1918, 3927, 4193, 6598, 6761, 6762), nor a host that ends with a dot, which some rules for hosts miss.
 * Returns what is wrong, or null. A name that resolves to such an address is not detected here; the platform's own egress
 * does not reach private networks.
 */
export function publicUrlProblem(text: string): string | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return "is not an absolute URL";
  }
  if (url.protocol !== "https:") return "must begin with https://";
  if (url.username || url.password) return "must not carry a user name or password";
  // The parser has already brought numbers such as 0x7f.1 and 2130706433 into dotted form.
  const host = url.hostname.toLowerCase().replace(/\.+$/, "");
  const isPrivate = host.startsWith("[")
    ? isPrivateV6(host.slice(1, -1))
    : /^\d+\.\d+\.\d+\.\d+$/.test(host)
      ? isPrivateV4(host)
      : isPrivateName(host);
  if (isPrivate) return "points at a private, loopback or link-local address, which we do not fetch from";
  return url.hostname.endsWith(".") ? "has a host that ends with a dot: leave the dot out" : null;
}

/** Whether a URL is on our own host, or on one below it: what is fetched for a caller must not come back to us. */
export function isOwnUrl(text: string, publicUrl: string): boolean {
  if (!URL.canParse(text)) return false;
  const host = new URL(text).hostname.replace(/\.+$/, "");
  const own = new URL(publicUrl).hostname;
  return host === own || host.endsWith(`.${own}`);
}

/** Completes a sentence that begins with the name of a URL that is our own. */
export const OWN_URL_PROBLEM = "points at this service itself, which we do not fetch from";

function isPrivateName(host: string): boolean {
  return !host.includes(".") || /\.(localhost|local|internal|intranet|lan|home|corp|arpa)$/.test(host);
}

function isPrivateV4(address: string): boolean {
  const [a = 0, b = 0] = address.split(".").map(Number);
  return (
    a === 0 ||
    a === 10 ||
    a === 127 ||
    (a === 100 && b >= 64 && b <= 127) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 192 && b === 0) ||
    (a === 198 && (b === 18 || b === 19)) ||
    a >= 224
  );
}

function isPrivateV6(address: string): boolean {
  // The URL parser writes IPv4-mapped addresses as two groups of hexadecimal: ::ffff:7f00:1.
  const mapped = /^::(?:ffff:)?([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address);
  if (mapped) {
    const bytes = [mapped[1]!, mapped[2]!].flatMap((group) => {
      const value = Number.parseInt(group, 16);
      return [value >> 8, value & 255];
    });
    return isPrivateV4(bytes.join("."));
  }
  // Nothing else that begins with :: is in use; the rest is local, or leads to an IPv4 address inside.
  return /^(::|f[cd]|fe[89abcdef]|ff|64:ff9b|2002:|2001:0?:)/.test(address);
}
