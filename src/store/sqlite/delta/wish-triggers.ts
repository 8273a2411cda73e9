import type { WishedField } from '../../sql/delta/wishes.ts';
/*
 * Triggers that note what is said of contacts for the values of their unique fields too, and give
 * contacts that get a value what stands for it: what the migrations have for e-mail addresses. They
 * come and go with the fields, as the capture triggers beside them, by whose names they are called.
 * - Only `where not exists`: the conflict clause of whoever fires a trigger overrides its own.
 * - A `+` before a value of a contact keeps a number from being compared by another affinity than
 *   the index of `value_suppressions` has.
 * - Values compare without regard to ASCII case here; `heedWishes` sees to the other spellings.
 */

/** A bounce is the e-mail address's own: it says nothing of who else has another value. */
const isOfPerson = (row: string): string =>
  `not (${row}.channel = 'email' and ${row}.reason = 'bounced')`;

/** The triggers that a store with these fields must have: name → statement. */
export function wishTriggers(fields: readonly WishedField[]): Map<string, string> {
  if (fields.length === 0) return new Map();
  const of = (statement: (field: WishedField) => string): string[] => fields.map(statement);
  const moved = fields.map(isMoved).join(' or ');
  const columns = fields.map(({ column }) => quoted(column)).join(', ');
  // rule: wishes-triggers
  return new Map([
    createTrigger('noted', 'after insert on suppressions', of(note)),
    createTrigger('lifted', 'after delete on suppressions', of(lift)),
    createTrigger('changed', 'after update on suppressions', [...of(lift), ...of(note)]),
    createTrigger(
      'come',
      'after insert on contacts',
      of((field) => give(field)),
    ),
    createTrigger('moved', `after update of ${columns} on contacts when ${moved}`, [
      ...of(bring),
      ...of((field) => give(field, ` and ${isMoved(field)}`)),
    ]),
  ]);
}

function createTrigger(what: string, event: string, body: readonly string[]): [string, string] {
  const trigger = `capture_wishes_${what}`;
  return [trigger, `create trigger ${trigger} ${event} begin\n${body.join('\n')}\nend`];
}

const isMoved = ({ column }: WishedField): string =>
  `new.${quoted(column)} is not old.${quoted(column)}`;

/** What is said of a contact is noted for its value. */
function note({ id, column }: WishedField): string {
  const value = `contacts.${quoted(column)}`;
  const whose = `contacts.id = new.contact_id and ${value} is not null`;
  return insertWish(
    `select ${id}, ${value}, new.channel, new.reason, new.created_at from contacts`,
    {
      condition: `${whose} and ${isOfPerson('new')}`,
      known: { id, value, row: 'new' },
    },
  );
}

/** A contact that is deleted is gone by now: what stands for its value stays. */
function lift({ id, column }: WishedField): string {
  const whose = 'from contacts where contacts.id = old.contact_id';
  const value = `(select +contacts.${quoted(column)} ${whose})`;
  const which = `field_id = ${id} and value = ${value} and channel = old.channel`;
  return `  delete from value_suppressions where ${which} and reason = old.reason;`;
}

/** Who gets another value brings along what is said of them. */
function bring({ id, column }: WishedField): string {
  const value = `new.${quoted(column)}`;
  const columns = 'said.channel, said.reason, said.created_at';
  const whose = `${isMoved({ id, column })} and ${value} is not null and said.contact_id = new.id`;
  return insertWish(`select ${id}, ${value}, ${columns} from suppressions as said`, {
    condition: `${whose} and ${isOfPerson('said')}`,
    known: { id, value, row: 'said' },
  });
}

interface Noting {
  readonly condition: string;
  /** What must not stand there yet. */
  readonly known: { readonly id: number; readonly value: string; readonly row: string };
}

function insertWish(selected: string, { condition, known: { id, value, row } }: Noting): string {
  const same = `known.field_id = ${id} and known.value = +${value}`;
  const alike = `known.channel = ${row}.channel and known.reason = ${row}.reason`;
  const known = `select 1 from value_suppressions as known where ${same} and ${alike}`;
  const columns = 'field_id, value, channel, reason, created_at';
  return (
    `  insert into value_suppressions (${columns}) ${selected} ` +
    `where ${condition} and not exists (${known});`
  );
}

/** A contact gets what stands for its value. */
function give({ id, column }: WishedField, more = ''): string {
  const alike = 'known.channel = said.channel and known.reason = said.reason';
  const known = `select 1 from suppressions as known where known.contact_id = new.id and ${alike}`;
  return (
    '  insert into suppressions (contact_id, channel, reason, created_at) ' +
    'select new.id, said.channel, said.reason, said.created_at from value_suppressions as said ' +
    `where said.field_id = ${id} and said.value = +new.${quoted(column)}${more} ` +
    `and not exists (${known});`
  );
}

function quoted(column: string): string {
  return `"${column.replaceAll('"', '""')}"`;
}
