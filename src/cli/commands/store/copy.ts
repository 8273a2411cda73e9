import { EXIT } from '../../../support/errors.ts';
import { shellQuoted } from '../../../support/shell-quote.ts';
import { counted, grouped } from '../../../support/text.ts';
import { defineCommand } from '../../define-command.ts';
import { argument } from '../../options/options.ts';
import { nonEmptyText } from '../../options/values.ts';
import { watchWith } from '../../routines/watch.ts';
import { placeOf, requireNoSecret } from '../../store-path.ts';

export default defineCommand({
  name: 'db:copy',
  description:
    'Copies all of a store into a new one, from a file to a database or back: with its ids, its ' +
    'history, its pins, suppressions, runs, imports and audit, and so that cursors of ' +
    'segments:changes go on. The copy is made whole or not at all, and compared with the store. ' +
    'No update may be under way meanwhile, and what is written meanwhile is not copied. The next ' +
    'segments:update of the copy builds everything in full.',
  arguments: {
    target: argument(
      'url|file',
      'where to: a store that does not exist yet, or has nothing in it',
      nonEmptyText,
    ),
  },
  options: {},
  examples: [
    'rollcall db:copy postgres://crm@db.example/crm --db crm.db',
    'rollcall db:copy crm.db --db postgres://crm@db.example/crm',
  ],
  exitCodes: [EXIT.refused, EXIT.badInput, EXIT.noStore, EXIT.locked],
  store: 'none',
  result: 'message',
  run: async ({ place, stores, progress }, { target }) => {
    requireNoSecret(target);
    const { location, path } = placeOf(target);
    const { tables, left } = await stores.copy(place.path, {
      to: path,
      watch: watchWith(progress),
    });
    const rows = Object.values(tables).reduce((sum, count) => sum + count, 0);
    return {
      kind: 'message',
      text: [
        `copied ${place.location} to ${location}: ${counted(tables['contacts'] ?? 0, 'contact')}, ` +
          `${counted(tables['joined'] ?? 0, 'membership')}, ${grouped(rows)} rows in all`,
        `its segments are built anew by its first update: rollcall segments:update --db ${shellQuoted(location)}`,
      ],
      data: { from: place.location, to: location, rows, tables, left },
      warnings: left.map((what) => `${what} is not rollcall's, and was not copied`),
    };
  },
});
