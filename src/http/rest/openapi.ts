export function openApi(base: string) {
  return { openapi: "3.1.0", servers: [{ url: base }] };
}
