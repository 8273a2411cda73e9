import { toChannel } from '../../contact/channels.ts';
import {
  excerpt,
  isProblem,
  isNullWord,
  parseBoolean,
  parseDatetime,
} from '../../contact/values.ts';
import {
  CONSENT_COLUMNS,
  type ConsentChange,
  type ConsentColumn,
  type SuppressionReason,
} from '../../store/index.ts';
import { type CellProblems, cellText } from '../cells.ts';
import type { ColumnMapping } from '../column-mapping.ts';
import { findStatus, STATUS_EXAMPLES, type Status } from './statuses.ts';
import { type ConsentTarget, type ConsentWord, isConsentColumn } from './target.ts';

/** The channels that words are about which name none. */
const USUAL_CHANNELS_OF: Readonly<Record<ConsentColumn, readonly string[]>> = {
  unsubscribed: ['email'],
  bounced: ['email'],
  do_not_contact: ['email', 'sms'],
};

const LABELS: Readonly<Record<ConsentWord, string>> = {
  unsubscribed: 'Unsubscribed',
  bounced: 'Bounced',
  do_not_contact: 'Do not contact',
  subscribed: 'Subscribed',
  status: 'Status',
};

interface ConsentCell {
  readonly position: number;
  readonly column: string;
  readonly target: ConsentTarget;
}

/**
 * Reads the columns that say in which channels a contact must not be reached. Suppressions are
 * lifted only when that is allowed, and never against another column of the same row.
 */
export class ConsentCells {
  readonly #cells: readonly ConsentCell[];
  readonly #channels: ReadonlySet<string>;
  readonly #mayLift: boolean;

  constructor(columns: readonly ColumnMapping[], channels: readonly string[], mayLift: boolean) {
    this.#cells = columns.flatMap(({ position, column, consent }) =>
      consent === undefined ? [] : [{ position, column, target: consent }],
    );
    this.#channels = new Set([
      ...channels,
      ...this.#cells.flatMap(({ target }) => target.channels ?? []),
    ]);
    this.#mayLift = mayLift;
  }

  /** Whether any column is about consent. */
  get speaks(): boolean {
    return this.#cells.length > 0;
  }

  /** `channels` are those of the row, for columns that name none of their own. */
  read(
    cells: readonly string[],
    problems: CellProblems,
    channels?: readonly string[],
  ): readonly ConsentChange[] | undefined {
    if (!this.speaks) return undefined;
    const changes = this.#cells.flatMap(({ position, column, target: meant }) => {
      const text = cellText(cells[position] ?? '');
      const target =
        channels === undefined ? meant : { ...meant, channels: meant.channels ?? channels };
      const found = text === '' ? [] : this.#parse(text, target);
      if (found === undefined)
        problems.add({
          ...{ column, label: LABELS[target.word], kind: 'notConsent' },
          words: this.#problem(text, target),
        });
      return found ?? [];
    });
    // rule: yes-beside-no
    const isAgainst = (change: ConsentChange): boolean =>
      changes.some(
        ({ channel, reason, suppressed }) =>
          suppressed && channel === change.channel && reason === change.reason,
      );
    return changes.filter((change) => change.suppressed || (this.#mayLift && !isAgainst(change)));
  }

  /** What a cell says; undefined when it cannot be told. */
  #parse(text: string, target: ConsentTarget): readonly ConsentChange[] | undefined {
    if (isNothing(text, target)) return [];
    const suppressed = saysNo(text, target);
    if (suppressed !== undefined) return changesOf(reasonOf(target), suppressed, target);
    const named = this.#namedChannels(text, target);
    if (named !== undefined) return named;
    const status = text.includes('|') ? undefined : findStatus(text, target.words);
    if (status !== undefined) return changesBy(status, target);
    return target.anyReason ? changesOf(reasonOf(target), true, target) : undefined;
  }

  /** Channels with `|` between, and `-` before those that are open; undefined for other texts. */
  #namedChannels(text: string, { word, anyReason }: ConsentTarget): ConsentChange[] | undefined {
    if (anyReason || !isConsentColumn(word)) return undefined;
    const parts = text
      .split('|')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    const changes = parts.map((part): ConsentChange | undefined => {
      const suppressed = !part.startsWith('-');
      const channel = toChannel(suppressed ? part : part.slice(1));
      return channel !== undefined && this.#channels.has(channel)
        ? { channel, reason: CONSENT_COLUMNS[word], suppressed }
        : undefined;
    });
    return parts.length > 0 && changes.every((change) => change !== undefined)
      ? changes
      : undefined;
  }

  #problem(text: string, { word }: ConsentTarget): string {
    const given = `\`${excerpt(text)}\``;
    if (word === 'status') return `${given} is not a status (${STATUS_EXAMPLES})`;
    const others = `neither yes nor no, nor a date, nor a status (${STATUS_EXAMPLES})`;
    if (!isConsentColumn(word)) return `${given} is ${others}`;
    const channels = [...this.#channels].join(', ');
    return `${given} is ${others}, nor a channel (${channels}; --channel names others)`;
  }
}

/** MySQL and spreadsheets write a day that there is not as zeros. */
const NO_DAY = /^0{1,4}[-/.]0{1,2}[-/.]0{1,4}(?:[ T][0:.]+Z?)?$/;

/** Whether a cell says nothing. NULL clears what speaks against somebody; there it says a no. */
function isNothing(text: string, { word }: ConsentTarget): boolean {
  return NO_DAY.test(text) || (isNullWord(text) && !isConsentColumn(word));
}

/**
 * Whether a yes, a no or a date says that the contact must not be reached; undefined for other
 * texts. The words of a status speak for themselves, so that a mere yes there says nothing.
 */
function saysNo(text: string, { word }: ConsentTarget): boolean | undefined {
  if (word === 'status') return undefined;
  const yes = yesOrNo(text);
  if (yes === undefined) return undefined;
  // rule: polarity
  return isConsentColumn(word) ? yes : !yes;
}

function yesOrNo(text: string): boolean | undefined {
  if (isNullWord(text)) return false;
  const word = parseBoolean(text);
  if (!isProblem(word)) return word === 1;
  return isInstant(text) ? true : undefined;
}

/** Whether this is a date, in whichever order its day and month stand. */
function isInstant(text: string): boolean {
  const found = parseDatetime(text, { zone: 'UTC' });
  return !isProblem(found) || found.kind === 'ambiguousDate' || found.kind === 'twoDigitYear';
}

/** The reason that a yes or no is about. */
function reasonOf({ word }: ConsentTarget): SuppressionReason {
  return isConsentColumn(word) ? CONSENT_COLUMNS[word] : 'unsubscribed';
}

/** Who can be reached again is so only for the column's own reason. */
function changesBy(status: Status, target: ConsentTarget): ConsentChange[] {
  return status === 'reachable'
    ? changesOf(reasonOf(target), false, target)
    : changesOf(status, true, target);
}

function changesOf(
  reason: SuppressionReason,
  suppressed: boolean,
  { word, channels }: ConsentTarget,
): ConsentChange[] {
  const isOwn = isConsentColumn(word) && CONSENT_COLUMNS[word] === reason;
  const about = channels ?? (isOwn ? USUAL_CHANNELS_OF[word] : ['email']);
  return about.map((channel) => ({ channel, reason, suppressed }));
}

/**
 * Channels as a file writes them. If another tool named a channel `no`, `NULL` or `blocked` and it
 * stands alone, a bar follows it; otherwise an import would read it as that word.
 */
export function consentCell(channels: string): string {
  const isWord =
    isNullWord(channels.toUpperCase()) ||
    !isProblem(parseBoolean(channels)) ||
    findStatus(channels) !== undefined;
  return isWord ? `${channels}|` : channels;
}
