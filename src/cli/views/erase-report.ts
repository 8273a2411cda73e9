import type { Erasable, ErasableValue } from '../../contact/erased.ts';
import type { NamedContact } from '../../contact/named-contacts.ts';
import { type Erased, TRACES, type Trace } from '../../store/index.ts';
import { EXIT } from '../../support/errors.ts';
import { counted } from '../../support/text.ts';
import { type MessageResult, rows, type RowsResult } from '../output/result.ts';
import { contactsInShort, inShort, MOST_NAMED, type Question } from './in-short.ts';

/** Who would be erased, as people know them. */
export interface ToErase extends Erasable {
  readonly contacts: readonly NamedContact[];
  /** Addresses that may have been meant, of those of which nothing is known. */
  readonly near: readonly string[];
}

/** The question before it is done, and what to know before. */
export function eraseQuestion(toErase: ToErase): Question {
  const { ids, contacts, values, near } = toErase;
  const what = [
    ...(ids.length === 0 ? [] : [contactsInShort(contacts, ids.length)]),
    ...(values.length === 0 ? [] : [valuesIn(toErase)]),
  ];
  return {
    question: `erase ${what.join(' and ')} with every trace, for ever?`,
    about: near.length === 0 ? [] : [meant(toErase)],
  };
}

function valuesIn({ values }: ToErase): string {
  const named = values.map(({ reference }) => reference);
  const what = counted(values.length, 'value');
  return `${what} that no contact has (${inShort(named, values.length)})`;
}

function meant({ near }: ToErase): string {
  return `did you mean ${near.map((one) => `\`${one}\``).join(', ')}?`;
}

interface EraseTold {
  readonly isDry: boolean;
  /** Whether what was deleted is to be, and is, gone from the files too. */
  readonly isScourWanted: boolean;
  readonly isScoured: boolean;
}

const OUT_OF_REACH =
  'backups, exports, files of rejected rows and other copies are out of reach: look through them';
const NOT_YET = 'what was deleted can still be read in the files of the store';

/** What came of erasing them. */
export function eraseResult(toErase: ToErase, erased: Erased, told: EraseTold): MessageResult {
  const { isDry, isScourWanted, isScoured } = told;
  const isLeft = !isDry && !isScoured;
  const table = traceTable(erased);
  return {
    kind: 'message',
    text: linesOf(toErase, erased, isDry),
    data: dataOf(toErase, erased, told),
    ...(table === undefined ? {} : { details: table }),
    warnings: [
      ...remainsIn(erased),
      ...formerlyIn(toErase),
      ...(toErase.near.length === 0 ? [] : [meant(toErase)]),
      ...(isLeft ? [isScourWanted ? `${NOT_YET}: another program holds its log` : NOT_YET] : []),
      ...(isLeft ? ['repeat the command to finish it'] : []),
    ],
    notes: [OUT_OF_REACH],
    exit: isLeft && isScourWanted ? EXIT.locked : EXIT.done,
  };
}

function linesOf(toErase: ToErase, { contacts }: Erased, isDry: boolean): string[] {
  const dry = isDry ? 'dry run, nothing was changed: ' : '';
  const erased = isDry ? 'would erase' : 'erased';
  const done = [
    ...(contacts === 0 ? [] : [`${erased} ${counted(contacts, 'contact')}`]),
    ...toErase.values.slice(0, MOST_NAMED).map((value) => lineOf(value, erased)),
    ...moreValues(toErase.values.length - MOST_NAMED, erased),
  ];
  const finished = isDry ? 'would finish' : 'finished';
  const lines = done.length === 0 ? [`${finished} what was erased before`] : done;
  return [...lines.map((line) => dry + line), ...before(toErase)];
}

function before({ erasedBefore }: ToErase): string[] {
  if (erasedBefore.length === 0) return [];
  const named = erasedBefore.slice(0, MOST_NAMED).map((reference) => `\`${reference}\``);
  const was = erasedBefore.length === 1 ? 'was' : 'were';
  return [`${inShort(named, erasedBefore.length)} ${was} erased before: nothing is left to erase`];
}

function lineOf({ reference, isSpokenOf, formerly }: ErasableValue, erased: string): string {
  return isSpokenOf || formerly.length > 0
    ? `${erased} \`${reference}\`, which no contact has`
    : `no contact has \`${reference}\`, and nothing else was stored of it: ` +
        'imports leave it out from now on';
}

function moreValues(more: number, erased: string): string[] {
  return more <= 0 ? [] : [`${erased} ${counted(more, 'more value')} that no contact has`];
}

const WORDS: Readonly<Record<Trace, string>> = {
  events: 'events',
  tags: 'tags',
  memberships: 'memberships',
  pastMemberships: 'past memberships',
  decisions: 'decisions',
  suppressions: 'suppressions',
  wishes: 'wishes',
  formerValues: 'former values',
  mergedContacts: 'contacts merged into them',
  importRecords: 'records of imports',
  firings: 'records of triggers',
  causes: 'causes without their words',
  auditEntries: 'audit entries without their words',
};

/** What went with them, by kind; undefined where nothing did. */
function traceTable({ traces }: Erased): RowsResult | undefined {
  const found = TRACES.filter((trace) => traces[trace] > 0);
  if (found.length === 0) return undefined;
  return rows({
    rows: found,
    columns: [
      { key: 'with', fit: 'key', of: (trace) => WORDS[trace] },
      { key: 'rows', kind: 'count', of: (trace) => traces[trace] },
    ],
    id: (trace) => trace,
    empty: '',
  });
}

function dataOf(
  { contacts, values, erasedBefore }: ToErase,
  { contacts: erased, traces, remains }: Erased,
  { isDry, isScoured }: EraseTold,
): MessageResult['data'] {
  return {
    erased,
    contacts: contacts.map(({ id, name }) => ({ id, name })),
    values: values.map(({ column, value, isSpokenOf, formerly }) => ({
      ...{ field: column, value, known: isSpokenOf, formerly_of: formerly },
    })),
    erased_before: erasedBefore,
    traces: Object.fromEntries(TRACES.map((trace) => [snakeCase(trace), traces[trace]])),
    ...{ scoured: isScoured, remains, dry_run: isDry },
  };
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function remainsIn({ remains }: Erased): string[] {
  if (remains.length === 0) return [];
  const left = remains.map(({ place, rows: count }) => `${place} (${counted(count, 'row')})`);
  return [`what they were known by still stands in ${left.join(', ')}: change these by hand`];
}

function formerlyIn({ values }: ToErase): string[] {
  const ids = [...new Set(values.flatMap(({ formerly }) => formerly))];
  if (ids.length === 0) return [];
  return ids.length === 1
    ? [`contact ${ids[0]} had it before and stays as it is`]
    : [`contacts ${ids.join(', ')} had it before and stay as they are`];
}
