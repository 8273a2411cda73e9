import type { SavedTrigger } from '../../segment/triggers/save.ts';
import type { Firing } from '../../segment/triggers/firing.ts';
import type { MessageResult } from '../output/result.ts';
import { firingData, firingLine, firingWarning } from './firing.ts';

/** What saving a trigger tells, with what it did at once. */
export function savedTriggerResult(
  { id, name, changed, warnings }: SavedTrigger,
  firing: Firing | undefined,
  verb: 'made' | 'changed',
): MessageResult {
  const hasFired = firing !== undefined && firing.error === null;
  return {
    kind: 'message',
    text: [
      `${changed ? verb : 'nothing to change in'} trigger ${name} (id ${id})`,
      ...(hasFired ? [firingLine(firing)] : []),
    ],
    data: { id, name, changed, fired: firing === undefined ? null : firingData(firing) },
    warnings: [...warnings, ...(firing === undefined ? [] : firingWarning(firing))],
  };
}
