import type { MessageResult } from '../output/result.ts';

/** Before the figures of what was tried out: none of it was done. */
export function wouldBe(text: string): string {
  return `dry run, nothing was changed; it would be: ${text}`;
}

/** What a command tells of a change that was taken back: that is an answer, and no news. */
export function asDryRun(result: MessageResult): MessageResult {
  const [first = '', ...others] = [result.text].flat();
  return {
    ...result,
    text: [wouldBe(first), ...others],
    data: { ...result.data, dry_run: true },
    isAnswer: true,
  };
}
