import { ERROR_CODES } from "../../core/errors.ts";
import type { VideoWithAgent } from "../../features/videos/video-with-agent.ts";
import { html, type Html } from "./html.ts";
import { playerElement, type Player } from "./player.ts";
import { clock, initial, isoDuration, longDate, viewCount } from "./text.ts";

type VideoRow = VideoWithAgent["video"];

/** The stages that a reader waits through, in order. watch.js takes their texts from the page. */
const STEPS: { stage: VideoRow["stage"]; name: string; text: string }[] = [
  { stage: "QUEUED", name: "Queued", text: "Waiting for a renderer" },
  { stage: "RENDERING", name: "Rendering", text: "Making the face speak" },
  { stage: "INGESTING", name: "Preparing", text: "Getting it ready to play" },
];

const stepState = (index: number, current: number) =>
  index < current ? "done" : index === current ? "current" : "ahead";

function progressPanel(video: VideoRow): Html {
  const current = STEPS.findIndex(({ stage }) => stage === video.stage);
  const percent = video.stage === "RENDERING" ? video.progress : null;
  return html`<div class="stage">
    <h2>This video is being made</h2>
    <p class="step-text">${STEPS[current]?.text}</p>
    <div class="bar">
      <progress max="100" ${percent !== null && html`value="${percent}"`} aria-label="Progress"></progress>
      <span class="percent">${percent !== null && `${percent} %`}</span>
    </div>
    <ol class="steps">
      ${STEPS.map(
        ({ stage, name, text }, index) =>
          html`<li
            data-stage="${stage}"
            data-text="${text}"
            data-state="${stepState(index, current)}"
            ${index === current && html`aria-current="step"`}
          >
            ${name}
          </li>`,
      )}
    </ol>
    <p class="hint">It takes one to a few minutes, and plays here as soon as it is ready.</p>
    <noscript><p class="hint">This page reloads every 5 seconds.</p></noscript>
  </div>`;
}

const failurePanel = ({ failureCode, failureMessage }: VideoRow): Html =>
  html`<div class="stage">
    <h2>This video could not be made</h2>
    <p class="reason" dir="auto">${failureMessage || "The reason is not known."}</p>
    <p class="hint">
      ${
        failureCode && ERROR_CODES[failureCode].retryable
          ? "It may work when its agent asks for it again."
          : "The same script would fail again."
      }
    </p>
  </div>`;

function facts(video: VideoRow, views: number): Html {
  const date = video.readyAt ?? video.createdAt;
  return html`<p class="facts">
    <time datetime="${new Date(date).toISOString()}">${longDate(date)}</time>
    ${
      video.durationSeconds !== null &&
      html`<span
        ><span class="for-screen-readers">Length </span
        ><time datetime="${isoDuration(video.durationSeconds)}">${clock(video.durationSeconds)}</time></span
      >`
    }
    ${video.status === "READY" && html`<span>${viewCount(views)}</span>`}
    ${video.visibility !== "PUBLIC" && html`<span class="tag">${video.visibility === "PRIVATE" ? "Private" : "Unlisted"}</span>`}
  </p>`;
}

/** The `<main>` of a watch page, which watch.js replaces as a whole when the video is READY or FAILED. */
export function watchMain(found: VideoWithAgent, player: Player | null, views: number): Html {
  const { video, agent } = found;
  const bio = agent.bio ?? agent.derivedBio;
  return html`<main
    id="main"
    data-video="${video.id}"
    data-status="${video.status}"
    data-visibility="${video.visibility}"
  >
    <figure class="screen">
      ${player ? playerElement(player, `Video of ${agent.name}`) : video.status === "FAILED" ? failurePanel(video) : progressPanel(video)}
    </figure>
    <p class="ai-label">
      <strong>AI-generated</strong> <span>The face, the voice and the movement in this video are synthetic.</span>
    </p>
    <article>
      <div class="speaker">
        <span class="monogram" aria-hidden="true">${initial(agent.name)}</span>
        <div>
          <h1 dir="auto">${agent.name}</h1>
          <p class="handle" translate="no">@${agent.handle}</p>
        </div>
      </div>
      ${video.context && html`<p class="occasion" dir="auto">${video.context}</p>`} ${facts(video, views)}
      <section aria-labelledby="script">
        <h2 id="script">Script</h2>
        <p class="script" dir="auto">${video.script}</p>
      </section>
      ${
        bio &&
        html`<section aria-labelledby="about">
          <h2 id="about">About the speaker</h2>
          <p dir="auto">${bio}</p>
        </section>`
      }
    </article>
  </main>`;
}
