import { isDeepStrictEqual } from 'node:util';
import type { NewTrigger, ReadTx, SegmentRow, WriteTx } from '../../store/index.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import { toNfc } from '../../support/text.ts';
import type { Action } from '../action.ts';
import { pickSegment } from '../lookup.ts';
import { requireNoCircle } from './circles.ts';
import { readableTriggers, type Trigger, type TriggerDefinition, type When } from './definition.ts';
import { requireFit } from './fit.ts';
import { type GivenWhen, readWhen } from './when.ts';

/** What an author may say of a trigger. What is left out stays as it is. */
export interface TriggerOptions extends GivenWhen {
  readonly name?: string | undefined;
  /** Aliases or ids of segments. */
  readonly add?: readonly string[] | undefined;
  readonly remove?: readonly string[] | undefined;
  /** Null: no other than its own. */
  readonly via?: string | null | undefined;
  readonly reason?: string | undefined;
  readonly published?: boolean | undefined;
  /** Fires for what is stored already as well. */
  readonly existing: boolean;
}

export interface SavedTrigger {
  readonly id: number;
  readonly name: string;
  readonly changed: boolean;
  readonly warnings: readonly string[];
}

/**
 * Makes a trigger, for what comes from now on and, with `existing`, for what is stored: within
 * `changeData`, which lets it fire. `UserError`: bad options (2); a taken name, a segment that does
 * not let it act, or a circle (1).
 */
export async function createTrigger(
  tx: WriteTx,
  options: TriggerOptions,
  { now, by }: Action,
): Promise<SavedTrigger> {
  const read = await readWhen(tx, options);
  if (read === undefined)
    throw usage(
      'when the trigger is to fire is missing',
      'give --when, --when-points-reach, --when-joins or --when-leaves',
    );
  const segments = await tx.segments.list();
  const does = withActions(
    { when: read.when, add: [], remove: [], via: null, reason: null },
    options,
    segments,
  );
  const name = expectName(options.name ?? '');
  await requireSound(tx, { id: 0, name, does }, segments);
  const { published = true } = options;
  const id = await tx.triggers.insert(rowOf({ name, does, published, madeBy: by }), now);
  await tx.triggers.restart(id, startOf(does.when, options.existing));
  return { id, name, changed: true, warnings: read.warnings };
}

/**
 * Changes what `options` name. With another condition, with the same and `existing`, and when it is
 * published again, it begins like a new one. `UserError` as `createTrigger`, and (2) for `existing`
 * where it does not begin.
 */
export async function editTrigger(
  tx: WriteTx,
  trigger: Trigger,
  options: TriggerOptions,
  now: number,
): Promise<SavedTrigger> {
  const segments = await tx.segments.list();
  const read = await readWhen(tx, options);
  const { when, warnings } = read ?? { when: trigger.does.when, warnings: [] };
  const edited = withOptions(trigger, when, options, segments);
  const isAnew = (read !== undefined && options.existing) || begins(trigger, edited);
  if (options.existing && !isAnew) throw nothingBegins();
  await requireSound(tx, edited, segments);
  const saved = { id: trigger.id, name: edited.name, warnings };
  if (!isAnew && isSame(trigger, edited)) return { ...saved, changed: false };
  await tx.triggers.update(trigger.id, rowOf(edited), now);
  if (isAnew) await tx.triggers.restart(trigger.id, startOf(when, options.existing));
  return { ...saved, changed: true };
}

function withOptions(
  trigger: Trigger,
  when: When,
  options: TriggerOptions,
  segments: readonly SegmentRow[],
): Trigger {
  return {
    ...trigger,
    name: expectName(options.name ?? trigger.name),
    does: withActions({ ...trigger.does, when }, options, segments),
    published: options.published ?? trigger.published,
  };
}

function begins(trigger: Trigger, edited: Trigger): boolean {
  // rule: trigger-other-condition
  const isOther = !isDeepStrictEqual(trigger.does.when, edited.does.when);
  return isOther || isPublishedAgain(trigger, edited);
}

function isSame(trigger: Trigger, { name, published, does }: Trigger): boolean {
  const isCalledSo = trigger.name === name && trigger.published === published;
  return isCalledSo && isDeepStrictEqual(trigger.does, does);
}

function isPublishedAgain(trigger: Trigger, { published }: Trigger): boolean {
  // rule: trigger-anew
  return published && !trigger.published;
}

function startOf(when: When, existing: boolean) {
  return { existing, points: when.kind === 'points' ? when.points : undefined };
}

function rowOf({
  name,
  does,
  published,
  madeBy,
}: Pick<Trigger, 'name' | 'does' | 'published' | 'madeBy'>): NewTrigger {
  return { name, definition: JSON.stringify(does), published, madeBy };
}

async function requireSound(
  tx: ReadTx,
  one: Pick<Trigger, 'id' | 'name' | 'does'>,
  segments: readonly SegmentRow[],
): Promise<void> {
  requireFit(one, segments);
  const others = readableTriggers(await tx.triggers.list()).filter(({ id }) => id !== one.id);
  requireNoCircle(one, others, segments);
}

function withActions(
  standing: TriggerDefinition,
  options: TriggerOptions,
  segments: readonly SegmentRow[],
): TriggerDefinition {
  const idsOf = (references: readonly string[] | undefined): readonly number[] | undefined =>
    references && [...new Set(references.map((one) => pickSegment(segments, one).id))];
  const add = idsOf(options.add) ?? standing.add;
  const remove = idsOf(options.remove) ?? standing.remove;
  requireActions(add, remove, segments);
  const { via = standing.via } = options;
  const reason = options.reason === undefined ? standing.reason : clearedText(options.reason);
  return { when: standing.when, add, remove, via, reason };
}

function clearedText(given: string): string | null {
  const text = toNfc(given.trim());
  return text === '' ? null : text;
}

function requireActions(
  add: readonly number[],
  remove: readonly number[],
  segments: readonly SegmentRow[],
): void {
  if (add.length + remove.length === 0)
    throw usage(
      'what the trigger is to do is missing',
      'name segments with --add, with --remove, or with both',
    );
  const both = segments.find(({ id }) => add.includes(id) && remove.includes(id));
  if (both !== undefined)
    throw usage(
      `segment ${both.alias} stands under --add and under --remove`,
      'leave it out of one of them',
    );
}

function expectName(text: string): string {
  const name = toNfc(text.trim());
  if (name !== '' && !/^\p{N}+$/u.test(name)) return name;
  throw usage(
    name === '' ? 'a trigger needs a name' : `\`${name}\` would be taken for the id of a trigger`,
    'give it a name with letters',
  );
}

function nothingBegins(): UserError {
  return usage(
    '`--existing` is for a trigger that begins',
    'give it with a condition, or with --published for one that was not',
  );
}

function usage(message: string, hint: string): UserError {
  return new UserError('USAGE', EXIT.usage, message, { hint });
}
