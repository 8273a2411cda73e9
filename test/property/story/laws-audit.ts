import { expect } from 'vitest';
import { inTables } from './facts.ts';

/* Whatever a command does to definitions, decisions, consent or people, the audit tells. */

export interface AuditLine {
  readonly id: number;
  readonly at: number;
  readonly command: string;
  readonly action: string;
  readonly object: string;
}

export interface Told {
  readonly lines: readonly AuditLine[];
  /** What is to be told of. */
  readonly state: readonly string[];
}

/** Who takes over an address takes over what stands for it, of which was told before. */
const STATE = `
  select row
  from (
    select json_array('segment', id, alias, name, kind, filter, published, description) as row
    from segments
    union all select json_array('pin', segment_id, contact_id, kind, until) from pins
    union all
      select json_array('said', contact_id, channel, reason)
      from suppressions as said
      where not exists (
        select 1
        from contacts
        join address_suppressions as wish
          on wish.address = contacts.email
          and wish.channel = said.channel and wish.reason = said.reason
        where contacts.id = said.contact_id
      )
    union all select json_array('wish', address, channel, reason) from address_suppressions
    union all select json_array('setting', key, value) from settings
    union all select json_array('trigger', id, name, published) from triggers
    union all select json_array('undone', id) from imports where undone_at is not null
  )
  order by row`;

export function readAudit(path: string): Told {
  return inTables(path, (db) => ({
    lines: db
      .prepare<[], AuditLine>('select id, at, command, action, object from audit order by id')
      .all(),
    state: db.prepare<[], string>(STATE).pluck().all(),
  }));
}

/** A step that changed what is to be told of left a line of its own; lines stay as they were. */
export function expectTold(before: Told, after: Told, deed: string): void {
  const last = before.lines.at(-1)?.id ?? 0;
  const fresh = after.lines.filter(({ id }) => id > last);
  const changed = [
    ...before.state.filter((row) => !after.state.includes(row)).map((row) => `- ${row}`),
    ...after.state.filter((row) => !before.state.includes(row)).map((row) => `+ ${row}`),
  ];
  if (!fresh.some(({ command }) => command === deed)) expect([deed, ...changed]).toEqual([deed]);
  expect(after.lines.filter(({ id }) => id <= last)).toEqual(before.lines);
}

/** A run ends decisions, which nobody did then, and forgets what is old; the rest it tells. */
export function expectToldByRun(before: Told, after: Told, deed: string): void {
  const lasting = ({ lines, state }: Told, kept: readonly AuditLine[]): Told => ({
    lines: lines.filter(({ id }) => kept.some((line) => line.id === id)),
    state: state.filter((row) => !row.startsWith('["pin"') && !row.startsWith('["said"')),
  });
  const last = before.lines.at(-1)?.id ?? 0;
  const kept = after.lines.filter(({ id }) => id <= last);
  expectTold(lasting(before, kept), { ...lasting(after, after.lines) }, deed);
}
