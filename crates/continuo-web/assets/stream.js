// One connection to the server for all tabs of a browser: the tab that holds the lock listens and tells the others, since a
// browser opens only a few connections to one place. Pages ask with [data-live] (changes) and [data-paged] (danger), and
// hear "continuo:change" and "continuo:paged" on the document. Where there are no locks, the tab in front listens.
const wants = document.querySelector("[data-live], [data-paged]");
if (wants instanceof HTMLElement) {
  const address = wants.dataset.live || wants.dataset.paged || "";
  const names = ["change", "paged"];
  /** @type {EventSource | null} */
  let source = null;
  /** @type {BroadcastChannel | null} */
  let tabs = null;
  let release = () => {};
  let waiting = new AbortController();

  const tell = (/** @type {string} */ name, /** @type {string} */ detail) =>
    document.dispatchEvent(new CustomEvent(`continuo:${name}`, { detail }));

  const listen = () => {
    source = new EventSource(document.querySelector("[data-digest]") ? `${address}?shown=1` : address);
    for (const name of names) {
      source.addEventListener(name, (event) => {
        const data = String(/** @type {MessageEvent} */ (event).data);
        tell(name, data);
        tabs?.postMessage({ name, data });
      });
    }
  };

  const begin = () => {
    if (!navigator.locks || !("BroadcastChannel" in window)) {
      if (document.visibilityState === "visible" && !source) listen();
      return;
    }
    tabs = new BroadcastChannel("continuo-live");
    tabs.addEventListener("message", (event) => {
      if (names.includes(event.data.name)) tell(event.data.name, String(event.data.data));
    });
    waiting = new AbortController();
    const held = () => new Promise((done) => {
      release = () => done(undefined);
      listen();
    });
    navigator.locks.request("continuo-live", { signal: waiting.signal }, held).catch(() => {});
  };

  const end = () => {
    source?.close();
    source = null;
    tabs?.close();
    tabs = null;
    waiting.abort();
    release();
  };

  addEventListener("pagehide", end);
  addEventListener("pageshow", (event) => {
    if (event.persisted) begin();
  });
  document.addEventListener("visibilitychange", () => {
    if (navigator.locks) return;
    if (document.visibilityState === "visible") begin();
    else end();
  });
  begin();
}
