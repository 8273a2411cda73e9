import type { SegmentRow } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';

/**
 * The channels that a command may act through; `filter`, `import`, `trigger` and `conversion` are
 * reserved for rollcall itself.
 */
export const CHANNELS = [
  'manual',
  'campaign',
  'form',
  'points',
  'api',
  'preference-center',
] as const;
type Channel = (typeof CHANNELS)[number];

/** What triggers act through; nobody else may. */
export const TRIGGER = 'trigger';

/**
 * Who decides about a contact: a person or the contact itself (`hand`), an automatic action, or
 * something that treats many contacts alike (`bulk`).
 */
export type Source = 'hand' | 'action' | 'bulk';
// rule: removal-choice
const BY_HAND: readonly string[] = ['manual', 'preference-center'] satisfies Channel[];
// rule: removal-trigger
export const ACTIONS: readonly string[] = [
  ...(['campaign', 'form', 'points', 'api'] satisfies Channel[]),
  TRIGGER,
];

const FOR_PUBLIC_SEGMENTS: readonly string[] = ['campaign', 'form', 'points'] satisfies Channel[];

/** How messages call those whose channel is not theirs alone. */
const AUTHORS: Readonly<Record<string, string>> = { import: 'imports', trigger: 'triggers' };

function channelOf(via: string): string {
  return via.split(':', 1)[0] ?? '';
}

export function sourceOf(via: string): Source {
  const channel = channelOf(via);
  if (BY_HAND.includes(channel)) return 'hand';
  return ACTIONS.includes(channel) ? 'action' : 'bulk';
}

/**
 * Checks a channel with an optional name of the user's, such as `manual` or `campaign:welcome`.
 * `UserError` (2).
 */
export function parseVia(text: string): string {
  const channel = channelOf(text);
  const name = text.slice(channel.length + 1);
  if (!(CHANNELS as readonly string[]).includes(channel)) {
    const [near] = nearest(channel, CHANNELS);
    throw new UserError('UNKNOWN_CHANNEL', EXIT.usage, `unknown channel ${channel}`, {
      hint:
        near === undefined
          ? `--via takes ${CHANNELS.join(', ')}, each with an optional :NAME`
          : `did you mean ${near}?`,
    });
  }
  if (text.length > channel.length && name.trim() === '') {
    throw new UserError('EMPTY_NAME', EXIT.usage, `a name is missing after ${channel}:`, {
      hint: `write --via ${channel} or --via ${channel}:NAME`,
    });
  }
  return text;
}

/**
 * What is done with contacts. In an unpublished segment contacts may leave, but only `manual` may
 * add.
 */
export type Touch = 'join' | 'leave';

/**
 * Refuses (`UserError`, 1) explicit actions through a channel that may not change this segment's
 * members so.
 */
export function requireMayTouch(segment: SegmentRow, via: string, touch: Touch): void {
  const objection = objectionTo(segment, via, touch);
  if (objection !== undefined) throw objection;
}

/** Whether `requireMayTouch` allows it. */
export function mayTouch(segment: SegmentRow, via: string, touch: Touch): boolean {
  return objectionTo(segment, via, touch) === undefined;
}

function objectionTo(segment: SegmentRow, via: string, touch: Touch): UserError | undefined {
  return objectionToChannel(segment, channelOf(via)) ?? objectionToJoin(segment, via, touch);
}

function objectionToChannel(segment: SegmentRow, channel: string): UserError | undefined {
  const { alias } = segment;
  if (segment.manual === 'forbid' && segment.kind === 'dynamic')
    return new UserError(
      'MANUAL_FORBIDDEN',
      EXIT.refused,
      `segment ${alias} forbids manual changes`,
      {
        hint: `its filter alone decides; allow them with: ${editing(alias, '--manual allow')}`,
      },
    );
  if (FOR_PUBLIC_SEGMENTS.includes(channel) && !segment.public)
    return new UserError(
      'NOT_PUBLIC',
      EXIT.refused,
      `segment ${alias} is not public: ${channel} actions may not touch it`,
      { hint: `make it public with: ${editing(alias, '--public')}` },
    );
  if (channel === 'preference-center' && !segment.preferenceCenter)
    return new UserError(
      'NOT_IN_PREFERENCE_CENTER',
      EXIT.refused,
      `segment ${alias} is not available in the preference center`,
      { hint: `offer it there with: ${editing(alias, '--published --preference-center')}` },
    );
  return undefined;
}

function objectionToJoin(segment: SegmentRow, via: string, touch: Touch): UserError | undefined {
  const channel = channelOf(via);
  // rule: unpublished-join, unpublished-leave
  return touch === 'join' && channel !== 'manual' && !segment.published
    ? unpublished(segment, AUTHORS[channel] ?? `${channel} actions`)
    : undefined;
}

/** Refuses (1) an unpublished segment to those who may not refer to one. */
export function requirePublished(segment: SegmentRow, who: string): void {
  if (!segment.published) throw unpublished(segment, who);
}

function unpublished({ alias }: SegmentRow, who: string): UserError {
  return new UserError(
    'UNPUBLISHED',
    EXIT.refused,
    `segment ${alias} is unpublished: ${who} cannot use it`,
    { hint: `publish it with: ${editing(alias, '--published')}` },
  );
}

function editing(alias: string, options: string): string {
  return `rollcall segments:edit ${alias} ${options}`;
}
