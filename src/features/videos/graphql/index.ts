// Each import registers its part of the schema with the builder.
import "./video.ts";
import "./video-lists.ts";
import "./video-events.ts";
import "./estimate-video.ts";
import "./generate-video.ts";
import "./update-video.ts";
import "./delete-video.ts";
