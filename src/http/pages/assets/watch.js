// Follows a video that is being made, on its watch page: shows how far it is by the events of its subscription. When
// the video is READY or FAILED, replaces the page's <main> by the one with the player or the reason of the failure.

const EVENTS = "subscription Follow($id: ID!) { videoStatus(id: $id) { status stage progress } }";
const RETRY_MS = [2_000, 5_000, 15_000, 60_000];
// After this long without an event the page itself is fetched: a proxy may hold events back.
const SILENCE_MS = 60_000;

const main = () => document.querySelector("main");

// Outside of <main>, so that it stays when <main> is replaced: a screen reader does not read out a region that is
// itself new.
const announcer = document.createElement("p");
announcer.className = "for-screen-readers";
announcer.setAttribute("role", "status");
document.body.append(announcer);

/** @param {string} text */
function announce(text) {
  if (announcer.textContent !== text) announcer.textContent = text;
}

/** @param {{ stage: string, progress: number | null }} event */
function show({ stage, progress }) {
  const steps = [...document.querySelectorAll(".steps > li")];
  const current = steps.findIndex((step) => step.dataset.stage === stage);
  if (current < 0) return;
  for (const [index, step] of steps.entries()) {
    step.dataset.state = index < current ? "done" : index === current ? "current" : "ahead";
    step.removeAttribute("aria-current");
  }
  steps[current].setAttribute("aria-current", "step");
  const text = steps[current].dataset.text;
  document.querySelector(".step-text").textContent = text;
  announce(text);

  const bar = document.querySelector("progress");
  const known = stage === "RENDERING" && progress !== null;
  if (known) bar.value = progress;
  else bar.removeAttribute("value");
  document.querySelector(".percent").textContent = known ? `${progress} %` : "";
}

let failures = 0;
/** Fetches the page again after a while; at once when the network is back. */
function later() {
  const wait = RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)];
  const timer = setTimeout(again, wait);
  addEventListener("online", again, { once: true });
  function again() {
    clearTimeout(timer);
    removeEventListener("online", again);
    void refresh();
  }
}

/** Fetches this page as it is now. While the video is still in the making, goes on following it. */
async function refresh() {
  let response;
  try {
    response = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
  } catch {
    return later();
  }
  if (response.status !== 200 && response.status !== 404) return later();
  if (response.status === 404 && main().dataset.visibility === "PRIVATE") {
    // The key that opened the page is not sent by itself.
    announce((document.querySelector(".step-text").textContent = "Load this page again to see how far it is."));
    return;
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const next = page.querySelector("main");
  if (!next) return later();
  if (next.dataset.status === "PROCESSING") return follow();
  exchange(page, next);
}

/** @param {Document} page @param {HTMLElement} next */
function exchange(page, next) {
  const old = main();
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(document.adoptNode(next));
  document.title = page.title;
  if (hadFocus) {
    next.tabIndex = -1;
    next.focus({ preventScroll: true });
  }
  const words = { READY: "The video is ready to play.", FAILED: "The video could not be made." };
  announce(words[next.dataset.status] ?? "There is no video here any more.");
}

function follow() {
  const variables = JSON.stringify({ id: main().dataset.video });
  const events = new EventSource(`/graphql?${new URLSearchParams({ query: EVENTS, variables })}`);
  let ended = false;
  let silence = setTimeout(() => end(refresh), SILENCE_MS);
  const end = (next) => {
    if (ended) return;
    ended = true;
    clearTimeout(silence);
    events.close();
    next();
  };
  events.addEventListener("next", ({ data }) => {
    const event = JSON.parse(data).data?.videoStatus;
    if (!event) return end(later);
    failures = 0;
    clearTimeout(silence);
    silence = setTimeout(() => end(refresh), SILENCE_MS);
    show(event);
    if (event.status !== "PROCESSING") end(refresh);
  });
  // Complete without a final status: the video was deleted.
  events.addEventListener("complete", () => end(refresh));
  events.addEventListener("error", () => {
    // EventSource reconnects by itself after a broken connection, from the last event on; not after a refused one.
    if (events.readyState === EventSource.CLOSED) end(later);
  });
}

if (main().dataset.status === "PROCESSING") follow();
