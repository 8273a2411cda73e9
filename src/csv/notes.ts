import { counted } from '../support/text.ts';
import type { HeldOut } from './apply.ts';
import type { ColumnMapping } from './column-mapping.ts';
import type { ImportJob } from './job.ts';
import type { Rejects } from './rejects.ts';

/** Notes on an import for the user, besides its figures. */
export function notesOn(
  { kind, source, table, plan, preset, options }: ImportJob,
  rejects: Rejects,
): string[] {
  const notes: string[] = [];
  if (preset !== undefined && options.preset === undefined)
    notes.push(`read as a file of ${preset.title} (--preset none reads it without that)`);
  const unknown = namesOf(plan.columns, 'unknown');
  const kept = namesOf(plan.columns, 'kept');
  if (unknown !== '' && kind === 'segment')
    notes.push(`left out, because only \`${plan.keyColumn}\` is read here: ${unknown}`);
  else if (unknown !== '')
    notes.push(
      `left out, because no field is called so: ${unknown} ` +
        '(--map reads a column into a field, --ignore leaves it out for good)',
    );
  if (kept !== '') notes.push(`left out, because the store keeps them itself: ${kept}`);
  if (plan.lacksKey === true)
    notes.push(
      `rows without \`${plan.shape.key}\`, the key, are rejected ` +
        '(--keyless insert imports them all the same)',
    );
  if (plan.cleaned.note !== undefined) notes.push(plan.cleaned.note);
  if (table.strayQuotes > 0)
    notes.push(
      `read as text: the quotes in ${counted(table.strayQuotes, 'cell')} without quotes around ` +
        '(--quotes strict refuses such a file)',
    );
  if (rejects.count > 0 && rejects.path === undefined && options.dryRun !== true) {
    notes.push(
      `${counted(rejects.count, 'rejected row')} not written down: ` +
        `${source.name} has no folder to put them in; name a file with --rejects`,
    );
  }
  return notes;
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
    .map(({ column, position }) =>
      column === '' ? `column ${position + 1} (without a name)` : `\`${column}\``,
    )
    .join(', ');
}
