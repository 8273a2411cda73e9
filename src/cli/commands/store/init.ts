import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';

export default defineCommand({
  name: 'init',
  description:
    'Makes a store: a file, readable by its owner only, or a schema of a database. A store that is ' +
    'there already is left as it is.',
  arguments: {},
  options: {},
  examples: [
    'rollcall init',
    'rollcall init --db crm.db',
    'rollcall init --db "postgres://crm@db.example/crm?schema=newsletter"',
  ],
  exitCodes: [EXIT.noStore],
  store: 'none',
  result: 'message',
  run: async ({ place, stores }) => {
    const { created, names } = await stores.init(place.path, { makeFolder: place.isDefault });
    return {
      kind: 'message',
      text: created
        ? `made the store ${place.location}`
        : `the store ${place.location} is there already, nothing was changed`,
      data: { path: place.location, created },
      warnings:
        names < 2
          ? []
          : [
              `${place.location} has ${names} names (hard links), and under each a log and a lock ` +
                'of its own: `rollcall doctor` says how to find them',
            ],
    };
  },
});
