import type { FieldRow } from '../../rows.ts';
import type { HealthReader } from '../../health.ts';
import type { FieldsReader } from '../../fields.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { causeTroubles } from './causes.ts';
import { damageIn } from './damage.ts';
import { fieldTroubles } from './field-columns.ts';
import { danglingLinks } from './links.ts';
import { countMemberships, membershipRemedy, unheededPins } from './memberships.ts';
import { fillMissingContacts } from './missing-contacts.ts';
import { ownChecks } from './own-checks.ts';
import { oddValues } from './values.ts';
import { unheededWishes } from './wishes.ts';

/** Of one snapshot: what several checks need is found once. */
export function healthReader(db: SqliteDatabase, fields: FieldsReader): HealthReader {
  const withFields = async <T>(work: (rows: readonly FieldRow[]) => T): Promise<T> =>
    work(await fields.list());
  let stretches: number | undefined;
  const missingContacts = async (): Promise<number> =>
    (stretches ??= await fillMissingContacts(db));
  return {
    damageIn,
    fields: async () => withFields(async (rows) => fieldTroubles(db, rows)),
    links: async () => {
      await missingContacts();
      return danglingLinks(db);
    },
    memberships: async () => countMemberships(db, await missingContacts()),
    membershipRemedy: async (without) => membershipRemedy(db, without),
    causes: async () => causeTroubles(db),
    pins: async () => unheededPins(db),
    wishes: async () => unheededWishes(db),
    values: async (deep) => withFields(async (rows) => oddValues(db, rows, deep)),
    ownChecks: async (isRunRecorded) => ownChecks(db, isRunRecorded),
  };
}
