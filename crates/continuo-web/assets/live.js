// Live updates: says "3 new" and waits. Rows never move under the pointer; the reader asks for them.
const place = document.querySelector("[data-live]");
if (place) {
  let count = 0;
  document.addEventListener("continuo:change", () => {
    count += 1;
    const link = document.createElement("a");
    link.href = location.href;
    link.className = "button";
    link.textContent = `${count} new: show`;
    place.replaceChildren(link);
  });
}
