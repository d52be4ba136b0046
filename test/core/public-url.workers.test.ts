import { describe, expect, it } from "vitest";
import { isOwnUrl, publicUrlProblem } from "../../src/core/public-url.ts";

describe("a public URL", () => {
  const open = [
    "https://samples.example/voice.mp3",
    "https://samples.example:8443/voice.mp3?x=1#y",
    "https://93.184.216.34/voice.mp3",
    "https://172.15.0.1/",
    "https://172.32.0.1/",
    "https://100.63.0.1/",
    "https://100.128.0.1/",
    "https://[2606:2800:220:1:248:1893:25c8:1946]/",
    "https://[::ffff:93.184.216.34]/",
    "https://local.example/",
    "https://münchen.example/",
  ];
  const closed = [
    "https://localhost/",
    "https://LOCALHOST./",
    "https://printer/",
    "https://printer.local/",
    "https://api.internal/",
    "https://metadata.google.internal/",
    "https://foo.localhost/",
    "https://foo.localhost../",
    "https://1.0.0.127.in-addr.arpa/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://127.0.0.1./",
    "https://0.0.0.0/",
    "https://10.1.2.3/",
    "https://100.64.0.1/",
    "https://100.127.255.254/",
    "https://169.254.169.254/latest/meta-data/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.1.1/",
    "https://192.0.0.1/",
    "https://198.18.0.1/",
    "https://198.19.255.255/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::]/",
    "https://[::1]/",
    "https://[::2]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[64:ff9b::127.0.0.1]/",
    "https://[64:ff9b:1::1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001::1]/",
    "https://[fc00::1]/",
    "https://[fd12:3456::1]/",
    "https://[fe80::1]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
  ];
  it("is one with a public host", () => {
    for (const url of open) expect(publicUrlProblem(url), url).toBeNull();
  });
  it("has no private, loopback, link-local or reserved one, however it is written", () => {
    for (const url of closed) expect(publicUrlProblem(url), url).toContain("private");
  });
  it("does not end with a dot", () => {
    for (const url of ["https://samples.example./", "https://samples.example.:8443/a"])
      expect(publicUrlProblem(url), url).toContain("dot");
    for (const url of ["https://api.internal./", "https://printer.local./", "https://METADATA.google.INTERNAL./"])
      expect(publicUrlProblem(url), url).toContain("private");
  });
  it("is not on our own host, however it is written", () => {
    for (const url of [
      "https://molts.live/samples/a",
      "https://MOLTS.live:8443/",
      "https://molts.live./",
      "https://www.molts.live",
      "https://molts%2Elive/",
      "https://ｍolts.live/",
    ])
      expect(isOwnUrl(url, "https://molts.live"), url).toBe(true);
    for (const url of ["https://notmolts.live/", "https://molts.live.example/", "https://live/", "molts.live", ""])
      expect(isOwnUrl(url, "https://molts.live"), url).toBe(false);
  });
  it("is an absolute https URL without credentials", () => {
    expect(publicUrlProblem("voice.mp3")).toContain("absolute");
    expect(publicUrlProblem("")).toContain("absolute");
    for (const url of [
      "http://samples.example/",
      "ftp://samples.example/",
      "data:audio/mpeg;base64,AAAA",
      "file:///etc/passwd",
    ])
      expect(publicUrlProblem(url), url).toContain("https://");
    for (const url of ["https://user@samples.example/", "https://user:secret@samples.example/"])
      expect(publicUrlProblem(url), url).toContain("password");
  });
});
