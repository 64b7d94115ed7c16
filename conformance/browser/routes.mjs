// The route table of the pages, read from the source, so that no page is forgotten by the walk.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// Pages the walk cannot come to, each with the reason.
export const EXCUSED = {
  "/assets/{hash}/{name}": "a file, not a page",
  "/documents/{id}/file": "a file as it was received, not a page",
  "/review/{id}/received": "the words as they were received, plain text",
  "/oversight/models/{id}": "no language model is configured in the demo",
  "/registries/{id}/export": "a file, not a page",
  "/sign-in/provider": "leaves for the site's own sign-in, which the demo does not have",
  "/sign-in/provider/back": "comes back from the site's own sign-in, which the demo does not have",
  "/sign-in/second-factor": "asked of people who set up a second factor; nobody in the demo did",
  "/source/{type}/{id}/correct": "only what was entered by hand is put right; the morning by keyboard does it",
  "/unlock": "the lock's own page: the walk through the lock meets it",
  "/unlocked": "where a second tab says that the first is open again, after the provider that the demo does not have",
  "/here": "a status for the script of the lock, not a page",
};

export function readRoutes(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".rs"));
  const found = files.flatMap((name) => [...readFileSync(join(folder, name), "utf8").matchAll(/Route::get\(\s*"([^"]+)"/g)]);
  const paths = [...new Set(found.map((m) => m[1]))];
  // Fixed words before `{id}`, as the server does.
  const weight = (path) => path.split("/").map((part) => (part.startsWith("{") ? "~" : part)).join("/");
  return paths.sort((a, b) => (weight(a) < weight(b) ? -1 : 1));
}

// The route that answers an address. Forms of different kinds are different pages, so those words stay.
export function routeOf(routes, pathname) {
  const parts = pathname.split("/");
  for (const route of routes) {
    const wanted = route.split("/");
    if (wanted.length !== parts.length || !wanted.every((w, i) => w === parts[i] || (w.startsWith("{") && parts[i]))) continue;
    const kind = wanted.map((w, i) => (w === "{kind}" || w === "{act}" ? parts[i] : w)).join("/");
    return { route, kind };
  }
  return { route: null, kind: pathname };
}
