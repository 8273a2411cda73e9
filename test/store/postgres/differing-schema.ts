/*
 * In what the schema of a store in PostgreSQL is not that of a file, and why. All other tables and
 * views have the same names and the same columns.
 */

/** Tables that only a file has. */
export const ONLY_IN_FILES: Readonly<Record<string, string>> = {
  __drizzle_migrations:
    'the table `store` has the version, and migrations are read without drizzle',
  capture_kinds: 'the record is cleared up to one transaction for all kinds, which `capture` has',
};

/** Tables that only a database has. */
export const ONLY_IN_DATABASES: Readonly<Record<string, string>> = {
  store: 'what a file has in its header, and how to tell that it is another one',
  writer: 'what writers lock',
  wide_changes: 'companies and tags, which a file has in `contact_changes` by their kind',
};

/** Columns: `-` has one that only the file has, `+` one that only the database has. */
export const OTHER_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  // transactions number the record, and a setting of one switches it off
  capture: ['-bulk', '-epoch', '-schema_version', '+audit_from', '+print', '+pruned', '+settled'],
  contact_changes: ['-epoch', '-id', '+contact_id', '+mark', '+xid'],
  member_changes: ['-epoch', '-id', '+contact_id', '+mark', '+xid'],
};

/** Columns whose type is not the one that all columns of its SQLite type have, by their type. */
export const OTHER_TYPES: Readonly<Record<string, readonly string[]>> = {
  // read by functions, and never malformed
  jsonb: ['events.properties'],
  // watermarks are the text of transactions
  text: ['segments.seen_epoch', 'segments.bulk_epoch', 'triggers.seen_epoch'].concat([
    'deleted_segments.seen_epoch',
    'deleted_segments.bulk_epoch',
  ]),
  // one byte a row of the record
  '"char"': ['contact_changes.kind'],
};
