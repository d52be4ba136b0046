import { describe, expect, it } from "vitest";
import { clientAddress } from "../../src/http/client-address.ts";

const of = (address: string | null, worker?: string) =>
  clientAddress(
    new Request("https://molts.test", {
      headers: {
        ...(address === null ? {} : { "cf-connecting-ip": address }),
        ...(worker === undefined ? {} : { "cf-worker": worker }),
      },
    }),
  );

describe("a caller's address", () => {
  it("is an IPv4 address as it is, also where it is written as an IPv6 one", () => {
    for (const address of ["203.0.113.9", "::ffff:203.0.113.9", "::FFFF:cb00:7109", "0:0:0:0:0:ffff:203.0.113.9"])
      expect(of(address), address).toBe("203.0.113.9");
  });

  it("is the /64 of an IPv6 address, however it is written", () => {
    for (const address of [
      "2001:db8:1:2::1",
      "2001:db8:1:2:ffff:ffff:ffff:ffff",
      "2001:0DB8:0001:0002:0000:0000:0000:0000",
      "2001:db8:1:2::",
      "2001:db8:1:2:3::203.0.113.9",
      "2001:db8:1:2::1%eth0",
    ])
      expect(of(address), address).toBe("2001:db8:1:2::/64");
    expect(of("2001:db8::1")).toBe("2001:db8:0:0::/64");
    expect(of("2001:db8::2:1:0:0:1")).toBe("2001:db8:0:2::/64");
    expect(of("::1")).toBe("0:0:0:0::/64");
    expect(of("2001:db8:1:3::1")).not.toBe(of("2001:db8:1:2::1"));
  });

  it("is the zone of a Worker that calls, in any spelling of the one address that all Workers have", () => {
    for (const address of ["2a06:98c0:3600::103", "2A06:98C0:3600:0:0:0:0:0103", "2a06:98c0:3600:0::103"]) {
      expect(of(address, "Agents.Example")).toBe("worker agents.example");
      expect(of(address, "other.example")).toBe("worker other.example");
      expect(of(address)).toBe("worker unknown");
      expect(of(address, "x".repeat(5_000))).toBe(`worker ${"x".repeat(253)}`);
    }
  });

  it("never is what a header says that anybody can send", () => {
    expect(of("203.0.113.9", "agents.example")).toBe("203.0.113.9");
    expect(of("2a06:98c0:3600::104", "agents.example")).toBe("2a06:98c0:3600:0::/64");
    expect(of(null, "agents.example")).toBe("unknown");
  });

  it("that is none is a text of limited length", () => {
    expect(of(null)).toBe("unknown");
    expect(of("")).toBe("unknown");
    for (const address of ["1::2::3", "1:2:3", "1:2:3:4:5:6:7:8:9", "::12345", "::256.0.0.1", "g::", ":1"])
      expect(of(address), address).toBe(address);
    expect(of(":".repeat(10_000))).toHaveLength(64);
  });
});
