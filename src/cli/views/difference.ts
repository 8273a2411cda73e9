import { diffArrays } from 'diff';
import type { MessageResult } from '../output/result.ts';

interface Compared {
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** What each of them is called. */
  readonly names: readonly [string, string];
}

type Mark = '-' | '+' | ' ';

/** Two texts, line by line: what is gone, what is new, and what stays. */
export function differenceResult({ before, after, names }: Compared): MessageResult {
  const lines = diffArrays([...before], [...after]).flatMap(({ added, removed, value }) =>
    value.map((line) => ({ mark: markOf(added, removed), line })),
  );
  const isSame = lines.every(({ mark }) => mark === ' ');
  const [one, other] = names;
  return {
    kind: 'message',
    text: isSame
      ? `${one} and ${other} say the same`
      : [`--- ${one}`, `+++ ${other}`, ...lines.map(({ mark, line }) => `${mark} ${line}`)],
    data: {
      from: one,
      to: other,
      same: isSame,
      lines: lines.map(({ mark, line }) => ({ change: WORDS[mark], line })),
    },
  };
}

const WORDS = { '-': 'removed', '+': 'added', ' ': 'kept' } as const satisfies Record<Mark, string>;

function markOf(added: boolean, removed: boolean): Mark {
  if (added) return '+';
  return removed ? '-' : ' ';
}
