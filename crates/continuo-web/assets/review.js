// Review: the words of the proposal that has the focus are lit, and the proposal of the words that have it.
const proposals = [...document.querySelectorAll("article[data-p]")];
const marks = [...document.querySelectorAll("mark[data-p]")];
const of = (mark) => mark.dataset.p.split(" ");

function light(numbers, scroll) {
  let first = null;
  for (const mark of marks) {
    const lit = of(mark).some((number) => numbers.includes(number));
    mark.classList.toggle("lit", lit);
    if (lit && !first) first = mark;
  }
  for (const proposal of proposals) proposal.classList.toggle("lit", scroll === "proposal" && numbers.includes(proposal.dataset.p));
  if (scroll === "words") first?.scrollIntoView({ block: "center" });
}

document.addEventListener("focusin", (event) => {
  const target = event.target;
  if (!(target instanceof Element)) return;
  const proposal = target.closest("article[data-p]");
  const mark = target.closest("mark[data-p]");
  if (proposal instanceof HTMLElement && proposal.dataset.p) light([proposal.dataset.p], "words");
  else if (mark instanceof HTMLElement) light(of(mark), "proposal");
});
