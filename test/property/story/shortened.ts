import type { Step } from './story.ts';

type Play = (steps: readonly Step[]) => Promise<void>;

/** A story that fails, and how. */
export interface Failing {
  readonly steps: readonly Step[];
  readonly error: unknown;
}

async function failureOf(play: Play, steps: readonly Step[]): Promise<Failing | undefined> {
  try {
    await play(steps);
    return undefined;
  } catch (error) {
    return { steps, error };
  }
}

/** Whether both are laws that did not hold, or both something else. */
const isAlike = (one: unknown, other: unknown): boolean =>
  one instanceof Error && other instanceof Error && one.name === other.name;

/**
 * The shortest way to a failure that is found by leaving out steps, for as long as there is time:
 * at first half of them at once, in the end one.
 */
export async function shortened(
  play: Play,
  steps: readonly Step[],
  limitMs: number,
): Promise<Failing | undefined> {
  const end = performance.now() + limitMs;
  let found = await failureOf(play, steps);
  if (found === undefined) return undefined;
  const { failedAt = steps.length - 1 } = found.error as { failedAt?: number };
  found = { ...found, steps: steps.slice(0, failedAt + 1) };
  for (let size = Math.ceil(steps.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < found.steps.length && performance.now() < end;) {
      const rest = found.steps.toSpliced(from, size);
      const shorter: Failing | undefined = await failureOf(play, rest);
      if (shorter === undefined || !isAlike(shorter.error, found.error)) from += size;
      else found = shorter;
    }
  }
  return found;
}
