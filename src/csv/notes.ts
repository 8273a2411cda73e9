import { counted } from '../support/text.ts';
import type { HeldOut } from './apply.ts';
import type { ColumnMapping } from './column-mapping.ts';
import type { ImportJob } from './job.ts';
import type { Rejects } from './rejects.ts';

/** Notes on an import for the user, besides its figures. */
export function notesOn(job: ImportJob, rejects: Rejects): string[] {
  const { plan, source } = job;
  const notes = [...notesOnColumns(job), ...notesOnCells(job)];
  if (plan.lacksKey === true) notes.push(noteOnKeyless(job));
  if (rejects.count > 0 && rejects.path === undefined)
    notes.push(
      `${counted(rejects.count, 'rejected row')} not written down: ` +
        `${source.name} has no folder to put them in; name a file with --rejects`,
    );
  return notes;
}

/** A new company needs its name, and a list of members has nothing but the key. */
function noteOnKeyless({ kind, plan: { shape, keyColumn } }: ImportJob): string {
  const mayLackIt = kind === 'contacts' || (kind === 'companies' && shape.key !== 'name');
  const advice = mayLackIt ? ' (--keyless insert imports them all the same)' : '';
  return `rows without \`${keyColumn}\`, the key, are rejected${advice}`;
}

function notesOnColumns({ kind, plan }: ImportJob): string[] {
  const unknown = namesOf(plan.columns, 'unknown');
  const empty = namesOf(plan.columns, 'empty');
  const kept = namesOf(plan.columns, 'kept');
  return [
    ...(unknown === ''
      ? []
      : [`left out, because ${whyUnknown(kind, plan)}: ${unknown}${ways(kind)}`]),
    ...(empty === ''
      ? []
      : [`left out, because they have no values to make a field for: ${empty}`]),
    ...notesOnTaken(plan.columns),
    ...(kept === '' ? [] : [`left out, because the store keeps them itself: ${kept}`]),
  ];
}

/** Some files are read for some columns alone, even where others are called like fields. */
function whyUnknown(kind: ImportJob['kind'], { keyColumn }: ImportJob['plan']): string {
  switch (kind) {
    case 'segment':
      return `only \`${keyColumn}\` is read here`;
    case 'suppressions':
      return `only \`${keyColumn}\`, channel, reason, created_at and consent are read here`;
    default:
      return 'no field is called so';
  }
}

function ways(kind: ImportJob['kind']): string {
  if (kind === 'segment') return '';
  const mayMake = kind === 'contacts' || kind === 'companies';
  const make = mayMake ? ', --create-fields makes a field for each' : '';
  return ` (--map reads a column into a field${make}, --ignore leaves one out without a word)`;
}

/** What takes the place of columns that mean a field as well as another does. */
function notesOnTaken(columns: readonly ColumnMapping[]): string[] {
  const taken = columns.filter(({ how }) => how === 'taken');
  return [...new Set(taken.map(({ takenBy }) => takenBy))].flatMap((by) => {
    const instead = columns.find(({ column, field }) => column === by && field !== null);
    if (instead === undefined) return [];
    const names = taken
      .filter(({ takenBy }) => takenBy === by)
      .map(nameOf)
      .join(', ');
    return instead.how === 'set'
      ? [`left out, because \`${instead.column}\` takes its place: ${names}`]
      : [`left out, because \`${instead.column}\` is read into \`${instead.field}\`: ${names}`];
  });
}

function notesOnCells({ plan, table }: ImportJob): string[] {
  const stray =
    `read as text: the quotes in ${counted(table.strayQuotes, 'cell')} without quotes around ` +
    '(--quotes strict refuses such a file)';
  return [
    ...(plan.notes ?? []),
    ...(plan.cleaned.note === undefined ? [] : [plan.cleaned.note]),
    ...(table.strayQuotes === 0 ? [] : [stray]),
  ];
}

/**
 * Notes on contacts that were removed from a segment and that a file therefore does not add again.
 */
export function notesOnHeldOut(heldOut: readonly HeldOut[]): string[] {
  return heldOut.map(({ alias, contacts }) => {
    const who = `${counted(contacts, 'contact')} removed from it`;
    return `held out of ${alias}: ${who} (--override-removals puts them in all the same)`;
  });
}

function namesOf(columns: readonly ColumnMapping[], how: ColumnMapping['how']): string {
  return columns
    .filter((column) => column.how === how)
    .map(nameOf)
    .join(', ');
}

function nameOf({ column, position }: ColumnMapping): string {
  return column === '' ? `column ${position + 1} (without a name)` : `\`${column}\``;
}
