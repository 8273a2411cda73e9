import type { FieldRow } from '../../rows.ts';
import type { HealthReader } from '../../health.ts';
import type { FieldsReader } from '../../fields.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { captureState, logState } from './change-log.ts';
import { damage, damageIn } from './damage.ts';
import { fieldTroubles } from './field-columns.ts';
import { danglingLinks } from './links.ts';
import { countMemberships, membershipRemedy, unheededPins } from './memberships.ts';
import { fillMissingContacts } from './missing-contacts.ts';
import { schemaTroubles } from './schema-objects.ts';
import { oddValues } from './values.ts';

/** Of one snapshot: what several checks need is found once. */
export function healthReader(db: SqliteDatabase, fields: FieldsReader): HealthReader {
  const withFields = async <T>(work: (rows: readonly FieldRow[]) => T): Promise<T> =>
    work(await fields.list());
  let stretches: number | undefined;
  const missingContacts = (): number => (stretches ??= fillMissingContacts(db));
  return {
    damageIn,
    damage: async (deep) => damage(db, deep),
    schema: async () => schemaTroubles(db),
    fields: async () => withFields((rows) => fieldTroubles(db, rows)),
    capture: async () => captureState(db),
    log: async () => logState(db),
    links: async () => {
      missingContacts();
      return danglingLinks(db);
    },
    memberships: async () => countMemberships(db, missingContacts()),
    membershipRemedy: async (without) => membershipRemedy(db, without),
    pins: async () => unheededPins(db),
    values: async (deep) => withFields((rows) => oddValues(db, rows, deep)),
  };
}
