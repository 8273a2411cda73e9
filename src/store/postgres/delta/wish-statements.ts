import type { CapturedValue } from './captured-fields.ts';
import { quoted } from './trigger-text.ts';

/*
 * What is said of a contact is noted for its address and for its other unique values, and contacts
 * that get one of these are given what stands for it. Values compare without regard to ASCII case
 * here; what is written otherwise is settled by the next command, as in docs/schema.md.
 * `ids` is SQL of an array of contacts.
 */

/** What stands for values of one kind. */
interface Noted {
  readonly table: string;
  /** Its columns before channel and reason, and what they hold for a row `contacts`. */
  readonly columns: readonly string[];
  readonly values: readonly string[];
  /** SQL that finds, as `said`, what stands for the value of a row known as `row`. */
  readonly standsFor: (row: string) => string;
  /** Whether a bounce is noted: it is the e-mail address's own. */
  readonly hasBounces: boolean;
  readonly value: string;
}

function notedOf(field: CapturedValue): Noted {
  const value = (row: string): string => valueText(field, row);
  if (field.column === 'email')
    return {
      table: 'address_suppressions',
      columns: ['address'],
      values: [value('contacts')],
      standsFor: (row) => `lower(said.address) = lower(${value(row)})`,
      hasBounces: true,
      value: value('contacts'),
    };
  return {
    table: 'value_suppressions',
    columns: ['field_id', 'value'],
    values: [String(field.id), value('contacts')],
    standsFor: (row) => `said.field_id = ${field.id} and lower(said.value) = lower(${value(row)})`,
    hasBounces: false,
    value: value('contacts'),
  };
}

/** The value of a row as what is noted has it. */
export function valueText({ column, type }: CapturedValue, row: string): string {
  const value = `${row}.${quoted(column)}`;
  if (type === 'number') return `number_text(${value})`;
  return type === 'datetime' ? `${value}::text` : value;
}

/** Whether anything stands for a value of a row known as `row`. */
export function isAnySaidOf(field: CapturedValue, row: string): string {
  const { table, standsFor } = notedOf(field);
  return `(exists (select from ${table}) and exists (select from ${table} as said where ${standsFor(row)} offset 0))`;
}

/** Gives these contacts what stands for their values. */
export function give(field: CapturedValue, ids: string): string {
  const { table, standsFor } = notedOf(field);
  return `insert into suppressions (contact_id, channel, reason, created_at)
    select contacts.id, said.channel, said.reason, said.created_at
    from contacts
    cross join lateral (
      select said.channel, said.reason, said.created_at
      from ${table} as said
      where ${standsFor('contacts')}
      offset 0
    ) as said
    where contacts.id = any (${ids})
    on conflict do nothing`;
}

/** Notes what is said in the rows of `said`, of the form of suppressions, for who they are about. */
export function note(field: CapturedValue, said: string): string {
  const { table, columns, values, hasBounces, value } = notedOf(field);
  return `insert into ${table} (${columns.join(', ')}, channel, reason, created_at)
    select ${values.join(', ')}, said.channel, said.reason, said.created_at
    from ${said}
    cross join lateral (select * from contacts where contacts.id = said.contact_id offset 0) as contacts
    where ${value} is not null${hasBounces ? '' : ` and not ${isBounce('said')}`}
    on conflict do nothing`;
}

/** Who gets another value brings along what is said of them. */
export function bring(field: CapturedValue, ids: string): string {
  return note(field, `(select * from suppressions where contact_id = any (${ids})) as said`);
}

/**
 * Takes away what stands for the values of those whom the rows of `lifted`, of the form of
 * suppressions, are about. A contact that is deleted is gone by now: what stands for it stays.
 */
export function lift(field: CapturedValue, lifted: string): string {
  const { table, standsFor } = notedOf(field);
  return `delete from ${table}
    where ctid = any (array(
      select said.ctid
      from ${lifted}
      cross join lateral (select * from contacts where contacts.id = lifted.contact_id offset 0) as contacts
      cross join lateral (
        select said.ctid
        from ${table} as said
        where ${standsFor('contacts')} and lower(said.channel) = lower(lifted.channel)
          and lower(said.reason) = lower(lifted.reason)
        offset 0
      ) as said
    ))`;
}

/** A bounce was of the address of before, unless the one of now bounced too. */
export function dropBounces(ids: string): string {
  return `delete from suppressions
    where contact_id = any (${ids}) and ${isBounce('suppressions')} and not exists (
      select
      from contacts
      join address_suppressions as said on lower(said.address) = lower(contacts.email)
      where contacts.id = suppressions.contact_id and ${isBounce('said')}
    )`;
}

function isBounce(row: string): string {
  return `(lower(${row}.channel) = 'email' and lower(${row}.reason) = 'bounced')`;
}
