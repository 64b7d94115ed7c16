// What the walks share: a step that fails is written down and the walk goes on.

// Results are [what, null] or [what, why it failed].
export function recorder() {
  const results = [];
  const step = async (what, run) => {
    try {
      await run();
      results.push([what, null]);
    } catch (error) {
      results.push([what, error.message.split("\n")[0]]);
    }
  };
  return { results, step };
}

export function must(truth, why) {
  if (!truth) throw new Error(why);
}
