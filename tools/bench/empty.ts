/** A Worker that does nothing: what it costs to start and to hold is the runtime's own. */
export default {
  fetch: () => new Response("{}", { headers: { "content-type": "application/json" } }),
} satisfies ExportedHandler;
