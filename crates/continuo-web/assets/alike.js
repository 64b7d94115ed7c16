// Registering: asks who on file looks alike while somebody types, and shows the answer beside the form.
// Without this the same people are shown once on submit. Names travel in the body, never in an address.
const place = document.querySelector("[data-alike]");
const form = document.querySelector("form[action='/patients/new']");
if (place instanceof HTMLElement && form instanceof HTMLFormElement) {
  let timer = 0;
  let asked = "";
  let latest = 0;
  const ask = async () => {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.append(name, value);
    if (!fields.get("family") && !fields.get("given")) return;
    const text = fields.toString();
    if (text === asked) return;
    asked = text;
    const mine = ++latest;
    try {
      const answer = await fetch(place.dataset.alike ?? "", { method: "POST", body: fields, redirect: "error" });
      // An answer to an older question never replaces a newer one.
      if (answer.ok && mine === latest) place.innerHTML = await answer.text();
    } catch {
      // The form works without the list; it is shown on submit.
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 400);
  });
}
