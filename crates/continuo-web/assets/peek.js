// Preview beside the list: fetches the same address the link names and swaps the panel in, keeping place and focus.
const split = () => document.querySelector(".work-split");

async function show(href) {
  const answer = await fetch(href, { headers: { accept: "text/html" } });
  if (!answer.ok) return void location.assign(href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const panel = page.querySelector("#peek");
  if (!panel) return void location.assign(href);
  document.querySelector("#peek")?.remove();
  split()?.append(panel);
  // The list is narrower now and its rows higher: the one it is about stays in sight.
  document.querySelector('[data-row][aria-current="true"]')?.scrollIntoView({ block: "nearest" });
  history.replaceState(null, "", href);
}

function hide(back) {
  document.querySelector("#peek")?.remove();
  history.replaceState(null, "", back);
  document.querySelector('[data-row][aria-current="true"]')?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const open = event.target.closest("a[data-peek]");
  if (open && split()) {
    event.preventDefault();
    return void show(open.href);
  }
  const close = event.target.closest("a[data-peek-close]");
  if (close) {
    event.preventDefault();
    hide(close.href);
  }
});

document.addEventListener("keydown", (event) => {
  const close = document.querySelector("a[data-peek-close]");
  if (event.key === "Escape" && close && !document.querySelector("details[data-menu][open], dialog[open]")) hide(close.href);
});
