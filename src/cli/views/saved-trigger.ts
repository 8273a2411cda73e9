import type { SavedTrigger } from '../../segment/triggers/save.ts';
import type { Firing } from '../../segment/triggers/fire.ts';
import type { MessageResult } from '../output/result.ts';
import { firingData, firingLine } from './firing.ts';

/** What saving a trigger tells, with what it did at once. */
export function savedTriggerResult(
  { id, name, warnings }: SavedTrigger,
  firing: Firing | undefined,
  verb: string,
): MessageResult {
  const error = firing?.error?.message;
  return {
    kind: 'message',
    text: [
      `${verb} trigger ${name} (id ${id})`,
      ...(firing === undefined || error !== undefined ? [] : [firingLine(firing)]),
    ],
    data: { id, name, fired: firing === undefined ? null : firingData(firing) },
    warnings: error === undefined ? warnings : [...warnings, `trigger ${name} failed: ${error}`],
  };
}
