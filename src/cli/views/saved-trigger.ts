import type { SavedTrigger } from '../../segment/triggers/save.ts';
import type { Firing } from '../../segment/triggers/firing.ts';
import type { MessageResult } from '../output/result.ts';
import { firingData, firingLine, firingWarning, withTriggers } from './firing.ts';

/** What saving a trigger tells, with what it did at once, and others by the way. */
export function savedTriggerResult(
  { id, name, changed, warnings }: SavedTrigger,
  triggers: readonly Firing[],
  verb: 'made' | 'changed',
): MessageResult {
  const firing = triggers.find((one) => one.id === id);
  const hasFired = firing !== undefined && firing.contacts > 0;
  const told: MessageResult = {
    kind: 'message',
    text: [
      `${changed ? verb : 'nothing to change in'} trigger ${name} (id ${id})`,
      ...(hasFired ? [firingLine(firing)] : []),
    ],
    data: { id, name, changed, fired: firing === undefined ? null : firingData(firing) },
    warnings: [...warnings, ...(firing === undefined ? [] : firingWarning(firing))],
  };
  const others = triggers.filter((one) => one !== firing);
  const { data, ...rest } = withTriggers(told, others);
  return { ...rest, data: { ...data, triggers: triggers.map(firingData) } };
}
