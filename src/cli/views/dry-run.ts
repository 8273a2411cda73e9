import type { MessageResult } from '../output/result.ts';

/** What a command tells of a change that was taken back: that is an answer, and no news. */
export function asDryRun(result: MessageResult): MessageResult {
  const [first = '', ...others] = [result.text].flat();
  return {
    ...result,
    text: [`dry run, nothing was changed: ${first}`, ...others],
    data: { ...result.data, dry_run: true },
    isAnswer: true,
  };
}
