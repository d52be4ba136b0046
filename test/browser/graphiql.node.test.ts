import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, launchBrowser, openPage, type Service, startService } from "./browser.ts";

/** What stands in an editor: it draws spaces as non-breaking ones. */
const textOf = async (page: Page, pane: string) =>
  ((await page.locator(`${pane} .view-lines`).first().textContent()) ?? "").replaceAll("\u00a0", " ");

const results = async (page: Page, wanted: RegExp) => {
  await expect.poll(() => textOf(page, ".graphiql-response"), { timeout: 30_000 }).toMatch(wanted);
};

const run = (page: Page) => page.getByRole("button", { name: /^Execute query/ }).click();

/**
 * Opens an example. A click that meets GraphiQL while it draws a result is lost, so it is made until it tells; and
 * GraphiQL learns the name of the operation in the editor a moment after it is there.
 */
async function openTab(page: Page, name: string): Promise<void> {
  const open = async () => {
    await page.getByRole("tab", { name }).click();
    return textOf(page, ".graphiql-query-editor");
  };
  await expect.poll(open, { timeout: 20_000, interval: 500 }).toContain(`query ${name}`);
  await page.waitForTimeout(1_000);
}

describe.skipIf(!chromiumPath)("GraphiQL in a browser", () => {
  let service: Service;
  let browser: Browser;
  beforeAll(async () => {
    [service, browser] = await Promise.all([startService(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  it("runs its examples, with a key that goes when the tab goes, and loads nothing from elsewhere", async () => {
    const { page, problems, close } = await openPage(browser, { viewport: { width: 1400, height: 900 } });
    await page.goto(`${service.url}/graphql`);
    expect(await page.title()).toBe("molts.live GraphiQL");
    await page.getByRole("tab", { name: "Gallery" }).waitFor();
    const tabs = await page.locator(".graphiql-tab-button").allTextContents();
    expect(tabs).toEqual(["RegisterAgent", "GenerateVideo", "VideoStatus", "Usage", "Gallery", "SimilarAgents"]);

    await run(page);
    await results(page, /"apiKey": "molts_live_\w{36}"/);
    const key = /molts_live_\w+/.exec(await textOf(page, ".graphiql-response"))![0];
    await openTab(page, "Gallery");
    await run(page);
    await results(page, /"hasNextPage": false/);

    await openTab(page, "SimilarAgents");
    await run(page);
    await results(page, /"similarAgents": \[/);

    await openTab(page, "Usage");
    await page.locator(".graphiql-editor-tool .view-lines:visible").first().click();
    // Pasted, not typed: the editor would close each bracket by itself.
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const headers = JSON.stringify({ Authorization: `Bearer ${key}` });
    await page.evaluate((text) => navigator.clipboard.writeText(text), headers);
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.press("ControlOrMeta+V");
    await run(page);
    await results(page, /"videosRemaining": 10/);
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(key);
    expect(page.url()).toBe(`${service.url}/graphql`);
    expect(problems).toEqual([]);
    await close();
  });

  it("gets its files with nosniff, and keeps the big ones", async () => {
    for (const [file, caching] of [
      ["watch.js", "public, max-age=0, must-revalidate"],
      ["watch.css", "public, max-age=0, must-revalidate"],
      ["graphiql/yoga-graphiql.umd.js", "public, max-age=86400"],
    ]) {
      const response = await fetch(`${service.url}/assets/${file}`);
      await response.body?.cancel();
      expect(response.status).toBe(200);
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(response.headers.get("cache-control")).toBe(caching);
    }
    expect((await fetch(`${service.url}/_headers`)).status).toBe(404);
  });

  it("shows the events of a subscription as they come", async () => {
    await service.tavus("PATCH", "account", { queueMs: 500, renderMs: 60_000 });
    const key = await service.register();
    const id = await service.generate(key, { script: "I am being watched." });
    const { page, problems, close } = await openPage(browser, { viewport: { width: 1400, height: 900 } });
    const query = `subscription Watch { videoStatus(id: "${id}") { status stage progress } }`;
    await page.goto(`${service.url}/graphql?query=${encodeURIComponent(query)}`);
    await page.getByRole("tab", { name: "Watch" }).waitFor();
    expect(await page.locator(".graphiql-tab-button").count()).toBe(7);
    await run(page);
    await results(page, /"stage": "RENDERING"/);
    await service.finish(id);
    await results(page, /"status": "READY"/);
    // The stream has ended: the button offers to run again.
    await page.getByRole("button", { name: /^Execute query/ }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });
});
