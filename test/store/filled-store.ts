import type Sqlite from 'better-sqlite3';
import type { NewField, Store, WriteTx } from '../../src/store/index.ts';
import { addCrowd, addSegment, causedBy, DAY, NOW, setPins } from './conformance/fixture.ts';

const field: NewField = {
  object: 'contact',
  alias: 'member_no',
  label: 'Member',
  type: 'text',
  options: [],
  unique: true,
  indexed: false,
};

/**
 * Puts rows into every table, with custom fields of both objects: unique, indexed, of several
 * types.
 */
export async function fillStore(store: Store, raw: Sqlite.Database): Promise<void> {
  await store.write(async (tx) => {
    await addFields(tx);
    const ids = await addPeople(tx);
    const run = await tx.runs.begin('segments:update', NOW, NOW);
    await addBuiltSegments(tx, ids, run);
    await addImport(tx, run);
  });
  raw.exec(`
    insert into address_suppressions values ('gone@example.org', 'email', 'manual', 0);
    insert into value_suppressions values
      ((select id from fields where alias = 'member_no'), 'gone', 'email', 'manual', 0, 'gone');
    insert into former_values values (1, 1, 'former@example.org', 0);
    insert into merged_contacts values (99, null, 1);
    insert into import_ids values (1, 'contacts', 1, 2);
    insert into import_tags values (1, 1, 1, 1);
    insert into import_pins values (1, 1, 1, null, 'manual', 'ann', 'r', 0, null);
    insert into suppressions values (1, 'email', 'bounced', 0);
    insert into triggers (name, definition, created_at, updated_at)
    values ('t', '{"when":{"kind":"points","points":1000000},"add":[1],"remove":[],"via":null,"reason":null}', 0, 0);
    insert into audit (at, action, object) values (0, 'a', 'o');
    insert into erased values ('h', 0);
    insert into erased_key values (2, x'00', 0);
    insert into trigger_fired values (1, 1);
    insert into trigger_above values (1, 1);
    insert into change_hooks values ('mail', 'c', 0);
    insert into deleted_segments select *, 0, null, 1 from segments where id = 1;
    update deleted_segments set id = 900;
    insert into deleted_joined values (900, 1, 1);
    insert into deleted_pins values (900, 1, 'out', 'manual', null, null, null, 0, 1);
    insert into deleted_history values (1, 900, 1, 1, 1, 0);
    create index of_the_user on contacts (city, plan);
    create view by_the_user as select id, member_no from contacts where plan = 'pro'`);
}

/**
 * All rows of all tables, and all that makes the schema; without what belongs to the log of
 * changes.
 */
export function contentsOf(raw: Sqlite.Database): {
  readonly rows: Readonly<Record<string, unknown[]>>;
  readonly schema: Readonly<Record<string, string | null>>;
} {
  const objects = raw.prepare('select type, name, sql from sqlite_schema order by name').all() as {
    type: string;
    name: string;
    sql: string | null;
  }[];
  const tables = objects.filter(
    ({ type, name }) =>
      type === 'table' &&
      !/^(capture|capture_kinds|contact_changes|member_changes|__drizzle_migrations)$/.test(name),
  );
  return {
    rows: Object.fromEntries(
      tables.map(({ name }) => [name, raw.prepare(`select * from "${name}" order by 1, 2`).all()]),
    ),
    schema: Object.fromEntries(objects.map(({ name, sql }) => [name, sql])),
  };
}

async function addFields(tx: WriteTx): Promise<void> {
  await tx.fields.add(field, NOW);
  const options = ['free', 'pro'];
  await tx.fields.add(
    { ...field, alias: 'plan', type: 'select', options, unique: false, indexed: true },
    NOW,
  );
  await tx.fields.add({ ...field, alias: 'score', type: 'number', unique: false }, NOW);
  await tx.fields.add({ ...field, object: 'company', alias: 'vat' }, NOW);
}

/** Twelve contacts of one company, with tags and events; gives their ids. */
async function addPeople(tx: WriteTx): Promise<number[]> {
  const ids = await addCrowd(tx, 12);
  const acme = await tx.companies.insert({ name: 'Acme', vat: 'v1', employees: 12 }, NOW);
  for (const [index, id] of ids.entries())
    await tx.contacts.update(
      [id],
      {
        member_no: `m${index}`,
        plan: index % 2 === 0 ? 'pro' : null,
        score: index / 10,
        company_id: acme,
        city: 'Été',
      },
      NOW,
    );
  await tx.contacts.tag(ids.slice(0, 6), ['vip', 'beta'], NOW);
  await tx.events.insert(
    ids.map((contactId, index) => ({
      contactId,
      type: 'order',
      subject: 's',
      value: index,
      occurredAt: NOW,
      properties: { a: 1 },
      externalId: `e${index}`,
    })),
    NOW,
  );
  return ids;
}

/** Two segments with members, history and pins, as a run left them. */
async function addBuiltSegments(tx: WriteTx, ids: readonly number[], run: number): Promise<void> {
  const [hot, cold] = [
    await addSegment(tx, 'hot'),
    await addSegment(tx, 'cold', { kind: 'static' }),
  ];
  for (const segment of [hot, cold]) {
    await tx.members.add(segment, ids, causedBy('manual', NOW, run));
    await tx.members.remove(segment, ids.slice(0, 3), causedBy('manual', NOW + DAY, run));
    await setPins(tx, segment, ids.slice(4, 8), {
      kind: 'in',
      via: 'manual',
      by: 'ada',
      reason: 'r',
      until: NOW + DAY,
      createdAt: NOW,
    });
  }
  await tx.runs.recordSegments(run, [
    {
      segmentId: hot,
      status: 'ok',
      mode: 'full',
      reason: 'first',
      joined: 12,
      left: 0,
      members: 12,
      ms: 1,
      error: null,
    },
  ]);
}

async function addImport(tx: WriteTx, runId: number): Promise<void> {
  const id = await tx.imports.begin({
    kind: 'contacts',
    file: 'a.csv',
    hash: 'ab',
    by: 'ann',
    options: '{}',
    runId,
    finishedAt: NOW,
    keptSince: NOW,
  });
  await tx.imports.finish(id, {
    rows: 1,
    inserted: 1,
    updated: 0,
    unchanged: 0,
    merged: 0,
    rejected: 0,
    segmentAdded: 0,
    heldOut: 0,
    left: 0,
  });
}
