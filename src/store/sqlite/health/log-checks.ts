import { counted } from '../../../support/text.ts';
import { finding, type Finding } from '../../finding.ts';
import type { CheckContext, StoreCheck } from '../../health.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { type CaptureState, captureState, type LogState, logState } from './change-log.ts';

/** The recording of changes, on which updates by what changed rest. */
export function logChecks(db: SqliteDatabase): readonly StoreCheck[] {
  return [
    {
      id: 'capture',
      title: 'every change is recorded',
      find: async (asked) => findGaps(await captureState(db), asked),
    },
    {
      id: 'change-log',
      title: 'no segment has seen what was not recorded yet',
      find: async (asked) => findAhead(await logState(db), asked),
    },
  ];
}

function findGaps(capture: CaptureState, { command }: CheckContext): readonly Finding[] {
  const { isSound, isOn, isSchemaKnown } = capture;
  const update = command('segments:update');
  const found = describeTriggers(capture, update);
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

function describeTriggers(
  { missing, different, isSchemaKnown, remedy }: CaptureState,
  update: string,
): Finding[] {
  const triggers = [...missing, ...different];
  if (triggers.length === 0) return [];
  const first = triggers.slice(0, 3);
  const names = `${first.join(', ')}${triggers.length > 3 ? ', …' : ''}`;
  const how = missing.length > 0 ? 'missing' : 'not as rollcall makes them';
  const mend = isSchemaKnown ? `${remedy} && ${update}` : update;
  const records = triggers.length === 1 ? 'records' : 'record';
  const what = `${counted(triggers.length, 'trigger')} that ${records} changes ${how}: ${names}`;
  return [
    finding('error', what, {
      count: triggers.length,
      examples: first.map((trigger) => ({ trigger })),
      hint: `put them back and build everything in full: ${mend}`,
    }),
  ];
}

function findAhead(state: LogState, { segments, command }: CheckContext): readonly Finding[] {
  const { ahead, segmentsAhead, seenByAll, kinds } = state;
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
  const aliases = segments
    .filter((segment) => segmentsAhead.includes(segment.id))
    .map((segment) => segment.alias);
  if (segmentsAhead.length > 0) found.push(describeAhead(aliases, update));
  if (seenByAll > 0) found.push(describeSeen(seenByAll, command('segments:update')));
  return found;
}

function describeSeen(count: number, hint: string): Finding {
  const seen = `${counted(count, 'recorded change')} that every segment has seen`;
  return finding('note', `${seen}: the next update drops them`, { count, hint });
}

function describeAhead(aliases: readonly string[], hint: string): Finding {
  const names = aliases.join(', ');
  return finding(
    'error',
    `changes will be missed by ${names}: the watermark is ahead of what is recorded`,
    { count: aliases.length, examples: aliases.map((segment) => ({ segment })), hint },
  );
}
