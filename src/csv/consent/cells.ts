import { findConsentField, toChannel } from '../../contact/consent.ts';
import { isProblem, NULL_WORD, parseBoolean, type ValueProblem } from '../../contact/values.ts';
import { CONSENT_COLUMNS, type ConsentChange, type ConsentColumn } from '../../store/index.ts';
import type { CellProblems } from '../cells.ts';
import { type ColumnMapping, loosely } from '../columns.ts';
import { unguard } from '../guard.ts';

/** The channels that a plain yes or no stands for. */
const MEANT_BY_YES: Readonly<Record<ConsentColumn, readonly string[]>> = {
  unsubscribed: ['email'],
  bounced: ['email'],
  do_not_contact: ['email', 'sms'],
};

interface Mention {
  readonly channel: string;
  readonly suppressed: boolean;
}

/**
 * Reads the columns that say in which channels a contact must not be reached: yes or no, or
 * channels as `email|-sms`. Suppressions are lifted only when that is allowed.
 */
export class ConsentCells {
  readonly #columns: readonly (ColumnMapping & {
    readonly field: ConsentColumn;
    readonly label: string;
  })[];
  readonly #channels: ReadonlySet<string>;
  readonly #mayLift: boolean;

  constructor(columns: readonly ColumnMapping[], channels: readonly string[], mayLift: boolean) {
    this.#columns = columns.flatMap((column) => {
      const field = column.field === null ? undefined : findConsentField(column.field);
      return field === undefined
        ? []
        : [{ ...column, field: field.alias as ConsentColumn, label: field.label }];
    });
    this.#channels = new Set(channels);
    this.#mayLift = mayLift;
  }

  read(cells: readonly string[], problems: CellProblems): readonly ConsentChange[] {
    return this.#columns.flatMap(({ field, position, column, label }) => {
      const mentions =
        problems.check(this.#parse(unguard(cells[position] ?? '').trim(), field), column, label) ??
        [];
      return mentions
        .filter(({ suppressed }) => suppressed || this.#mayLift)
        .map((mention) => ({ ...mention, reason: CONSENT_COLUMNS[field] }));
    });
  }

  #parse(text: string, column: ConsentColumn): readonly Mention[] | ValueProblem {
    if (text === '') return [];
    const yes = text === NULL_WORD ? 0 : parseBoolean(text);
    if (!isProblem(yes))
      return MEANT_BY_YES[column].map((channel) => ({ channel, suppressed: yes === 1 }));
    const parts = text
      .split('|')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    const mentions = parts.map((part): Mention | undefined => this.#mention(part));
    const wrong = parts[mentions.indexOf(undefined)];
    if (parts.length === 0 || wrong !== undefined)
      return { kind: 'notConsent', text: wrong ?? text, channels: [...this.#channels] };
    return mentions.filter((mention) => mention !== undefined);
  }

  #mention(part: string): Mention | undefined {
    const suppressed = !part.startsWith('-');
    const channel = toChannel(suppressed ? part : part.slice(1));
    return channel !== undefined && this.#channels.has(channel)
      ? { channel, suppressed }
      : undefined;
  }
}

/**
 * Channels as a file writes them. If another tool named a channel `no`, `yes` or `NULL` and it
 * stands alone, a bar follows it; otherwise an import would read it as that word.
 */
export function consentCell(channels: string): string {
  return channels.toUpperCase() === NULL_WORD || !isProblem(parseBoolean(channels))
    ? `${channels}|`
    : channels;
}

/**
 * Whether a header or its `--map` may name a column of consent: only then are the store's channels
 * needed.
 */
export function mayHoldConsent(header: readonly string[], map: readonly string[] = []): boolean {
  const words = Object.keys(CONSENT_COLUMNS).map(loosely);
  return [...header, ...map].map(loosely).some((name) => words.some((word) => name.includes(word)));
}
