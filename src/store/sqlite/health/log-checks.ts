import { counted } from '../../../support/text.ts';
import { type Check, type Examined, finding, type Finding } from '../../../segment/doctor/check.ts';

/** The recording of changes, on which updates by what changed rest. */
export const LOG_CHECKS: readonly Check[] = [
  { id: 'capture', title: 'every change is recorded', find: findGaps },
  { id: 'change-log', title: 'no segment has seen what was not recorded yet', find: findAhead },
];

async function findGaps({ health, command }: Examined): Promise<readonly Finding[]> {
  const { missing, different, isSound, isOn, isSchemaKnown, remedy } = await health.capture();
  const update = command('segments:update');
  const triggers = [...missing, ...different];
  const found: Finding[] = [];
  if (triggers.length > 0) {
    const message = `${counted(triggers.length, 'trigger')} that record changes ${missing.length > 0 ? 'missing' : 'not as rollcall makes them'}: ${triggers.slice(0, 3).join(', ')}${triggers.length > 3 ? ', …' : ''}`;
    const examples = triggers.slice(0, 3).map((trigger) => ({ trigger }));
    found.push(
      finding('error', message, {
        count: triggers.length,
        examples,
        hint: `put them back and build everything in full: ${isSchemaKnown ? `${remedy} && ` : ''}${update}`,
      }),
    );
  }
  if (!isSound)
    found.push(
      finding(
        'error',
        'what the recording of changes goes by is gone or cannot be read: changes are missed',
        { hint: update },
      ),
    );
  else if (!isOn)
    found.push(
      finding('error', 'changes are not recorded: a bulk load has switched that off', {
        hint: update,
      }),
    );
  if (!isSchemaKnown && found.length === 0)
    found.push(
      finding('note', 'somebody changed the schema: the next update builds everything in full', {
        hint: update,
      }),
    );
  return found;
}

async function findAhead({ health, segments, command }: Examined): Promise<readonly Finding[]> {
  const { ahead, segmentsAhead, seenByAll, kinds } = await health.log();
  const update = command('segments:update --full');
  const found: Finding[] = [];
  if (ahead.count > 0)
    found.push(
      finding('error', `${counted(ahead.count, 'change')} recorded ahead of time`, {
        ...ahead,
        hint: `${ahead.remedy ?? ''} && ${update}`,
      }),
    );
  if (kinds.count > 0)
    found.push(
      finding('error', 'it is not known how far back some kinds of changes are recorded', {
        ...kinds,
        hint: update,
      }),
    );
  if (segmentsAhead.length > 0) {
    const aliases = segments
      .filter((segment) => segmentsAhead.includes(segment.id))
      .map((segment) => segment.alias);
    found.push(
      finding(
        'error',
        `changes will be missed by ${aliases.join(', ')}: the watermark is ahead of what is recorded`,
        { count: aliases.length, examples: aliases.map((segment) => ({ segment })), hint: update },
      ),
    );
  }
  if (seenByAll > 0)
    found.push(
      finding(
        'note',
        `${counted(seenByAll, 'recorded change')} that every segment has seen: the next update drops them`,
        { count: seenByAll, hint: command('segments:update') },
      ),
    );
  return found;
}
