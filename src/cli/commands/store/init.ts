import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';

export default defineCommand({
  name: 'init',
  description:
    'Makes a store, readable by its owner only. A store that is there already is left as it is.',
  arguments: {},
  options: {},
  examples: ['rollcall init', 'rollcall init --db crm.db'],
  exitCodes: [EXIT.noStore],
  store: 'none',
  result: 'message',
  run: async ({ place, stores }) => {
    const { created, names } = await stores.init(place.path, { makeFolder: place.isDefault });
    return {
      kind: 'message',
      text: created
        ? `made the store ${place.path}`
        : `the store ${place.path} is there already, nothing was changed`,
      data: { path: place.path, created },
      warnings:
        names < 2
          ? []
          : [
              `${place.path} has ${names} names (hard links), and under each a log and a lock ` +
                'of its own: `rollcall doctor` says how to find them',
            ],
    };
  },
});
