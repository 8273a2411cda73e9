import type { UpdateRequest } from '../../segment/update/run.ts';
import { bound } from './bound.ts';
import { duration } from './duration.ts';
import { flag, usage, value, values, type ValuesOf } from './options.ts';
import { cursor, nonEmptyText, positiveNumber, text } from './values.ts';
import { type LockPolicy, lockPolicy } from './lock-policy.ts';

export const updateOptions = {
  full: flag('--full', 'build every segment anew, whatever was changed'),
  dryRun: flag(
    '--dry-run',
    'say who would join and leave, segments of segments included; write nothing',
  ),
  maxShrink: value(
    '--max-shrink <bound>',
    'leave a segment as it is (4) when more than 20%, or 500, of its members would leave; not ' +
      'for a first build',
    bound,
  ),
  maxGrow: value(
    '--max-grow <bound>',
    'the same when more than 50% of the present members, or 500 contacts, would join',
    bound,
  ),
  maxTime: value(
    '--max-time <duration>',
    'stop between two segments after 90s, 10m or 2h (3); such runs take first what was built ' +
      'the longest time ago',
    duration,
  ),
  listId: values('-i, --list-id <segment>', 'as naming the segment as an argument', text),
  exclude: values('-d, --exclude <segment>', 'leave this segment as it is', text),
  maxContacts: value(
    '-m, --max-contacts <n>',
    'let at most so many contacts join or leave each segment, those who leave first; the rest ' +
      'is for the next runs (3)',
    positiveNumber,
  ),
  batchLimit: value(
    '-b, --batch-limit <n>',
    'evaluate a filter for at most so many contacts in one statement; slower, with the same result',
    positiveNumber,
  ),
  onChange: value(
    '--on-change <command>',
    'when the update is done, tell this shell command who joined and left since it was told ' +
      'last, whoever did that: lines of JSON on its standard input, as of segments:changes; if ' +
      'it fails (3), they come again next time',
    nonEmptyText,
  ),
  changesSince: value(
    '--changes-since <cursor>',
    'begin there with what --on-change is told, not where it was told last; start means from ' +
      'the beginning, as at its first time, end from now on',
    cursor,
  ),
  timing: flag('--timing', 'show where the time of each segment went'),
  ifLocked: value(
    '--if-locked <policy>',
    'while another run is at work: fail (75), skip (0), wait or wait=SECONDS; default fail; of ' +
      'the command of --on-change, at work for another update, it says the same, but that fail ' +
      'is 3: the segments are updated by then',
    lockPolicy,
  ),
  bypassLocking: flag(
    '--bypass-locking',
    'do not take the run lock: build although another run is at work; each segment is still ' +
      'built whole, one at a time',
  ),
  force: flag('-f, --force', 'the same as --bypass-locking'),
} as const;

type Given = ValuesOf<typeof updateOptions>;

/** The command of `--on-change`. */
export interface Hook {
  readonly command: string;
  /** Where to begin, instead of where the command was told last. */
  readonly since: string | undefined;
  /** What to do while another process tells it something. */
  readonly ifLocked: LockPolicy;
}

/**
 * What to do while another run is at work; undefined takes no lock. `UserError` (2) when that is
 * said in two ways.
 */
export function lockOf({ ifLocked, bypassLocking, force }: Given): LockPolicy | undefined {
  if (!bypassLocking && !force) return ifLocked ?? { kind: 'fail' };
  if (ifLocked !== undefined)
    throw usage(
      `\`--if-locked\` and \`${force ? '--force' : '--bypass-locking'}\` contradict each other`,
      'give one of them',
    );
  return undefined;
}

/**
 * The command to tell what changed, if one is. `UserError` (2): a dry run changes nothing, or there is
 * no command to begin with somewhere.
 */
export function hookOf({ onChange, changesSince, dryRun, ...given }: Given): Hook | undefined {
  if (onChange !== undefined && dryRun)
    throw usage('`--on-change` does not go with --dry-run', 'a dry run changes nothing');
  if (onChange === undefined && changesSince !== undefined)
    throw usage('`--changes-since` says where --on-change begins', 'give --on-change too');
  if (onChange === undefined) return undefined;
  return { command: onChange, since: changesSince, ifLocked: given.ifLocked ?? { kind: 'fail' } };
}

/** The run that was asked for. Its time counts from now on. */
export function requestOf(
  segments: readonly string[],
  given: Given,
  { isNowGiven }: { readonly isNowGiven: boolean },
): UpdateRequest {
  const { full, dryRun, maxShrink, maxGrow, maxTime, listId, exclude, maxContacts, batchLimit } =
    given;
  const started = performance.now();
  return {
    segments: [...segments, ...listId],
    exclude,
    isClockRead: !isNowGiven,
    full,
    dryRun,
    maxShrink,
    maxGrow,
    maxChanges: maxContacts,
    batch: batchLimit,
    beside: lockOf(given) === undefined,
    ...(maxTime === undefined ? {} : { isTimeUp: () => performance.now() - started >= maxTime }),
  };
}
