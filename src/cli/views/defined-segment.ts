import type { Defined } from '../../segment/definition.ts';
import type { UpdateReport } from '../../segment/update/run.ts';
import type { MessageResult } from '../output/result.ts';
import { updateResult } from './update-report.ts';

/** What defining a segment tells, with the run that `--update` asked for. */
export function definedResult(
  defined: Defined,
  news: string,
  report: UpdateReport | undefined,
): MessageResult {
  const { id, alias, kind: type } = defined;
  if (report === undefined)
    return { kind: 'message', text: news, data: { id, alias, type }, warnings: defined.warnings };
  const built = updateResult(report, { verbosity: 0 });
  return {
    ...built,
    text: [news, ...[built.text].flat()],
    data: { id, alias, type, update: built.data },
    warnings: [...defined.warnings, ...(built.warnings ?? [])],
  };
}
