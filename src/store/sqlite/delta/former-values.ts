import { balancedTree } from '../../../sql/balanced.ts';

/** A unique field of contacts. */
export interface UniqueField {
  readonly id: number;
  readonly column: string;
}

/**
 * The triggers that keep what a unique value of a contact was before it changed, whoever changes
 * it, and forget whose id a new contact takes: name → statement. They go by the name of the capture
 * triggers and are made, mended and examined with them; see there for the form of their bodies. Only
 * the case of ASCII letters is no other value.
 */
export function formerTriggers(fields: readonly UniqueField[]): Map<string, string> {
  // rule: former-kept
  if (fields.length === 0) return new Map();
  const changed = fields.map(isChanged).map((condition) => `(${condition})`);
  const trigger = 'capture_contacts_former';
  const event = `after update of ${fields.map(({ column }) => quoted(column)).join(', ')} on contacts`;
  const when = balancedTree(changed, (one, other) => `(${one} or ${other})`);
  const body = fields.map(keepFormer).join('\n');
  return new Map([
    [trigger, `create trigger ${trigger} ${event} when ${when} begin\n${body}\nend`],
    FORGET_FORMER,
  ]);
}

/**
 * Who comes under an id that somebody had, as by REPLACE, is somebody else. It looks before it
 * deletes: to look costs an insert nothing that can be told from noise, to delete nothing a fifth.
 */
// rule: former-others
const FORGET_FORMER: readonly [string, string] = [
  'capture_contacts_anew',
  [
    'create trigger capture_contacts_anew after insert on contacts when ' +
      'exists (select 1 from former_values where contact_id = new.id) or ' +
      'exists (select 1 from merged_contacts where merged_into = new.id) begin',
    '  delete from former_values where contact_id = new.id;',
    '  delete from merged_contacts where merged_into = new.id;',
    'end',
  ].join('\n'),
];

function isChanged({ column }: UniqueField): string {
  const name = quoted(column);
  return `old.${name} is not null and old.${name} is not new.${name}`;
}

function keepFormer(field: UniqueField): string {
  const former = `new.id, ${String(field.id)}, old.${quoted(field.column)}, new.updated_at`;
  return (
    '  insert into former_values (contact_id, field_id, value, changed_at) ' +
    `select ${former} where ${isChanged(field)} on conflict do nothing;`
  );
}

function quoted(column: string): string {
  return `"${column.replaceAll('"', '""')}"`;
}
